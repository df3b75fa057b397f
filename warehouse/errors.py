"""Everything the warehouse raises on purpose.

WarehouseError
├── WarehouseMissing      nothing is there yet, or it lacks a table: the message says what to run
├── CatalogOutdated       another version of DuckLake wrote the catalog: the message says what to run
├── ExtensionMissing      a DuckDB extension is neither installed nor packaged nor to be downloaded
├── PublishRefused        what was to be published is not what the tables declare; nothing was written
│   ├── SchemaMismatch    a column is missing, unknown, of another type, or null where it may not be
│   ├── DuplicateKey      two rows have the same key
│   └── ChecksFailed      a check found what may not be; only the table `checks` says that it was tried
├── CatalogBusy           the catalog stayed locked, or another publisher kept the lock, for too long
└── RefusedStatement      SQL that is not one reading statement over the warehouse
"""

from __future__ import annotations


class WarehouseError(Exception):
    """Root of the tree: catch this to catch all of it."""


class WarehouseMissing(WarehouseError):
    """There is no warehouse at the location, or not all of it."""


class CatalogOutdated(WarehouseError):
    """Another version of DuckLake wrote the catalog than the one that is installed.

    Attributes:
        found: the version of the catalog.
        wanted: the version that is installed.
    """

    def __init__(self, catalog: str, found: str, wanted: str) -> None:
        super().__init__(
            f"the catalog of {catalog} is of DuckLake {found}, and {wanted} is installed: run `wirehouse upgrade` if it"
            " is older, or install the newer wirehouse that wrote it"
        )
        self.found, self.wanted = found, wanted


class ExtensionMissing(WarehouseError):
    """DuckDB lacks an extension the warehouse is made of."""


class PublishRefused(WarehouseError):
    """The rows to publish break a declaration; the warehouse is as it was."""


class SchemaMismatch(PublishRefused):
    """A column is missing, unknown, of another type, or null where it may not be."""


class DuplicateKey(PublishRefused):
    """Two rows, both new or one of them there already, have the same key."""


class ChecksFailed(PublishRefused):
    """A check of severity error failed on what was to be published; the warehouse is as it was, but for `checks`."""


class CatalogBusy(WarehouseError):
    """Another process held the catalog or the publish lock for longer than we wait."""


class RefusedStatement(WarehouseError):
    """Not exactly one reading statement over the warehouse's own relations."""
