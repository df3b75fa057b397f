"""A consistent copy of catalog, data and archive while runs go on, and a warehouse made from one."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import logging
import os
import secrets
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import warehouse
from flows import past
from flows.archive_store import archived_file
from flows.backup_places import KEPT, PARTS, refuse_elsewhere, refuse_overlap, roots
from flows.errors import FlowsError
from flows.location import location
from flows.missing_pages import mend, missing_files
from flows.registered import register, register_whole
from flows.settings import CODE_VERSION
from spiders.durable import sync_directory, write_durably
from spiders.landing import LandingRun

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from flows.settings import Settings

logger = logging.getLogger(__name__)

#: Written last: what the backup is made of. A directory without one holds none.
MANIFEST = "backup.json"
#: Held by the one backup that may write to the directory.
LOCK = "backup.lock"
_ATTEMPTS = 3
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Backup:
    """What a backup holds: the newest snapshot, how many files and bytes, and how many of these were copied now."""

    snapshot_id: int
    files: int
    bytes: int
    copied: int


def back_up(settings: Settings, to: Path) -> Backup:
    """Copies the warehouse into a directory, while runs go on. Only what the directory lacks is copied.

    What is copied is of one moment between two publications: the catalog, every data file that one of its snapshots
    needs, the archive, and landing runs that are complete and wait. Killed anywhere, the backup that was there before
    stays whole, for what changed since is put beside it, and the next call goes on.

    Raises:
        FlowsError: the directory holds something else, is in the warehouse or around it, another backup writes to it,
            catalog or files are not of this disk, or files of the archive are missing.
        WarehouseMissing: there is no warehouse.
    """
    target = to.absolute()
    _refuse(settings, target)
    target.mkdir(parents=True, exist_ok=True)
    with _only_one(target):
        register(settings, "backup", target)
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                done = _back_up(settings, target)
            except FileNotFoundError as error:
                # Maintenance removed a file that only an expired snapshot needed: the next catalog does not name it.
                if attempt == _ATTEMPTS:
                    raise FlowsError(f"files went away while they were copied, {attempt} times: {error}") from error
                logger.info("began again, for a file went away: %s", error)
            else:
                register_whole(settings, target)
                return done
    raise AssertionError("unreachable")


@contextlib.contextmanager
def _only_one(target: Path) -> Iterator[None]:
    """Held by the one backup that writes to the directory; the operating system frees it when the process dies."""
    with (target / LOCK).open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise FlowsError(f"another backup to {target} is under way: this one did nothing; wait for it") from None
        yield


def restore(settings: Settings, source: Path) -> Backup:
    """Makes a warehouse from a backup, where the settings say; there must be none. The catalog comes last.

    The backup is registered there as a copy: it holds what is taken down later.

    Raises:
        FlowsError: there is no whole backup, a warehouse is there already, or it would be in the backup or around it.
    """
    refuse_elsewhere(settings)
    where = location(settings)
    if where.catalog_file.exists():
        raise FlowsError(f"there is a warehouse at {where.catalog} already: set WIREHOUSE_HOME to a new directory")
    refuse_overlap(settings, source.absolute())
    manifest = _manifest(source)
    if manifest is None:
        raise FlowsError(f"there is no whole backup in {source}: {MANIFEST} is not there or cannot be read")
    targets, files = roots(settings), manifest["files"]
    catalog = source / manifest["catalog"]["name"]
    if not catalog.exists() or _digest(catalog) != manifest["catalog"]["digest"]:
        raise FlowsError(f"{catalog} is damaged: it is not what was backed up; restore from another backup")
    if lacking := _lacking(catalog, files):
        raise FlowsError(f"the backup in {source} is not whole: {lacking}; restore from another backup")
    for name, entry in files.items():
        part, _, rest = name.partition("/")
        stored = source / _stored(name, entry)
        found = _copy(stored, targets[part] / rest) if stored.exists() else {"bytes": None, "digest": None}
        # Not its time: that need not survive being copied from one disk to another.
        if (found["bytes"], found["digest"]) != (entry["bytes"], entry["digest"]):
            raise FlowsError(f"{stored} is damaged: it is not what was backed up; restore from another backup")
    register(settings, "backup", source, made_at=datetime.fromisoformat(manifest["made_at"]))
    past.forget(settings)  # what a catalog that was lost knew may be more
    warehouse.restore_catalog(catalog, where)
    return Backup(manifest["snapshot_id"], len(files), sum(entry["bytes"] for entry in files.values()), len(files))


def _refuse(settings: Settings, target: Path) -> None:
    refuse_elsewhere(settings)
    if not location(settings).catalog_file.exists():
        raise warehouse.WarehouseMissing(f"there is no warehouse at {settings.home}: nothing to back up")
    refuse_overlap(settings, target)
    there = list(target.iterdir()) if target.exists() and not (target / MANIFEST).exists() else []
    # A backup that was cut short before it had a manifest has its lock: that came first.
    if there and not ((target / LOCK).exists() and all(map(_is_of_a_backup, there))):
        raise FlowsError(f"cannot back up to {target}: it holds something that is no backup; name another directory")
    _refuse_missing(settings)  # before the directory is registered as a copy


def _refuse_missing(settings: Settings) -> None:
    """What is missing would leave the backup too, which may hold the last copy of it."""
    with warehouse.connect(location(settings)) as connection:
        missing = missing_files(settings, connection)
    if missing:
        first = archived_file(settings.archive_path, missing[0])
        raise FlowsError(f"{len(missing)} files of the archive are missing, as {first}: nothing is backed up; {mend()}")


def _is_of_a_backup(path: Path) -> bool:
    """Whether something in a backup's directory may be of the backup, or of one that was cut short."""
    return path.name in {*PARTS, LOCK, MANIFEST} or path.name.startswith(("catalog-", f".{MANIFEST}."))


def _back_up(settings: Settings, target: Path) -> Backup:
    where, sources = location(settings), roots(settings)
    growing = target / f"catalog-growing-{secrets.token_hex(3)}.sqlite"
    files = _Files(target)
    # While the lock is held no run is published: catalog, archive and landing runs are of one moment.
    with warehouse.publish_lock(where):
        _refuse_missing(settings)
        copy = warehouse.copy_catalog(where, growing)
        names = [f"archive/{path}" for path in _files_below(sources["archive"])]
        for name in _landing_files(settings):
            files.add(name, sources)
    names += [f"lake/{path}" for path in copy.files]
    names += [f"{part}/{path}" for part in KEPT for path in _files_below(sources[part])]
    for name in names:
        files.add(name, sources)
    catalog = target / f"catalog-{copy.snapshot_id}-{secrets.token_hex(3)}.sqlite"
    growing.replace(catalog)
    if lacking := _lacking(catalog, files.entries):
        raise FlowsError(
            f"the backup to {target} would not be whole: {lacking}; see to what else writes there, and repeat"
        )
    manifest = {
        "made_at": datetime.now(UTC).isoformat(),
        "code_version": CODE_VERSION,
        "snapshot_id": copy.snapshot_id,
        "catalog": {"name": catalog.name, "digest": _digest(catalog)},
        "files": files.entries,
    }
    write_durably(target / MANIFEST, json.dumps(manifest, indent=1).encode())
    _tidy(target, {MANIFEST, LOCK, catalog.name, *_all_stored(files.entries)})
    size = sum(entry["bytes"] for entry in files.entries.values())
    return Backup(copy.snapshot_id, len(files.entries), size, files.copied)


class _Files:
    """The files of a backup that is being made: those the earlier one in its directory has, and copies beside them.

    Attributes:
        entries: of each file, by its name in the backup, its size, hash, time of change and where it is stored.
        copied: how many of them were copied now.
    """

    def __init__(self, target: Path) -> None:
        self.entries: dict[str, dict[str, Any]] = {}
        self.copied = 0
        self._target = target
        self._earlier = (_manifest(target) or {"files": {}})["files"]
        self._taken = _all_stored(self._earlier)

    def add(self, name: str, roots: dict[str, Path]) -> None:
        """Takes the file from the earlier backup, or copies it to where that one has none."""
        part, _, rest = name.partition("/")
        source, entry = roots[part] / rest, self._earlier.get(name)
        if entry is None or not self._is_as_then(name, entry, source):
            stored = f"{name}.{secrets.token_hex(3)}" if name in self._taken else name
            entry = _copy(source, self._target / stored) | {"stored": stored}
            self.copied += 1
        self.entries[name] = entry

    def _is_as_then(self, name: str, entry: dict[str, Any], source: Path) -> bool:
        # A file never changes but for being blanked or marked: then its time does.
        is_stored = (self._target / _stored(name, entry)).exists()
        return is_stored and bool(entry["modified"] == source.stat().st_mtime_ns)


def _stored(name: str, entry: dict[str, Any]) -> str:
    """Where a backup has the file of this name: elsewhere if the backup before it had another state of it there."""
    return str(entry.get("stored", name))


def _all_stored(files: dict[str, dict[str, Any]]) -> set[str]:
    return {_stored(name, entry) for name, entry in files.items()}


def _lacking(catalog: Path, files: dict[str, dict[str, Any]]) -> str:
    """What a backup of these files lacks of the data files that its catalog names; empty if it has them all."""
    named = warehouse.files_of_catalog(catalog)
    lacking = [path for path, size in named.items() if files.get(f"lake/{path}", {}).get("bytes") != size]
    return (
        f"{catalog.name} names {len(lacking)} files that it does not hold as named, as {lacking[0]}" if lacking else ""
    )


def _landing_files(settings: Settings) -> Iterator[str]:
    """Those of the landing runs that are complete: pages that no one has published yet are not lost either."""
    for directory in sorted(settings.landing_path.glob("[!.]*")):
        if LandingRun(directory).is_complete:
            yield from (f"landing/{directory.name}/{path}" for path in _files_below(directory))


def _files_below(directory: Path) -> list[str]:
    return sorted(str(path.relative_to(directory)) for path in directory.rglob("*") if path.is_file())


def _copy(source: Path, target: Path) -> dict[str, Any]:
    """Copies a file, whole or not at all; returns what it is: its size, its hash and when it was changed."""
    # Of before: what is changed while it is read has another time at the next backup, which copies it again.
    modified = source.stat().st_mtime_ns
    target.parent.mkdir(parents=True, exist_ok=True)
    growing = target.with_name(f".{target.name}.growing")
    digest = hashlib.blake2b(digest_size=16)
    size = 0
    with source.open("rb") as reading, growing.open("wb") as writing:
        while chunk := reading.read(_CHUNK):
            digest.update(chunk)
            writing.write(chunk)
            size += len(chunk)
        writing.flush()
        os.fsync(writing.fileno())
    os.utime(growing, ns=(modified, modified))
    growing.replace(target)
    sync_directory(target.parent)
    return {"bytes": size, "digest": digest.hexdigest(), "modified": modified}


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=16)).hexdigest()


def _manifest(directory: Path) -> dict[str, Any] | None:
    try:
        found: dict[str, Any] = json.loads((directory / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found


def _tidy(target: Path, kept: set[str]) -> None:
    """Removes what the backup is not made of any more, growing files of earlier calls included; the rest stays."""
    for each in filter(_is_of_a_backup, list(target.iterdir())):
        for path in (*sorted(each.rglob("*"), reverse=True), each):
            if path.is_file() and str(path.relative_to(target)) not in kept:
                path.unlink()
            elif path.is_dir() and not any(path.iterdir()):
                shutil.rmtree(path, ignore_errors=True)
