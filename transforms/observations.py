"""Observations: what one read of an article page says, in clean and comparable form."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pandas as pd

from transforms.addresses import article_uid, page_address
from transforms.errors import UnknownSite
from transforms.joins import look_up, python_rows
from transforms.languages import declared_language, languages_of
from transforms.origins import origins
from transforms.rejected_records import refusals
from transforms.sections import kind_of, section_of
from transforms.shapes import OBSERVATIONS, conform
from transforms.text import clean_list, clean_or_none, count_words, encodable
from transforms.times import parse_times, witnessed_times
from transforms.wire_text import is_notice

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

TEXTS = (
    "kind", "title", "summary", "source", "author", "place", "sector", "label", "image_caption", "first_published_in",
    "attribution",
)  # fmt: skip
ADDRESSES = ("url", "image_url", "video_url")
LISTS = ("countries", "site_tags", "keywords")
ENVELOPE = ("run_id", "archive_file", "edition")
#: What is read of a record. A frame may lack columns (they are null then), as one without rows does.
USED = (
    "site", "site_article_id", "canonical_url", "language", "body", "published", "updated", "image_is_ai_generated",
    "fetched_at", "archive_offset", *TEXTS, *ADDRESSES, *LISTS, *ENVELOPE,
)  # fmt: skip

PARAGRAPH_BREAK = "\n\n"
#: Between the hashed fields: clean text holds no control character, so two articles never run into one.
_FIELD_BREAK = "\x1f"
#: Earlier than news on the web: a slip or a default, whatever the site.
FIRST_YEAR = 1995
FUTURE = pd.Timedelta(hours=1)


def observations(records: pd.DataFrame, sites: pd.DataFrame) -> pd.DataFrame:
    """Grain: one row per usable article page read. Key: run_id, archive_file, archive_offset.

    Args:
        records: what `spiders` landed (`ArticleRecord` and its envelope), one row per record; see
            `rejected_records` for those left out.
        sites: `site`, `timezone` (IANA name): the zone whose day a publication day is; optional `first_year`, before
            which the site did not exist (may be null).

    Transformations:

    * Texts are clean (`clean_text`), `body` is the clean paragraphs joined by a blank line; a notice at its end
      becomes the `attribution` where there is none. Empty texts are null.
    * `sector`, `label` and `kind_raw` are the site's own words; `kind` and `section` are ours (`transforms.sections`).
    * `article_uid` and `canonical_url`: see `article_uid` and `page_address`. `url` and the image's and video's
      addresses stay as found, apart from white space.
    * Times: see `witnessed_times`. `time_flags` in this order: future (published or updated more than an hour after
      the page was fetched), before_1995, before_site, updated_before_created, witnesses_disagree. Flagged times are
      kept.
    * `site_date` is the day of `published_at` in the site's zone.
    * `language`: see `languages_of`; `language_declared` is the primary subtag of what the page declares.
    * Agencies, syndication, dateline and authors: see `origins`. Dateline and trailers stay in the body.
    * `content_hash` is the first 32 hex digits of SHA-256 of title, summary and body in UTF-8, divided by U+001F.
    * `word_count` counts the runs of body text between white space that hold a letter or digit.

    Caveats: a script without spaces counts few words. Without an id, identity follows the canonical URL, so an
    address that moves is a new article.

    Raises:
        UnknownSite: a usable record is of a site that `sites` does not name.
    """
    reasons, _ = refusals(records)
    usable = records.reindex(columns=list(USED)).reset_index(drop=True)[reasons.isna()].reset_index(drop=True)
    rows = pd.DataFrame({name: _text_column(usable[name], clean_or_none) for name in TEXTS}, index=usable.index)
    for name in (*ADDRESSES, *ENVELOPE):
        rows[name] = _text_column(usable[name], _as_found)
    for name in LISTS:
        rows[name] = pd.Series([clean_list(value) for value in usable[name]], index=rows.index, dtype=object)
    rows["site"] = _text_column(usable["site"], _as_found)
    rows["site_article_id"] = _text_column(usable["site_article_id"], _id_text)
    rows["canonical_url"] = pd.Series(
        [page_address(*pair) for pair in zip(usable["canonical_url"], usable["url"], strict=True)], dtype="str"
    )
    rows["article_uid"] = _uids(rows)
    rows["image_is_ai_generated"] = pd.Series([flag is True for flag in usable["image_is_ai_generated"]], dtype="bool")
    rows["observed_at"] = parse_times(usable["fetched_at"].tolist())
    rows["archive_offset"] = pd.to_numeric(usable["archive_offset"], errors="coerce")
    rows = _with_vocabularies(rows)
    rows = _with_body(rows, usable["body"].tolist())
    rows = _with_languages(rows, usable["language"].tolist())
    rows = _with_times(rows, usable, sites)
    rows["site_date"] = _site_dates(rows, sites)
    return conform(rows.join(origins(rows)), OBSERVATIONS)


def _with_vocabularies(rows: pd.DataFrame) -> pd.DataFrame:
    own_words = rows["kind"]
    kinds = [kind_of(kind) for (kind,) in python_rows(rows, ("kind",))]
    sections = [section_of(*values) for values in python_rows(rows, ("sector", "label"))]
    return rows.assign(kind=pd.Series(kinds, dtype="str"), kind_raw=own_words, section=pd.Series(sections, dtype="str"))


def _with_body(rows: pd.DataFrame, bodies: Sequence[object]) -> pd.DataFrame:
    paragraphs = [clean_list(body) for body in bodies]
    attributions = rows["attribution"].astype(object).tolist()
    for position, several in enumerate(paragraphs):
        if len(several) > 1 and not isinstance(attributions[position], str) and is_notice(several[-1]):
            attributions[position] = several.pop()
    body = [PARAGRAPH_BREAK.join(several) or None for several in paragraphs]
    hashed = zip(rows["title"].tolist(), rows["summary"].tolist(), body, strict=True)
    return rows.assign(
        attribution=pd.Series(attributions, dtype="str"),
        body=pd.Series(body, dtype="str"),
        content_hash=pd.Series([_content_hash(*fields) for fields in hashed], dtype="str"),
        word_count=pd.Series([count_words(text) for text in body], dtype="int64"),
    )


def _with_languages(rows: pd.DataFrame, stated: Sequence[object]) -> pd.DataFrame:
    declared = [declared_language(value) for value in stated]
    texts = [body or title for body, title in python_rows(rows, ("body", "title"))]
    found = languages_of(declared, texts)
    return rows.assign(
        language=pd.Series([each.language for each in found], dtype="str"),
        language_declared=pd.Series(declared, dtype="str"),
        language_source=pd.Series([each.source for each in found], dtype="str"),
    )


def _with_times(rows: pd.DataFrame, usable: pd.DataFrame, sites: pd.DataFrame) -> pd.DataFrame:
    published = witnessed_times(usable["published"].tolist())
    updated = witnessed_times(usable["updated"].tolist())
    latest = rows["observed_at"] + FUTURE
    years = pd.concat([published["at"].dt.year, updated["at"].dt.year], axis=1).min(axis=1)
    flags = {
        "future": (published["at"] > latest) | (updated["at"] > latest),
        f"before_{FIRST_YEAR}": years < FIRST_YEAR,
        "before_site": years < _first_years(rows["site"], sites),
        "updated_before_created": updated["at"] < published["at"],
        "witnesses_disagree": published["disagrees"] | updated["disagrees"],
    }
    raised = zip(*(flag.tolist() for flag in flags.values()), strict=True)
    time_flags = [[name for name, is_raised in zip(flags, row, strict=True) if is_raised] for row in raised]
    return rows.assign(
        published_at=published["at"],
        updated_at=updated["at"],
        published_raw=published["raw"],
        updated_raw=updated["raw"],
        published_precision=published["precision"],
        published_source=published["source"],
        published_offset=published["offset"],
        time_flags=pd.Series(time_flags, dtype=object),
    )


def _first_years(names: pd.Series, sites: pd.DataFrame) -> pd.Series:
    """The year in which each row's site began; null, which is later than nothing, where it does not say."""
    begun = pd.to_numeric(sites.reindex(columns=["first_year"])["first_year"]).set_axis(sites.get("site", []))
    return look_up(names, begun.astype("float64"))


def _site_dates(rows: pd.DataFrame, sites: pd.DataFrame) -> pd.Series:
    zones = dict(zip(sites.get("site", []), sites.get("timezone", []), strict=True))
    dates = pd.Series([None] * len(rows), index=rows.index, dtype=object)
    for site, published in rows.groupby("site")["published_at"]:
        zone = zones.get(site)
        if not isinstance(zone, str):
            raise UnknownSite(f"finding the publication day of articles of {site}: `sites` names no time zone for it")
        dates[published.index] = published.dt.tz_convert(zone).dt.date
    return dates


def _uids(rows: pd.DataFrame) -> pd.Series:
    identity = python_rows(rows, ("site", "site_article_id", "canonical_url"))
    return pd.Series([article_uid(*each) for each in identity], index=rows.index, dtype="str")


def _content_hash(*fields: object) -> str:
    text = _FIELD_BREAK.join(field if isinstance(field, str) else "" for field in fields)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _text_column(values: pd.Series, read: Callable[[object], str | None]) -> pd.Series:
    return pd.Series([read(value) for value in values.tolist()], index=values.index, dtype="str")


def _as_found(value: object) -> str | None:
    text = encodable(value)
    return (text.strip() or None) if text is not None else None


def _id_text(value: object) -> str | None:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else _as_found(value)
