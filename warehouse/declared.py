"""Finds what is declared: tables by module, views and macros by file."""

from __future__ import annotations

import functools
import importlib
import pkgutil
from types import MappingProxyType
from typing import TYPE_CHECKING

import warehouse.tables
from warehouse.dictionary import dictionary
from warehouse.errors import PublishRefused, WarehouseError
from warehouse.relations import Relation, read_relations
from warehouse.schema import Table

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pyarrow as pa


@functools.cache
def tables() -> Mapping[str, Table]:
    """Every table by its name: the `TABLE` of each module of `warehouse/tables`.

    Raises:
        WarehouseError: a module has no `TABLE`, or one of another name.
    """
    found: dict[str, Table] = {}
    for module in sorted(pkgutil.iter_modules(warehouse.tables.__path__), key=lambda m: m.name):
        declared = getattr(importlib.import_module(f"warehouse.tables.{module.name}"), "TABLE", None)
        if not isinstance(declared, Table) or declared.name != module.name:
            raise WarehouseError(
                f"warehouse/tables/{module.name}.py must declare TABLE = Table(name={module.name!r}, ...)"
            )
        found[declared.name] = declared
    return MappingProxyType(found)


def table(name: str) -> Table:
    """The table of that name.

    Raises:
        PublishRefused: there is none.
    """
    if name not in tables():
        raise PublishRefused(f"there is no table {name!r}; there are {', '.join(tables())}")
    return tables()[name]


def table_names() -> tuple[str, ...]:
    """The names of all tables."""
    return tuple(tables())


def arrow_schema(name: str) -> pa.Schema:
    """The shape `publish` expects of the rows of the table `name`."""
    return table(name).arrow_schema


@functools.cache
def relations() -> Mapping[str, Relation]:
    """Every view and macro of `warehouse/sql`, and the view `dictionary`, by name."""
    found = {relation.name: relation for relation in read_relations(tables())}
    return MappingProxyType({**found, "dictionary": dictionary(tables(), found)})
