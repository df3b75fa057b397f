"""Coverage: what of a day is here, and up to when an analyst may rely on it."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from tests.warehouse.rows import at, rows
from warehouse.lake import connect, open_lake

if TYPE_CHECKING:
    import pyarrow as pa

    import warehouse

DAY = dt.date(2025, 12, 10)


def day(number: int) -> dt.date:
    return DAY + dt.timedelta(days=number)


def landed(*articles: tuple[int, int], site: str = "s") -> dict[str, pa.Table]:
    """Articles by their ids and days."""
    uids = [(f"{site}:{number}", number, day(on)) for number, on in articles]
    return {
        "articles": rows("articles", *({"article_uid": u, "site": site, "site_date": d} for u, _, d in uids)),
        "urls": rows(
            "urls",
            *(
                {"site": site, "url": u, "article_uid": u, "site_article_id": str(n), "state": "landed"}
                for u, n, _ in uids
            ),
        ),
    }


def addresses(state: str, *ids: int, **facts: Any) -> dict[str, pa.Table]:
    each = [{"site": "s", "url": f"{state}{n}", "site_article_id": str(n), "state": state, **facts} for n in ids]
    return {"urls": rows("urls", *each)}


def cover(location: warehouse.Location, *batches: dict[str, pa.Table]) -> list[tuple[Any, ...]]:
    """Each day: number, known, landed, pending, failed, gone, other, never looked at, complete."""
    write(location, *batches)
    with connect(location) as connection:
        found = connection.execute(
            "SELECT site_date, known, landed, pending, failed, gone, other, never_looked_at::INT, is_complete"
            " FROM coverage ORDER BY ALL"
        ).fetchall()
    return [((each[0] - DAY).days, *each[1:]) for each in found]


def write(location: warehouse.Location, *batches: dict[str, pa.Table]) -> None:
    with open_lake(location, read_only=False) as connection:
        for batch in batches:
            for name, table in batch.items():
                connection.register("incoming", table)
                connection.execute(f"INSERT INTO lake.{name} BY NAME FROM incoming")


def test_a_day_is_complete_when_every_address_and_id_has_a_final_state(location: warehouse.Location) -> None:
    found = cover(
        location,
        landed((1, 0), (3, 0), (4, 1), (6, 1), (7, 2), (8, 2), (9, 3)),
        addresses("gone", 2),
        addresses("pending", 5),
        addresses("failed", 10),
    )
    assert found == [
        (0, 3, 2, 0, 0, 1, 0, 0, True),
        (1, 3, 2, 1, 0, 0, 0, 0, False),
        (2, 2, 2, 0, 0, 0, 0, 0, True),
        (3, 2, 1, 0, 1, 0, 0, 0, False),
    ]


def test_ids_that_nobody_looked_at_are_counted_also_between_two_days(location: warehouse.Location) -> None:
    found = cover(location, landed((1, 0), (4, 0), (10, 1), (11, 2)))
    assert [(number, never, done) for number, *_, never, done in found] == [(0, 7, False), (1, 0, True), (2, 0, False)]


def test_where_another_numbering_begins_nothing_is_missing(location: warehouse.Location) -> None:
    found = cover(location, landed((50, 0), (52, 1), (3_700_001, 0), (3_700_002, 0), (3_700_004, 1), (3_700_005, 2)))
    assert [row[7] for row in found] == [2, 0, 0]


def test_one_article_of_an_odd_day_moves_no_ids(location: warehouse.Location) -> None:
    found = cover(location, landed((1, 5), (2, 5), (3, 0), (5, 5), (6, 5), (7, 6)))
    assert [(each[0], each[1], each[7]) for each in found] == [(0, 1, 0), (5, 4, 1), (6, 1, 0)]


def test_addresses_without_ids_belong_to_the_day_of_the_doors(location: warehouse.Location) -> None:
    plain = {"site": "s", "url": "x", "state": "pending", "site_article_id": None}
    urls = rows("urls", {**plain, "lastmod_at": at(24)}, {**plain, "url": "y", "discovered_at": at(48)})
    found = cover(location, landed((1, 0)), {"urls": urls})
    assert [each[:4] for each in found] == [(0, 1, 1, 0), (1, 1, 0, 1), (2, 1, 0, 1)]


def test_the_longest_run_of_complete_days_is_what_may_be_relied_on(location: warehouse.Location) -> None:
    # Days 0 (alone, far away), 10 to 12, and 14 are complete; of 13 one is pending, 15 is the newest.
    write(
        location,
        landed((1, 0), (2, 9), (90, 10), (91, 11), (92, 12), (93, 13), (95, 14), (96, 15)),
        addresses("pending", 94),
        landed((1, 0), (2, 0), site="other"),
    )
    with connect(location) as connection:
        found = connection.execute(
            "SELECT DISTINCT site, complete_from, complete_through FROM coverage ORDER BY site"
        ).fetchall()
    assert found == [("other", None, None), ("s", day(10), day(12))]
