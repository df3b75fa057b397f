"""Reading pages and feeds in a process beside the crawl.

It uses a second core, and a page that crashes or hangs the parser costs that page and not the crawl. The first time the
page may not be the reason: the system kills a reader where memory is short, and a busy machine is slow. It is read once
more, by a fresh reader, before it is given up.

A page is sent as it was received, or as its place in the archive, which the reader then opens itself.

The two speak over a socket pair, in order, each message a 4-byte big-endian length and a pickle. The reader's first
message is empty: it can read from then on. When the crawl dies, the reader meets the end of the stream and ends too.
`python -m spiders.reader SITE DESCRIPTOR` is the reader's side.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import pickle
import resource
import socket
import struct
import subprocess
import sys
from collections import deque
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, cast

from spiders.archive import StoredPage
from spiders.doors import DoorReading, Feed, read_feed
from spiders.land_page import Page, read_page, read_stored
from spiders.records import PageReading
from spiders.site import load

if TYPE_CHECKING:
    from collections.abc import Callable
    from io import BufferedRWPair

    from spiders.site import Site

logger = logging.getLogger(__name__)

#: Seconds after which the page being read is given up; a page of 16 MB takes about one.
TIME_LIMIT_S = 30.0
#: Seconds that a reader may take to start; one, on a machine that is not busy.
START_LIMIT_S = 120.0
#: How many readers a page is given to.
_TRIES = 2
#: Bytes of address space that a reader may take. The largest pages that people write, 16 MB of paragraphs or of text,
#: take 190 to 320 MB; what is made to cost memory takes gigabytes of a few kilobytes.
MEMORY_LIMIT_BYTES = 700_000_000
_LENGTH = struct.Struct(">I")


@dataclass(slots=True)
class _Waiting:
    """What was sent and whose reading has not come back."""

    page: Page | StoredPage | Feed
    answer: asyncio.Future[PageReading | DoorReading]
    tries: int = 0


class _Connection(asyncio.Protocol):
    """The stream to and from one reader process. A protocol: to await each message would cost three times as much."""

    def __init__(
        self,
        on_ready: Callable[[], None],
        on_answer: Callable[[PageReading | DoorReading], None],
        on_end: Callable[[], None],
    ) -> None:
        self._on_ready = on_ready
        self._on_answer = on_answer
        self._on_end = on_end
        self._received = bytearray()
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def send(self, page: Page | StoredPage | Feed) -> None:
        if self._transport is not None:
            message = pickle.dumps(page)
            self._transport.write(_LENGTH.pack(len(message)) + message)

    def data_received(self, data: bytes) -> None:
        received = self._received
        received += data
        start = 0
        while len(received) >= start + _LENGTH.size:
            (length,) = _LENGTH.unpack_from(received, start)
            begin, end = start + _LENGTH.size, start + _LENGTH.size + length
            if len(received) < end:
                break
            if length:
                self._on_answer(pickle.loads(received[begin:end]))  # noqa: S301  # our own process
            else:
                self._on_ready()
            start = end
        del received[:start]

    def connection_lost(self, exc: Exception | None) -> None:
        if self._transport is not None:
            self._transport = None
            self._on_end()

    def close(self) -> None:
        """Ends the connection on our side: nothing is told any more."""
        if self._transport is not None:
            transport, self._transport = self._transport, None
            transport.close()


class PageReader:
    """The crawl's side: `read` answers in the order of the calls. Used within one event loop, and closed at the end."""

    def __init__(self, site_name: str, *, time_limit_s: float = TIME_LIMIT_S) -> None:
        self._site_name = site_name
        self._time_limit_s = time_limit_s
        self._process: subprocess.Popen[bytes] | None = None
        self._connection: _Connection | None = None
        self._connecting: asyncio.Task[None] | None = None
        self._watch: asyncio.TimerHandle | None = None
        self._waiting: deque[_Waiting] = deque()
        self._first_began_at = 0.0

    async def read(self, page: Page | StoredPage) -> PageReading:
        """The reading of a page; one that no reader survived is "unknown", with the reason."""
        return cast("PageReading", await self._read(page))

    async def read_feed(self, feed: Feed) -> DoorReading:
        """The reading of a feed; one that no reader survived announces nothing, and the problem says so."""
        reading = await self._read(feed)
        return reading if isinstance(reading, DoorReading) else DoorReading(problem=reading.reason)

    async def _read(self, page: Page | StoredPage | Feed) -> PageReading | DoorReading:
        loop = asyncio.get_running_loop()
        waiting = _Waiting(page, loop.create_future())
        if not self._waiting:
            self._first_began_at = loop.time()
        self._waiting.append(waiting)
        self.start()
        if self._connection is not None:
            self._connection.send(page)
        return await waiting.answer

    def start(self) -> None:
        """Starts a reader process where there is none; done ahead of the first page, that page waits less."""
        if self._process is not None:
            return
        ours, theirs = socket.socketpair()
        with theirs:
            # Not asyncio's own: its child watchers and Twisted's get in each other's way.
            self._process = subprocess.Popen(  # noqa: S603  # our own module, no shell
                [sys.executable, "-m", __name__, self._site_name, str(theirs.fileno())],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
            )
        self._connecting = asyncio.create_task(self._connect(ours))

    async def close(self) -> None:
        """Ends the reader process."""
        if self._connecting is not None:
            self._connecting.cancel()
        self._stop()

    async def _connect(self, ours: socket.socket) -> None:
        """Connects the process that was started and sends it every page that waits, also those that came meanwhile."""
        loop = asyncio.get_running_loop()
        connection = _Connection(self._begin, self._take, partial(self._try_again, "ended the reader"))
        await loop.create_connection(lambda: connection, sock=ours)
        self._connection = connection
        self._watch = loop.call_later(START_LIMIT_S, self._try_again, "took too long")
        for waiting in self._waiting:
            connection.send(waiting.page)

    def _begin(self) -> None:
        """Starts the clock: the process reads from now on."""
        loop = asyncio.get_running_loop()
        self._first_began_at = loop.time()
        if self._watch is not None:
            self._watch.cancel()
        self._watch = loop.call_later(self._time_limit_s, self._check_time)

    def _take(self, reading: PageReading | DoorReading) -> None:
        self._first_began_at = asyncio.get_running_loop().time()
        _answer(self._waiting.popleft(), reading)

    def _check_time(self) -> None:
        """Ends the reading of a page if its time is over, and looks again when that may be so."""
        loop = asyncio.get_running_loop()
        left = self._first_began_at + self._time_limit_s - loop.time() if self._waiting else self._time_limit_s
        if left > 0:
            self._watch = loop.call_later(left, self._check_time)
        else:
            self._try_again("took too long")

    def _try_again(self, how: str) -> None:
        """Reads what waits in another process; the page that was being read is given up if it was tried before."""
        self._stop()
        if not self._waiting:
            return
        suspect = self._waiting[0]
        suspect.tries += 1
        if suspect.tries < _TRIES:
            logger.warning("Reading %s %s: it is tried once more", suspect.page.url, how)
        else:
            logger.error("Reading %s %s: the page is given up", suspect.page.url, how)
            _answer(self._waiting.popleft(), PageReading("unknown", reason=f"reading the page {how}"))
        if self._waiting:
            self.start()

    def _stop(self) -> None:
        if self._watch is not None:
            self._watch.cancel()
            self._watch = None
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


def _answer(waiting: _Waiting, reading: PageReading | DoorReading) -> None:
    if not waiting.answer.done():
        waiting.answer.set_result(reading)


def main() -> int:
    """The reader process: answers pages until the crawl closes the socket or dies."""
    _limit_memory()
    site = load(sys.argv[1])
    with (
        # So ends the stream of a crawl that dies while an answer is on its way.
        contextlib.suppress(ConnectionError),
        socket.socket(fileno=int(sys.argv[2])) as connection,
        connection.makefile("rwb") as stream,
    ):
        stream.write(_LENGTH.pack(0))
        stream.flush()
        while (message := _read_message(stream)) is not None:
            answer = pickle.dumps(_reading(site, pickle.loads(message)))  # noqa: S301  # from the crawl
            stream.write(_LENGTH.pack(len(answer)) + answer)
            stream.flush()
    return 0


def _reading(site: Site, page: Page | StoredPage | Feed) -> PageReading | DoorReading:
    if isinstance(page, Feed):
        return read_feed(page.body, page.url, page.content_type)
    return read_stored(site, page) if isinstance(page, StoredPage) else read_page(site, page)


def _limit_memory() -> None:
    """Has a page that takes too much memory fail, or end this process, before the machine is without any."""
    _, most = resource.getrlimit(resource.RLIMIT_AS)
    limit = MEMORY_LIMIT_BYTES if most == resource.RLIM_INFINITY else min(MEMORY_LIMIT_BYTES, most)
    resource.setrlimit(resource.RLIMIT_AS, (limit, most))


def _read_message(stream: BufferedRWPair) -> bytes | None:
    head = stream.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    (length,) = _LENGTH.unpack(head)
    message = stream.read(length)
    return message if len(message) == length else None


if __name__ == "__main__":
    sys.exit(main())
