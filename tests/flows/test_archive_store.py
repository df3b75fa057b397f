"""The archive in a directory: a file is in one place or the other at any moment, also after a power cut."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from flows.archive_store import move_into_archive
from spiders.durable import sync_directory


@pytest.mark.parametrize("is_other_disk", [False, True])
def test_a_file_leaves_its_place_once_it_is_on_the_disk_of_the_archive(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, is_other_disk: bool
) -> None:
    source = tmp_path / "here.warc.gz"
    target = tmp_path / "archive" / "site" / "2026" / "there.warc.gz"
    source.write_bytes(b"pages")
    synced: list[tuple[Path, bool]] = []
    replace = Path.replace

    def across_disks(path: Path, to: Path) -> Path:
        if path == source and is_other_disk:
            raise OSError(errno.EXDEV, "Invalid cross-device link")
        return replace(path, to)

    def sync(directory: Path) -> None:
        synced.append((directory, source.exists()))
        sync_directory(directory)

    monkeypatch.setattr(Path, "replace", across_disks)
    monkeypatch.setattr("flows.archive_store.sync_directory", sync)
    move_into_archive(source, target)
    assert target.read_bytes() == b"pages"
    assert not source.exists()
    assert synced[-1] == (target.parent, is_other_disk)
    assert {each for each, _ in synced} == {target.parent, *list(target.parents)[1:4]}
    assert list(target.parent.iterdir()) == [target]
