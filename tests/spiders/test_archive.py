"""The archive: standard WARC, read back by offset, and whole up to the record a dying writer was at."""

from __future__ import annotations

import gzip
import zlib
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from warcio.archiveiterator import ArchiveIterator

from spiders.archive import (
    ArchivePosition,
    ArchiveWriter,
    decode_body,
    intact_length,
    read_page,
    read_pages,
)
from spiders.errors import ArchiveError
from spiders.warc_records import Exchange

if TYPE_CHECKING:
    from pathlib import Path

FETCHED = datetime(2025, 12, 12, 13, 30, 1, 250_000, tzinfo=UTC)


def exchange(number: int, body: bytes | None = None, headers: list[tuple[bytes, bytes]] | None = None) -> Exchange:
    return Exchange(
        url=f"http://site.example/article/{number}?a=1&b=ü",
        fetched_at=FETCHED,
        method="GET",
        request_headers=[(b"User-Agent", b"wirehouse/test")],
        status=200,
        headers=headers if headers is not None else [(b"Content-Type", b"text/html")],
        body=body if body is not None else f"<p>page {number}</p>".encode() * 50,
    )


def write(directory: Path, exchanges: list[Exchange], max_file_bytes: int = 10**9) -> list[ArchivePosition]:
    writer = ArchiveWriter(directory, "run", software="wirehouse/test", max_file_bytes=max_file_bytes)
    positions = [writer.write(each) for each in exchanges]
    writer.close()
    return positions


def test_any_page_can_be_read_alone_by_its_offset(tmp_path: Path) -> None:
    positions = write(tmp_path, [exchange(number) for number in range(5)])
    for number in (3, 0, 4):
        page = read_page(tmp_path / positions[number].file, positions[number].offset)
        assert page.body == exchange(number).body
        assert page.url == exchange(number).url
        assert page.fetched_at == FETCHED
        assert (page.status, page.content_type) == (200, "text/html")


def test_other_tools_read_requests_and_responses_and_their_digests(tmp_path: Path) -> None:
    write(tmp_path, [exchange(1), exchange(2)])
    with (tmp_path / "run-00000.warc.gz").open("rb") as file:
        records = []
        for record in ArchiveIterator(file, check_digests="raise"):
            record.content_stream().read()
            records.append((record.rec_type, record.rec_headers.protocol))
    assert records == [("warcinfo", "WARC/1.1")] + [("response", "WARC/1.1"), ("request", "WARC/1.1")] * 2


def test_a_body_is_kept_as_it_was_compressed_and_decoded_when_read(tmp_path: Path) -> None:
    packed = gzip.compress(b"hello " * 100)
    (position,) = write(tmp_path, [exchange(1, packed, [(b"Content-Encoding", b"gzip")])])
    path = tmp_path / position.file
    assert read_page(path, position.offset).body == b"hello " * 100
    with path.open("rb") as file:
        raw = [each.raw_stream.read() for each in ArchiveIterator(file) if each.rec_type == "response"]
    assert raw == [packed]


@pytest.mark.parametrize("lost", [1, 40, 150, 400, 700, 1000])
def test_a_file_cut_anywhere_gives_every_record_before_the_cut(tmp_path: Path, lost: int) -> None:
    positions = write(tmp_path, [exchange(number) for number in range(4)])
    path = tmp_path / positions[0].file
    whole = path.read_bytes()
    path.write_bytes(whole[:-lost])
    intact = intact_length(path)
    assert intact <= len(whole) - lost
    path.write_bytes(whole[:intact])
    pages = list(read_pages(path))
    assert [page.position for page in pages] == [each for each in positions if each.offset < intact][: len(pages)]
    assert len(pages) >= 2
    assert all(page.body == exchange(number).body for number, page in enumerate(pages))


def test_a_new_file_is_begun_when_one_is_full(tmp_path: Path) -> None:
    positions = write(tmp_path, [exchange(number) for number in range(6)], max_file_bytes=1500)
    assert len({each.file for each in positions}) > 1
    assert sorted(each.name for each in tmp_path.iterdir()) == sorted({each.file for each in positions})


def test_a_header_cannot_smuggle_another_header_into_the_record(tmp_path: Path) -> None:
    (position,) = write(tmp_path, [exchange(1, headers=[(b"X-A", b"1\r\nContent-Encoding: gzip")])])
    page = read_page(tmp_path / position.file, position.offset)
    assert "content-encoding" not in page.headers


def test_the_missing_record_is_named(tmp_path: Path) -> None:
    with pytest.raises(ArchiveError, match=r"absent\.warc\.gz"):
        read_page(tmp_path / "absent.warc.gz", 0)
    (position,) = write(tmp_path, [exchange(1)])
    with pytest.raises(ArchiveError, match="offset 7"):
        read_page(tmp_path / position.file, 7)


def test_a_bomb_is_not_unpacked() -> None:
    bomb = gzip.compress(b"\0" * 50_000_000)
    with pytest.raises(ArchiveError, match="more than 16000000 bytes"):
        decode_body(bomb, "gzip")


@pytest.mark.parametrize(("body", "encoding"), [(b"not gzip", "gzip"), (b"x", "br"), (b"xx", "gzip, gzip")])
def test_a_body_that_cannot_be_decoded_says_why(body: bytes, encoding: str) -> None:
    with pytest.raises(ArchiveError, match=r"damaged|cannot be decoded"):
        decode_body(body, encoding)


def test_deflate_is_decoded() -> None:
    assert decode_body(zlib.compress(b"hello"), "deflate") == b"hello"
