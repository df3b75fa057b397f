"""Normalising 200,000 rows, each part apart, beside polars and plain Python; and how often it is right.

Rows are real: Reuters-21578 and AG News with their paragraphs, made dirty as pages are (every third has entities,
doubled or no-break spaces or smart quotes), addresses made of their titles (every third with tracking parameters,
capitals or a fragment), two witnesses of each time. Rates are per second of processor time of all threads, so those of
one core. The peers do what their libraries offer: polars decodes no entities, so the ten most frequent are replaced;
plain Python is what one writes first (html.unescape, unicodedata, split and join; w3lib; datetime; py3langid). Of times
the peers keep the first and the spread; ours also says which witness was believed, how exact it is and its offset.
The texts are looked for in `../shared/data`, or where WIREHOUSE_BENCH_DATA points.
"""

from __future__ import annotations

import html
import time
import unicodedata
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import polars as pl
import py3langid
from w3lib.url import canonicalize_url, url_query_cleaner

from benchmarks import normalise_truth
from benchmarks.normalise_rows import make_rows
from benchmarks.results import Row
from transforms.addresses import canonical_address
from transforms.folding import fold
from transforms.languages import languages_of
from transforms.text import clean_list
from transforms.times import witnessed_times
from transforms.wire_text import own_text

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

ROWS = 200_000
#: Peers that take minutes for all rows do the first of them; the rate is theirs for these.
SOME = 20_000
_ENTITIES = {
    "&amp;": "&", "&quot;": '"', "&#39;": "'", "&#x27;": "'", "&lt;": "<", "&gt;": ">", "&nbsp;": " ",
    "&rsquo;": "\u2019", "&ldquo;": "\u201c", "&rdquo;": "\u201d",
}  # fmt: skip
_TRACKING = ["utm_source", "utm_medium", "fbclid", "gclid"]


def run() -> list[Row]:
    rows = make_rows(ROWS)
    if rows is None:
        return [Row("nothing measured", 0, "", "the data sets are not there; see WIREHOUSE_BENCH_DATA")]
    bodies: list[list[str]] = rows["body"]
    text_seconds, cleaned = _timed(lambda: [clean_list(body) for body in bodies])
    joined = ["\n\n".join(paragraphs) for paragraphs in cleaned]
    time_seconds, _ = _timed(lambda: (witnessed_times(rows["published"]), witnessed_times(rows["updated"])))
    table = [
        Row("text: ours", ROWS / text_seconds, "rows/s", "every paragraph of the body"),
        *_text_peers(bodies, cleaned),
        _rate("text compared: ours", lambda: [fold(own_text(body)) for body in joined], ROWS, "marks off, folded"),
        Row("times: ours", ROWS / time_seconds, "rows/s", "published and updated, 2 witnesses each, flags"),
        *_time_peers(rows),
        Row("text and times together: ours", ROWS / (text_seconds + time_seconds), "rows/s", "at least 20,000 wanted"),
        _rate(
            "addresses: ours", lambda: [canonical_address(each) for each in rows["url"]], ROWS, "of it a third dirty"
        ),
        *_address_peers(rows["url"]),
        *_languages(joined),
    ]
    return [*table, *normalise_truth.rows()]


def _timed(function: Callable[[], Any]) -> tuple[float, Any]:
    start = time.process_time()
    result = function()
    return time.process_time() - start, result


def _rate(name: str, function: Callable[[], object], count: int, note: str) -> Row:
    seconds, _ = _timed(function)
    return Row(name, count / seconds, "rows/s", note)


def _share(ours: Sequence[object], theirs: Sequence[object]) -> str:
    same = sum(one == other for one, other in zip(ours, theirs, strict=True))
    return f"{100 * same / len(ours):.1f} % equal to ours"


def _text_peers(bodies: list[list[str]], cleaned: list[list[str]]) -> list[Row]:
    column = pl.Series("body", bodies)
    seconds, found = _timed(lambda: _polars_text(column))
    plain_seconds, plain = _timed(lambda: [[_plain_text(each) for each in body] for body in bodies])
    return [
        Row("text: polars", ROWS / seconds, "rows/s", _share(cleaned, found.to_list())),
        Row("text: plain Python", ROWS / plain_seconds, "rows/s", _share(cleaned, plain)),
    ]


def _polars_text(column: pl.Series) -> pl.Series:
    decoded = pl.element()
    for _ in range(2):  # doubly escaped
        decoded = decoded.str.replace_many(list(_ENTITIES), list(_ENTITIES.values()))
    clean = (
        decoded.str.replace_all("[\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\u00ad]", "")
        .str.normalize("NFC")
        .str.replace_all(r"\s+", " ")
        .str.strip_chars()
    )
    return column.to_frame().select(pl.col("body").list.eval(clean)).to_series()


def _plain_text(text: str) -> str:
    decoded = html.unescape(html.unescape(text))
    visible = "".join(each for each in decoded if each.isspace() or unicodedata.category(each) not in {"Cf", "Cc"})
    return " ".join(unicodedata.normalize("NFC", visible).split())


def _time_peers(rows: dict[str, list[Any]]) -> list[Row]:
    flat = [[witness["at"] for witness in each] for name in ("published", "updated") for each in rows[name]]
    column = pl.Series("at", flat)
    return [
        _rate("times: polars", lambda: _polars_times(column), ROWS, "the same witnesses, their spread as the flag"),
        _rate("times: plain Python", lambda: [_plain_times(each) for each in flat], ROWS, "likewise"),
    ]


def _polars_times(column: pl.Series) -> pl.DataFrame:
    times = pl.element().str.to_datetime("%Y-%m-%dT%H:%M:%S%:z", time_unit="us", time_zone="UTC")
    read = column.to_frame().select(pl.col("at").list.eval(times))
    return read.select(pl.col("at").list.first(), spread=pl.col("at").list.max() - pl.col("at").list.min())


def _plain_times(values: list[str]) -> tuple[datetime, float]:
    times = [datetime.fromisoformat(value).astimezone(UTC) for value in values]
    return times[0], (max(times) - min(times)).total_seconds()


def _address_peers(urls: list[str]) -> list[Row]:
    column = pl.Series("url", urls)
    return [
        _rate("addresses: polars", lambda: _polars_addresses(column), ROWS, "regular expressions: case, tracking, #"),
        _rate("addresses: plain Python", lambda: [_plain_address(each) for each in urls[:SOME]], SOME, "w3lib on each"),
    ]


def _polars_addresses(column: pl.Series) -> pl.Series:
    host = column.str.extract(r"^(https?://[^/]+)", 1).str.to_lowercase()
    rest = column.str.replace(r"^https?://[^/]+", "", literal=False).str.replace("#.*", "")
    kept = rest.str.replace_all(rf"[?&](?:{'|'.join(_TRACKING)})=[^&#]*", "")
    return host + kept


def _plain_address(url: str) -> str:
    return str(canonicalize_url(url_query_cleaner(url, _TRACKING, remove=True, unique=False)))


def _languages(texts: list[str]) -> list[Row]:
    nothing = [None] * SOME
    return [
        _rate("language, declared: ours", lambda: languages_of(["en"] * ROWS, texts), ROWS, "held against the text"),
        _rate("language, not declared: ours", lambda: languages_of(nothing, texts[:SOME]), SOME, "400 characters"),
        _rate(
            "language, plain Python",
            lambda: [py3langid.classify(each)[0] for each in texts[: SOME // 4]],
            SOME // 4,
            "py3langid on the whole text; polars has nothing of the kind",
        ),
    ]
