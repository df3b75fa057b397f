"""The verbs of `wirehouse`, one module each, all with a `verb`: thin over the flows.

Modules are imported by the verb that needs them, when it is run: Prefect alone takes two seconds to import.
"""

from __future__ import annotations

import importlib
import pkgutil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    import click


def verbs() -> Iterator[click.Command]:
    """Every verb, by name."""
    for module in pkgutil.iter_modules(__path__):
        verb: click.Command = importlib.import_module(f"{__name__}.{module.name}").verb
        yield verb
