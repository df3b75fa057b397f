"""Writing to the warehouse: one run, one transaction."""

# ruff: noqa: S608 - the names put into SQL here are declared ones, values are bound or quoted
from __future__ import annotations

import logging
import time
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from warehouse import checks
from warehouse.declared import table
from warehouse.errors import ChecksFailed, DuplicateKey, PublishRefused, WarehouseError
from warehouse.known import snapshot_of
from warehouse.lake import open_lake
from warehouse.locking import publish_lock
from warehouse.transactions import insistently, transaction

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import duckdb

    from warehouse.location import Location
    from warehouse.schema import Table

_INCOMING = "incoming"

_LOGGER = logging.getLogger(__name__)


def publish(
    location: Location,
    run_id: str,
    appends: Mapping[str, pa.Table],
    replaces: Mapping[str, pa.Table] | None = None,
    *,
    removes: Mapping[str, pa.Table | Sequence[pa.Table]] | None = None,
    found: Sequence[checks.Outcome] = (),
    check: bool = True,
) -> int:
    """Publishes one run in one transaction, once: a run that is in `runs` already is left as it is.

    Takes the publish lock if this thread does not hold it. A catalog locked by others is tried again. Before the
    commit the run is checked (see `warehouse.checks`); what the checks found is in the table `checks` either way.

    Args:
        location: a warehouse made by `create`.
        run_id: the run; becomes the commit's message, and its extra information as JSON.
        appends: rows to add, by table; must hold the run's one row of `runs`.
        replaces: rows that take the place of those with the same key, by table.
        removes: what is to go before anything is written, by table: some of its columns, of which all rows that agree
            with one of these are removed, for example every row of `copies` about an article. Several such tables
            may name different columns.
        found: what the publisher has checked itself, to be recorded and to count as our own checks do.
        check: False to publish what the checks would stop, without a word in `checks`.

    Returns:
        The id of the snapshot that the run made, now or earlier.

    Raises:
        SchemaMismatch: rows are not of the declared shape.
        DuplicateKey: two rows of a table, both new or one there already, have the same key.
        ChecksFailed: a check of severity error failed; nothing is published.
        PublishRefused: the row of `runs` is not there, or a table is unknown or cannot be replaced in.
        CatalogBusy: the catalog stayed locked.
    """
    batches = _batches(appends, replaces or {})
    removals = [
        (name, table(name).conform_part(rows))
        for name, given in (removes or {}).items()
        for rows in ([given] if isinstance(given, pa.Table) else given)
    ]
    if "runs" not in appends or appends["runs"].column("run_id").to_pylist() != [run_id]:
        raise PublishRefused(f"run {run_id}: the rows to append must hold exactly one row of runs, with this run_id")
    started = time.monotonic()
    with publish_lock(location), open_lake(location, read_only=False) as connection:
        try:
            snapshot = insistently(
                f"run {run_id}", lambda: _publish_once(connection, run_id, batches, removals, found if check else None)
            )
        except _Stopped as stop:
            outcomes = stop.outcomes
            insistently(f"run {run_id}", lambda: _record_stop(connection, run_id, outcomes))
            raise ChecksFailed(str(stop)) from None
    rows = sum(batch.rows.num_rows for batch in batches)
    _LOGGER.info("run %s is snapshot %d: %d rows, %.2f s", run_id, snapshot, rows, time.monotonic() - started)
    return snapshot


def record(location: Location, name: str, rows: pa.Table, message: str) -> None:
    """Puts rows of a table that keeps books, which is no run's, in the place of those with the same key.

    Raises:
        SchemaMismatch, DuplicateKey, CatalogBusy: see `publish`.
    """
    _commit(location, message, [], _batches({}, {name: rows}))


def amend(
    location: Location, message: str, *, removes: Mapping[str, pa.Table], appends: Mapping[str, pa.Table]
) -> None:
    """Removes rows, then adds others, in one transaction that is no run's: what runs brought is told otherwise.

    Args:
        location: the warehouse.
        message: of the commit.
        removes: see `publish`.
        appends: see `publish`.

    Raises:
        SchemaMismatch, DuplicateKey, CatalogBusy: see `publish`.
    """
    removals = [(name, table(name).conform_part(rows)) for name, rows in removes.items()]
    _commit(location, message, removals, _batches(appends, {}))


def _commit(
    location: Location, message: str, removals: Sequence[tuple[str, pa.Table]], batches: Sequence[_Batch]
) -> None:
    def attempt() -> None:
        with transaction(connection, message, extra={"table": ", ".join(each.table.name for each in batches)}):
            for name, rows in removals:
                _remove(connection, name, rows)
            for batch in batches:
                _write(connection, batch)

    with publish_lock(location), open_lake(location, read_only=False) as connection:
        insistently(message, attempt)


@dataclass(frozen=True, slots=True)
class _Batch:
    """Rows of one table, of the declared shape, to add or to put in the place of others."""

    table: Table
    rows: pa.Table
    is_replacement: bool

    @property
    def key(self) -> str:
        """The columns of the key, of the table `t`."""
        return ", ".join(f't."{name}"' for name in self.table.key)

    @property
    def same_key(self) -> str:
        """The condition that a row of the table, `t`, and an incoming one, `i`, have the same key."""
        return self.table.same(self.table.key)

    def shown(self, key: tuple[object, ...]) -> str:
        return ", ".join(f"{name}={value}" for name, value in zip(self.table.key, key, strict=True))


def _batches(appends: Mapping[str, pa.Table], replaces: Mapping[str, pa.Table]) -> list[_Batch]:
    batches = [
        _Batch(table(name), table(name).conform(rows), is_replacement)
        for tables_, is_replacement in ((replaces, True), (appends, False))
        for name, rows in tables_.items()
    ]
    for batch in batches:
        if batch.is_replacement and not batch.table.key:
            raise PublishRefused(f"table {batch.table.name} has no key, so none of its rows can be replaced")
    return batches


class _Stopped(Exception):
    """Checks failed within the transaction; what all of them found must outlive its end."""

    def __init__(self, run_id: str, outcomes: Sequence[checks.Outcome]) -> None:
        self.outcomes = outcomes
        stopping = [str(each) for each in outcomes if not each.passed and each.severity == "error"]
        super().__init__(
            f"run {run_id} was not published, {len(stopping)} checks failed: {'; '.join(stopping)}. All they found is"
            " in the table `checks`, and nothing else was written"
        )


def _publish_once(
    connection: duckdb.DuckDBPyConnection,
    run_id: str,
    batches: Sequence[_Batch],
    removals: Sequence[tuple[str, pa.Table]],
    found: Sequence[checks.Outcome] | None,
) -> int:
    """`found` is what was checked before; None: nothing is to be checked."""
    snapshot = snapshot_of(connection, run_id)
    if snapshot is not None:
        return snapshot
    with transaction(connection, run_id, extra={"run_id": run_id}):
        for name, rows in removals:
            _remove(connection, name, rows)
        for batch in batches:
            _write(connection, batch)
        if found is not None:
            outcomes = [*found, *checks.run(connection, run_id)]
            if any(not each.passed and each.severity == "error" for each in outcomes):
                raise _Stopped(run_id, outcomes)
            _record(connection, run_id, outcomes)
    snapshot = snapshot_of(connection, run_id)
    if snapshot is None:
        raise WarehouseError(f"run {run_id}: committed, yet not in runs: look for another process that removes rows")
    return snapshot


def _record_stop(connection: duckdb.DuckDBPyConnection, run_id: str, outcomes: Sequence[checks.Outcome]) -> None:
    with transaction(connection, f"checks of {run_id}, which they stopped", extra={"run_id": run_id}):
        _record(connection, run_id, outcomes)


def _record(connection: duckdb.DuckDBPyConnection, run_id: str, outcomes: Sequence[checks.Outcome]) -> None:
    """Writes what the checks found, in the place of what they found at an earlier try of the run."""
    for outcome in outcomes:
        if not outcome.passed:
            _LOGGER.warning("run %s: check %s", run_id, outcome)
    found = {"run_id": run_id, "checked_at": datetime.now(UTC)}
    declared = table("checks")
    rows = pa.Table.from_pylist([asdict(outcome) | found for outcome in outcomes], schema=declared.arrow_schema)
    connection.execute("DELETE FROM lake.checks WHERE run_id = ?", [run_id])
    _write(connection, _Batch(declared, rows, is_replacement=False))


def _remove(connection: duckdb.DuckDBPyConnection, name: str, rows: pa.Table) -> None:
    """Removes every row of the table that agrees with one of `rows` in all its columns, nulls included."""
    if not rows.num_rows:
        return
    same = table(name).same(rows.column_names)
    connection.register(_INCOMING, rows)
    try:
        connection.execute(f"DELETE FROM lake.{name} t USING {_INCOMING} i WHERE {same}")
    finally:
        connection.unregister(_INCOMING)


def _write(connection: duckdb.DuckDBPyConnection, batch: _Batch) -> None:
    """Writes one table's rows within the transaction under way."""
    if not batch.rows.num_rows:
        return
    connection.register(_INCOMING, batch.rows)
    try:
        if batch.table.key:
            _refuse_repeated_keys(connection, batch)
        if batch.is_replacement:
            if batch.table.kept_snapshot:
                connection.register(_INCOMING, _with_snapshots(connection, batch))
            connection.execute(f"DELETE FROM lake.{batch.table.name} t USING {_INCOMING} i WHERE {batch.same_key}")
        elif batch.table.key and "run_id" not in batch.table.key:  # the run is new, and so is a key that holds its id
            _refuse_present_keys(connection, batch)
        connection.execute(f"INSERT INTO lake.{batch.table.name} BY NAME SELECT * FROM {_INCOMING}")
    finally:
        connection.unregister(_INCOMING)


def _with_snapshots(connection: duckdb.DuckDBPyConnection, batch: _Batch) -> pa.Table:
    """The incoming rows, with the snapshot that inserted the row in whose place each is put."""
    kept = batch.table.kept_snapshot
    return connection.execute(
        f"SELECT i.*, coalesce(t.{kept}, t.snapshot_id) AS {kept}"
        f" FROM {_INCOMING} i LEFT JOIN lake.{batch.table.name} t ON {batch.same_key}"
    ).to_arrow_table()


def _refuse_repeated_keys(connection: duckdb.DuckDBPyConnection, batch: _Batch) -> None:
    row = connection.execute(
        f"SELECT {batch.key} FROM {_INCOMING} t GROUP BY ALL HAVING count(*) > 1 LIMIT 1"
    ).fetchone()
    if row is not None:
        raise DuplicateKey(f"table {batch.table.name}: two of the rows to publish have the key {batch.shown(row)}")


def _refuse_present_keys(connection: duckdb.DuckDBPyConnection, batch: _Batch) -> None:
    row = connection.execute(
        f"SELECT {batch.key} FROM lake.{batch.table.name} t SEMI JOIN {_INCOMING} i ON {batch.same_key}"
        f" WHERE {' AND '.join(['true', *_time_bounds(batch)])} LIMIT 1"
    ).fetchone()
    if row is not None:
        raise DuplicateKey(f"table {batch.table.name}: there is a row with the key {batch.shown(row)} already")


def _time_bounds(batch: _Batch) -> Iterator[str]:
    """Conditions on the times in the key, as constants, so that statistics skip the files of other times."""
    for column in batch.table.columns:
        # Where one may be null, the bounds would leave out the rows without.
        if column.name in batch.table.key and column.type == "TIMESTAMPTZ" and not column.nullable:
            first, last = (end(batch.rows.column(column.name)).as_py().isoformat() for end in (pc.min, pc.max))
            yield f"t.\"{column.name}\" BETWEEN '{first}' AND '{last}'"
