"""The archive: standard WARC, read back by offset, and whole up to the record a dying writer was at."""

from __future__ import annotations

import dataclasses
import gzip
import random
import zlib
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from warcio.archiveiterator import ArchiveIterator

from spiders.archive import (
    ArchivePosition,
    ArchiveWriter,
    answer_records,
    intact_length,
    read_answers,
    read_page,
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


def packed(body: bytes) -> tuple[bytes, list[tuple[bytes, bytes]]]:
    """The body and headers of an answer that the server compressed."""
    return gzip.compress(body), [(b"Content-Encoding", b"gzip")]


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


def test_an_exchange_is_in_the_file_when_write_returns(tmp_path: Path) -> None:
    writer = ArchiveWriter(tmp_path, "run", software="wirehouse/test")
    for number in range(3):
        position = writer.write(exchange(number))
        # Read through a file of its own, as another process would: nothing may wait in the writer.
        path = tmp_path / position.file
        assert read_page(path, position.offset).body == exchange(number).body
        assert intact_length(path) == path.stat().st_size
    writer.close()


def test_every_record_is_compressed_alone_and_can_be_read_by_its_offset(tmp_path: Path) -> None:
    (position, _) = write(tmp_path, [exchange(1), exchange(2, *packed(b"hello " * 100))])
    content = (tmp_path / position.file).read_bytes()
    with (tmp_path / position.file).open("rb") as file:
        records = ArchiveIterator(file)
        places = [(record.rec_type, records.get_record_offset(), records.get_record_length()) for record in records]
    assert [kind for kind, _, _ in places] == ["warcinfo"] + ["response", "request"] * 2
    for _, offset, length in places:
        decoder = zlib.decompressobj(31)
        text = decoder.decompress(content[offset : offset + length])
        assert decoder.eof
        assert text.startswith(b"WARC/1.1\r\n")
        assert text.endswith(b"\r\n\r\n")


def test_an_answer_304_is_a_revisit_record(tmp_path: Path) -> None:
    unchanged = Exchange("http://site.example/1", FETCHED, "GET", [], 304, [(b"ETag", b'"1"')], b"")
    (position,) = write(tmp_path, [unchanged])
    path = tmp_path / position.file
    assert (read_page(path, position.offset).status, read_page(path, position.offset).body) == (304, b"")
    with path.open("rb") as file:
        _, revisit, request = list(ArchiveIterator(file, check_digests="raise"))
    assert revisit.rec_type == "revisit"
    assert revisit.rec_headers["WARC-Profile"] == "http://netpreserve.org/warc/1.1/revisit/server-not-modified"
    assert revisit.http_headers.get_statuscode() == "304"
    assert revisit.http_headers["ETag"] == '"1"'
    # What was not sent has no digest.
    assert revisit.rec_headers["WARC-Payload-Digest"] is None
    assert request.rec_headers["WARC-Concurrent-To"] == revisit.rec_headers["WARC-Record-ID"]


def test_other_tools_read_requests_and_responses_and_their_digests(tmp_path: Path) -> None:
    write(tmp_path, [exchange(1), exchange(2)])
    with (tmp_path / "run-00000.warc.gz").open("rb") as file:
        records = []
        for record in ArchiveIterator(file, check_digests="raise"):
            record.content_stream().read()
            records.append((record.rec_type, record.rec_headers.protocol))
    assert records == [("warcinfo", "WARC/1.1")] + [("response", "WARC/1.1"), ("request", "WARC/1.1")] * 2


@pytest.mark.parametrize("size", [0, 1, 65_000, 65_531, 65_532, 200_000])
def test_a_body_is_kept_as_it_was_compressed_and_decoded_when_read(tmp_path: Path, size: int) -> None:
    """Of bodies that fill one stored block of deflate, or just not, or several."""
    body = random.Random(size).randbytes(size)
    sent, headers = packed(body)
    positions = write(tmp_path, [exchange(1, sent, headers), exchange(2)])
    path = tmp_path / positions[0].file
    assert [read_page(path, each.offset).body for each in positions] == [body, exchange(2).body]
    with path.open("rb") as file:
        records = ArchiveIterator(file, check_digests="raise")
        raw = [each.raw_stream.read() for each in records if each.rec_type == "response"]
    assert raw == [sent, exchange(2).body]


def test_encodings_in_several_headers_are_undone_in_their_order(tmp_path: Path) -> None:
    headers = [(b"Content-Encoding", b"deflate"), (b"Content-Type", b"a/b"), (b"content-encoding", b"gzip")]
    (position,) = write(tmp_path, [exchange(1, gzip.compress(zlib.compress(b"hello")), headers)])
    page = read_page(tmp_path / position.file, position.offset)
    assert page.body == b"hello"
    assert page.headers["content-encoding"] == "deflate,gzip"


def test_what_a_server_compressed_takes_no_more_room_than_that(tmp_path: Path) -> None:
    sent, headers = packed(random.Random(1).randbytes(150_000))
    (position,) = write(tmp_path, [exchange(1, sent, headers)])
    assert (tmp_path / position.file).stat().st_size < len(sent) + 1500


@pytest.mark.parametrize("is_packed", [True, False])
def test_a_file_cut_at_any_byte_of_the_last_exchange_loses_only_that(tmp_path: Path, *, is_packed: bool) -> None:
    body, headers = packed(b"hello " * 30) if is_packed else (b"hello " * 30, [])
    *kept, last = write(tmp_path, [exchange(number, body, headers) for number in range(3)])
    path = tmp_path / last.file
    whole = path.read_bytes()
    for cut in range(last.offset, len(whole)):
        path.write_bytes(whole[:cut])
        intact = intact_length(path)
        assert last.offset <= intact <= cut
        path.write_bytes(whole[:intact])
        assert [answer.position for answer in read_answers(path)][:2] == kept


@pytest.mark.parametrize("lost", [1, 40, 150, 400, 700, 1000])
def test_a_file_cut_anywhere_gives_every_record_before_the_cut(tmp_path: Path, lost: int) -> None:
    positions = write(tmp_path, [exchange(number) for number in range(4)])
    path = tmp_path / positions[0].file
    whole = path.read_bytes()
    path.write_bytes(whole[:-lost])
    intact = intact_length(path)
    assert intact <= len(whole) - lost
    path.write_bytes(whole[:intact])
    found = [answer.position for answer in read_answers(path)]
    assert found == [each for each in positions if each.offset < intact][: len(found)]
    assert len(found) >= 2
    assert all(read_page(path, each.offset).body == exchange(number).body for number, each in enumerate(found))


def test_a_new_file_is_begun_when_one_is_full(tmp_path: Path) -> None:
    positions = write(tmp_path, [exchange(number) for number in range(6)], max_file_bytes=1500)
    names = sorted({each.file for each in positions})
    assert len(names) > 1
    assert sorted(each.name for each in tmp_path.iterdir()) == names
    for name in names:
        at = [each.offset for each in positions if each.file == name]
        assert max(at) < 1500, "an exchange was begun in a file that was full"
        with (tmp_path / name).open("rb") as file:
            first = next(iter(ArchiveIterator(file)))
            assert (first.rec_type, first.rec_headers["WARC-Filename"]) == ("warcinfo", name)
    assert [read_page(tmp_path / each.file, each.offset).url for each in positions] == [
        exchange(number).url for number in range(6)
    ]


@pytest.mark.parametrize("protocol", ["FOO/1.1", "http/1.1", "HTTP/10.25", ""])
def test_an_answer_in_any_protocol_is_kept_in_one_that_readers_know(tmp_path: Path, protocol: str) -> None:
    (position,) = write(tmp_path, [dataclasses.replace(exchange(1), protocol=protocol)])
    assert read_page(tmp_path / position.file, position.offset).status == 200


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"status": -5}, "status -5"),
        ({"status": 99999}, "status 99999"),
        ({"headers": [(b"X", b"x" * 20_000)] * 2}, "bytes of headers"),
        ({"url": "http://site.example/" + "x" * 40_000}, "bytes of headers"),
    ],
)
def test_an_exchange_that_could_not_be_read_again_is_not_written(
    tmp_path: Path, change: dict[str, Any], words: str
) -> None:
    writer = ArchiveWriter(tmp_path, "run", software="wirehouse/test")
    kept = writer.write(exchange(1))
    with pytest.raises(ArchiveError, match=words):
        writer.write(dataclasses.replace(exchange(2), **change))
    longest = [(b"X", b"x" * 15_800)] * 2
    positions = [kept, writer.write(exchange(3, headers=longest)), writer.write(exchange(4, headers=[]))]
    writer.close()
    assert [answer.position for answer in read_answers(tmp_path / kept.file)] == positions


def odd_records(path: Path) -> None:
    """A file as others, and we in the past, wrote it: an answer, two that no reader makes sense of, an answer."""
    plain, long = b"HTTP/1.1 200\r\n\r\n", b"HTTP/1.1 200\r\nX: " + b"x" * 80_000 + b"\r\n\r\n"
    path.write_bytes(_member(plain) + _member(long) + _member(plain, kind="text/plain") + _member(plain))


def _member(block: bytes, *, url: str = "http://site.example/", kind: str = "application/http") -> bytes:
    fields = (
        f"WARC/1.1\r\nWARC-Type: response\r\nWARC-Target-URI: {url}\r\n"
        f"WARC-Date: 2025-12-12T13:30:01Z\r\nContent-Type: {kind}\r\n"
    )
    return gzip.compress(f"{fields}Content-Length: {len(block)}\r\n\r\n".encode() + block + b"\r\n\r\n")


def test_records_that_cannot_be_read_are_passed_over_or_said(tmp_path: Path) -> None:
    path = tmp_path / "old.warc.gz"
    odd_records(path)
    assert [answer.status for answer in read_answers(path)] == [200, 200]
    with path.open("rb") as file:
        offsets = [record.stream_pos for record in answer_records(file, path.name)]
    for offset, words in zip(offsets[1:3], ("Maximum header length", "holds no HTTP response"), strict=True):
        with pytest.raises(ArchiveError, match=words):
            read_page(path, offset)


def test_a_record_damaged_anywhere_is_read_or_said_to_be_damaged(tmp_path: Path) -> None:
    write(tmp_path, [exchange(1)])
    path, chance, said = tmp_path / "damaged.warc.gz", random.Random(1), set()
    (file,) = tmp_path.glob("*.warc.gz")
    with file.open("rb") as stored:
        (offset,) = [record.stream_pos for record in answer_records(stored, file.name)]
    whole = gzip.decompress(file.read_bytes()[offset:])
    for _ in range(300):
        damaged = bytearray(whole)
        for _ in range(chance.choice((1, 3, 20))):
            damaged[chance.randrange(400)] = chance.randrange(256)
        path.write_bytes(gzip.compress(damaged))
        try:
            assert read_page(path, 0).fetched_at
        except ArchiveError as error:
            said.add(str(error).rpartition(" of damaged.warc.gz ")[2])
    assert {"holds no HTTP response", "does not say when it was fetched"} <= said


def test_a_file_that_cannot_be_read_on_lies_with_the_file(tmp_path: Path) -> None:
    path = tmp_path / "old.warc.gz"
    path.write_bytes(_member(b"", url="http://site.example/" + "x" * 40_000))
    with pytest.raises(ArchiveError, match=r"old\.warc\.gz cannot be read") as caught:
        list(read_answers(path))
    assert caught.value.__cause__ is None


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
