"""The sidebars table: what stood beside the articles and on the home pages, as observed."""

from __future__ import annotations

import pandas as pd

from transforms.addresses import article_uid, canonical_address, page_address
from transforms.shapes import SIDEBARS, conform
from transforms.text import clean_or_none, encodable
from transforms.times import parse_times

PAGE = ("observed_at", "site", "edition", "page_uid", "run_id")
ENTRY = ("section", "rank", "article_uid", "title", "url", "country", "badge")
USED = ("sidebars", "site", "edition", "run_id", "site_article_id", "canonical_url", "url", "fetched_at")


def sidebars(records: pd.DataFrame, home_pages: pd.DataFrame) -> pd.DataFrame:
    """Grain: one row per entry seen on a page. Key: run_id, page_uid, observed_at, section, rank.

    Args:
        records: the lines of records.jsonl, one row each.
        home_pages: the lines of sidebars.jsonl, one row each: what stood on the home pages of a site's editions.

    All records count that say which page was read and when, also those that are no usable article. `observed_at` is
    when the page was fetched: what trends is a fact about that moment. `page_uid` is the article on whose page the
    entry stood; of a home page, its address. `article_uid` is made of the id of the entry's address; null if the site
    has ids and the address carries none (an outside link, a live page); for a site without ids, made of the canonical
    address. `edition` is null for the site's default one. Where ranks of a list repeat, its entries are ranked by
    place. A page is told once for a moment: an archive of others may hold it twice of one second.
    """
    pages = pd.concat([_used(records, is_home=False), _used(home_pages, is_home=True)], ignore_index=True)
    observed = parse_times(pages["fetched_at"].tolist())
    rows = [
        (number, moment, *page, *entry)
        for number, (moment, record) in enumerate(zip(observed, pages.to_dict("records"), strict=True))
        if isinstance(record["sidebars"], list | tuple)
        for page in [_page({str(name): value for name, value in record.items()})]
        for entry in _entries({str(name): value for name, value in record.items()})
    ]
    frame = pd.DataFrame(rows, columns=["number", *PAGE, *ENTRY])
    frame["rank"] = pd.to_numeric(frame["rank"], errors="coerce")
    frame = frame.dropna(subset=["observed_at", "site", "page_uid", "run_id"])
    page = ["page_uid", "observed_at"]
    frame = frame[frame["number"] == frame.groupby(page)["number"].transform("min")]
    is_repeated = frame.duplicated([*page, "section", "rank"])
    in_list = [frame[name] for name in (*page, "section")]
    place = frame.groupby([*page, "section"], dropna=False).cumcount() + 1
    frame["rank"] = frame["rank"].mask(is_repeated.groupby(in_list, dropna=False).transform("any"), place)
    return conform(frame, SIDEBARS)


def _used(pages: pd.DataFrame, *, is_home: bool) -> pd.DataFrame:
    return pages.reindex(columns=list(USED)).astype("object").assign(is_home=is_home)


def _page(record: dict[str, object]) -> tuple[str | None, ...]:
    address = page_address(record["canonical_url"], record["url"])
    uid = address if record["is_home"] else article_uid(record["site"], record["site_article_id"], address)
    return (encodable(record["site"]), encodable(record["edition"]), encodable(uid), encodable(record["run_id"]))


def _entries(record: dict[str, object]) -> list[tuple[object, ...]]:
    entries = record["sidebars"]
    entries = [entry for entry in entries if isinstance(entry, dict)] if isinstance(entries, list | tuple) else []
    on_page = [entry.get("site_article_id") for entry in entries] if record["is_home"] else [record["site_article_id"]]
    has_ids = any(isinstance(each, str | int) for each in on_page)
    return [
        (
            clean_or_none(entry.get("section")),
            entry.get("rank"),
            _entry_uid(record, entry, has_ids=has_ids),
            clean_or_none(entry.get("title")),
            encodable(entry.get("url")),
            clean_or_none(entry.get("country")),
            clean_or_none(entry.get("badge")),
        )
        for entry in entries
    ]


def _entry_uid(record: dict[str, object], entry: dict[str, object], *, has_ids: bool) -> str | None:
    address = None if has_ids else canonical_address(entry.get("url"), record["url"])
    return encodable(article_uid(record["site"], entry.get("site_article_id"), address))
