"""Confines a Python process to the loopback network: imported at the start of every process the tests begin.

The tests put this directory on PYTHONPATH, so that crawls, servers and command lines in processes of their own are
confined as well. It looks at Python's own sockets; what a C library opens by itself it does not see.
"""

from __future__ import annotations

import ipaddress
import socket
import sys

_WITH_ADDRESS = {"socket.connect": 1, "socket.sendto": 1, "socket.sendmsg": 1}
_WITH_NAME = {"socket.getaddrinfo": 0, "socket.gethostbyname": 0, "socket.gethostbyaddr": 0}


class NetworkBlockedError(RuntimeError):
    """A test tried to leave this machine. Not an OSError: what forgives a missing network must not hide it."""


def is_local(host: object) -> bool:
    """Whether a host, by name or address, is this machine itself."""
    if isinstance(host, bytes):
        host = host.decode("ascii", "replace")
    if not isinstance(host, str) or host in {"", "localhost", socket.gethostname()}:
        return True
    try:
        return ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return host.endswith(".localhost")


def refuse_others(event: str, arguments: tuple[object, ...]) -> None:
    """An audit hook (https://peps.python.org/pep-0578/): raises before a socket reaches beyond loopback."""
    if event in _WITH_ADDRESS:
        address = arguments[_WITH_ADDRESS[event]]
        host = address[0] if isinstance(address, tuple) else None
    elif event in _WITH_NAME:
        host = arguments[_WITH_NAME[event]]
    else:
        return
    if not is_local(host):
        raise NetworkBlockedError(f"{event} to {host!r}: tests stay on the loopback network")


sys.addaudithook(refuse_others)
