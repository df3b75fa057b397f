"""A run of 1,000 articles into a warehouse of 10 thousand, 100 thousand and 1 million: seconds and memory of each part.

The warehouses are made here: texts of 200 words over the last four years, their index rows made by the code measured,
copied from 1,000 different texts with other hashes, or filling would take hours. Of the new articles 100 are edited
copies of articles of any time in these years. Each batch is a process of its own; medians of three. `publish` is the
whole transaction with every check; the run has no exchanges and no sidebars.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.results import Row

if TYPE_CHECKING:
    import duckdb
    import pandas as pd

    from warehouse import Location

SIZES = (10_000, 100_000, 1_000_000)
BATCH = 1_000
COPIES = 100
REPEATS = 3
DAYS = 1_460
WORDS = 200
FIRST_DAY = 19_000
"""2022-01-08, in days from 1970-01-01."""


def run() -> list[Row]:
    rows = []
    seconds: dict[int, float] = {}
    lookups: dict[int, float] = {}
    for size in SIZES:
        with tempfile.TemporaryDirectory() as directory:
            _call("fill", directory, size)
            found = [_call("batch", directory, size, number) for number in range(REPEATS)]
        middle = {name: statistics.median(each[name] for each in found) for name in found[0]}
        seconds[size], lookups[size] = middle["match"] + middle["publish"], middle["match"]
        rows += [
            Row(
                f"{size:,}: find the copies", middle["match"], "s", f"{middle['copies']:.0f} labelled, of {COPIES} made"
            ),
            Row(f"{size:,}: publish", middle["publish"], "s", "one transaction, with all checks"),
            Row(f"{size:,}: peak memory", middle["peak_mb"], "MB", "target at most 1,500"),
        ]
    first, last = SIZES[0], SIZES[-1]
    rows.append(Row("whole batch, first to last", seconds[last] / seconds[first], "times", "target at most 1.5"))
    rows.append(Row("find the copies, first to last", lookups[last] / lookups[first], "times", "of the above"))
    return rows


def _call(*arguments: object) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.copies_scale", *map(str, arguments)]
    answer: dict[str, float] = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return answer


def _location(directory: str) -> Location:
    from warehouse import Location  # noqa: PLC0415 - a process that only calls others stays small

    return Location(f"sqlite:{Path(directory) / 'catalog.sqlite'}", f"{directory}/lake/")


def _text(number: int, edition: int = 0) -> str:
    """A text of its own for every number; an edition other than 0 has some words changed."""
    chance = np.random.default_rng(number)
    words = [f"w{word:x}" for word in (chance.zipf(1.3, WORDS) % 50_000)]
    for place in range(edition * 7, WORDS, 50) if edition else ():
        words[place] = f"edited{place}"
    return " ".join(words)


def fill(directory: str, size: int) -> dict[str, float]:
    import warehouse  # noqa: PLC0415
    from warehouse.lake import open_lake  # noqa: PLC0415

    where = _location(directory)
    warehouse.create(where)
    with open_lake(where, read_only=False) as connection:
        connection.execute("SET memory_limit = '2GB'")
        _fill_articles(connection, size)
        _fill_index(connection, size)
    return {}


def _fill_articles(connection: duckdb.DuckDBPyConnection, size: int) -> None:
    """The articles and their only revisions, these without their texts."""
    import pyarrow as pa  # noqa: PLC0415

    texts = pa.table({"number": np.arange(1_000), "body": [_text(number) for number in range(1_000)]})
    connection.register("texts", texts)
    for table in ("articles", "revisions"):
        revision = "" if table == "articles" else ", f AS observed_at, f AS recorded_at, true AS is_content_change"
        body = "replace(body, ' w', ' ' || (i // 1000) || 'w') AS body" if table == "articles" else "NULL AS body"
        seen = ", f AS first_seen_at, f AS last_seen_at" if table == "articles" else ""
        connection.execute(
            f"INSERT INTO lake.{table} BY NAME SELECT 'bench:' || (1000000 + i) AS article_uid, 'bench' AS site,"
            " 'https://bench.example/' || i AS url, 'news' AS kind, 'Headline ' || i AS title,"
            f" {body}, p AS published_at, '' || i AS content_hash,"
            f" 200 AS word_count, 1 AS revision, 'fill' AS run_id {seen} {revision}"
            f" FROM (SELECT i, {_published(size)} AS p, p AS f FROM range({size}) t(i)) JOIN texts ON number = i % 1000"
        )
    connection.execute(
        "INSERT INTO lake.urls BY NAME SELECT site, url, article_uid, first_seen_at AS discovered_at, 'ids' AS"
        " discovered_by, 'landed' AS state, 1 AS attempts, 0 AS failures, 'fill' AS run_id FROM lake.articles"
    )


def _published(size: int) -> str:
    return f"to_timestamp({FIRST_DAY * 86_400} + i * {DAYS * 86_400 / size})"


def _fill_index(connection: duckdb.DuckDBPyConnection, size: int) -> None:
    """True index rows of the first 1,000 texts; the rest has as many rows of other hashes."""
    import pandas as pd  # noqa: PLC0415

    import transforms  # noqa: PLC0415

    made = transforms.copy_texts(
        pd.DataFrame(
            {
                "article_uid": [f"bench:{1_000_000 + number}" for number in range(1_000)],
                "title": "",
                "body": [_text(number) for number in range(1_000)],
                "published_at": pd.Timestamp(FIRST_DAY, unit="D", tz="UTC"),
            }
        )
    )
    numbers = pd.Series(range(1_000), index=made.articles["text_hash"])
    texts = made.texts.assign(number=numbers.loc[made.texts["text_hash"]].to_numpy())
    keys = made.keys.assign(number=numbers.loc[made.keys["text_hash"]].to_numpy())
    connection.register("texts_made", texts)
    connection.register("keys_made", keys)
    times = size // 1_000
    # Text n stands in block n % blocks: the originals of the copies are spread over all years.
    other = "CASE WHEN b = number % {times} THEN {column} ELSE xor({column}, (hash(b + 1) >> 1)::BIGINT) END"
    day = f"({FIRST_DAY} + (b * 1000 + number) * {DAYS} // {size})::INTEGER AS day"
    text_hash = other.format(times=times, column="text_hash") + " AS text_hash"
    connection.execute(
        f"INSERT INTO lake.copy_texts SELECT {text_hash}, {day}, words,"
        " CASE WHEN b = number % $1 THEN shingles ELSE list_transform(shingles, x -> xor(x, b::INTEGER * 7919)) END"
        f" FROM texts_made, range({times}) t(b)".replace("$1", str(times))
    )
    key = other.format(times=times, column="key") + " AS key"
    connection.execute(
        f"INSERT INTO lake.copy_keys SELECT {key}, {text_hash}, {day} FROM keys_made, range({times}) t(b)"
    )
    connection.execute(
        f"INSERT INTO lake.copy_articles SELECT 'bench:' || (1000000 + b * 1000 + number), {text_hash},"
        f" (SELECT {_published(size)} FROM (SELECT b * 1000 + number AS i))"
        f" FROM texts_made, range({times}) t(b)"
    )


def batch(directory: str, _size: int, number: int) -> dict[str, float]:
    import resource  # noqa: PLC0415
    import time  # noqa: PLC0415

    import pandas as pd  # noqa: PLC0415
    import pyarrow as pa  # noqa: PLC0415

    import warehouse  # noqa: PLC0415
    from flows.matching import match  # noqa: PLC0415
    from flows.publishing import to_arrow, to_removals  # noqa: PLC0415

    where = _location(directory)
    articles = _new_articles(number)
    with warehouse.connect(where) as connection:
        began = time.perf_counter()
        matched = match(warehouse.CopyIndex(connection), articles)
        taken = time.perf_counter() - began
    run_id = f"batch-{number}"
    now = pd.Timestamp(datetime.now(UTC))
    facts = {"run_id": run_id, "site": "bench", "revision": 1, "first_seen_at": now, "last_seen_at": now}
    facts |= {"observed_at": now, "recorded_at": now, "is_content_change": True, "flow": "bench", "state": "complete"}
    facts |= {"published_at": now, "url": "", "content_hash": "", "discovered_at": now, "discovered_by": "ids"}
    facts |= {"attempts": 1, "failures": 0}

    def rows(table: str, given: list[dict[str, object]]) -> pa.Table:
        return pa.Table.from_pylist([facts | each for each in given], schema=warehouse.arrow_schema(table))

    new = articles.assign(url="https://bench.example/new/" + articles["article_uid"]).to_dict("records")
    landed = [{"article_uid": each["article_uid"], "url": each["url"], "state": "landed"} for each in new]
    appends = {name: to_arrow(name, frame) for name, frame in matched.appends.items()} | {"runs": rows("runs", [{}])}
    replaces = {name: to_arrow(name, frame) for name, frame in matched.replaces.items()}
    replaces |= {name: rows(name, new) for name in ("articles", "revisions")} | {"urls": rows("urls", landed)}
    removes = {name: to_removals(frame) for name, frame in matched.removes.items()}
    began = time.perf_counter()
    warehouse.publish(where, run_id, appends, replaces, removes=removes)
    published = time.perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1_000
    return {"match": taken, "publish": published, "copies": matched.newly, "peak_mb": peak}


def _new_articles(number: int) -> pd.DataFrame:
    """A batch: new texts, and edited copies of the first texts, whose articles are spread over all years."""
    import pandas as pd  # noqa: PLC0415

    start = 10_000_000 + number * BATCH
    bodies = [_text(number * COPIES + place, edition=1) for place in range(COPIES)]
    bodies += [_text(start + place) for place in range(BATCH - COPIES)]
    return pd.DataFrame(
        {
            "article_uid": [f"bench:{start + place}" for place in range(BATCH)],
            "title": [f"New headline {start + place}" for place in range(BATCH)],
            "body": bodies,
            "published_at": pd.Timestamp(FIRST_DAY + DAYS + 1, unit="D", tz="UTC"),
        }
    )


if __name__ == "__main__":
    work = {"fill": fill, "batch": batch}[sys.argv[1]]
    print(json.dumps(work(sys.argv[2], *map(int, sys.argv[3:]))))
