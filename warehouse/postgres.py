"""PostgreSQL for DuckDB: connection strings taken apart, the password apart from them, a server that has gone away."""

from __future__ import annotations

import logging
import re
from typing import TYPE_CHECKING
from urllib.parse import unquote

import duckdb

from warehouse.errors import WarehouseError
from warehouse.schema import quoted

if TYPE_CHECKING:
    from collections.abc import Mapping

SECRET = "wirehouse_postgres"  # noqa: S105 - the name of one, as DuckDB calls what it keeps passwords in

ADDRESS = re.compile(r"postgres(?:ql)?://")
"""The beginning of a connection string that is an address."""

_WORD = re.compile(r"\s*([^\s=]+)\s*=\s*(?:'((?:[^'\\]|\\.)*)'|((?!')(?:[^\s\\]|\\.)*))\s*", re.DOTALL)
_PARTS = re.compile(
    r"(?:(?P<user>[^:@/]*)(?::(?P<password>[^@/]*))?@)?(?P<hosts>[^@/?]*)(?:/(?P<dbname>[^@?]*))?(?:\?(?P<more>.*))?",
    re.DOTALL,
)
_HOST = re.compile(r"(?:\[(?P<v6>[^\]]*)\]|(?P<name>[^:\[\]]*))(?::(?P<port>\d*))?")

_LOGGER = logging.getLogger(__name__)


def taken_apart(connection_string: str) -> dict[str, str]:
    """The parameters of a connection string of either form, by their keywords, as libpq reads it.

    See https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING.

    Raises:
        WarehouseError: libpq would refuse it, or take a part of the password for something else. The message has
            nothing of it.
    """
    address = ADDRESS.match(connection_string)
    if address:
        return _of_address(connection_string[address.end() :])
    found, end = {}, 0
    while end < len(connection_string):
        word = _WORD.match(connection_string, end)
        if word is None:
            raise WarehouseError(
                "the connection string in WIREHOUSE_CATALOG cannot be read: write KEYWORD=VALUE with spaces between,"
                r" values that hold some as '...', and in values \' for ' and \\ for \."
            )
        keyword, in_quotes, plain = word.groups()
        found[keyword] = re.sub(r"\\(.)", r"\1", plain if in_quotes is None else in_quotes, flags=re.DOTALL)
        end = word.end()
    return found


def put_together(parameters: Mapping[str, str]) -> str:
    """A connection string of keywords and values."""
    return " ".join(f"{keyword}={_quoted(value)}" for keyword, value in parameters.items())


def give_password(connection: duckdb.DuckDBPyConnection, password: str) -> None:
    """Keeps the password in the session, as the secret that an attachment may name instead of being told it.

    Attached with a password in its connection string, DuckDB would quote that in the message of every error.
    """
    try:
        connection.execute(f"CREATE OR REPLACE TEMPORARY SECRET {SECRET} (TYPE postgres, PASSWORD {quoted(password)})")
    except duckdb.Error as error:
        # Not as its cause: a message may repeat the statement, which holds the password.
        raise WarehouseError(f"cannot use the password of WIREHOUSE_CATALOG: {type(error).__name__}") from None


def roll_back(connection: duckdb.DuckDBPyConnection) -> None:
    """Ends the transaction under way, whatever became of it and of the catalog's server.

    To be done before a connection is closed: DuckDB 1.5 aborts the process when it is closed within a transaction and
    PostgreSQL has gone away.
    """
    try:
        connection.execute("ROLLBACK")
    except duckdb.Error as error:
        _LOGGER.debug("the transaction had ended already: %s", error)


def _of_address(address: str) -> dict[str, str]:
    """The parameters of `user:password@host:port/dbname?keyword=value`; hosts may be several, and all may be absent."""
    parts = _PARTS.fullmatch(address)
    hosts = [_HOST.fullmatch(each) for each in (parts["hosts"] if parts else "").split(",")]
    more = [each.partition("=") for each in (parts["more"] or "").split("&")] if parts and parts["more"] else []
    if parts is None or None in hosts or not all(sign for _, sign, _ in more):
        raise WarehouseError(
            "the address in WIREHOUSE_CATALOG cannot be read: write postgres://USER:PASSWORD@HOST:PORT/DBNAME, and in"
            " names and password %XX for each of : / @ ? # & = % and space"
        )
    found = {
        "host": ",".join(each["name"] if each["v6"] is None else each["v6"] for each in hosts if each),
        "port": ",".join(each["port"] or "" for each in hosts if each),
        **{name: parts[name] or "" for name in ("dbname", "user", "password")},
    }
    found = {name: value for name, value in found.items() if value.strip(",")} | {name: text for name, _, text in more}
    if found.get("ssl") == "true":  # as JDBC has it
        found = {name: value for name, value in found.items() if name != "ssl"} | {"sslmode": "require"}
    return {unquote(name): unquote(value) for name, value in found.items()}


def _quoted(value: str) -> str:
    if re.fullmatch(r"[^\s'\\]+", value):
        return value
    escaped = re.sub(r"(['\\])", r"\\\1", value)
    return f"'{escaped}'"
