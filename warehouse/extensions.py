"""DuckDB's extensions: which a warehouse needs, and where they come from."""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from warehouse.errors import ExtensionMissing
from warehouse.schema import quoted

if TYPE_CHECKING:
    from warehouse.location import Location

_NO_DOWNLOADS = ("autoinstall_known_extensions", "autoload_known_extensions")
"""Settings under which LOAD does not go to the network at once when an extension is not installed."""


def extensions(location: Location) -> list[str]:
    """The extensions that this warehouse needs, in the order to load them."""
    catalog = "postgres_scanner" if location.is_in_postgres else "sqlite_scanner"
    return [catalog, *(["httpfs"] if location.is_in_bucket else []), "ducklake"]


def connect_with(names: list[str]) -> duckdb.DuckDBPyConnection:
    """A connection to a database in memory, with these extensions loaded. Nothing is downloaded unless nothing is left.

    DuckDB reads an extension to its end to check its signature, for each connection anew: 0.2 s for two of them. Files
    that it checked for this process, and that are what they were, are not checked again.

    Raises:
        ExtensionMissing: there is none of a name.
    """
    checked = [file.path for name in names if (file := _checked.get(name)) and file == _File.of(file.path)]
    is_checked = len(checked) == len(names)
    connection = duckdb.connect(config={**dict.fromkeys(_NO_DOWNLOADS, False), "allow_unsigned_extensions": is_checked})
    try:
        if is_checked:
            for path in checked:
                connection.execute(f"LOAD {quoted(path)}")
            connection.execute("SET allow_unsigned_extensions = false")
        else:
            for name in names:
                load(connection, name)
        for setting in _NO_DOWNLOADS:
            connection.execute(f"RESET {setting}")
    except BaseException:
        connection.close()
        raise
    return connection


def load(connection: duckdb.DuckDBPyConnection, name: str) -> None:
    """Loads an extension: an installed one first, the packaged one next, one from the network last."""
    path = packaged_extension(name)
    attempts: dict[str, _File | None] = {f"LOAD {name}": None}
    if path is not None:
        attempts[f"LOAD {quoted(path)}"] = _File.of(path)
    attempts[f"INSTALL {name}; LOAD {name}"] = None
    problems = []
    for statement, packaged in attempts.items():
        try:
            connection.execute(statement)
        except duckdb.Error as error:
            problems.append(f"{statement}: {first_line(error)}")
        else:
            if packaged is not None:
                _checked[name] = packaged
            return
    raise ExtensionMissing(
        f"DuckDB {duckdb.__version__} has no extension {name}: pip install duckdb-extension-{name.replace('_', '-')}"
        f"=={duckdb.__version__} (tried {'; '.join(problems)})"
    )


@dataclass(frozen=True, slots=True)
class _File:
    """A file, and by what it is told from another that came in its place."""

    path: str
    inode: int
    size: int
    changed: int

    @classmethod
    def of(cls, path: str) -> _File | None:
        """None if it is not there."""
        try:
            found = Path(path).stat()
        except OSError:
            return None
        return cls(path, found.st_ino, found.st_size, found.st_ctime_ns)


#: The packaged extensions whose signatures DuckDB checked for this process.
_checked: dict[str, _File] = {}


def packaged_extension(name: str) -> str | None:
    """The file of an extension in its Python package, if that is installed."""
    package = importlib.util.find_spec(f"duckdb_extension_{name}")
    if package is None or package.origin is None:
        return None
    return str(Path(package.origin).parent / f"extensions/v{duckdb.__version__}/{name}.duckdb_extension")


def first_line(error: BaseException) -> str:
    """The message of an error without what DuckDB adds in further lines."""
    return str(error).strip().splitlines()[0]
