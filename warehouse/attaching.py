"""The same warehouse in another program: a script of SQL that attaches it read-only, with its views and macros."""

from __future__ import annotations

from typing import TYPE_CHECKING

from warehouse import object_store
from warehouse.declared import relations, tables
from warehouse.extensions import extensions, packaged_extension
from warehouse.lake import LAKE, views
from warehouse.schema import quoted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from warehouse.location import Location

QUESTIONS = (
    "SELECT source, count(*) AS articles FROM articles GROUP BY ALL ORDER BY articles DESC LIMIT 10;",
    "SELECT rank, title, published_at, snippet FROM search('minister') LIMIT 10;",
    "SELECT column_name, type, description FROM dictionary WHERE relation = 'revisions';",
)


def attach_script(location: Location, *, with_packaged_extensions: bool = False) -> str:
    """SQL for `.read` in a DuckDB shell, or for any DuckDB session: the lake as `lake`, views and macros beside it.

    No password or key is in it. PostgreSQL's is looked for where libpq does (PGPASSWORD, `.pgpass`), those of S3 where
    AWS's own tools do.

    Args:
        location: the warehouse.
        with_packaged_extensions: True to load the extensions from the Python packages of this machine, for the DuckDB
            shell on it; False to install them as DuckDB does, from the network unless they are installed.
    """
    return "-- Attaches a Wirehouse warehouse, read-only.\n" + ";\n".join(
        _statements(location, is_packaged=with_packaged_extensions)
    )


def _statements(location: Location, *, is_packaged: bool) -> Iterator[str]:
    by_chain = location.is_in_bucket and not (is_packaged and object_store.has_keys())
    for name in [*extensions(location), *(["aws"] if by_chain else [])]:
        path = packaged_extension(name) if is_packaged else None
        yield f"LOAD {quoted(path)}" if path else f"INSTALL {name};\nLOAD {name}"
    yield "SET GLOBAL TimeZone = 'UTC'"
    yield "SET GLOBAL parquet_metadata_cache = true"
    if location.is_in_bucket:
        yield object_store.secret(location.data_root, by_name=True, by_chain=by_chain)
    yield (
        f"ATTACH IF NOT EXISTS {quoted(location.attached)} AS {LAKE} ("
        f"DATA_PATH {quoted(location.data_root)}, OVERRIDE_DATA_PATH true, READ_ONLY)"
    )
    for statement in views():
        yield statement.replace("CREATE VIEW", "CREATE OR REPLACE VIEW", 1).replace(
            "CREATE MACRO", "CREATE OR REPLACE MACRO", 1
        )
    yield ""


def greeting() -> str:
    """What there is to query, and three questions to begin with."""
    macros = [f"{name}{relation.parameters}" for name, relation in relations().items() if relation.kind != "view"]
    names = sorted(tables().keys() | {name for name, relation in relations().items() if relation.kind == "view"})
    lines = [
        "Wirehouse, read-only, times in UTC.",
        f"Relations: {', '.join(names)}",
        f"Macros:    {', '.join(macros)}",
        "FROM dictionary; describes each with its columns. For example:",
        *(f"  {question}" for question in QUESTIONS),
    ]
    return "\n".join(lines)
