"""PostgreSQL for DuckDB: how to take leave of a server that has gone away."""

from __future__ import annotations

import logging

import duckdb

_LOGGER = logging.getLogger(__name__)


def roll_back(connection: duckdb.DuckDBPyConnection) -> None:
    """Ends the transaction under way, whatever became of it and of the catalog's server.

    To be done before a connection is closed: DuckDB 1.5 aborts the process when it is closed within a transaction and
    PostgreSQL has gone away.
    """
    try:
        connection.execute("ROLLBACK")
    except duckdb.Error as error:
        _LOGGER.debug("the transaction had ended already: %s", error)
