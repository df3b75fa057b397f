"""Articles, outcomes, fetches, sidebars, findings and rejects."""

import pandas as pd
import pytest

from tests.transforms.builders import RECORDED_AT, SITES, at_hour, only, record, records, witness
from transforms import (
    ShapeError,
    articles,
    fetches,
    findings,
    observations,
    outcomes,
    rejected_records,
    rejects,
    revisions,
    sidebars,
)

NOTHING = pd.DataFrame()


def look(hour, title="A", **changes):
    return record(fetched_at=at_hour(hour), title=title, archive_offset=hour * 1000 + 1, **changes)


def looks(*rows):
    return observations(records(*rows), SITES)


def exchange(row, **changes):
    """The line of the fetch log that goes with a record."""
    names = ["run_id", "site", "url", "requested_url", "fetched_at", "archive_file", "archive_offset"]
    names += ["site_article_id"]
    answer = {"verdict": "article", "status": 200, "elapsed_ms": 12, "bytes": 900, "etag": None, "last_modified": None}
    return {name: row[name] for name in names} | answer | {"error": None} | changes


def test_an_article_has_the_facts_of_its_newest_look_and_the_span_of_all():
    seen = looks(look(3, "B", updated=[witness("c", "2025-12-14T00:00:00Z")]), look(1, "A"), look(2, "B"))
    made = revisions(seen, NOTHING, RECORDED_AT)
    row = only(articles(seen, NOTHING, made))
    assert (row["title"], row["revision"], row["run_id"]) == ("B", 2, "run-1")
    assert row["updated_raw"] == "c"
    assert row["first_seen_at"] == pd.Timestamp(at_hour(1))
    assert row["last_seen_at"] == pd.Timestamp(at_hour(3))


def test_an_unchanged_article_keeps_its_revision_and_run_and_takes_the_touched_facts():
    first = looks(look(1))
    known = revisions(first, NOTHING, RECORDED_AT)
    known_articles = articles(first, NOTHING, known)
    again = looks(look(5, url="https://www.planet.example/article/new/101", run_id="run-2"))
    made = revisions(again, known, RECORDED_AT)
    row = only(articles(again, known_articles, made))
    assert (row["revision"], row["run_id"]) == (1, "run-1")
    assert row["url"] == "https://www.planet.example/article/new/101"
    assert row["first_seen_at"] == pd.Timestamp(at_hour(1))
    assert row["last_seen_at"] == pd.Timestamp(at_hour(5))


def test_late_looks_leave_the_facts_and_widen_the_span():
    first = looks(look(5, "B"))
    known = revisions(first, NOTHING, RECORDED_AT)
    known_articles = articles(first, NOTHING, known)
    late = looks(look(1, "A", run_id="run-2"))
    row = only(articles(late, known_articles, revisions(late, known, RECORDED_AT)))
    assert (row["title"], row["revision"], row["run_id"]) == ("B", 2, "run-1")
    assert row["first_seen_at"] == pd.Timestamp(at_hour(1))
    assert row["last_seen_at"] == pd.Timestamp(at_hour(5))


def test_an_old_revision_that_turns_out_older_is_not_taken_for_the_newest():
    first = looks(look(2, "A"), look(3, "B"), look(4, "A"))
    known = revisions(first, NOTHING, RECORDED_AT)
    known_articles = articles(first, NOTHING, known)
    late = looks(look(1, "A", run_id="run-2"))
    row = only(articles(late, known_articles, revisions(late, known, RECORDED_AT)))
    assert (row["title"], row["revision"]) == ("A", 3)


def test_articles_refuse_frames_that_do_not_belong_together():
    seen = looks(look(1))
    with pytest.raises(ShapeError, match="planet:101"):
        articles(seen, NOTHING, NOTHING.reindex(columns=revisions(seen, NOTHING, RECORDED_AT).columns))
    newest_revision = revisions(seen, NOTHING, RECORDED_AT)
    with pytest.raises(ShapeError, match="last_seen_at"):
        articles(seen, newest_revision, newest_revision)


def test_each_observation_has_one_outcome():
    known = revisions(looks(look(1)), NOTHING, RECORDED_AT)
    batch = looks(look(2), look(3, "B"), look(4, "B"), look(2, site_article_id="7"), look(3, "C", site_article_id="7"))
    made = revisions(batch, known, RECORDED_AT + pd.Timedelta(hours=1))
    assert outcomes(batch, made)["outcome"].tolist() == ["unchanged", "revised", "unchanged", "new", "revised"]


def test_fetches_say_what_came_of_every_exchange():
    rows = [look(1), look(2, "B"), look(3, "B"), look(4, None), look(5, site_article_id=None)]
    seen = looks(*rows[:4])
    log = [exchange(row) for row in rows[:4]]
    verdicts = {
        "rejected": "rejected", "unknown": "rejected", "off_site": "rejected", "listing": "discovery",
        "sitemap": "discovery", "feed": "discovery", "robots": "discovery", "missing": "missing", "gone": "gone",
        "redirect": "redirect", "not_modified": "not_modified", "error": "failed",
    }  # fmt: skip
    log += [exchange(rows[4], verdict=verdict, archive_offset=90_000 + n) for n, verdict in enumerate(verdicts)]
    frame = fetches(pd.DataFrame(log), seen, revisions(seen, NOTHING, RECORDED_AT))
    assert frame["outcome"].tolist() == ["new", "revised", "unchanged", "rejected", *verdicts.values()]
    assert frame["article_uid"][:4].tolist() == ["planet:101"] * 4
    assert frame["article_uid"][4:].isna().all()
    assert frame["error"].isna().all()
    assert frame["elapsed_ms"].tolist() == [12] * len(frame)


def test_a_failed_exchange_left_nothing_and_keeps_its_error():
    nothing = dict.fromkeys(("status", "bytes", "archive_file", "archive_offset"))
    log = [exchange(look(1), verdict="error", error="timeout", **nothing)]
    row = only(fetches(pd.DataFrame(log), looks(), revisions(looks(), NOTHING, RECORDED_AT)))
    assert (row["outcome"], row["error"], row["status"], row["archive_offset"]) == ("failed", "timeout", None, None)
    assert row["article_uid"] == "planet:101"


def test_what_an_exchange_says_of_the_next_one_is_kept():
    waits = {"12": 12, 3.2: 4, None: None, "soon": None, float("inf"): None, 1e30: None, -1: None}
    log = [exchange(look(1), verdict="error", purpose="article", retry_after_s=wait) for wait in waits]
    log[0]["site_clock"] = "2026-01-01T00:30:00.000000+00:00"
    frame = fetches(pd.DataFrame(log), looks(), revisions(looks(), NOTHING, RECORDED_AT))
    assert [None if pd.isna(wait) else wait for wait in frame["retry_after_s"]] == list(waits.values())
    assert frame["site_clock_at"].tolist()[0] == pd.Timestamp("2026-01-01T00:30:00Z")
    assert set(frame["purpose"]) == {"article"}


def test_exchanges_without_a_place_in_the_archive_are_told_apart_by_address_and_time():
    rows = [{**look(hour, "AAB"[hour]), "archive_file": None, "archive_offset": None} for hour in range(3)]
    seen = observations(pd.DataFrame(rows), SITES)
    frame = fetches(pd.DataFrame([exchange(row) for row in rows]), seen, revisions(seen, NOTHING, RECORDED_AT))
    assert frame["outcome"].tolist() == ["new", "unchanged", "revised"]


def test_a_verdict_nobody_knows_is_a_failure_that_says_so():
    log = pd.DataFrame([exchange(look(1), verdict="dreamt"), exchange(look(1), verdict=None, error="odd")])
    frame = fetches(log, looks(), revisions(looks(), NOTHING, RECORDED_AT))
    assert frame["outcome"].tolist() == ["failed", "failed"]
    assert frame["error"].tolist() == ["unknown verdict dreamt", "odd"]


def entry(rank=1, **changes):
    row = {"section": "trending", "rank": rank, "url": "https://www.planet.example/article/x/7-t"}
    return row | {"title": " A\u00a0title ", "country": "India", "badge": None, "site_article_id": "7"} | changes


def test_sidebar_entries_keep_their_page_moment_and_rank():
    entries = [entry(), entry(2, section="also_read", site_article_id=None, country=None)]
    row = record(sidebars=entries, edition="pacific")
    frame = sidebars(records(row, record(sidebars=[])), NOTHING)
    assert frame["article_uid"].tolist()[0] == "planet:7"
    assert frame["article_uid"].isna().tolist() == [False, True]
    assert frame["title"].tolist() == ["A title", "A title"]
    assert frame["rank"].tolist() == [1, 2]
    assert frame["section"].tolist() == ["trending", "also_read"]
    assert set(frame["page_uid"]) == {"planet:101"}
    assert set(frame["edition"]) == {"pacific"}
    assert frame["observed_at"].tolist() == [pd.Timestamp("2026-01-01T00:00:00Z")] * 2


def test_entries_of_a_list_whose_ranks_repeat_are_ranked_by_place():
    entries = [entry(4), entry(4), entry(1), entry(7, section="latest"), entry(9, section="latest")]
    frame = sidebars(records(record(sidebars=entries)), NOTHING)
    ranks = list(zip(frame["section"], frame["rank"], strict=True))
    assert ranks == [("trending", 1), ("trending", 2), ("trending", 3), ("latest", 7), ("latest", 9)]


def test_a_page_that_is_there_twice_of_one_moment_counts_once():
    first, second = record(sidebars=[entry(title="first")]), record(sidebars=[entry(title="second"), entry(2)])
    assert sidebars(records(first, second), NOTHING)["title"].tolist() == ["first"]


def test_sidebars_of_a_page_that_is_no_usable_article_count():
    assert len(sidebars(records(record(title=None, sidebars=[entry()])), NOTHING)) == 1
    assert sidebars(records(record(fetched_at="never", sidebars=[entry()])), NOTHING).empty


def test_entries_of_a_site_without_ids_are_known_by_their_address():
    addressed = entry(site_article_id=None, url="https://www.planet.example/story?utm_source=sidebar")
    page = record(site_article_id=None, sidebars=[addressed])
    target = record(site_article_id=None, canonical_url=None, url="https://www.planet.example/story")
    assert sidebars(records(page), NOTHING)["article_uid"].tolist() == looks(target)["article_uid"].tolist()


def test_what_stands_on_a_home_page_is_seen_at_its_address_and_in_its_edition():
    home = {
        "run_id": "run-1", "site": "planet", "url": "https://www.planet.example/pacific", "edition": "pacific",
        "fetched_at": "2026-01-01T00:00:00+00:00",
        "sidebars": [entry(), entry(2, site_article_id=None, url="https://other.example/x")],
    }  # fmt: skip
    frame = sidebars(NOTHING, pd.DataFrame([home]))
    assert frame[["page_uid", "edition"]].drop_duplicates().to_numpy().tolist() == [[home["url"], "pacific"]]
    # An address without an id on a site that has them is no article's.
    assert frame["article_uid"].fillna("none").tolist() == ["planet:7", "none"]
    assert len(sidebars(records(record(sidebars=[entry()])), pd.DataFrame([home]))) == 3


def test_findings_name_page_field_and_problem():
    finding = {"field": "place", "problem": "missing", "detail": "no <span>"}
    row = only(findings(records(record(findings=[finding], title=None), record())))
    assert (row["article_uid"], row["field"], row["problem"], row["detail"]) == (
        "planet:101", "place", "missing", "no <span>",
    )  # fmt: skip
    assert (row["parser"], row["run_id"]) == ("planet.article@2025-12", "run-1")
    assert row["observed_at"] == pd.Timestamp("2026-01-01T00:00:00Z")


def test_rejects_are_those_of_the_crawl_and_of_the_transforms():
    line = {"run_id": "run-1", "site": "planet", "url": "u", "stage": "read", "reason": "not_an_article", "detail": "d"}
    line |= {"rejected_at": "2026-01-01T00:00:00.5+00:00", "archive_file": None, "archive_offset": None}
    frame = rejects(pd.DataFrame([line]), rejected_records(records(record(title=None, archive_offset=5))))
    assert frame["reason"].tolist() == ["not_an_article", "no_title"]
    assert frame["rejected_at"].notna().all()
    assert frame["archive_offset"].isna().tolist() == [True, False]
