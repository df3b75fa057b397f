"""Bodies are unpacked as servers pack them, lawfully or not, and in no more time and memory than they are worth."""

from __future__ import annotations

import gzip
import time
import zlib

import pytest

from spiders.content_encoding import decode_body
from spiders.errors import ArchiveError


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


def test_bodies_packed_in_other_lawful_ways_are_decoded() -> None:
    assert decode_body(gzip.compress(b"hello ") + gzip.compress(b"world"), "gzip") == b"hello world"
    assert decode_body(gzip.compress(b"hello") + b"refuse", "x-gzip") == b"hello"
    assert decode_body(gzip.compress(zlib.compress(b"hello")), "deflate, GZIP") == b"hello"


def test_a_bomb_of_many_members_is_not_unpacked_either() -> None:
    with pytest.raises(ArchiveError, match="more than 100 bytes"):
        decode_body(gzip.compress(b"a" * 60) * 2, "gzip", limit=100)
    assert decode_body(gzip.compress(b"a" * 100), "gzip", limit=100) == b"a" * 100


def test_a_body_of_very_many_members_is_unpacked_in_no_time() -> None:
    began = time.perf_counter()
    assert decode_body(gzip.compress(b"hello") + gzip.compress(b"") * 60_000, "gzip") == b"hello"
    assert time.perf_counter() - began < 10


def test_a_body_encoded_again_and_again_is_not_unpacked() -> None:
    body = b"hello"
    for _ in range(6):
        body = gzip.compress(body)
    assert decode_body(body, "gzip, gzip, gzip, gzip, gzip") == gzip.compress(b"hello")
    with pytest.raises(ArchiveError, match="6 times"):
        decode_body(body, ", ".join(["gzip"] * 6))
