"""The servers that the tests of a shared warehouse need: a PostgreSQL of their own, and one that speaks S3."""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import httpx

from tests.needs import NEEDS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Postgres:
    """A running server; its superuser `wirehouse` needs the password `secret/of it`."""

    password = "secret/of it"

    def __init__(self, programs: Path, port: int) -> None:
        self.port = port
        self._psql = programs / "psql"

    def address(self, database: str, user: str = "wirehouse") -> str:
        return f"host=127.0.0.1 port={self.port} dbname={database} user={user}"

    def run(self, database: str, *statements: str) -> str:
        commands = [argument for each in statements for argument in ("-c", each)]
        answer = subprocess.run(
            [self._psql, "-X", "-At", "-v", "ON_ERROR_STOP=1", self.address(database), *commands],
            env={**os.environ, "PGPASSWORD": self.password}, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert answer.returncode == 0, answer.stderr
        return answer.stdout.strip()


@contextlib.contextmanager
def postgres() -> Iterator[Postgres]:
    """A server on loopback with nothing in it, removed afterwards."""
    program = NEEDS["PostgreSQL"].path()
    assert program is not None
    programs = program.resolve().parent
    # PostgreSQL refuses to run as root, and its user may not enter pytest's own directories.
    user = "postgres" if os.geteuid() == 0 else None
    home = Path(tempfile.mkdtemp(prefix="wirehouse-postgres-"))
    port = free_port()
    try:
        (home / "password").write_text(Postgres.password)
        if user is not None:
            entry = pwd.getpwnam(user)
            for path in (home, home / "password"):
                os.chown(path, entry.pw_uid, entry.pw_gid)
        subprocess.run(
            [programs / "initdb", "-D", home / "data", "-U", "wirehouse", "-A", "scram-sha-256", "--no-sync",
             f"--pwfile={home / 'password'}", "--locale=C.UTF-8"],
            user=user, cwd=home, capture_output=True, check=True,
        )  # fmt: skip
        with (home / "log").open("wb") as log:
            server = subprocess.Popen(
                [programs / "postgres", "-D", home / "data", "-k", home, "-p", str(port), "-c", "fsync=off",
                 "-c", "listen_addresses=127.0.0.1"],
                user=user, cwd=home, stdout=log, stderr=log,
            )  # fmt: skip
        try:
            _wait_until(lambda: b"ready to accept connections" in (home / "log").read_bytes(), server, home / "log")
            yield Postgres(programs, port)
        finally:
            server.send_signal(signal.SIGINT)  # "fast": it does not wait for those connected
            server.wait(20)
    finally:
        shutil.rmtree(home, ignore_errors=True)


@contextlib.contextmanager
def s3(bucket: str, log: Path) -> Iterator[dict[str, str]]:
    """A server that speaks S3, with one bucket; gives the variables under which AWS's tools and ours find it."""
    endpoint = f"http://127.0.0.1:{free_port()}"
    with log.open("wb") as out:
        server = subprocess.Popen(
            [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", endpoint.rpartition(":")[2]],
            stdout=out,
            stderr=out,
        )
    try:
        _wait_until(lambda: _makes_bucket(f"{endpoint}/{bucket}"), server, log)
        yield {
            "AWS_ACCESS_KEY_ID": "a-key-id",
            "AWS_SECRET_ACCESS_KEY": "a-secret/key",
            "AWS_REGION": "us-east-1",
            "AWS_ENDPOINT_URL": endpoint,
        }
    finally:
        server.terminate()
        server.wait(20)


def _makes_bucket(address: str) -> bool:
    try:
        return httpx.put(address, timeout=10).status_code == 200
    except httpx.HTTPError:
        return False


def _wait_until(is_up: Callable[[], bool], server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 90
    while not is_up():
        if server.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"a server did not come up: {log.read_text()[-2000:]}")
        time.sleep(0.1)
