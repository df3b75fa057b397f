"""Where the parts of a warehouse are, and where no backup of it may be."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from flows.errors import FlowsError
from flows.location import location

if TYPE_CHECKING:
    from flows.settings import Settings

#: Of the home, what a person put there or what cannot be made again. Landing runs are copied apart.
KEPT = ("vocabularies", "models")
#: The directories of a backup.
PARTS = ("lake", "archive", "landing", *KEPT)


def roots(settings: Settings) -> dict[str, Path]:
    """Where each part of a backup is from."""
    kept = {name: settings.home / name for name in KEPT}
    lake, archive = Path(settings.data_path).absolute(), Path(settings.archive_path).absolute()
    return {"lake": lake, "archive": archive, "landing": settings.landing_path, **kept}


def refuse_elsewhere(settings: Settings) -> None:
    """A warehouse that is not of files cannot be copied as files.

    Raises:
        FlowsError: its catalog or its files are not of this machine.
    """
    if "://" in settings.data_path or "://" in settings.archive_path or not settings.catalog.startswith("sqlite:"):
        raise FlowsError(
            "this warehouse is not of files on this machine: back up its database with pg_dump and its bucket with the"
            " store's own versions or replication (docs/rights.md)"
        )


def refuse_overlap(settings: Settings, backup: Path) -> None:
    """A backup removes what is no part of it any more, and a warehouse what no snapshot needs: they have to be apart.

    Raises:
        FlowsError: a part of the warehouse is in the backup's directory, or that in one of them.
    """
    ours = (settings.home, location(settings).catalog_file, *roots(settings).values())
    for place in (backup, *(backup / part for part in PARTS)):
        real = place.resolve()
        for each in ours:
            if real.is_relative_to(each.resolve()):
                raise FlowsError(f"{place} is no place for a backup: the warehouse itself is there; keep them apart")
            if each.resolve().is_relative_to(real):
                raise FlowsError(f"{place} is no place for a backup: {each} of the warehouse is in it; keep them apart")
