"""Matching 1,000 new articles to stories with ten thousand, a hundred thousand and a million in the warehouse.

The articles are those of seven replicas, a thousand a day, the same seven days over and over, in DuckLake tables with a
file for each month, as after compaction. Median of three; the reading and building of rows, without the commit.
"""

from __future__ import annotations

import resource
import statistics
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

import transforms
import warehouse
from benchmarks.results import Row
from flows import publishing
from flows.settings import Settings
from flows.story_matching import match_stories
from tests.replica.world import World
from warehouse.declared import tables
from warehouse.lake import open_lake

if TYPE_CHECKING:
    import duckdb

SIZES = (10_000, 100_000, 1_000_000)
A_DAY = 1_000
WEEK = 7
REPEATS = 3
START = pd.Timestamp("2023-01-02T00:00:00Z")
TEXTS = ("title", "summary", "body", "language", "source")


def run() -> list[Row]:
    days = [_day(seed) for seed in range(WEEK + 1)]
    week = _week(days[:WEEK])
    with tempfile.TemporaryDirectory() as folder:
        where = publishing.location(Settings(home=Path(folder)))
        warehouse.create(where)
        rows, taken, there = [], [], 0
        with open_lake(where, read_only=False) as connection:
            connection.execute("SET enable_progress_bar = false")
            for size in SIZES:
                for first in range(there // A_DAY, size // A_DAY, WEEK * 10):
                    _fill(connection, week, first, min(first + WEEK * 10, size // A_DAY))
                there = size
                taken.append(_seconds(connection, days[WEEK], size // A_DAY))
                peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
                rows.append(Row(f"{size:,} articles there", taken[-1], "s", f"peak of the process {peak:,.0f} MB"))
    return [*rows, Row("the last against the first", taken[-1] / taken[0], "times", "target at most 1.5")]


def _seconds(connection: duckdb.DuckDBPyConnection, fresh: pd.DataFrame, day: int) -> float:
    articles = fresh.assign(
        article_uid="new:" + fresh["article_uid"], published_at=fresh["published_at"] + pd.Timedelta(days=day - 1)
    )
    taken = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        match_stories(warehouse.StoryIndex(connection), articles)
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)


def _day(seed: int) -> pd.DataFrame:
    """A thousand articles of one replica, spread over one day."""
    world = World(articles=A_DAY, seed=seed)
    said = [(article.source, article.content_at(world.clock_start)) for article in world.visible(world.clock_start)]
    frame = pd.DataFrame(
        {
            "article_uid": [f"{seed}:{number}" for number in range(len(said))],
            "published_at": [START + pd.Timedelta(seconds=86 * number) for number in range(len(said))],
            "updated_at": pd.NaT,
            "title": [content.title for _, content in said],
            "summary": None,
            "body": ["\n\n".join(content.paragraphs()) for _, content in said],
            "language": "en",
            "source": [source for source, _ in said],
        }
    )
    times = {name: pd.to_datetime(frame[name], utc=True).dt.as_unit("us") for name in ("published_at", "updated_at")}
    return frame.assign(**times).astype(dict.fromkeys(TEXTS, "str"))


def _fill(connection: duckdb.DuckDBPyConnection, week: dict[str, pd.DataFrame], first: int, last: int) -> None:
    """Writes the days from `first` to before `last` into the tables, with the stories of each week."""
    frames: dict[str, list[pd.DataFrame]] = {name: [] for name in week}
    for monday in range(first, last, WEEK):
        shift, prefix = pd.Timedelta(days=monday), f"{monday}:"
        for name, frame in week.items():
            uids = {column: prefix + frame[column] for column in frame if column.endswith(("_uid", "story_id"))}
            times = {
                column: frame[column] + shift for column in frame if str(frame[column].dtype).startswith("datetime")
            }
            frames[name].append(frame.assign(**uids, **times))
    for name, parts in frames.items():
        connection.register("incoming", pd.concat(parts))
        given = set(parts[0].columns)
        fillers = {"VARCHAR": "''", "TIMESTAMPTZ": "now()", "BOOLEAN": "false"}
        values = ", ".join(
            f'"{c.name}"' if c.name in given else f"{'NULL' if c.nullable else fillers.get(c.type, '0')} AS {c.name}"
            for c in tables()[name].columns
        )
        connection.execute(f"INSERT INTO lake.{name} BY NAME SELECT {values} FROM incoming")
        connection.unregister("incoming")


def _week(days: list[pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """The rows of each table for one week, from START on."""
    shifted = [day.assign(published_at=day["published_at"] + pd.Timedelta(days=n)) for n, day in enumerate(days)]
    articles = pd.concat(shifted, ignore_index=True)
    terms = transforms.story_terms(articles)
    pairs = transforms.story_pairs(terms, terms.head(0))
    members = transforms.story_members(transforms.story_times(articles), pairs)
    return {
        "articles": articles,
        "story_terms": terms,
        "story_pairs": pairs,
        "story_members": members,
        "stories": transforms.stories(members, articles),
    }
