"""What a backfill would do, without Prefect and without asking the site anything."""

from __future__ import annotations

import contextlib
import tempfile
from typing import TYPE_CHECKING, Any

import warehouse
from flows.backfilling import make_plan
from flows.location import location
from flows.warc_importing import find_imports

if TYPE_CHECKING:
    from collections.abc import Iterator

    import duckdb

    from flows.backfill_target import Target
    from flows.settings import Settings


def look_ahead(settings: Settings, target: Target) -> tuple[list[dict[str, Any]], str, list[str]]:
    """The rows of the plan, by day, its estimate in a sentence, and one for each file not read to its end.

    Where there is no warehouse none is made: the plan is that of a backfill that begins with nothing.

    Raises:
        CannotBeDone: too little is known of the days asked for.
        WarehouseMissing: the warehouse lacks a table, or a database holds none.
    """
    with _known(settings) as connection:
        if target.warc is not None:
            imports = find_imports(connection, target, None)
            return imports.table(target.site.timezone), imports.described(), imports.not_read()
        plan = make_plan(connection, target, is_begun=False)
        return plan.table(), plan.described(), []


@contextlib.contextmanager
def _known(settings: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection to the warehouse; in a new home to an empty one elsewhere, which goes away."""
    with contextlib.ExitStack() as leaving:
        where = location(settings)
        if not where.is_in_postgres and not where.catalog_file.exists():
            folder = leaving.enter_context(tempfile.TemporaryDirectory(prefix="wirehouse-plan-"))
            where = warehouse.Location(catalog=f"sqlite:{folder}/catalog.sqlite", data_path=f"{folder}/lake/")
            warehouse.create(where)
        yield leaving.enter_context(warehouse.connect(where))
