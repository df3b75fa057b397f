"""Where the warehouse is; apart from what fills it, which takes long to import."""

from __future__ import annotations

from typing import TYPE_CHECKING

import warehouse

if TYPE_CHECKING:
    from flows.settings import Settings


def location(settings: Settings) -> warehouse.Location:
    """Where the warehouse of these settings is."""
    return warehouse.Location(catalog=settings.catalog, data_path=settings.data_path)
