"""Bringing a catalog that an older DuckLake wrote to the version that is installed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import duckdb

from warehouse import catalog_file
from warehouse.creating import complete
from warehouse.declared import tables
from warehouse.errors import CatalogOutdated, WarehouseError
from warehouse.extensions import first_line
from warehouse.lake import LAKE, attach, open_lake
from warehouse.locking import publish_lock

if TYPE_CHECKING:
    from pathlib import Path

    from warehouse.location import Location


@dataclass(frozen=True, slots=True)
class Upgrade:
    """From which version to which; `copy` is the catalog as it was before, None in PostgreSQL."""

    found: str
    wanted: str
    copy: Path | None


def upgrade(location: Location) -> Upgrade | None:
    """Has DuckLake write an older catalog anew, and completes it. None where there is nothing to do.

    A catalog in a file is copied first, to `{catalog}.ducklake-{version}` beside it: to go back, put that in its place.
    Killed in between, the next call goes on, and the copy stays that of before.

    Raises:
        WarehouseMissing: there is nothing yet.
        CatalogBusy: another process keeps the catalog locked, or there is no room for the copy.
        WarehouseError: the catalog could not be brought to the version, as one that is newer.
    """
    if not location.is_in_postgres and not location.catalog_file.exists():
        open_lake(location, read_only=True)  # which says so, before the lock leaves a file beside it
    with publish_lock(location):
        try:
            open_lake(location, read_only=True).close()
        except CatalogOutdated as outdated:
            found, wanted = outdated.found, outdated.wanted
        else:
            return None
        kept = None if location.is_in_postgres else _keep(location.catalog_file, found)
        try:
            with attach(location, read_only=False, migrate=True) as connection:
                complete(connection)
                # What older versions had no place for.
                for table in tables().values():
                    for statement in table.sorting(LAKE):
                        connection.execute(statement)
        except duckdb.Error as error:
            raise WarehouseError(
                f"could not bring {location} from DuckLake {found} to {wanted}: {first_line(error)}"
            ) from error
    return Upgrade(found, wanted, kept)


def _keep(catalog: Path, version: str) -> Path:
    """Copies the catalog beside itself, unless that was done before."""
    kept = catalog.with_name(f"{catalog.name}.ducklake-{version}")
    if not kept.exists():
        growing = kept.with_name(f".{kept.name}.growing")
        growing.unlink(missing_ok=True)
        catalog_file.copy(catalog, growing)
        growing.replace(kept)
    return kept
