"""A loopback server that answers every address with the one page it was given, gzipped as news sites send theirs.

Prints its base URL when ready.
"""

from __future__ import annotations

import asyncio
import gzip
import sys
from pathlib import Path


def main() -> None:
    asyncio.run(_serve(Path(sys.argv[1]).read_bytes()))


async def _serve(page: bytes) -> None:
    page = gzip.compress(page)
    head = (
        "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Encoding: gzip\r\n"
        f"Content-Length: {len(page)}\r\n\r\n"
    ).encode()
    rules = b"User-agent: *\nAllow: /\n"
    robots = f"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: {len(rules)}\r\n\r\n".encode() + rules

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while request := await reader.readuntil(b"\r\n\r\n"):
                writer.write(robots if request.startswith(b"GET /robots.txt") else head + page)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    sys.stdout.write(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await server.serve_forever()


if __name__ == "__main__":
    main()
