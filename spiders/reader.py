"""Reading pages in a process beside the crawl.

It uses a second core, and a page that crashes or hangs the parser costs that page and not the crawl.

The two speak over a socket pair, in order, each message a 4-byte big-endian length and a pickle. When the crawl dies,
the reader meets the end of the stream and ends too. `python -m spiders.reader SITE DESCRIPTOR` is the reader's side.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import pickle
import socket
import struct
import subprocess
import sys
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

from spiders.land_page import Page, read_page
from spiders.records import PageReading
from spiders.site import load

if TYPE_CHECKING:
    from io import BufferedRWPair

logger = logging.getLogger(__name__)

#: Seconds after which the page being read is given up; a page of 16 MB takes about one.
TIME_LIMIT_S = 30.0
_LENGTH = struct.Struct(">I")


@dataclass(slots=True)
class _Waiting:
    """A page that was sent and whose reading has not come back."""

    page: Page
    answer: asyncio.Future[PageReading]


class PageReader:
    """The crawl's side: `read` answers in the order of the calls. Used within one event loop, and closed at the end."""

    def __init__(self, site_name: str, *, time_limit_s: float = TIME_LIMIT_S) -> None:
        self._site_name = site_name
        self._time_limit_s = time_limit_s
        self._process: subprocess.Popen[bytes] | None = None
        self._writer: asyncio.StreamWriter | None = None
        self._receiver: asyncio.Task[None] | None = None
        self._waiting: deque[_Waiting] = deque()
        self._asked = asyncio.Event()
        self._is_starting = False

    async def read(self, page: Page) -> PageReading:
        """The reading of a page; one that the reader did not survive is "unknown", with the reason."""
        waiting = _Waiting(page, asyncio.get_running_loop().create_future())
        self._waiting.append(waiting)
        self._asked.set()
        if self._writer is not None:
            self._send(waiting)
        elif not self._is_starting:
            await self._start()
        return await waiting.answer

    async def close(self) -> None:
        """Ends the reader process."""
        if self._receiver is not None:
            self._receiver.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._receiver
        self._stop()

    async def _start(self) -> None:
        """Starts a reader process and sends it every page that waits, also those that came meanwhile."""
        self._is_starting = True
        try:
            reader = await self._connect()
        finally:
            self._is_starting = False
        self._receiver = asyncio.create_task(self._receive(reader))
        for waiting in self._waiting:
            self._send(waiting)

    async def _connect(self) -> asyncio.StreamReader:
        ours, theirs = socket.socketpair()
        with theirs:
            # Not asyncio's own: its child watchers and Twisted's get in each other's way.
            self._process = subprocess.Popen(  # noqa: ASYNC220, S603  # returns at once; our own module, no shell
                [sys.executable, "-m", __name__, self._site_name, str(theirs.fileno())],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
            )
        reader = asyncio.StreamReader(limit=1 << 24)
        loop = asyncio.get_running_loop()
        protocol = asyncio.StreamReaderProtocol(reader)
        transport, _ = await loop.create_connection(lambda: protocol, sock=ours)
        self._writer = asyncio.StreamWriter(transport, protocol, reader, loop)
        return reader

    def _send(self, waiting: _Waiting) -> None:
        if self._writer is not None:
            message = pickle.dumps(waiting.page)
            self._writer.write(_LENGTH.pack(len(message)) + message)

    async def _receive(self, reader: asyncio.StreamReader) -> None:
        """Hands the answers out until the reader process ends; then gives up its page and starts another process."""
        while True:
            try:
                answer = await self._next_answer(reader)
            except (asyncio.IncompleteReadError, ConnectionError, TimeoutError) as error:
                self._stop()
                if not self._waiting:
                    return
                culprit = self._waiting.popleft()
                how = "took too long" if isinstance(error, TimeoutError) else "ended the reader"
                logger.error("Reading %s %s: the page is given up", culprit.page.url, how)  # noqa: TRY400  # no bug of ours
                _answer(culprit, PageReading("unknown", reason=f"reading the page {how}"))
                if self._waiting:
                    await self._start()
                return
            _answer(self._waiting.popleft(), answer)

    async def _next_answer(self, reader: asyncio.StreamReader) -> PageReading:
        if not self._waiting:
            self._asked.clear()
            await self._asked.wait()
        async with asyncio.timeout(self._time_limit_s):
            (length,) = _LENGTH.unpack(await reader.readexactly(_LENGTH.size))
            answer: PageReading = pickle.loads(await reader.readexactly(length))  # noqa: S301  # our own process
        return answer

    def _stop(self) -> None:
        if self._writer is not None:
            self._writer.close()
            self._writer = None
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


def _answer(waiting: _Waiting, reading: PageReading) -> None:
    if not waiting.answer.done():
        waiting.answer.set_result(reading)


def main() -> int:
    """The reader process: answers pages until the crawl closes the socket or dies."""
    site = load(sys.argv[1])
    with socket.socket(fileno=int(sys.argv[2])) as connection, connection.makefile("rwb") as stream:
        while (message := _read_message(stream)) is not None:
            answer = pickle.dumps(read_page(site, pickle.loads(message)))  # noqa: S301  # from the crawl
            stream.write(_LENGTH.pack(len(answer)) + answer)
            stream.flush()
    return 0


def _read_message(stream: BufferedRWPair) -> bytes | None:
    head = stream.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    (length,) = _LENGTH.unpack(head)
    message = stream.read(length)
    return message if len(message) == length else None


if __name__ == "__main__":
    sys.exit(main())
