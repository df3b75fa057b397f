"""DuckDB's extensions: which a warehouse needs, and where they come from."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from warehouse.errors import ExtensionMissing
from warehouse.schema import quoted

if TYPE_CHECKING:
    from warehouse.location import Location


def extensions(location: Location) -> list[str]:
    """The extensions that this warehouse needs, in the order to load them."""
    catalog = "postgres_scanner" if location.is_in_postgres else "sqlite_scanner"
    return [catalog, *(["httpfs"] if location.is_in_bucket else []), "ducklake"]


def load(connection: duckdb.DuckDBPyConnection, name: str) -> None:
    """Loads an extension: an installed one first, the packaged one next, one from the network last."""
    attempts = [f"LOAD {name}"]
    packaged = packaged_extension(name)
    if packaged is not None:
        attempts.append(f"LOAD {quoted(packaged)}")
    attempts.append(f"INSTALL {name}; LOAD {name}")
    problems = []
    for statement in attempts:
        try:
            connection.execute(statement)
        except duckdb.Error as error:
            problems.append(f"{statement}: {first_line(error)}")
        else:
            return
    raise ExtensionMissing(
        f"DuckDB {duckdb.__version__} has no extension {name}: pip install duckdb-extension-{name.replace('_', '-')}"
        f"=={duckdb.__version__} (tried {'; '.join(problems)})"
    )


def packaged_extension(name: str) -> str | None:
    """The file of an extension in its Python package, if that is installed."""
    package = importlib.util.find_spec(f"duckdb_extension_{name}")
    if package is None or package.origin is None:
        return None
    return str(Path(package.origin).parent / f"extensions/v{duckdb.__version__}/{name}.duckdb_extension")


def first_line(error: BaseException) -> str:
    """The message of an error without what DuckDB adds in further lines."""
    return str(error).strip().splitlines()[0]
