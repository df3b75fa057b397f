"""Breaks answers on purpose: which faults there are, which request meets one, and what it does to the answer."""

from __future__ import annotations

import re
import struct
import zlib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import cache
from random import Random
from typing import Any

from tests.replica.web import Request, Response, html_page, redirect

CONSENT_PAGE = """<!DOCTYPE html><html><head><title>Before you continue</title></head><body>
<div id="consent"><h1>We value your privacy</h1>
<p>We and our 842 partners store and access information on your device.</p>
<form action="/consent" method="post"><button>Accept all</button>
<button>Manage options</button></form></div></body></html>"""
_BOMB_BYTES = 512 * 1024 * 1024
_BOMB_BLOCK = 4 * 1024 * 1024
_HUGE_BYTES = 48 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Fault:
    """One rule of what goes wrong.

    Attributes:
        kind: a key of `KINDS`.
        path: a regular expression the path with its query must contain; all paths without.
        share: the share of paths that are hit (0 to 1); a path is hit or spared for good, by seed.
        each_answer: it is answers that are hit instead, each for itself: the first of a path may be and the next not.
        times: how often each path that is hit fails before it works again; None for ever.
        seconds: how long `slow` and `hang` wait, and what `Retry-After` asks for.
        old: for `rewrite`, the words of the page replaced by `new` (a redesign).
    """

    kind: str
    path: str = ""
    share: float = 1.0
    times: int | None = None
    each_answer: bool = False
    seconds: float = 1.0
    old: str = ""
    new: str = ""


class Faults:
    """The rules in force; the first that fits a request decides."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.rules: list[Fault] = []
        self.done: Counter[str] = Counter()
        self._met: Counter[tuple[int, str]] = Counter()
        self._asked: Counter[str] = Counter()

    def replace(self, rules: list[dict[str, Any]]) -> None:
        """Puts other rules in force and forgets what the old ones did.

        Raises:
            ValueError: when a rule names no known kind or an unknown setting.
        """
        known = {field.name for field in fields(Fault)}
        for rule in rules:
            if rule.get("kind") not in KINDS or not set(rule) <= known:
                raise ValueError(
                    f"no such fault: {rule}; kinds are {', '.join(KINDS)}; settings are {', '.join(known)}"
                )
        self.rules = [Fault(**rule) for rule in rules]
        self._met.clear()
        self._asked.clear()
        self.done.clear()

    def choose(self, target: str) -> Fault | None:
        """The fault that hits a request for `target`, if any; counts it."""
        target = re.sub(r"[?&]loop=[ab]$", "", target)
        self._asked[target] += 1
        for number, rule in enumerate(self.rules):
            if rule.path and not re.search(rule.path, target):
                continue
            which = f":{self._asked[target]}" if rule.each_answer else ""
            luck = Random(f"{self.seed}:{number}:{rule.kind}:{target}{which}").random()
            if luck >= rule.share or (rule.times is not None and self._met[number, target] >= rule.times):
                continue
            self._met[number, target] += 1
            self.done[rule.kind] += 1
            return rule
        return None


def apply(fault: Fault, request: Request, healthy: Response) -> Response:
    """The answer the fault makes of a healthy one."""
    return KINDS[fault.kind](fault, request, healthy)


def _status(status: int) -> Callable[[Fault, Request, Response], Response]:
    def answer(fault: Fault, _request: Request, _healthy: Response) -> Response:
        page = html_page(f"<html><head><title>{status}</title></head><body><h1>Server Error</h1></body></html>", status)
        if status in (429, 503):
            page.headers["Retry-After"] = str(round(fault.seconds))
        return page

    return answer


def _slow(fault: Fault, _request: Request, healthy: Response) -> Response:
    healthy.delay = fault.seconds
    return healthy


def _cut(_fault: Fault, _request: Request, healthy: Response) -> Response:
    healthy.send, healthy.closes = len(healthy.body) // 2, True
    return healthy


def _hang(fault: Fault, _request: Request, healthy: Response) -> Response:
    healthy.delay, healthy.send, healthy.closes = fault.seconds, 0, True
    return healthy


def _empty(_fault: Fault, _request: Request, _healthy: Response) -> Response:
    return Response(200, b"", {"Content-Type": "text/html; charset=utf-8"})


def _long_length(_fault: Fault, _request: Request, healthy: Response) -> Response:
    healthy.claimed_length, healthy.closes = len(healthy.body) + 4096, True
    return healthy


def _short_length(_fault: Fault, _request: Request, healthy: Response) -> Response:
    healthy.claimed_length, healthy.closes = len(healthy.body) * 2 // 3, True
    return healthy


def _loop(_fault: Fault, request: Request, _healthy: Response) -> Response:
    bare, _, turn = request.target.partition("loop=")
    bare = bare.rstrip("?&")
    joiner = "&" if "?" in bare else "?"
    return redirect(f"{bare}{joiner}loop={'b' if turn == 'a' else 'a'}", 302)


def _off_site(_fault: Fault, request: Request, _healthy: Response) -> Response:
    return redirect(f"http://ads.example.com/landing?from={request.path}", 302)


@cache
def _bomb_bytes() -> bytes:
    """A gzip stream of 512 MiB of blanks, made by repeating one flushed block rather than by compressing it all."""
    start, blanks = b"<html><body>", b" " * _BOMB_BLOCK
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    opening = packer.compress(start) + packer.flush(zlib.Z_FULL_FLUSH)
    block = packer.compress(blanks) + packer.flush(zlib.Z_FULL_FLUSH)
    checksum, count = zlib.crc32(start), _BOMB_BYTES // _BOMB_BLOCK
    for _ in range(count):
        checksum = zlib.crc32(blanks, checksum)
    trailer = struct.pack("<LL", checksum, (len(start) + _BOMB_BYTES) & 0xFFFFFFFF)
    header = b"\x1f\x8b\x08" + bytes(6) + b"\xff"
    return header + opening + block * count + packer.flush(zlib.Z_FINISH) + trailer


def _bomb(_fault: Fault, _request: Request, _healthy: Response) -> Response:
    return Response(200, _bomb_bytes(), {"Content-Type": "text/html; charset=utf-8", "Content-Encoding": "gzip"})


def _huge(_fault: Fault, _request: Request, healthy: Response) -> Response:
    healthy.body += b"<!-- filling -->" * (_HUGE_BYTES // 16)
    return healthy


def _consent(_fault: Fault, _request: Request, _healthy: Response) -> Response:
    return html_page(CONSENT_PAGE)


def _charset_header(_fault: Fault, _request: Request, healthy: Response) -> Response:
    healthy.headers["Content-Type"] = "text/html; charset=iso-8859-1"
    return healthy


def _charset_bytes(_fault: Fault, _request: Request, healthy: Response) -> Response:
    text = healthy.body.decode().replace('<meta charset="utf-8"/>', "")
    healthy.body = text.encode("cp1252", errors="xmlcharrefreplace")
    return healthy


def _rewrite(fault: Fault, _request: Request, healthy: Response) -> Response:
    healthy.body = healthy.body.replace(fault.old.encode(), fault.new.encode())
    return healthy


KINDS: dict[str, Callable[[Fault, Request, Response], Response]] = {
    "500": _status(500), "503": _status(503), "429": _status(429), "404": _status(404), "403": _status(403),
    "slow": _slow, "cut": _cut, "hang": _hang, "empty": _empty, "long_length": _long_length,
    "short_length": _short_length, "redirect_loop": _loop, "redirect_offsite": _off_site, "gzip_bomb": _bomb,
    "huge": _huge, "consent": _consent, "charset_header": _charset_header, "charset_bytes": _charset_bytes,
    "rewrite": _rewrite,
}  # fmt: skip
