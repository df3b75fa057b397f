"""The command line of the replica: `python -m tests.replica --port 0 --articles 600 --seed 7`."""

from __future__ import annotations

import argparse
import asyncio
import sys
from pathlib import Path

from tests.replica.server import Server, serve, write_port_file
from tests.replica.truth import read_time
from tests.replica.world import CLOCK_START, World


def main() -> None:
    """Reads the options, builds the world and serves it until told to stop; prints the base URL when ready."""
    parser = argparse.ArgumentParser(prog="python -m tests.replica", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="port on 127.0.0.1; 0 takes a free one")
    parser.add_argument("--port-file", type=Path, help="file that gets the base URL when the server is ready")
    parser.add_argument("--articles", type=int, default=600, help="articles there are at the start")
    parser.add_argument("--seed", type=int, default=7, help="another seed is another world")
    parser.add_argument("--days", type=float, default=9, help="days before the start over which articles are spread")
    parser.add_argument("--clock-start", type=read_time, default=CLOCK_START, help="ISO 8601 time with offset")
    parser.add_argument("--origin", help="origin in absolute addresses; the server's own by default")
    options = parser.parse_args()

    def announce(base_url: str) -> None:
        if options.port_file:
            write_port_file(options.port_file, base_url)
        sys.stdout.write(base_url + "\n")
        sys.stdout.flush()

    world = World(options.articles, options.seed, options.clock_start, options.days)
    asyncio.run(serve(Server(world, options.origin), options.port, announce))


if __name__ == "__main__":
    main()
