"""A page is read in the encoding it is in, whatever it or its server says."""

from __future__ import annotations

import codecs

import pytest

from spiders.reading.decoding import to_utf8

TEXT = "Café, “quoted”, 5 €"
HINDI = "नमस्ते दुनिया"


@pytest.mark.parametrize(
    ("body", "content_type", "text"),
    [
        (TEXT.encode(), None, TEXT),
        (TEXT.encode(), "text/html; charset=iso-8859-1", TEXT),
        (b"<meta charset=iso-8859-1>" + HINDI.encode(), None, "<meta charset=iso-8859-1>" + HINDI),
        (TEXT.encode("cp1252"), "text/html; charset=ISO-8859-1", TEXT),
        (TEXT.encode("cp1252"), "text/html", TEXT),
        (b'<meta charset="windows-1251">' + "Привет".encode("cp1251"), None, '<meta charset="windows-1251">Привет'),
        ("Привет".encode("koi8-r"), 'text/html; charset="koi8-r"', "Привет"),
        ("日本語".encode("shift_jis"), "text/html; charset=Shift_JIS", "日本語"),
        ("日本語".encode("iso2022_jp"), "text/html; charset=iso-2022-jp", "日本語"),
        (codecs.BOM_UTF8 + TEXT.encode(), "text/html; charset=koi8-r", TEXT),
        (codecs.BOM_UTF16_LE + HINDI.encode("utf-16-le"), None, HINDI),
        (codecs.BOM_UTF16_BE + HINDI.encode("utf-16-be"), None, HINDI),
        (HINDI.encode("utf-16-le") + b"\xff", "text/html; charset=utf-16-le", HINDI + "\ufffd"),
        (HINDI.encode() + b"\xff", "text/html; charset=utf-8", HINDI + "\ufffd"),
        ((HINDI * 20).encode() + b"\xff", None, HINDI * 20 + "\ufffd"),
        (b"caf\xe9", "text/html; charset=no-such-thing", "café"),
        (b"caf\xe9", "text/html; charset=base64", "café"),
        (b"caf\xe9", "text/html; charset=undefined", "café"),
        (b"", None, ""),
    ],
)
def test_the_text_comes_out_whatever_was_declared(body, content_type, text):
    assert to_utf8(body, content_type).decode() == text


def test_valid_utf8_is_passed_on_as_it_is():
    body = HINDI.encode()
    assert to_utf8(body, "text/html; charset=utf-8") is body
