"""Where a warehouse is: its catalog and its data files."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from warehouse.errors import WarehouseError

if TYPE_CHECKING:
    from collections.abc import Mapping

_SQLITE = "sqlite:"


@dataclass(frozen=True, slots=True)
class Location:
    """A DuckLake's catalog and data path.

    Attributes:
        catalog: `sqlite:` and the path of a file.
        data_path: directory of the Parquet files.
    """

    catalog: str
    data_path: str

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Location:
        """The location that `WIREHOUSE_CATALOG`, `WIREHOUSE_DATA_PATH` and `WIREHOUSE_HOME` name, or their defaults.

        For people at a notebook: the flows hand over a location instead.
        """
        settings = os.environ if environment is None else environment
        home = Path(settings.get("WIREHOUSE_HOME") or "data").absolute()
        return cls(
            catalog=settings.get("WIREHOUSE_CATALOG") or f"{_SQLITE}{home / 'catalog.sqlite'}",
            data_path=settings.get("WIREHOUSE_DATA_PATH") or f"{home / 'lake'}/",
        )

    @property
    def catalog_file(self) -> Path:
        """Absolute path of the catalog's file."""
        if not self.catalog.startswith(_SQLITE) or self.catalog == _SQLITE:
            raise WarehouseError(f"catalog {self.catalog!r} is not of a kind this version opens: use sqlite:PATH")
        return Path(self.catalog.removeprefix(_SQLITE)).absolute()

    @property
    def data_directory(self) -> Path:
        """Absolute path of the directory of data files."""
        if "://" in self.data_path:
            raise WarehouseError(f"data path {self.data_path!r} is not of a kind this version opens: use a directory")
        return Path(self.data_path).absolute()
