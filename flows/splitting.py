"""Landing runs that found more addresses than one publication is to hold: what is too many becomes runs of its own."""

from __future__ import annotations

import dataclasses
import hashlib
import logging
from itertools import islice
from typing import TYPE_CHECKING, Any

from spiders.landing import LandingRun

if TYPE_CHECKING:
    from spiders.landing import RunSummary

logger = logging.getLogger(__name__)

#: What such a run calls its flow: it has no exchanges, and says nothing of how often a site is looked at.
ADDRESSES = "addresses"
#: A site map may name a million addresses; each takes some 1.3 kB while it is published.
MOST_ADDRESSES = 100_000


def split_addresses(run: LandingRun) -> None:
    """Moves the addresses that a complete run found past the first `MOST_ADDRESSES` into landing runs beside it.

    These wait to be published as others do. Killed anywhere it is begun anew, with the same runs, for the addresses
    leave the first run last; those published meanwhile are published already.
    """
    rows, number = run.lines("urls"), 0
    kept = list(islice(rows, MOST_ADDRESSES))
    while part := list(islice(rows, MOST_ADDRESSES)):
        number += 1
        _write_part(run, number, part)
    if number:
        run.rewrite("urls", kept)
        logger.info("run %s found so many addresses that %d runs of their own publish the rest", run.run_id, number)


def _write_part(run: LandingRun, number: int, rows: list[dict[str, Any]]) -> None:
    name = hashlib.sha256(f"{run.run_id} {number}".encode()).hexdigest()[:6]
    part = LandingRun(run.directory.with_name(f"{run.run_id[:-6]}{name}"))
    # Without a request: until it is complete, whoever finds it takes it for a run that never began.
    part.directory.mkdir(exist_ok=True)
    part.rewrite("urls", [row | {"run_id": part.run_id} for row in rows])
    part.complete(_summary_of_part(run.summary(), part.run_id))


def _summary_of_part(summary: RunSummary, run_id: str) -> RunSummary:
    return dataclasses.replace(
        summary,
        run_id=run_id,
        flow=ADDRESSES,
        state="complete",
        reason=f"more addresses that run {summary.run_id} had found",
        # They are counted in the run that found them.
        counts=dict.fromkeys(summary.counts, 0),
        warc_files=[],
    )
