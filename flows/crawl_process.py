"""Runs a crawl in a process of its own, passes its log on, limits its time and says why it failed."""

from __future__ import annotations

import json
import logging
import os
import signal
import subprocess
import sys
import threading
from collections import deque
from typing import IO, TYPE_CHECKING

from flows.errors import CrawlFailed
from flows.progress import report

if TYPE_CHECKING:
    from collections.abc import Callable

    from spiders.landing import LandingRun, RunSummary

#: Seconds a crawl gets to close its files after its time limit, and again after it was asked to stop.
GRACE_S = 30
#: Seconds that requests under way get when the flow is stopped.
STOP_S = 1.0


def run_crawl(
    run: LandingRun, *, time_limit_s: int, log: logging.Logger | logging.LoggerAdapter[logging.Logger]
) -> RunSummary:
    """Crawls what the landing run's request asks for, in a subprocess, and returns its summary.

    The crawl ends itself at `time_limit_s`; one that does not is asked to stop and then killed.

    Raises:
        CrawlFailed: the process crashed or had to be killed; what it had archived stays for `recover_run`.
    """
    command = [sys.executable, "-m", "spiders.crawl", str(run.directory), str(os.getpid())]
    # A session of its own: Ctrl-C at the terminal reaches the flow, which then asks the crawl to end.
    with subprocess.Popen(  # noqa: S603  # our own module, no shell
        command,
        stdin=subprocess.DEVNULL,
        start_new_session=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
    ) as process:
        last_lines: deque[str] = deque(maxlen=5)
        reader = threading.Thread(target=_pass_log_on, args=(process.stderr, last_lines, log), daemon=True)
        reader.start()
        killer = _Deadline(process, time_limit_s + GRACE_S)
        try:
            _pass_progress_on(process.stdout, lambda counts: report("crawl", counts))
            status = process.wait()
        except BaseException:
            # The flow is being stopped: the crawl closes its files, and the next run picks up what it left.
            _stop(process)
            raise
        finally:
            killer.cancel()
            reader.join(timeout=GRACE_S)
    if killer.fired:
        raise CrawlFailed(f"the crawl of run {run.run_id} did not end within {time_limit_s} s and had to be stopped")
    if status != 0 or not run.is_complete:
        raise CrawlFailed(f"the crawl of run {run.run_id} {_ending(status)}; its last lines: {' | '.join(last_lines)}")
    return run.summary()


def _stop(process: subprocess.Popen[str]) -> None:
    """Has the crawl end: asked once Scrapy finishes the requests under way, asked twice it does not."""
    for seconds in (STOP_S, GRACE_S):
        process.terminate()
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            continue
        return
    process.kill()


class _Deadline:
    """Stops a process that lives too long: asks first, kills after `GRACE_S` more seconds."""

    def __init__(self, process: subprocess.Popen[str], seconds: float) -> None:
        self.fired = False
        self._process = process
        self._timer = threading.Timer(seconds, self._stop)
        self._timer.daemon = True
        self._timer.start()

    def cancel(self) -> None:
        self._timer.cancel()

    def _stop(self) -> None:
        self.fired = True
        self._process.terminate()
        try:
            self._process.wait(GRACE_S)
        except subprocess.TimeoutExpired:
            self._process.kill()


def _ending(status: int) -> str:
    if status < 0:
        return f"was killed by {signal.Signals(-status).name}"
    return f"ended with status {status}"


def _pass_progress_on(stdout: IO[str] | None, listener: Callable[[dict[str, int]], None]) -> None:
    for line in stdout or ():
        try:
            listener(json.loads(line)["progress"])
        except (ValueError, KeyError, TypeError):
            continue


def _pass_log_on(
    stderr: IO[str] | None, last_lines: deque[str], log: logging.Logger | logging.LoggerAdapter[logging.Logger]
) -> None:
    level = logging.INFO
    for line in stderr or ():
        text = line.rstrip()
        word = text.partition(" ")[0]
        level = logging.getLevelNamesMapping().get(word, level)
        last_lines.append(text)
        log.log(level, "%s", text)
