"""The urls table: the ledger of every address ever discovered, and what became of it."""

from __future__ import annotations

import pandas as pd

from transforms.address_events import address_keys, read_events, read_tries
from transforms.errors import ShapeError
from transforms.joins import look_up
from transforms.schedule import ONE_TRY, REVIVED_AFTER, next_tries
from transforms.shapes import ARTICLES, URLS, Shape, conform, widen

#: Every address is in exactly one of these.
STATES = (
    "pending", "landed", "alias", "not_article", "gone", "blocked_by_robots", "off_scope", "failed", "rejected",
    "taken_down",
)  # fmt: skip
#: What an exchange makes of an address; `not_modified` leaves it what it is. A redirect alone says nothing: what it
#: leads to was not asked for, for the crawl died, was ended or could not wait, so it is still to do.
STATE_OF_OUTCOME = {
    "new": "landed",
    "revised": "landed",
    "unchanged": "landed",
    "redirect": "pending",
    "failed": "failed",
    "missing": "gone",
    "gone": "gone",
    "rejected": "rejected",
    "discovery": "not_article",
}
#: The site's clock is what its newest article says; so far from ours it is the clock of a copy of the site.
OTHER_CLOCK = pd.Timedelta(days=3)
_REASONS = {
    "missing": "the page says that the article is not there",
    "redirect": "redirected, and what it leads to was not asked for yet",
    "rejected": "the page could not be used; rejects says why",
    "discovery": "a page that is no article",
}
#: What else is known of the article of an address.
_FACTS: Shape = {"kind": "text", "published_at": "time", "updated_at": "time", "first_seen_at": "time"}


def urls(
    known_urls: pd.DataFrame, url_log: pd.DataFrame, fetches: pd.DataFrame, articles: pd.DataFrame, run_id: str
) -> pd.DataFrame:
    """Grain: one row per address of which the run changes something. Key: site, url. The rows replace the known ones.

    Args:
        known_urls: the rows of the urls table of the addresses and articles touched (see `touched_addresses`), with
            `kind`, `published_at`, `updated_at` and `first_seen_at` of their articles.
        url_log: the lines of urls.jsonl, one row each.
        fetches: see `transforms.fetches`; only exchanges with the purpose "article" count.
        articles: what `transforms.articles` made of the run.
        run_id: the run.

    * An exchange counts for the address that answered and for the one first asked for: what came at the end of a
      chain of redirects is what came of both. `attempts` counts all; `failures` those since the last that brought the
      article, where failures within `schedule.ONE_TRY` of one another are one try.
    * `landed` is the one address of each article, that of its row in articles. Any other address of an article that
      has landed is `alias`, also if it was never fetched: an old slug, a redirect, the same id under another label.
      An article that landed stays so whatever its address answers later.
    * All other states follow the last exchange or decision of the crawl. `taken_down` is never left.
    * Exchanges older than the last one known only add to `attempts`.
    * `lastmod_at` is the newest time that doors gave for the article in the run before it was read.
    * `next_try_at`: see `transforms.schedule`. What was given up is due again when a door names it a day later.

    Raises:
        ShapeError: a line has no address or time, or an exchange brought an article that `articles` lacks.
    """
    known = _known(known_urls)
    events, tries = read_events(url_log), read_tries(fetches)
    rows = _discovered(known, events, tries, articles)
    rows["article_uid"], landing = _identities(rows, events, tries, articles)
    tries = _judged(tries, rows)
    rows = _with_tries(rows, tries)
    rows["state"] = _states(rows, events, tries, landing)
    rows = _with_mentions(rows, events)
    rows["next_try_at"] = _next_tries(rows, articles)
    is_changed = _differs(rows, known)
    return conform(rows[is_changed].assign(run_id=run_id).sort_values(["site", "url"]), URLS)


def _known(known_urls: pd.DataFrame) -> pd.DataFrame:
    known = widen(known_urls, {**URLS, **_FACTS})
    return known.set_index(address_keys(known)).sort_index()


def _last(frame: pd.DataFrame, by: str = "key") -> pd.DataFrame:
    return frame.drop_duplicates(by, keep="last").set_index(by)


def _discovered(known: pd.DataFrame, events: pd.DataFrame, tries: pd.DataFrame, articles: pd.DataFrame) -> pd.DataFrame:
    """Every address there is to decide on, by key: what is known of it, and who found it first."""
    read = widen(articles, ARTICLES).rename(columns={"last_seen_at": "at"})
    parts = [
        events.assign(order=0),
        known.rename(columns={"discovered_at": "at"}).assign(key=known.index, order=1),
        tries.assign(discovered_by=tries["is_hop"].map({True: "redirect", False: "fetch"}), order=2),
        read.assign(key=address_keys(read), discovered_by="fetch", order=3),
    ]
    columns = ["key", "site", "url", "site_article_id", "at", "discovered_by", "order"]
    found = pd.concat(
        [part.reindex(columns=columns) for part in parts if len(part)] or [events.reindex(columns=columns)]
    )
    # That an article has the address is news only where nothing else says so.
    found = found.assign(is_last=found["order"] == len(parts) - 1)
    found = found.sort_values(["key", "is_last", "at", "order", "discovered_by", "site_article_id"])
    first = found.drop_duplicates("key").set_index("key")
    rows = widen(known.reindex(first.index).fillna({"attempts": 0, "failures": 0}), {**URLS, **_FACTS})
    rows = rows.set_index(first.index)
    rows = rows.assign(site=first["site"], url=first["url"], discovered_by=first["discovered_by"])
    rows["discovered_at"] = first["at"]
    rows["site_article_id"] = found.groupby("key")["site_article_id"].first().astype("str")
    return rows.assign(known_state=rows["state"], known_tried_at=rows["last_tried_at"])


def _identities(
    rows: pd.DataFrame, events: pd.DataFrame, tries: pd.DataFrame, articles: pd.DataFrame
) -> tuple[pd.Series, pd.Series]:
    """The article of each address, and by article the key of its one address."""
    read = widen(articles, ARTICLES)
    read = read.assign(key=address_keys(read)).sort_values(["last_seen_at", "article_uid"])
    lost = tries.loc[tries["is_brought"] & ~tries["article_uid"].isin(read["article_uid"]), "url"]
    if len(lost):
        raise ShapeError(f"placing the articles of {len(lost)} exchanges ({lost.iloc[0]}): `articles` lacks them")
    held = rows.reset_index().loc[lambda frame: frame["known_state"] == "landed", ["key", "article_uid"]].dropna()
    landing = _last(pd.concat([held, read[["key", "article_uid"]]]), "article_uid")["key"]
    keys = pd.Series(rows.index, index=rows.index)
    holds = (rows["known_state"] == "landed") & (look_up(rows["article_uid"], landing) == keys)
    named = tries["article_uid"].where(~tries["is_brought"] & tries["is_own"] & ~tries["is_hop"])
    unmodified = _unmodified(rows, tries)
    brought = tries.assign(uid=tries["article_uid"].where(tries["is_brought"]).fillna(unmodified))
    brought = brought.dropna(subset=["uid"])
    mentioned = pd.concat([events[["key", "article_uid"]], tries.assign(article_uid=named)[["key", "article_uid"]]])
    uids = look_up(keys, _last(read)["article_uid"])
    uids = uids.fillna(rows["article_uid"].where(holds)).fillna(look_up(keys, _last(brought)["uid"]))
    uids = uids.fillna(rows["article_uid"])
    return uids.fillna(look_up(keys, mentioned.groupby("key")["article_uid"].first())).astype("str"), landing


def _unmodified(rows: pd.DataFrame, tries: pd.DataFrame) -> pd.Series:
    """Of exchanges that were answered 304 the article at the end of their redirects, as it was known by then."""
    brought = tries.loc[tries["is_brought"], ["end", "at", "article_uid"]].sort_values("at")
    asked = tries.loc[tries["outcome"] == "not_modified", ["end", "at"]].sort_values("at")
    if asked.empty:
        return pd.Series(index=tries.index, dtype="str")
    found = pd.merge_asof(asked, brought, on="at", by="end").set_index(asked.index)["article_uid"]
    was_read = rows["known_state"].isin(["landed", "alias"]) & (rows["attempts"] > 0)
    return found.fillna(look_up(asked["end"], rows["article_uid"].where(was_read))).reindex(tries.index)


def _judged(tries: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    """The exchanges, which of them are older than what is known, and which brought the article of their address."""
    is_late = tries["at"] < look_up(tries["key"], rows["known_tried_at"])
    uids = look_up(tries["key"], rows["article_uid"])
    is_other = tries["is_brought"] & (tries["article_uid"] != uids)
    reasons = tries["outcome"].map(_REASONS).astype("str")
    reasons = reasons.mask(tries["outcome"] == "gone", "HTTP " + tries["status"].astype("str"))
    reasons = reasons.mask(is_other, "leads to another article, " + tries["article_uid"])
    return tries.assign(
        is_late=is_late,
        is_good=(tries["is_brought"] & ~is_other) | (tries["outcome"] == "not_modified"),
        outcome=tries["outcome"].mask(is_other, "missing"),
        error=tries["error"].fillna(reasons),
    )


def _with_tries(rows: pd.DataFrame, tries: pd.DataFrame) -> pd.DataFrame:
    keys = pd.Series(rows.index, index=rows.index)
    new = tries[~tries["is_late"]]
    last = _last(new)
    is_tried = keys.isin(last.index)
    counts = tries.groupby("key").size()
    read = new[new["is_own"] & (new["is_brought"] | (new["outcome"] == "not_modified")) & new["is_good"]]
    rows = rows.assign(
        attempts=rows["attempts"] + look_up(keys, counts).fillna(0).astype("int64"),
        failures=_failures(rows, new),
        outcome=look_up(keys, last["outcome"]),
        retry_after_s=look_up(keys, last["retry_after_s"]),
        read_at=look_up(keys, _last(new[new["is_good"]])["at"]),
        is_tried=is_tried,
    )
    for name, source in (("last_status", "status"), ("last_error", "error"), ("last_tried_at", "at")):
        rows[name] = rows[name].where(~is_tried, look_up(keys, last[source]))
    rows["site_clock_at"] = look_up(keys, last["site_clock_at"]).fillna(rows["site_clock_at"])
    for name in ("etag", "last_modified"):
        # A page states its own validators; a 304 may leave them out.
        stated = _last(read[read["is_brought"] | read[name].notna()])[name]
        rows[name] = rows[name].where(~keys.isin(stated.index), look_up(keys, stated))
    return rows


def _failures(rows: pd.DataFrame, tries: pd.DataFrame) -> pd.Series:
    """The tries in a row that did not bring the article, up to the last of `tries`."""
    by_key = tries.groupby("key")
    before = by_key["at"].shift().fillna(look_up(tries["key"], rows["known_tried_at"]))
    known = look_up(tries["key"], rows["failures"])
    was_bad = (~tries["is_good"]).astype("float64").groupby(tries["key"]).shift().fillna(known) > 0
    is_counted = ~tries["is_good"] & ~(was_bad & (tries["at"] - before < ONE_TRY))
    total = is_counted.astype("int64").groupby(tries["key"]).cumsum()
    at_end = total.groupby(tries["key"]).last()
    at_good = total.where(tries["is_good"]).groupby(tries["key"]).last()
    keys = pd.Series(rows.index, index=rows.index)
    return (look_up(keys, at_end).fillna(0) - look_up(keys, at_good).fillna(-rows["failures"])).astype("int64")


def _states(rows: pd.DataFrame, events: pd.DataFrame, tries: pd.DataFrame, landing: pd.Series) -> pd.Series:
    keys = pd.Series(rows.index, index=rows.index)
    decided = events[events["is_decision"]].assign(state=events["event"], order=1)
    decided = decided[~(decided["at"] < look_up(decided["key"], rows["known_tried_at"]))]
    came = tries[~tries["is_late"]].assign(state=tries["outcome"].map(STATE_OF_OUTCOME), order=0)
    columns = ["key", "at", "order", "state"]
    decisions = pd.concat([decided[columns], came[columns]]).dropna(subset=["state"])
    newest = _last(decisions.sort_values(["key", "at", "order"], kind="stable"))["state"]
    states = look_up(keys, newest).astype("str").fillna(rows["known_state"]).fillna("pending")
    states = states.mask(rows["known_state"] == "alias", "alias")
    address = look_up(rows["article_uid"], landing)
    states = states.mask(address.notna(), "alias").mask(address == keys, "landed")
    return states.mask(rows["known_state"] == "taken_down", "taken_down")


def _with_mentions(rows: pd.DataFrame, events: pd.DataFrame) -> pd.DataFrame:
    """What the doors said in this run of each address, or of any other address of its article."""
    group = rows["article_uid"].fillna(pd.Series(rows.index, index=rows.index))
    said = events.assign(group=look_up(events["key"], group))
    read_at = rows["read_at"].where(rows["state"] == "landed").groupby(group).max()
    before = said[said["at"] <= look_up(said["group"], read_at)]
    named = _last(said[said["is_door"]].sort_values("at"), "group")
    refused = _last(events[events["event"] == "blocked_by_robots"])
    told = look_up(group, _last(before.dropna(subset=["lastmod_at"]).sort_values("lastmod_at"), "group")["lastmod_at"])
    return rows.assign(
        lastmod_at=told.where(rows["state"] == "landed").fillna(rows["lastmod_at"]),
        named_at=look_up(group, named["at"]),
        refused_at=look_up(pd.Series(rows.index, index=rows.index), refused["at"]),
    )


def _next_tries(rows: pd.DataFrame, articles: pd.DataFrame) -> pd.Series:
    read = widen(articles, ARTICLES).set_index("article_uid")
    facts = {name: look_up(rows["article_uid"], read[name]).fillna(rows[name]) for name in _FACTS}
    tried, clock = rows["last_tried_at"], rows["site_clock_at"]
    now = tried.where((tried - clock).abs() < OTHER_CLOCK, clock).fillna(tried)
    changed = facts["updated_at"].fillna(facts["published_at"])
    ages = pd.DataFrame({"said": now - facts["published_at"], "seen": tried - facts["first_seen_at"]})
    is_new = rows["outcome"].isin(["new", "revised"])
    due = next_tries(
        rows.assign(
            kind=facts["kind"],
            age=ages.max(axis=1),
            unchanged_for=(now - changed).mask(is_new, pd.Timedelta(0)),
            is_listed=rows["named_at"].notna(),
            refused_at=rows["refused_at"].mask(rows["refused_at"] < tried),
        )
    )
    is_touched = rows["is_tried"] | rows["refused_at"].notna() | (rows["state"] != rows["known_state"])
    due = due.where(is_touched, rows["next_try_at"])
    is_left = due.isna() & rows["state"].isin(["landed", "failed", "gone", "rejected"])
    return due.mask(is_left & (rows["named_at"] - tried >= REVIVED_AFTER), rows["named_at"])


def _differs(rows: pd.DataFrame, known: pd.DataFrame) -> pd.Series:
    """Which rows are new, or say something else than what is known."""
    before = known.reindex(rows.index)
    differs = ~pd.Series(rows.index.isin(known.index), index=rows.index)
    for name in (name for name in URLS if name != "run_id"):
        is_same = (rows[name] == before[name]).fillna(value=False).astype("bool")
        differs |= ~(is_same | (rows[name].isna() & before[name].isna()))
    return differs
