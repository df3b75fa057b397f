"""Changing the lake: whole or not at all, and again while others keep the catalog locked."""

from __future__ import annotations

import contextlib
import json
import logging
import random
import time
from typing import TYPE_CHECKING, TypeVar

import duckdb

from warehouse.errors import CatalogBusy
from warehouse.lake import is_contention
from warehouse.postgres import roll_back
from warehouse.schema import quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

_ATTEMPTS = 10
_FIRST_WAIT_SECONDS = 0.05

_LOGGER = logging.getLogger(__name__)

_Result = TypeVar("_Result")


def insistently(work: str, attempt: Callable[[], _Result]) -> _Result:
    """What `attempt` gives, again while the catalog is locked, after growing and jittered waits (some 50 s in all).

    Raises:
        CatalogBusy: naming the `work`; the catalog stayed locked.
    """
    tries = 1
    while True:
        try:
            return attempt()
        except duckdb.Error as error:
            if not is_contention(str(error)):
                raise
            if tries == _ATTEMPTS:
                raise CatalogBusy(f"{work}: gave up after {tries} attempts: {error}") from error
            wait = _FIRST_WAIT_SECONDS * 2 ** (tries - 1) * random.uniform(0.5, 1.5)  # noqa: S311 - only spreads out
            _LOGGER.warning("%s: attempt %d failed, again in %.2f s: %s", work, tries, wait, error)
            time.sleep(wait)
            tries += 1


@contextlib.contextmanager
def transaction(connection: duckdb.DuckDBPyConnection, message: str, *, extra: Mapping[str, str]) -> Iterator[None]:
    """Commits what is done in it under `message`, with `extra` as JSON beside, or leaves everything as it was."""
    connection.execute("BEGIN")
    try:
        yield
        _commit(connection, message, extra)
    except BaseException:
        roll_back(connection)
        raise


def _commit(connection: duckdb.DuckDBPyConnection, message: str, extra: Mapping[str, str]) -> None:
    beside = quoted(json.dumps(dict(extra)))
    connection.execute(f"CALL lake.set_commit_message('wirehouse', {quoted(message)}, extra_info => {beside})")
    connection.execute("COMMIT")
