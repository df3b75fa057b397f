"""Where a warehouse is: its catalog, in a file or in PostgreSQL, and its data files, in a directory or in a bucket."""

from __future__ import annotations

import contextlib
import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from warehouse.errors import WarehouseError
from warehouse.postgres import ADDRESS, put_together, taken_apart

if TYPE_CHECKING:
    from collections.abc import Mapping

_SQLITE = "sqlite:"
_POSTGRES = "postgres:"
_S3 = "s3://"

_SECRETS = frozenset({"sslpassword", "oauth_client_secret"})
"""Secrets beside the password: DuckDB has no way to be given them but in what it attaches."""


@dataclass(frozen=True, slots=True)
class Location:
    """A DuckLake's catalog and data path.

    Attributes:
        catalog: `sqlite:` and the path of a file; or `postgres:` and a connection string of libpq, `dbname=… host=…` or
            `postgres://host/dbname`. A password is better left to PGPASSWORD or a `.pgpass` file; it is never shown,
            neither by us nor in a message of DuckDB, which is given it apart.
        data_path: directory of the Parquet files, or `s3://BUCKET/PREFIX`.
    """

    catalog: str = field(repr=False)
    data_path: str

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Location:
        """The location that `WIREHOUSE_CATALOG`, `WIREHOUSE_DATA_PATH` and `WIREHOUSE_HOME` name, or their defaults.

        For people at a notebook: the flows hand over a location instead.
        """
        settings = os.environ if environment is None else environment
        default = cls.of_home(settings.get("WIREHOUSE_HOME") or "data")
        return cls(
            catalog=settings.get("WIREHOUSE_CATALOG") or default.catalog,
            data_path=settings.get("WIREHOUSE_DATA_PATH") or default.data_path,
        )

    @classmethod
    def of_home(cls, directory: str | Path) -> Location:
        """The location in a home of Wirehouse, where no setting puts a part of it elsewhere."""
        home = Path(directory).expanduser().absolute()
        return cls(catalog=f"{_SQLITE}{home / 'catalog.sqlite'}", data_path=f"{home / 'lake'}/")

    def __str__(self) -> str:
        if self.catalog.startswith(_SQLITE):
            return self.catalog
        with contextlib.suppress(WarehouseError):
            if self._names_postgres:
                return f"{_POSTGRES}{self.connection_string}"
        # Of what cannot be read nobody knows which part is a password.
        return f"{re.split(r'[^a-z]', self.catalog, maxsplit=1)[0]}…"

    @property
    def _names_postgres(self) -> bool:
        return self.catalog.startswith(_POSTGRES) or ADDRESS.match(self.catalog) is not None

    @property
    def is_in_postgres(self) -> bool:
        """Whether the catalog is a PostgreSQL database.

        Raises:
            WarehouseError: it is of no kind that this version opens.
        """
        if self.catalog.startswith(_SQLITE) and self.catalog != _SQLITE:
            return False
        if self._names_postgres:
            return True
        raise WarehouseError(
            f"catalog {str(self)!r} is not of a kind this version opens: use sqlite:PATH or"
            " postgres:dbname=NAME host=HOST"
        )

    @property
    def is_in_bucket(self) -> bool:
        """Whether the data files are in a bucket of S3.

        Raises:
            WarehouseError: they are at an address of another kind.
        """
        if self.data_path.startswith(_S3) and self.data_path.removeprefix(_S3).strip("/"):
            return True
        if "://" in self.data_path:
            raise WarehouseError(
                f"data path {self.data_path!r} is not of a kind this version opens: use a directory or s3://BUCKET/PATH"
            )
        return False

    @property
    def catalog_file(self) -> Path:
        """Absolute path of the catalog's file.

        Raises:
            WarehouseError: the catalog is in PostgreSQL, or of no kind that this version opens.
        """
        if self.is_in_postgres:
            raise WarehouseError(f"catalog {str(self)!r} is in PostgreSQL, and this needs one in a file")
        return Path(self.catalog.removeprefix(_SQLITE)).absolute()

    @property
    def connection_string(self) -> str:
        """How libpq finds the catalog's database, its password left out.

        Raises:
            WarehouseError: it cannot be read.
        """
        return put_together({name: value for name, value in self._parameters.items() if name != "password"})

    @property
    def password(self) -> str | None:
        """The password in the catalog's connection string; None if there is none, or it is in a file.

        Raises:
            WarehouseError: the connection string cannot be read.
        """
        return self._parameters.get("password") or None if self.is_in_postgres else None

    @property
    def _parameters(self) -> dict[str, str]:
        is_address = ADDRESS.match(self.catalog)
        found = taken_apart(self.catalog if is_address else self.catalog.removeprefix(_POSTGRES).strip())
        if shown := sorted(_SECRETS & found.keys()):
            raise WarehouseError(
                f"WIREHOUSE_CATALOG holds {' and '.join(shown)}, which DuckDB would show in messages: put it into a"
                " connection service file of libpq, and service=NAME in its place"
            )
        return found

    @property
    def attached(self) -> str:
        """What DuckDB attaches, without the password."""
        if self.is_in_postgres:
            return f"ducklake:postgres:{self.connection_string}"
        return f"ducklake:sqlite:{self.catalog_file}"

    @property
    def data_directory(self) -> Path:
        """Absolute path of the directory of data files.

        Raises:
            WarehouseError: they are in a bucket, or at an address of another kind.
        """
        if self.is_in_bucket:
            raise WarehouseError(f"data path {self.data_path!r} is a bucket, and this needs a directory")
        return Path(self.data_path).absolute()

    @property
    def data_root(self) -> str:
        """The directory or the path in the bucket, with a slash at its end."""
        root = self.data_path if self.is_in_bucket else str(self.data_directory)
        return f"{root.rstrip('/')}/"
