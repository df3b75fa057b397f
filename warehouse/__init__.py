"""The warehouse: DuckLake tables, views and macros, and the only ways to write and read them."""

from __future__ import annotations

from warehouse import archived_pages, checks, ledger, query, rebuilding
from warehouse.attaching import attach_script, greeting
from warehouse.copy_index import COPY_INDEX_TABLES, CopyIndex
from warehouse.copying import CatalogCopy, copy_catalog, files_of_catalog, restore_catalog
from warehouse.creating import create
from warehouse.declared import arrow_schema, table_names
from warehouse.erasing import Erasure, erase_deleted
from warehouse.errors import (
    CatalogBusy,
    CatalogOutdated,
    ChecksFailed,
    DuplicateKey,
    ExtensionMissing,
    PublishRefused,
    RefusedStatement,
    SchemaMismatch,
    WarehouseError,
    WarehouseMissing,
)
from warehouse.exporting import export
from warehouse.known import is_published, known_revisions, known_urls, published_runs, rows_of, stale_articles
from warehouse.lake import at_one_moment, connect, require
from warehouse.location import Location
from warehouse.locking import publish_lock
from warehouse.maintaining import Maintenance, maintain
from warehouse.publishing import amend, publish, record
from warehouse.search_index import SEARCH_INDEX_TABLES, SearchIndex
from warehouse.sizes import catalog_bytes
from warehouse.snapshots import find_snapshot, name_snapshot
from warehouse.story_index import STORY_INDEX_TABLES, StoryIndex
from warehouse.upgrading import Upgrade, upgrade

__all__ = [
    "COPY_INDEX_TABLES",
    "SEARCH_INDEX_TABLES",
    "STORY_INDEX_TABLES",
    "CatalogBusy",
    "CatalogCopy",
    "CatalogOutdated",
    "ChecksFailed",
    "CopyIndex",
    "DuplicateKey",
    "Erasure",
    "ExtensionMissing",
    "Location",
    "Maintenance",
    "PublishRefused",
    "RefusedStatement",
    "SchemaMismatch",
    "SearchIndex",
    "StoryIndex",
    "Upgrade",
    "WarehouseError",
    "WarehouseMissing",
    "amend",
    "archived_pages",
    "arrow_schema",
    "at_one_moment",
    "attach_script",
    "catalog_bytes",
    "checks",
    "connect",
    "copy_catalog",
    "create",
    "erase_deleted",
    "export",
    "files_of_catalog",
    "find_snapshot",
    "greeting",
    "is_published",
    "known_revisions",
    "known_urls",
    "ledger",
    "maintain",
    "name_snapshot",
    "publish",
    "publish_lock",
    "published_runs",
    "query",
    "rebuilding",
    "record",
    "require",
    "restore_catalog",
    "rows_of",
    "stale_articles",
    "table_names",
    "upgrade",
]
