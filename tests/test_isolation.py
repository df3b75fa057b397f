"""Tests run apart from the world: what conftest promises, seen from inside and from a process that a test starts."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

#: Set aside for documentation, so that nobody answers there: https://www.rfc-editor.org/rfc/rfc5737
SOMEWHERE_ELSE = "192.0.2.1"


def test_a_test_cannot_reach_another_machine() -> None:
    with socket.socket() as client, pytest.raises(RuntimeError, match="loopback"):
        client.connect((SOMEWHERE_ELSE, 80))


def test_a_test_cannot_ask_for_another_name() -> None:
    with pytest.raises(RuntimeError, match="loopback"):
        socket.getaddrinfo("news.example", 80)


def test_a_test_can_reach_loopback() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as client:
        assert client.getpeername() == server.getsockname()


def test_a_process_of_a_test_cannot_reach_another_machine() -> None:
    code = f"import socket; socket.create_connection(({SOMEWHERE_ELSE!r}, 80))"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "NetworkBlockedError" in answer.stderr


@pytest.mark.parametrize("name", ["PREFECT_HOME", "WIREHOUSE_HOME"])
def test_nothing_is_written_where_the_user_keeps_things(name: str) -> None:
    place = Path(os.environ[name])
    assert not place.is_relative_to(Path.cwd())
    assert not place.is_relative_to(Path.home()) or "tmp" in place.parts
