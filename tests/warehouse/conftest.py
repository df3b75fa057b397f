"""Warehouses for tests."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

import warehouse
from tests.shared import made_once

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import duckdb


def place(directory: Path) -> warehouse.Location:
    return warehouse.Location(f"sqlite:{directory / 'catalog.sqlite'}", f"{directory / 'lake'}/")


def copy_of(directory: Path, into: Path) -> warehouse.Location:
    """A copy of the warehouse in `directory`."""
    return place(shutil.copytree(directory, into / "warehouse"))


@pytest.fixture(scope="session")
def empty_warehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The directory of a warehouse with all its tables and no rows, to copy from."""
    return made_once(tmp_path_factory, "empty-warehouse", lambda directory: warehouse.create(place(directory)))


@pytest.fixture
def location(tmp_path: Path, empty_warehouse: Path) -> warehouse.Location:
    """An empty warehouse of the test's own."""
    return copy_of(empty_warehouse, tmp_path)


@pytest.fixture
def connection(location: warehouse.Location) -> Iterator[duckdb.DuckDBPyConnection]:
    """A reader of `location`."""
    with warehouse.connect(location) as reader:
        yield reader
