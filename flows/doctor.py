"""What is wrong with an installation and its warehouse, and how to mend it."""

from __future__ import annotations

import importlib.metadata
import shutil
import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
from packaging.requirements import Requirement

import warehouse
from flows.archive_sample import check_sample
from flows.archive_store import bucket_keys, is_bucket
from flows.errors import FlowsError
from flows.home import what_is_wrong
from flows.location import location
from flows.settings import Settings, read_settings, unknown_variables
from flows.status import LEAST_FREE_BYTES, begun_at, landing_runs
from spiders.errors import SpidersError
from warehouse.extensions import extensions, packaged_extension

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

#: So many pages are read from the archive.
SAMPLED_PAGES = 20
#: A landing run that no run has picked up for so long waits for nobody.
STRAY_AFTER = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Finding:
    """What was looked at, what was found, and how to mend it; `is_well` is None where there was nothing to look at."""

    about: str
    is_well: bool | None
    found: str
    mend: str = ""


def well(about: str, found: str) -> Finding:
    """Nothing is wrong there."""
    return Finding(about, is_well=True, found=found)


def unwell(about: str, found: str, mend: str) -> Finding:
    """Something is."""
    return Finding(about, is_well=False, found=found, mend=mend)


def examine(settings: Settings | None = None) -> Iterator[Finding]:
    """Looks at one thing after the other. Nothing is changed; a file is written to the home and removed again."""
    try:
        settings = settings or read_settings()
    except FlowsError as error:
        yield unwell("settings", str(error), "correct the variable named, in the environment or in .env")
        return
    yield well("settings", f"the home is {settings.home}")
    yield from _unknown_variables()
    for about, look in _EXAMINATIONS:
        try:
            yield from look(settings)
        except (OSError, warehouse.WarehouseError, SpidersError, duckdb.Error, sqlite3.Error) as error:
            yield unwell(about, " ".join(str(error).split()), "see to what the message names")


def _unknown_variables() -> Iterator[Finding]:
    for name, meant in unknown_variables().items():
        if meant is None:
            yield Finding("settings", None, f"{name} is no setting and has no effect")
        else:
            yield unwell("settings", f"{name} is no setting and has no effect", f"write {meant}, if that is meant")


def _installation(settings: Settings) -> Iterator[Finding]:
    wrong = []
    for text in importlib.metadata.requires("wirehouse") or ():
        need = Requirement(text)
        if need.marker is not None and not need.marker.evaluate({"extra": ""}):
            continue
        try:
            there = importlib.metadata.version(need.name)
        except importlib.metadata.PackageNotFoundError:
            wrong.append(f"{need.name} is not installed")
            continue
        if not need.specifier.contains(there, prereleases=True):
            wrong.append(f"{need.name} is {there}, needed is {need.specifier}")
    yield Finding("packages", not wrong, "; ".join(wrong) or "as declared", "make install")
    files = {name: packaged_extension(name) for name in extensions(location(settings))}
    lacking = [name for name, file in files.items() if file is None or not Path(file).exists()]
    packages = " ".join(f"duckdb-extension-{name.replace('_', '-')}=={duckdb.__version__}" for name in lacking)
    yield Finding(
        "DuckDB's extensions",
        not lacking,
        f"no package of DuckDB {duckdb.__version__} for {', '.join(lacking)}" if lacking else duckdb.__version__,
        f"pip install {packages}",
    )


def _disk(settings: Settings) -> Iterator[Finding]:
    home = settings.home
    if (wrong := what_is_wrong(home)) is not None:
        yield unwell("home", *wrong)
    elif not home.exists():
        yield Finding("home", None, f"there is no {home} yet", "the first run makes it")
    else:
        yield well("home", "can be written")
    if not home.is_dir():
        return
    free = shutil.disk_usage(home).free
    yield Finding(
        "disk",
        free >= LEAST_FREE_BYTES,
        f"{free / 2**30:,.1f} GiB free",
        "free space: `wirehouse maintain` removes files that no snapshot needs; or move the home to a larger disk",
    )


def _catalog(settings: Settings) -> Iterator[Finding]:
    where = location(settings)
    if not where.is_in_postgres:
        if not where.catalog_file.exists():
            missing = f"there is no {where.catalog_file} yet"
            yield Finding("catalog", None, missing, "wirehouse ingest --site NAME makes it")
            return
        found = list(_catalog_file(where.catalog_file, settings.archive_path))
        yield from found
        if not found[0].is_well:
            return
    with warehouse.connect(where) as connection:
        yield well("warehouse", "opens")
        files = _data_files(connection, settings)
        yield files
        if not files.is_well:
            return
        failed = [each for each in warehouse.checks.run(connection) if not each.passed and each.severity == "error"]
    looks = "; ".join(f'wirehouse sql "{each.look}"' for each in failed[:3])
    yield Finding("checks of the whole", not failed, "; ".join(map(str, failed[:3])) or "all passed", looks)


def _catalog_file(path: Path, archive_path: str) -> Iterator[Finding]:
    restore = "restore a backup: move the home away, then `wirehouse restore --from DIR`"
    if not is_bucket(archive_path):
        pages = f"{archive_path.rstrip('/')}/**/*.warc.gz"
        # With the file go those whose names it begins: an old write-ahead log would get into the new catalog.
        restore += (
            f"; or make the catalog anew from the archive: move {path}* and the data files away, then"
            f' `wirehouse backfill --site NAME --warc "{pages}"`, and take down again what was taken down'
        )
    with sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True) as catalog:
        try:
            (answer,) = catalog.execute("PRAGMA quick_check(1)").fetchone()
            (journal,) = catalog.execute("PRAGMA journal_mode").fetchone()
        except sqlite3.DatabaseError as error:
            yield unwell("catalog", f"{path}: {error}", restore)
            return
    yield Finding("catalog", answer == "ok", f"integrity: {' '.join(answer.split())}", restore)
    slow = "a run that writes sets it: wirehouse maintain"
    yield Finding("catalog's journal", journal == "wal", f"mode {journal}, needed is wal", slow)


def _data_files(connection: duckdb.DuckDBPyConnection, settings: Settings) -> Finding:
    files: list[str] = []
    for (table,) in connection.execute("SELECT table_name FROM ducklake_table_info('lake')").fetchall():
        rows = connection.execute(f"SELECT data_file FROM ducklake_list_files('lake', '{table}')").fetchall()  # noqa: S608
        files += [name for (name,) in rows]
    if is_bucket(settings.data_path):
        there = {f"s3://{key}" for key in bucket_keys(settings.data_path)}
        gone = [name for name in files if name not in there]
    else:
        gone = [name for name in files if not Path(name).exists()]
    return Finding(
        "data files",
        not gone,
        f"{len(gone)} of {len(files)} are not there: {', '.join(gone[:3])}" if gone else f"all {len(files)} are there",
        f"put them back into {settings.data_path} from a backup",
    )


def _archive(settings: Settings) -> Iterator[Finding]:
    where = location(settings)
    if where.is_in_postgres or where.catalog_file.exists():
        with warehouse.connect(where) as connection:
            seed = datetime.now(UTC).isoformat()
            sample = check_sample(settings, connection, seed, runs=SAMPLED_PAGES, pages=SAMPLED_PAGES)
        found = f"{sample.observed} of {sample.expected} read{f': {sample.detail}' if sample.detail else ''}"
        yield Finding("archive", sample.passed, found, f"put the files back into {settings.archive_path} from a backup")
    stopped, waiting = landing_runs(settings)
    yield Finding(
        "runs set aside",
        not stopped,
        ", ".join(stopped) or "none",
        f"look into {settings.landing_path}/RUN_ID/stopped.json, then `wirehouse publish RUN_ID` or with --give-up",
    )
    before = datetime.now(UTC) - STRAY_AFTER
    stray = [each for each in waiting if begun_at(each) < before]
    mend = "the next run of the site publishes them: wirehouse ingest --site NAME"
    yield Finding("runs not published", not stray, ", ".join(stray) or "none is left over", mend)


def _vocabularies(settings: Settings) -> Iterator[Finding]:
    if not any(settings.vocabularies_path.glob("*.csv")):
        return
    from flows.tagging import read_vocabularies  # noqa: PLC0415  # imports pandas

    read = read_vocabularies(settings)
    count = len(read.faults)
    rows = f"{count} row{' is' if count == 1 else 's are'} left out" if count else ""
    wrong = [*(f"{name}.csv is not used{reason}" for name, reason in read.unusable.items()), *filter(None, [rows])]
    yield Finding(
        "vocabularies of your own",
        not wrong,
        "; ".join(wrong) or "all rows are used",
        f"mend them in {settings.vocabularies_path}; `wirehouse retag --dry-run` warns of each, see docs/tagging.md",
    )


_EXAMINATIONS: tuple[tuple[str, Callable[[Settings], Iterator[Finding]]], ...] = (
    ("installation", _installation),
    ("home", _disk),
    ("catalog", _catalog),
    ("archive", _archive),
    ("vocabularies of your own", _vocabularies),
)
