"""Observations: what one read of an article page says, in clean and comparable form."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

import pandas as pd

from transforms.addresses import article_uid, page_address
from transforms.errors import UnknownSite
from transforms.provenance import agency_of, dateline_of, is_own_byline, syndication_of
from transforms.rejected_records import refusals
from transforms.shapes import OBSERVATIONS, conform
from transforms.text import clean_list, clean_or_none, count_words, encodable
from transforms.times import parse_times, witnessed_times

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
#: The ids of BCP 47 that name no language.
_NO_LANGUAGE = frozenset({"und", "mul", "mis", "zxx"})
_LANGUAGE = re.compile(r"([A-Za-z]{2,3})(?:[-_][A-Za-z0-9]+)*", re.ASCII)


def observations(records: pd.DataFrame, sites: pd.DataFrame) -> pd.DataFrame:
    """Grain: one row per usable article page read. Key: run_id, archive_file, archive_offset.

    Args:
        records: what `spiders` landed (`ArticleRecord` and its envelope), one row per record; see
            `rejected_records` for those left out.
        sites: `site`, `timezone` (IANA name): the zone whose day a publication day is.

    Transformations:

    * Texts are clean (`clean_text`), `body` is the clean paragraphs joined by a blank line. `kind`, `sector` and
      `label` are the site's own words. Empty texts are null.
    * `article_uid` and `canonical_url`: see `article_uid` and `page_address`. `url` and the image's and video's
      addresses stay as found, apart from white space.
    * Times: see `witnessed_times`. `time_flags` in this order: future (published or updated more than an hour after
      the page was fetched), before_1995, updated_before_created, witnesses_disagree. Flagged times are kept.
    * `site_date` is the day of `published_at` in the site's zone.
    * `language` is the primary subtag of what the page declares ("en" of "en-IN"), null if it declares none.
    * `source_agency` is the agency named in the byline, else the one in the attribution line; `syndication` and
      `dateline` come from `transforms.provenance`. The dateline stays in the body.
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
    rows["language"] = _text_column(usable["language"], _language)
    rows["image_is_ai_generated"] = pd.Series([flag is True for flag in usable["image_is_ai_generated"]], dtype="bool")
    rows["observed_at"] = parse_times(usable["fetched_at"].tolist())
    rows["archive_offset"] = pd.to_numeric(usable["archive_offset"], errors="coerce")
    rows = _with_body(rows, usable["body"].tolist())
    rows = _with_times(rows, usable)
    rows["site_date"] = _site_dates(rows, sites)
    return conform(_with_provenance(rows), OBSERVATIONS)


def _with_body(rows: pd.DataFrame, bodies: Sequence[object]) -> pd.DataFrame:
    paragraphs = [clean_list(body) for body in bodies]
    body = [PARAGRAPH_BREAK.join(several) or None for several in paragraphs]
    hashed = zip(rows["title"].tolist(), rows["summary"].tolist(), body, strict=True)
    return rows.assign(
        body=pd.Series(body, dtype="str"),
        content_hash=pd.Series([_content_hash(*fields) for fields in hashed], dtype="str"),
        word_count=pd.Series([count_words(text) for text in body], dtype="int64"),
        dateline=pd.Series([dateline_of(several[0]) if several else None for several in paragraphs], dtype="str"),
    )


def _with_times(rows: pd.DataFrame, usable: pd.DataFrame) -> pd.DataFrame:
    published = witnessed_times(usable["published"].tolist())
    updated = witnessed_times(usable["updated"].tolist())
    latest = rows["observed_at"] + FUTURE
    flags = {
        "future": (published["at"] > latest) | (updated["at"] > latest),
        f"before_{FIRST_YEAR}": (published["at"].dt.year < FIRST_YEAR) | (updated["at"].dt.year < FIRST_YEAR),
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
        time_flags=pd.Series(time_flags, dtype=object),
    )


def _site_dates(rows: pd.DataFrame, sites: pd.DataFrame) -> pd.Series:
    zones = dict(zip(sites.get("site", []), sites.get("timezone", []), strict=True))
    dates = pd.Series([None] * len(rows), index=rows.index, dtype=object)
    for site, published in rows.groupby("site")["published_at"]:
        zone = zones.get(site)
        if not isinstance(zone, str):
            raise UnknownSite(f"finding the publication day of articles of {site}: `sites` names no time zone for it")
        dates[published.index] = published.dt.tz_convert(zone).dt.date
    return dates


def _with_provenance(rows: pd.DataFrame) -> pd.DataFrame:
    own = [is_own_byline(site or "", *each) for site, *each in _python_rows(rows, ("site", "kind", "source", "author"))]
    attributions = _python_rows(rows, ("attribution",))
    syndication = [
        syndication_of(attribution, is_own=is_own) for (attribution,), is_own in zip(attributions, own, strict=True)
    ]
    from_source = rows["source"].map({source: agency_of(source) for source in rows["source"].dropna().unique()})
    notices = {notice: agency_of(notice) for notice in rows["attribution"].dropna().unique()}
    agency = from_source.astype("str").fillna(rows["attribution"].map(notices).astype("str"))
    return rows.assign(syndication=pd.Series(syndication, index=rows.index, dtype="str"), source_agency=agency)


def _python_rows(rows: pd.DataFrame, names: Sequence[str]) -> list[tuple[str | None, ...]]:
    columns = [[value if isinstance(value, str) else None for value in rows[name].tolist()] for name in names]
    return list(zip(*columns, strict=True))


def _uids(rows: pd.DataFrame) -> pd.Series:
    identity = _python_rows(rows, ("site", "site_article_id", "canonical_url"))
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


def _language(value: object) -> str | None:
    match = _LANGUAGE.fullmatch(value.strip()) if isinstance(value, str) else None
    subtag = match[1].lower() if match else None
    return None if subtag in _NO_LANGUAGE else subtag
