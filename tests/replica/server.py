"""Serves the site over HTTP/1.1 on loopback, keeps the request log, and obeys the control addresses."""

from __future__ import annotations

import asyncio
import gzip
import json
import signal
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path
from typing import Any

from tests.replica import faults as breaking
from tests.replica import truth
from tests.replica.model import ist_iso
from tests.replica.robots import is_allowed
from tests.replica.sidebars import path_of
from tests.replica.site import Site, edition_of
from tests.replica.web import REASONS, Request, Response
from tests.replica.world import World

_CACHE_ENTRIES = 6000
_TEXTUAL = ("text/", "application/rss", "application/json")


class Server:
    """One running replica: a site, its faults, its log."""

    def __init__(self, world: World, origin: str | None = None) -> None:
        self.world, self.fixed_origin = world, origin
        self.site = Site(world, origin or "")
        self.faults = breaking.Faults(world.seed)
        self.log: list[dict[str, Any]] = []
        self._cache: dict[tuple[object, ...], Response] = {}
        self._controls: dict[str, Callable[[Request, dict[str, Any]], Any]] = {
            "clock": self._clock, "truth": self._truth, "faults": self._faults, "log": self._log,
            "settings": self._settings, "changes": self._changes, "withdraw": self._withdraw,
            "warm": self._warm,
        }  # fmt: skip

    def bind(self, base_url: str) -> None:
        """Tells the site the address it is reached at."""
        self.site = Site(self.world, self.fixed_origin or base_url)

    def answer(self, request: Request) -> Response:
        """The answer to a request, faults, compression and the site's clock in its headers included."""
        if request.path.startswith("/_replica/"):
            return self._control(request)
        fault = self.faults.choose(request.target)
        if fault is None:
            response = self._healthy(request)
        else:
            response = breaking.apply(fault, request, self.site.respond(request))
            if fault.kind in ("slow", "rewrite", "charset_bytes"):
                response = _compressed(request, response)
        self._note(request, response, fault)
        return response

    def _healthy(self, request: Request) -> Response:
        conditional = "if-none-match" in request.headers or "if-modified-since" in request.headers
        zips = "gzip" in request.headers.get("accept-encoding", "")
        key = (request.target, edition_of(request), request.is_bot, zips)
        cached = None if conditional else self._cache.get(key)
        if cached is not None:
            return cached
        response = _compressed(request, self.site.respond(request))
        if not conditional:
            if len(self._cache) >= _CACHE_ENTRIES:
                self._cache.clear()
            self._cache[key] = response
        return response

    def _note(self, request: Request, response: Response, fault: breaking.Fault | None) -> None:
        allowed = request.path == "/robots.txt" or is_allowed(self.site.robots, request.user_agent, request.target)
        self.log.append({
            "at": datetime.now(UTC).isoformat(), "site_time": self.site.when.isoformat(), "method": request.method,
            "path": request.target, "user_agent": request.user_agent, "edition": edition_of(request),
            "status": response.status, "bytes": len(response.body), "fault": fault.kind if fault else None,
            "is_allowed": allowed,
        })  # fmt: skip

    def _control(self, request: Request) -> Response:
        name = request.path.removeprefix("/_replica/").strip("/")
        handler = self._controls.get(name)
        if handler is None:
            return Response(404, b"{}", {"Content-Type": "application/json"})
        try:
            told = json.loads(request.body) if request.body else {}
            result = handler(request, told)
            return Response(200, json.dumps(result, ensure_ascii=False).encode(), {"Content-Type": "application/json"})
        except (ValueError, TypeError, KeyError) as problem:
            return Response(400, json.dumps({"error": str(problem)}).encode(), {"Content-Type": "application/json"})

    def _clock(self, request: Request, told: dict[str, Any]) -> dict[str, str]:
        if request.method == "POST":
            when = truth.read_time(told["to"]) if "to" in told else self.site.when + truth.read_span(told)
            if when < self.world.clock_start:
                raise ValueError(f"the clock cannot go before its start, {self.world.clock_start.isoformat()}")
            self.world.reach(when)
            self.site.move_to(when)
            self._cache.clear()
        return {
            "now": self.site.when.isoformat(),
            "start": self.world.clock_start.isoformat(),
            "ist": ist_iso(self.site.when),
        }

    def _truth(self, request: Request, _told: dict[str, Any]) -> dict[str, Any]:
        when = truth.read_time(request.query["at"]) if "at" in request.query else self.site.when
        return truth.everything(self.world, when, self.site.origin)

    def _changes(self, request: Request, _told: dict[str, Any]) -> dict[str, Any]:
        times = [truth.read_time(request.query[name]) for name in ("since", "until")]
        return truth.changes(self.world, times[0], times[1], self.site.origin)

    def _withdraw(self, _request: Request, told: dict[str, Any]) -> dict[str, Any]:
        article = self.world.find(int(told["id"]), self.site.when)
        if article is None:
            raise ValueError(f"no article {told['id']} to withdraw at {self.site.when.isoformat()}")
        article.withdrawn = self.site.when
        self.site.move_to(self.site.when)
        self._cache.clear()
        return {"withdrawn": article.id}

    def _warm(self, _request: Request, told: dict[str, Any]) -> dict[str, Any]:
        """Renders every article page beforehand, so that a benchmark measures the client and not this server."""
        for article in self.world.visible(self.site.when):
            for encoding in told.get("encodings", ["gzip"]):
                self._healthy(Request("GET", path_of(article, self.site.when), {"accept-encoding": encoding}))
        return {"pages": len(self._cache)}

    def _faults(self, request: Request, told: dict[str, Any]) -> dict[str, Any]:
        if request.method == "POST":
            self.faults.replace(told["rules"])
        return {"rules": len(self.faults.rules), "done": dict(self.faults.done)}

    def _log(self, request: Request, _told: dict[str, Any]) -> dict[str, Any]:
        if request.method == "DELETE":
            self.log.clear()
        return {
            "entries": self.log,
            "by_path": dict(Counter(entry["path"] for entry in self.log)),
            "disallowed": sum(not entry["is_allowed"] for entry in self.log),
        }

    def _settings(self, _request: Request, told: dict[str, Any]) -> dict[str, Any]:
        if "validators" in told:
            self.site.has_validators = bool(told["validators"])
        if "robots" in told:
            self.site.robots = str(told["robots"])
        self._cache.clear()
        return {"validators": self.site.has_validators, "robots": self.site.robots, "origin": self.site.origin}


def _compressed(request: Request, response: Response) -> Response:
    if "gzip" not in request.headers.get("accept-encoding", "") or len(response.body) < 512:
        return response
    if not response.headers.get("Content-Type", "").startswith(_TEXTUAL) or "Content-Encoding" in response.headers:
        return response
    response.body = gzip.compress(response.body, compresslevel=1, mtime=0)
    response.headers = {**response.headers, "Content-Encoding": "gzip", "Vary": "Accept-Encoding, User-Agent, Cookie"}
    return response


class _Connection(asyncio.Protocol):
    """One client connection: reads requests, writes answers in order, keeps alive."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._buffer = b""
        self._is_waiting = False
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if isinstance(transport, asyncio.Transport):
            self._transport = transport

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        self._work()

    def _work(self) -> None:
        while not self._is_waiting and self._transport is not None:
            request, self._buffer = _take_request(self._buffer)
            if request is None:
                return
            response = self._server.answer(request)
            if response.delay:
                self._is_waiting = True
                asyncio.get_running_loop().call_later(response.delay, self._resume, request, response)
            else:
                self._send(request, response)

    def _resume(self, request: Request, response: Response) -> None:
        self._is_waiting = False
        self._send(request, response)
        self._work()

    def _send(self, request: Request, response: Response) -> None:
        if self._transport is None:
            return
        closes = response.closes or request.headers.get("connection", "").lower() == "close"
        if response.send == 0:
            self._transport.abort()
            return
        body = b"" if request.method == "HEAD" or response.status == 304 else response.body[: response.send]
        length = len(response.body) if response.claimed_length is None else response.claimed_length
        head = [f"HTTP/1.1 {response.status} {REASONS.get(response.status, 'Unknown')}"]
        head += [f"{name}: {value}" for name, value in response.headers.items()]
        head += [
            f"Date: {format_datetime(self._server.site.when.astimezone(UTC), usegmt=True)}",
            "Server: Microsoft-IIS/10.0",
        ]
        head += ([] if response.status == 304 else [f"Content-Length: {length}"]) + (
            ["Connection: close"] if closes else []
        )
        self._transport.write("\r\n".join([*head, "", ""]).encode("latin-1", "replace") + body)
        if closes:
            self._transport.close()


def _take_request(buffer: bytes) -> tuple[Request | None, bytes]:
    """The first whole request of the buffer and what follows it; None while it is not whole."""
    head, found, rest = buffer.partition(b"\r\n\r\n")
    if not found:
        return None, buffer
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    length = int(headers.get("content-length", "0") or 0)
    if len(rest) < length:
        return None, buffer
    method, _, target = first.partition(" ")
    return Request(method, target.rpartition(" ")[0] or target, headers, rest[:length]), rest[length:]


async def serve(server: Server, port: int, announce: Callable[[str], None]) -> None:
    """Serves on 127.0.0.1 until SIGTERM or SIGINT; `announce` gets the base URL once it listens."""
    loop, stop = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        with suppress(NotImplementedError):
            loop.add_signal_handler(number, stop.set)
    listening = await loop.create_server(lambda: _Connection(server), "127.0.0.1", port, backlog=512)
    base_url = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
    server.bind(base_url)
    announce(base_url)
    async with listening:
        await stop.wait()


def write_port_file(path: Path, base_url: str) -> None:
    """Writes the base URL to a file, whole or not at all."""
    part = path.with_suffix(".part")
    part.write_text(base_url + "\n", encoding="utf-8")
    part.replace(path)
