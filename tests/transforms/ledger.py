"""A ledger under test: what a crawl says in short form, and the tables that transforms fill from it."""

import pandas as pd

from transforms import touched_addresses, urls
from transforms.shapes import ARTICLES, FETCHES, URLS, widen

SITE = "https://www.planet.example"
START = pd.Timestamp("2026-01-01T00:00:00Z")
#: Two addresses of one article, one of another, one of an article without an id.
FIRST, MOVED, OTHER, PLAIN = (f"{SITE}/article/{path}" for path in ("law/101-a", "law/101-b", "law/202-c", "plain"))
ADDRESSES = (FIRST, MOVED, OTHER, PLAIN)
UIDS = {FIRST: "planet:101", MOVED: "planet:101", OTHER: "planet:202", PLAIN: "planet:00aa"}
IDS = {FIRST: "101", MOVED: "101", OTHER: "202"}


def at(minutes):
    """So many minutes into 2026."""
    return START + pd.Timedelta(minutes=minutes)


def found(minutes, url, door="news_sitemap", event="discovered", **changes):
    """A line of the url log."""
    line = {"run_id": "r", "site": "planet", "url": url, "site_article_id": IDS.get(url), "discovered_by": door}
    line |= {"discovered_at": at(minutes).isoformat(timespec="microseconds"), "event": event, "lastmod": None}
    return line | changes


def tried(minutes, url, outcome="unchanged", *, asked=None, **changes):
    """A row of fetches; `asked` is the address first asked for, if not the one that answered."""
    is_article = outcome in {"new", "revised", "unchanged"}
    statuses = {"failed": 503, "gone": 404, "redirect": 301, "not_modified": 304}
    row = {"run_id": "r", "site": "planet", "url": url, "requested_url": asked or url, "fetched_at": at(minutes)}
    row |= {"outcome": outcome, "status": statuses.get(outcome, 200), "purpose": "article"}
    row["article_uid"] = UIDS[url] if is_article or IDS.get(url) else None
    return row | changes


def chain(minutes, *hops, outcome="unchanged", **changes):
    """The exchanges of a chain of redirects, a second apart."""
    exchanges = [tried(minutes + n / 60, url, "redirect", asked=hops[0]) for n, url in enumerate(hops[:-1])]
    return [*exchanges, tried(minutes + len(exchanges) / 60, hops[-1], outcome, asked=hops[0], **changes)]


class Ledger:
    """The tables `urls` and `articles`, and what each run adds to them."""

    def __init__(self, **facts):
        """`facts`: columns of articles, the same for all."""
        self.rows, self.articles, self.runs = {}, {}, 0
        self.facts = {"kind": "news", "published_at": START, "word_count": 1, "revision": 1} | facts

    def publish(self, *events, **changes):
        """A run of these events; `changes`: columns of the articles it reads. Returns what the ledger changed."""
        self.runs += 1
        log = pd.DataFrame([event for event in events if "event" in event])
        fetches = widen(pd.DataFrame([event for event in events if "event" not in event]), FETCHES)
        articles = self._read(fetches, changes)
        touched = touched_addresses(log, fetches)
        named, uids = set(touched["url"]), set(touched["article_uid"].dropna())
        known = [row for row in self.rows.values() if row["url"] in named or row["article_uid"] in uids]
        facts = ("kind", "published_at", "updated_at", "first_seen_at")
        known = [row | {name: self._fact(row["article_uid"], name) for name in facts} for row in known]
        frame = urls(pd.DataFrame(known), log, fetches, articles, f"run-{self.runs}")
        assert not frame.duplicated(["site", "url"]).any()
        self.rows |= {row["url"]: row for row in frame.to_dict("records")}
        self.articles |= {row["article_uid"]: row for row in articles.to_dict("records")}
        return frame

    def _fact(self, uid, name):
        return self.articles[uid].get(name) if uid in self.articles else None

    def _read(self, fetches, changes):
        looks = fetches[fetches["outcome"].isin(["new", "revised", "unchanged"])].sort_values("fetched_at")
        rows = {}
        for look in looks.to_dict("records"):
            known = rows.get(look["article_uid"]) or self.articles.get(look["article_uid"]) or {}
            moment = look["fetched_at"]
            newest = {"url": look["url"], "last_seen_at": moment, "first_seen_at": known.get("first_seen_at", moment)}
            if known and known["last_seen_at"] > moment:
                newest = {name: known[name] for name in newest}
            row = self.facts | {"article_uid": look["article_uid"], "site": "planet"} | newest | changes
            rows[look["article_uid"]] = row
        return widen(pd.DataFrame(rows.values()), ARTICLES)

    def of(self, url, *names):
        """One column of an address, or several; nulls as None."""
        values = [None if pd.isna(self.rows[url][name]) else self.rows[url][name] for name in names]
        return values[0] if len(values) == 1 else tuple(values)

    def states(self):
        return {url: row["state"] for url, row in self.rows.items()}

    def facts_but(self, *names):
        return {
            url: {name: str(row[name]) for name in URLS if name not in names} for url, row in sorted(self.rows.items())
        }
