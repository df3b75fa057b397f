"""From the bytes of a response to the bytes of a UTF-8 document."""

from __future__ import annotations

import codecs
import re

#: How far a declaration is looked for: the HTML Standard stops at 1,024 bytes, real pages do not.
_PRESCAN_BYTES = 4096
_HEADER_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w:.-]+)", re.IGNORECASE)
_META_CHARSET = re.compile(rb"<meta[^>]{0,300}?charset\s*=\s*[\"']?\s*([\w:.-]+)", re.IGNORECASE)
_BYTE_ORDER_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
#: Labels whose bytes mean something else than their name says (https://encoding.spec.whatwg.org/#names-and-labels).
_WEB_NAMES = {"iso8859-1": "cp1252", "ascii": "cp1252", "gb2312": "gb18030", "gbk": "gb18030", "iso8859-9": "cp1254"}
#: Encodings whose text can look like valid ASCII without being it.
_SEVEN_BIT = {"iso2022_jp", "iso2022_kr", "hz", "utf-7"}
#: Python's codecs for other things than the text of pages.
_NOT_OF_PAGES = {"idna", "punycode", "unicode-escape", "raw-unicode-escape", "undefined"}
_MAX_BAD_UTF8_SHARE = 0.01


def to_utf8(body: bytes, content_type: str | None = None) -> bytes:
    """The document as UTF-8, whatever it was sent as; bytes that fit no encoding become U+FFFD.

    A byte-order mark decides; then bytes that are valid UTF-8 are taken as such, because a wrong declaration is
    commoner than an accident of that kind; then the declaration of the header, then that of the page, then UTF-8
    with a few broken characters, and last windows-1252 as browsers do.
    """
    for mark, encoding in _BYTE_ORDER_MARKS:
        if body.startswith(mark):
            return _transcode(body[len(mark) :], encoding)
    declared = _declared(body, content_type)
    if declared not in _SEVEN_BIT and _is_utf8(body):
        return body
    if declared and declared != "utf-8":
        return _transcode(body, declared)
    text = body.decode("utf-8", "replace")
    if declared == "utf-8" or text.count("\ufffd") <= len(text) * _MAX_BAD_UTF8_SHARE:
        return text.encode("utf-8")
    return _transcode(body, "cp1252")


def _is_utf8(body: bytes) -> bool:
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _declared(body: bytes, content_type: str | None) -> str | None:
    """Python's name of the encoding that the header or the page names, None if neither names a known one."""
    in_header = _HEADER_CHARSET.search(content_type) if content_type else None
    in_page = _META_CHARSET.search(body, 0, _PRESCAN_BYTES)
    if in_header and (name := _python_name(in_header.group(1))):
        return name
    name = _python_name(in_page.group(1).decode("ascii", "replace")) if in_page else None
    # What could be read as ASCII as far as its declaration is not in a wide encoding (HTML Standard, prescan).
    return "utf-8" if name and name.startswith(("utf-16", "utf-32")) else name


def _python_name(label: str) -> str | None:
    try:
        info = codecs.lookup(label)
    except (LookupError, ValueError):
        return None
    if not getattr(info, "_is_text_encoding", True) or info.name in _NOT_OF_PAGES:
        return None
    return _WEB_NAMES.get(info.name, info.name)


def _transcode(body: bytes, encoding: str) -> bytes:
    try:
        text = body.decode(encoding, "replace")
    except (UnicodeError, ValueError, LookupError):
        text = body.decode("cp1252", "replace")
    return text.encode("utf-8", "replace")
