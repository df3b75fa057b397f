"""A snapshot with a name is read again as it was, whatever came later."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

import warehouse
from tests.warehouse.rows import a_run
from warehouse.declared import tables

if TYPE_CHECKING:
    from typing import Any

YEAR = timedelta(days=365)
NOTHING = timedelta(0)


def everything(location: warehouse.Location, snapshot: int | None = None) -> dict[str, list[Any]]:
    with warehouse.connect(location, snapshot=snapshot) as connection:
        return {name: sorted(map(str, connection.execute(f"FROM {name}").fetchall())) for name in tables()}


def test_a_named_snapshot_is_the_same_after_later_runs_and_maintenance(location: warehouse.Location) -> None:
    warehouse.publish(location, "run-1", **a_run("run-1", ["a"]))
    then = everything(location)
    number = warehouse.name_snapshot(location, "report-2025", YEAR)
    for run_id in ("run-2", "run-3"):
        warehouse.publish(location, run_id, **a_run(run_id, [run_id]))
    warehouse.name_snapshot(location, "second", YEAR, run_id="run-2")
    done = warehouse.maintain(location, NOTHING, grace=NOTHING)
    assert done.snapshots_expired
    assert everything(location, warehouse.find_snapshot(location, "report-2025")) == then
    assert warehouse.find_snapshot(location, str(number)) == number
    with warehouse.connect(location, snapshot=warehouse.find_snapshot(location, "second")) as connection:
        assert connection.execute("SELECT article_uid FROM articles ORDER BY 1").fetchall() == [("a",), ("run-2",)]
    much_later = datetime.now(UTC) + 2 * YEAR
    warehouse.maintain(location, NOTHING, grace=NOTHING, now=much_later)
    with pytest.raises(warehouse.WarehouseError, match=r"no snapshot report-2025: .* expired"):
        warehouse.find_snapshot(location, "report-2025")


def test_a_name_stands_for_one_snapshot_and_its_time_can_be_changed(location: warehouse.Location) -> None:
    warehouse.publish(location, "run-1", **a_run("run-1", ["a"]))
    number = warehouse.name_snapshot(location, "report", timedelta(days=1))
    warehouse.publish(location, "run-2", **a_run("run-2", ["b"]))
    assert warehouse.name_snapshot(location, "report", YEAR) == number
    with pytest.raises(warehouse.WarehouseError, match=f"report is the name of snapshot {number}"):
        warehouse.name_snapshot(location, "report", YEAR, run_id="run-2")
    warehouse.maintain(location, NOTHING, now=datetime.now(UTC) + timedelta(days=2))
    assert warehouse.find_snapshot(location, "report") == number


@pytest.mark.parametrize("name", ["", "7", "a b", "x" * 101, "a'; DROP TABLE x"])
def test_what_is_no_name_is_refused(location: warehouse.Location, name: str) -> None:
    with pytest.raises(warehouse.WarehouseError, match="cannot name a snapshot"):
        warehouse.name_snapshot(location, name, YEAR)


def test_what_is_not_there_is_said(location: warehouse.Location) -> None:
    with pytest.raises(warehouse.WarehouseError, match="there is no such run"):
        warehouse.name_snapshot(location, "report", YEAR, run_id="run-9")
    for name in ("report", "99", "9" * 40):
        with pytest.raises(warehouse.WarehouseError, match=f"no snapshot {name}"):
            warehouse.find_snapshot(location, name)
    with pytest.raises(warehouse.WarehouseError, match="find_snapshot gives that of 'report'"):
        warehouse.connect(location, snapshot="report")  # type: ignore[arg-type]
