"""The copies that were made of the warehouse, exports and backups: who takes an article down has to know of them."""

from __future__ import annotations

import contextlib
import fcntl
import json
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from spiders.durable import write_durably

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flows.settings import Settings


@dataclass(frozen=True, slots=True)
class Copy:
    """A copy of the warehouse: of `kind` export or backup, in the directory `path`, of rows `since` a day if given.

    `made_at` is when it was begun: it may still be growing, or have been cut short. `oldest_at` is when that one was
    begun that the directory may still hold: the same once it was completed, an earlier one until then.
    """

    kind: str
    path: Path
    made_at: datetime
    oldest_at: datetime
    since: date | None = None

    @property
    def is_there(self) -> bool:
        return self.path.is_dir()


def register(
    settings: Settings, kind: str, path: Path, since: date | None = None, *, made_at: datetime | None = None
) -> None:
    """Remembers a copy that is begun, in the place of an earlier one in the same directory.

    To be called before anything is written to it: whoever takes an article down meanwhile then knows of it. Of one that
    was there before `made_at` says since when.
    """
    target, now = path.absolute(), made_at or datetime.now(UTC)
    with _changing(settings) as copies:
        earlier = copies.pop(target, None)
        copies[target] = Copy(kind, target, now, earlier.oldest_at if earlier else now, since)


def register_whole(settings: Settings, path: Path) -> None:
    """Remembers that the copy in the directory is whole: of an earlier one nothing is left in there."""
    target = path.absolute()
    with _changing(settings) as copies:
        if target in copies:
            copies[target] = replace(copies[target], oldest_at=copies[target].made_at)


@contextlib.contextmanager
def _changing(settings: Settings) -> Iterator[dict[Path, Copy]]:
    """The copies by their place, to be changed; they are written down at the end."""
    file = _file(settings)
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.with_name(f"{file.name}.lock").open("a") as lock:
        # Two that register at once wait for one another, so that none is lost; the system frees it when one dies.
        fcntl.flock(lock, fcntl.LOCK_EX)
        copies = {each.path: each for each in registered(settings)}
        yield copies
        lines = [
            {
                "kind": each.kind,
                "path": str(each.path),
                "made_at": each.made_at.isoformat(),
                "oldest_at": each.oldest_at.isoformat(),
                "since": each.since.isoformat() if each.since else None,
            }
            for each in copies.values()
        ]
        write_durably(file, json.dumps(lines, indent=1).encode())


def registered(settings: Settings) -> list[Copy]:
    """Every copy that was registered, in the order in which they were begun."""
    if not _file(settings).exists():
        return []
    return [
        Copy(
            each["kind"],
            Path(each["path"]),
            datetime.fromisoformat(each["made_at"]),
            datetime.fromisoformat(each.get("oldest_at", each["made_at"])),
            date.fromisoformat(each["since"]) if each["since"] else None,
        )
        for each in json.loads(_file(settings).read_text(encoding="utf-8"))
    ]


def _file(settings: Settings) -> Path:
    return settings.home / "copies.json"
