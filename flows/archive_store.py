"""Where WARC files are kept: in a directory, or in a bucket of S3 if WIREHOUSE_ARCHIVE_PATH begins with s3://."""

from __future__ import annotations

import io
import os
import re
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Literal, cast
from urllib.parse import urlsplit

from spiders.blanking import blank_records
from spiders.durable import sync_directory
from spiders.errors import LandingError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from pyarrow import fs

    from spiders.archive import ArchiveFile

_S3 = "s3://"
_NAME = re.compile(r"(?P<date>\d{8})T\d{6}Z-(?P<site>.+)-[0-9a-f]{6}-\d+\.warc\.gz")
_BUFFER_BYTES = 1 << 20
"""So much is asked of a bucket at once: a page's record, and in a file read through, enough to keep requests few."""


@dataclass(frozen=True, slots=True)
class BucketFile:
    """A file in a bucket; `key` is BUCKET/PATH."""

    key: str

    @property
    def name(self) -> str:
        return self.key.rpartition("/")[2]

    def open(self, _mode: Literal["rb"] = "rb", /) -> BinaryIO:
        """The file's bytes, fetched in ranges as they are read.

        Raises:
            FileNotFoundError: there is no such file.
        """
        return io.BufferedReader(cast("Any", _buckets().open_input_file(self.key)), _BUFFER_BYTES)

    def __str__(self) -> str:
        return f"{_S3}{self.key}"


def archived_file(archive_path: str, name: str) -> ArchiveFile:
    """Where a WARC file belongs: `{archive}/{site}/{year}/{month}/{name}`, all of it told by the name.

    Raises:
        LandingError: the name is not one of ours.
    """
    match = _NAME.fullmatch(name)
    if match is None:
        raise LandingError(f"{name} is not the name of a WARC file of ours")
    parts = (match["site"], match["date"][:4], match["date"][4:6], name)
    if is_bucket(archive_path):
        return BucketFile("/".join((archive_path.removeprefix(_S3).strip("/"), *parts)))
    return Path(archive_path, *parts)


def is_archived(file: ArchiveFile) -> bool:
    """Whether the file is there; a file under its own name is whole."""
    if isinstance(file, BucketFile):
        return bool(_buckets().get_file_info(file.key).is_file)
    return cast("Path", file).exists()


def move_into_archive(source: Path, target: ArchiveFile) -> None:
    """Moves a file on this machine to its place; it is in one or the other at any moment, and never there in part."""
    if isinstance(target, BucketFile):
        _upload(source, target)
    else:
        _move(source, cast("Path", target))


def all_archived(archive_path: str) -> list[ArchiveFile]:
    """Every WARC file of the archive."""
    if not is_bucket(archive_path):
        return [*sorted(Path(archive_path).rglob("*.warc.gz"))]
    return [BucketFile(key) for key, _ in _keys(archive_path) if key.endswith(".warc.gz")]


def remove_from_archive(file: ArchiveFile) -> None:
    """Removes a file for good."""
    if isinstance(file, BucketFile):
        _buckets().delete_file(file.key)
    else:
        cast("Path", file).unlink(missing_ok=True)


def blank_in_archive(file: ArchiveFile, urls: Collection[str]) -> int:
    """`blank_records`, wherever the file is: one in a bucket is written anew, with every record at its old place."""
    if not isinstance(file, BucketFile):
        return blank_records(cast("Path", file), urls)
    with tempfile.TemporaryDirectory(prefix="wirehouse-") as directory, file.open("rb") as stored:
        here = Path(directory) / file.name
        with here.open("wb") as copy:
            shutil.copyfileobj(stored, copy, _BUFFER_BYTES)
        blanked = blank_records(here, urls)
        if blanked:
            _replace(file, here)
        return blanked


def bucket_keys(path: str) -> list[str]:
    """The files under a path in a bucket, as BUCKET/PATH."""
    return [key for key, _ in _keys(path)]


def bucket_bytes(path: str) -> int:
    """The bytes of the files under a path in a bucket."""
    return sum(size for _, size in _keys(path))


def is_bucket(path: str) -> bool:
    """Whether a path of the settings is in a bucket."""
    return path.startswith(_S3)


def _keys(path: str) -> Iterator[tuple[str, int]]:
    from pyarrow import fs  # noqa: PLC0415 - as below

    selector = fs.FileSelector(path.removeprefix(_S3).strip("/"), recursive=True, allow_not_found=True)
    for each in sorted(_buckets().get_file_info(selector), key=lambda found: found.path):
        if each.is_file:
            yield each.path, each.size


def _move(source: Path, target: Path) -> None:
    _make_directory(target.parent)
    # A copy under another name first: the archive may be on another disk, and no reader may see half a file.
    arriving = target.with_name(f".{target.name}.arriving")
    try:
        source.replace(target)
    except OSError:
        shutil.copyfile(source, arriving)
        with arriving.open("rb+") as file:
            os.fsync(file.fileno())
        arriving.replace(target)
    sync_directory(target.parent)
    # Where it was copied: only now would a power cut leave it there.
    source.unlink(missing_ok=True)


def _make_directory(directory: Path) -> None:
    """Makes a directory and those around it, and has them on the disk."""
    made = [each for each in (directory, *directory.parents) if not each.exists()]
    directory.mkdir(parents=True, exist_ok=True)
    for each in made:
        sync_directory(each.parent)


def _replace(file: BucketFile, source: Path) -> None:
    """Puts a file of this machine in the place of one in a bucket, which stays as it is until the whole of it arrived.

    On its way it has the name of a file of the same run, so that it goes with the run's pages should it be left over.
    """
    arriving = BucketFile(f"{file.key.removesuffix('.warc.gz')}.arriving.warc.gz")
    _upload(source, arriving)
    buckets = _buckets()
    buckets.copy_file(arriving.key, file.key)  # within the bucket, and in one go
    buckets.delete_file(arriving.key)


def _upload(source: Path, target: BucketFile) -> None:
    from pyarrow import fs  # noqa: PLC0415 - it takes as long to import as all else of a short command

    # The object is there once its last part is; but a copy that fails may end it early, as whole.
    fs.copy_files(str(source), target.key, source_filesystem=fs.LocalFileSystem(), destination_filesystem=_buckets())
    arrived, sent = _buckets().get_file_info(target.key).size, source.stat().st_size
    if arrived != sent:
        raise OSError(f"{target} has {arrived} bytes after the upload of {source}, which has {sent}; try again")
    source.unlink()


def _buckets() -> fs.S3FileSystem:
    """S3 as AWS's own variables describe it: keys, region, and with AWS_ENDPOINT_URL any server that speaks it."""
    from pyarrow import fs  # noqa: PLC0415 - as above

    endpoint = urlsplit(os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL") or "")
    region = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION")
    return fs.S3FileSystem(
        region=region,
        endpoint_override=endpoint.netloc or None,
        scheme="http" if endpoint.scheme == "http" else "https",
        connect_timeout=10,
        request_timeout=60,
    )
