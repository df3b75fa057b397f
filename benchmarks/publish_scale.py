"""The whole publication of a run of 1,000 new articles into a warehouse of 10 thousand, 100 thousand and 1 million.

From a complete landing run to the commit, by step: what `wirehouse ingest` does after its crawl. The warehouse grows
from size to size (see `scale_home`). Of the new articles 90 are edited copies of articles of its last five days, ten of
articles of all of it; 50 known ones of the last ten days, which is what a crawl looks at again, now have a paragraph
more. Each publication is a process of its own; of every step the lesser of two. The ratios are of the sums. A copy of
an old article has its story, and what is linked to it, computed again. With texts of the replica, which are far more
alike than news is, one such copy brings some 300 articles with it, and the last ratio was 2.1.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.results import Row

if TYPE_CHECKING:
    from collections.abc import Callable

    from flows.settings import Settings
    from spiders.records import ArticleRecord

SIZES = (10_000, 100_000, 1_000_000)
BATCH = 1_000
COPIES = 100
AGAIN = 50
BLOCKS_AGAIN = 4
REPEATS = 2
STEPS = ("archive", "past", "transforms", "copies", "stories", "tags", "archive check", "write", "checks", "commit")


def run() -> list[Row]:
    rows: list[Row] = []
    totals = []
    with tempfile.TemporaryDirectory() as home:
        for turn, size in enumerate(SIZES):
            _call("fill", home, turn)
            found = [_call("batch", home, turn, number) for number in range(REPEATS)]
            steps = {name: min(each[name] for each in found) for name in STEPS}
            totals.append((sum(steps.values()), min(each["cpu"] for each in found)))
            labelled = min(each["labelled"] for each in found)
            rows.append(Row(f"{size:,} articles: all", totals[-1][0], "s", f"{labelled} copies labelled, of {COPIES}"))
            rows += [Row(f"{size:,} articles: {name}", seconds, "s") for name, seconds in steps.items()]
            rows.append(Row(f"{size:,} articles: processor time", totals[-1][1], "s", "both cores"))
            peak = max(each["peak_mb"] for each in found)
            rows.append(Row(f"{size:,} articles: peak memory", peak, "MB", "target at most 1,500"))
    times, processor = (last / first for first, last in zip(totals[0], totals[-1], strict=True))
    rows.append(Row("all, the last against the first", times, "times", "target at most 1.5"))
    rows.append(Row("processor time, the last against the first", processor, "times"))
    return rows


def _call(*arguments: object) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.publish_scale", *map(str, arguments)]
    answer: dict[str, float] = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)
    return answer


def fill(home: str, turn: int) -> dict[str, float]:
    """Grows the warehouse to its next size, publishes the originals and lands the batches."""
    from benchmarks import scale_home as site  # noqa: PLC0415 - a process that only calls others stays small
    from flows import publishing  # noqa: PLC0415

    settings = _settings(home)
    blocks = SIZES[turn] // site.BLOCK
    if turn == 0:
        site.start(settings)
    site.grow(settings, SIZES[turn - 1] // site.BLOCK if turn else 1, blocks)
    originals = [_original(turn, place, blocks) for place in range(COPIES)]
    publishing.publish_landing(settings, site.land(settings, 100 * turn + 1, originals))
    for repeat in range(REPEATS):
        site.land(settings, _run_number(turn, repeat), _batch(turn, repeat))
    return {}


def _run_number(turn: int, repeat: int) -> int:
    return 100 * turn + 2 + repeat


def _original(turn: int, place: int, blocks: int) -> ArticleRecord:
    """An article of one of the blocks, which lie over the whole past."""
    from benchmarks import scale_home as site  # noqa: PLC0415

    block = place * blocks // COPIES if place % 10 == 0 else place % 2
    number, at = site.of_block(site.BLOCK + turn * COPIES + place, block)
    return site.record(number, at, _copied(turn, place))


def _copied(turn: int, place: int) -> int:
    """The item of an original and of its copies; behind those of the first block, none twice."""
    from benchmarks import scale_home as site  # noqa: PLC0415

    return site.BLOCK + turn * COPIES + place


def _batch(turn: int, repeat: int) -> list[ArticleRecord]:
    from benchmarks import scale_home as site  # noqa: PLC0415

    batch = turn * REPEATS + repeat
    records = []
    for place in range(BATCH):
        at = site.START + timedelta(days=3 + batch, seconds=86 * place)
        number = site.FIRST_ID + site.IDS * (1 + batch) + place
        if place < COPIES:
            records.append(site.record(number, at, _copied(turn, place), "Edited by the desk."))
        else:
            records.append(site.record(number, at, _copied(len(SIZES), 0) + batch * BATCH + place))
    for again in range(AGAIN):
        place = (again * 47 + batch) % site.BLOCK
        number, at = site.of_block(place, again % BLOCKS_AGAIN)
        records.append(site.record(number, at, place, f"This was added in run {batch}."))
    return records


def batch(home: str, turn: int, repeat: int) -> dict[str, Any]:
    """Publishes one landing; seconds of each step."""
    import resource  # noqa: PLC0415
    import time  # noqa: PLC0415

    from benchmarks.stopwatch import Stopwatch  # noqa: PLC0415
    from flows import landings, publishing  # noqa: PLC0415

    settings = _settings(home)
    site = "devdiscourse"
    (landing,) = (
        each
        for each in landings.unpublished_runs(settings, site)
        if each.run_id.endswith(f"{_run_number(turn, repeat):06x}")
    )
    watch = Stopwatch()
    cpu = time.process_time()
    with watch.step("transforms"), watch.watching(_watched()):
        published = publishing.publish_landing(settings, landing)
    cpu = time.process_time() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1_000
    details = {f"{step}/{detail}": seconds for (step, detail), seconds in watch.details.items()}
    return dict(watch.steps) | {"peak_mb": peak, "cpu": cpu, "labelled": published.counts["copies"], "details": details}


def _watched() -> dict[str, list[tuple[object, str]]]:
    """The functions that each step spends its time in; what none of them spends is the transforms'."""
    import warehouse  # noqa: PLC0415
    from flows import publishing  # noqa: PLC0415
    from warehouse import publishing as committing  # noqa: PLC0415

    return {
        "archive": [(publishing, "move_to_archive"), (publishing, "put_away")],
        "past": [
            (warehouse, "connect"),
            (warehouse, "rows_of"),
            (warehouse, "known_revisions"),
            (warehouse, "known_urls"),
        ],
        "copies": [(publishing, "match")],
        "stories": [(publishing, "match_stories")],
        "tags": [(publishing, "tag_tables")],
        "archive check": [(publishing, "check_archive")],
        "commit": [(warehouse, "publish")],
        "write": [(committing, "_write"), (committing, "_remove")],
        "checks": [(warehouse.checks, "_outcomes"), (warehouse.checks, "run")],
    }


def _settings(home: str) -> Settings:
    from flows.settings import Settings  # noqa: PLC0415

    return Settings(home=Path(home))


if __name__ == "__main__":
    work: dict[str, Callable[..., dict[str, float]]] = {"fill": fill, "batch": batch}
    print(json.dumps(work[sys.argv[1]](sys.argv[2], *map(int, sys.argv[3:]))))
