"""Ctrl-C while DuckDB's own threads work and the main thread can hear nothing."""

from __future__ import annotations

import io
import os
import signal
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import duckdb
import pytest

from warehouse.interrupting import interruptible
from warehouse.results import write_result

if TYPE_CHECKING:
    from collections.abc import Iterator

ENDLESS = "SELECT sum(a.i) FROM range(1000000000000) AS a(i)"


@pytest.fixture(autouse=True)
def _heeding_signals() -> Iterator[None]:
    # What runs in the background of a shell ignores SIGINT, and so would this process.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.timeout(60)
def test_a_statement_stops_that_only_other_threads_work_on() -> None:
    def wait() -> None:
        with interruptible(connection):
            press_soon()
            failures.append(pool.submit(connection.execute, ENDLESS).exception())

    failures: list[BaseException | None] = []
    with duckdb.connect() as connection, ThreadPoolExecutor(1) as pool:
        with pytest.raises(KeyboardInterrupt):
            wait()
        assert [type(each) for each in failures] == [duckdb.InterruptException]
        assert connection.execute("SELECT 1").fetchall() == [(1,)]


@pytest.mark.timeout(60)
def test_a_statement_stops_that_the_main_thread_works_on_with_others() -> None:
    def ask() -> None:
        with duckdb.connect() as connection, interruptible(connection):
            press_soon()
            connection.execute(ENDLESS).fetchall()

    for _ in range(8):  # by itself DuckDB stops eleven of twelve
        with pytest.raises(KeyboardInterrupt):
            ask()


@pytest.mark.timeout(60)
def test_a_result_that_is_being_written_stops() -> None:
    def ask() -> None:
        with duckdb.connect() as connection, interruptible(connection):
            press_soon()
            write_result(connection, "SELECT range, md5(range::VARCHAR) FROM range(1000000000)", "csv", io.BytesIO())

    for _ in range(4):
        with pytest.raises(KeyboardInterrupt):
            ask()


def press_soon() -> None:
    threading.Timer(0.1, os.kill, (os.getpid(), signal.SIGINT)).start()


def test_signals_are_told_to_whom_they_were_before() -> None:
    with duckdb.connect() as connection, interruptible(connection):
        assert connection.execute("SELECT 1").fetchall() == [(1,)]
    assert signal.set_wakeup_fd(-1) == -1
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    assert not any("_watch" in thread.name for thread in threading.enumerate())


def test_in_another_thread_a_statement_runs_all_the_same() -> None:
    def asked() -> list[tuple[int]]:
        with duckdb.connect() as connection, interruptible(connection):
            return connection.execute("SELECT 1").fetchall()

    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(asked).result() == [(1,)]
