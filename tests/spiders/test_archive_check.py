"""What a run lists of its exchanges is held to its archive, record by record."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from spiders.archive import ArchiveWriter
from spiders.archive_check import compare_with_archive
from spiders.warc_records import Exchange

if TYPE_CHECKING:
    from pathlib import Path

URLS = ["https://www.planet.example/1", "https://www.planet.example/2", "https://www.planet.example/3"]
STATUSES = [200, 304, 503]


@pytest.fixture
def run(tmp_path: Path) -> tuple[list[dict[str, Any]], list[Path]]:
    """The lines of three exchanges and one that brought no answer, and the two files of their archive."""
    writer = ArchiveWriter(tmp_path, "run", software="test", max_file_bytes=900)
    rows = []
    for url, status in zip(URLS, STATUSES, strict=True):
        exchange = Exchange(url, datetime.now(UTC), "GET", [], status, [(b"Content-Type", b"text/html")], b"x" * 300)
        at = writer.write(exchange)
        rows.append({"url": url, "status": status, "archive_file": at.file, "archive_offset": at.offset})
    writer.close()
    rows.append({"url": URLS[0], "status": None, "archive_file": None, "archive_offset": None})
    assert len(writer.names) > 1
    return rows, [tmp_path / name for name in writer.names]


def test_a_run_that_lists_what_it_archived_agrees(run: tuple[list[dict[str, Any]], list[Path]]) -> None:
    found = compare_with_archive(*run)
    assert (found.listed, found.archived, found.disagreements) == (3, 3, [])


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda rows: rows[1] | {"url": URLS[0]}, "listed is ('https://www.planet.example/1', 304), archived ('https"),
        (lambda rows: rows[1] | {"status": 200}, "listed is ('https://www.planet.example/2', 200)"),
        (lambda rows: rows[1] | {"archive_offset": 7}, "at 7: listed is ("),
        (lambda rows: rows[0], "is listed twice"),
        (lambda rows: rows[3], "listed is None, archived ('https://www.planet.example/2', 304)"),
    ],
)
def test_each_disagreement_is_named(run: tuple[list[dict[str, Any]], list[Path]], change: Any, words: str) -> None:
    rows, files = run
    changed = [rows[0], change(rows), rows[2]]
    assert any(words in each for each in compare_with_archive(changed, files).disagreements)


def test_records_behind_damage_are_missed(run: tuple[list[dict[str, Any]], list[Path]]) -> None:
    rows, files = run
    with files[-1].open("rb+") as file:
        file.truncate(files[-1].stat().st_size // 2)
    assert compare_with_archive(rows, files).disagreements


def test_an_answer_without_headers_agrees_and_one_that_cannot_be_read_is_a_disagreement(tmp_path: Path) -> None:
    writer = ArchiveWriter(tmp_path, "run", software="test")
    at = writer.write(Exchange(URLS[0], datetime.now(UTC), "GET", [], 200, [], b"x"))
    writer.close()
    file = tmp_path / at.file
    listed = [{"url": URLS[0], "status": 200, "archive_file": at.file, "archive_offset": at.offset}]
    assert compare_with_archive(listed, [file]).disagreements == []
    head = b"HTTP/1.1 200\r\nX: " + b"x" * 80_000 + b"\r\n\r\n"
    fields = (
        f"WARC/1.1\r\nWARC-Type: response\r\nWARC-Target-URI: {URLS[1]}\r\n"
        f"Content-Type: application/http\r\nContent-Length: {len(head)}\r\n\r\n"
    )
    with file.open("ab") as stream:
        offset = stream.tell()
        stream.write(gzip.compress(fields.encode() + head + b"\r\n\r\n"))
    listed.append({"url": URLS[1], "status": 200, "archive_file": at.file, "archive_offset": offset})
    (disagreement,) = compare_with_archive(listed, [file]).disagreements
    assert f"archived ('{URLS[1]}', None)" in disagreement
