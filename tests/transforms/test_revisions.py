from itertools import pairwise, product

import pandas as pd
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from tests.transforms.builders import RECORDED_AT, SITES, at_hour, only, record, records, witness
from transforms import IncompleteHistory, articles, fetches, late_articles, observations, outcomes, revisions
from transforms.revisions import COMPARED

NOTHING = pd.DataFrame()


def look(hour, title="A", *, article="101", **changes):
    """A record of an article as fetched at an hour; its place in the archive follows from both."""
    offset = hour * 1000 + int(article)
    return record(fetched_at=at_hour(hour), title=title, site_article_id=article, archive_offset=offset, **changes)


def looks(*rows):
    return observations(records(*rows), SITES)


def short(frame):
    columns = ["article_uid", "revision", "title", "changed_fields", "is_content_change"]
    return [tuple(row) for row in frame[columns].itertuples(index=False)]


def test_the_first_text_is_revision_one():
    row = only(revisions(looks(look(1)), NOTHING, RECORDED_AT))
    assert (row["revision"], row["changed_fields"], row["is_content_change"]) == (1, [], True)
    assert row["observed_at"] == pd.Timestamp(at_hour(1))
    assert row["recorded_at"] == RECORDED_AT
    assert (row["run_id"], row["archive_file"], row["archive_offset"]) == ("run-1", "run-1.warc.gz", 1101)


def test_a_text_that_goes_back_has_three_revisions_in_one_batch_or_in_three():
    steps = [look(1, "A"), look(2, "B"), look(3, "A")]
    expected = [
        ("planet:101", 1, "A", [], True),
        ("planet:101", 2, "B", ["title"], True),
        ("planet:101", 3, "A", ["title"], True),
    ]
    assert short(revisions(looks(*steps), NOTHING, RECORDED_AT)) == expected
    known = NOTHING
    for step in steps:
        known = revisions(looks(step), known, RECORDED_AT)
        assert len(known) == 1
    assert short(known) == expected[2:]


def test_updated_moving_and_another_address_are_no_revision():
    known = revisions(looks(look(1)), NOTHING, RECORDED_AT)
    touched = look(
        2,
        url="https://www.planet.example/article/other/101-b",
        updated=[witness("later", "2025-12-13T10:00:00Z")],
        published=[witness("again", source="meta", precision="second")],
    )
    assert revisions(looks(touched), known, RECORDED_AT).empty


def test_rules_of_ours_that_change_make_no_revision():
    known = revisions(looks(look(1)), NOTHING, RECORDED_AT)
    older_rules = known.assign(source_agency="Old", syndication="own", dateline="Old", content_hash="0", word_count=0)
    assert revisions(looks(look(2)), older_rules, RECORDED_AT).empty


@pytest.mark.parametrize(
    ("changes", "fields", "is_content"),
    [
        ({"title": "B"}, ["title"], True),
        ({"summary": None}, ["summary"], True),
        ({"body": ["New."], "site_tags": ["One"]}, ["body", "site_tags"], True),
        ({"site_tags": ["Two", "One"]}, ["site_tags"], False),
        ({"countries": []}, ["countries"], False),
        ({"image_is_ai_generated": True}, ["image_is_ai_generated"], False),
        ({"published": [witness("x", "2025-12-12T20:00:00+05:30")]}, ["published_at"], False),
        ({"attribution": "(With inputs from agencies.)"}, ["attribution"], False),
    ],
)
def test_changed_fields_name_what_differs(changes, fields, is_content):
    known = revisions(looks(look(1)), NOTHING, RECORDED_AT)
    row = only(revisions(looks(look(2, **{"title": "A"} | changes)), known, RECORDED_AT))
    assert (row["revision"], row["changed_fields"], row["is_content_change"]) == (2, fields, is_content)


def test_changed_fields_are_content_columns_in_their_order():
    assert "title" in COMPARED
    assert "updated_at" not in COMPARED
    known = revisions(looks(look(1)), NOTHING, RECORDED_AT)
    changed = look(2, "B", kind="liveblog", body=["x"], place="Goa", video_url="https://v.example/1")
    fields = only(revisions(looks(changed), known, RECORDED_AT))["changed_fields"]
    assert fields == [name for name in COMPARED if name in fields]
    assert set(fields) == {"title", "kind", "body", "place", "video_url"}


def test_a_run_that_is_read_again_adds_nothing():
    batch = looks(look(1, "A"), look(2, "B"), look(3, "A"), look(1, "C", article="7"))
    known = revisions(batch, NOTHING, RECORDED_AT)
    assert revisions(batch, known, RECORDED_AT).empty


def test_the_newest_revision_is_all_that_must_be_known():
    known = revisions(looks(look(1, "A"), look(2, "B")), NOTHING, RECORDED_AT)
    newest = known[known["revision"] == 2].drop(columns=["archive_file", "archive_offset", "run_id", "recorded_at"])
    assert short(revisions(looks(look(3, "C")), newest, RECORDED_AT)) == [("planet:101", 3, "C", ["title"], True)]
    assert short(revisions(looks(look(3, "C")), known, RECORDED_AT)) == [("planet:101", 3, "C", ["title"], True)]


def test_a_late_text_finds_its_place_and_later_ones_get_new_numbers():
    known = revisions(looks(look(1, "A"), look(5, "B")), NOTHING, RECORDED_AT)
    late = looks(look(3, "C", run_id="run-2"))
    later = RECORDED_AT + pd.Timedelta(days=1)
    made = revisions(late, known, later)
    assert short(made) == [("planet:101", 2, "C", ["title"], True), ("planet:101", 3, "B", ["title"], True)]
    assert made["recorded_at"].tolist() == [later, RECORDED_AT]
    assert made["run_id"].tolist() == ["run-2", "run-1"]
    assert outcomes(late, made)["outcome"].tolist() == ["revised"]


def test_the_history_of_late_articles_and_the_newest_of_others_go_together():
    late = revisions(looks(look(1, "A"), look(5, "B")), NOTHING, RECORDED_AT)
    other = revisions(looks(look(1, "A", article="7")), NOTHING, RECORDED_AT).drop(columns=["recorded_at", "run_id"])
    made = revisions(looks(look(3, "C"), look(3, "C", article="7")), pd.concat([other, late]), RECORDED_AT)
    assert [row[:3] for row in short(made)] == [
        ("planet:101", 2, "C"),
        ("planet:101", 3, "B"),
        ("planet:7", 2, "C"),
    ]
    assert made["run_id"].notna().all()


def test_articles_are_late_when_seen_before_they_were_last_seen():
    batch = looks(look(3), look(6, article="7"), look(4, article="8"))
    times = [pd.Timestamp(at_hour(hour)) for hour in (4, 5, 4)]
    known = pd.DataFrame({"article_uid": ["planet:101", "planet:7", "planet:8"], "last_seen_at": times})
    assert late_articles(batch, known) == ["planet:101"]
    assert late_articles(batch, NOTHING) == []


def test_a_known_text_can_turn_out_to_be_older():
    known = revisions(looks(look(1, "A"), look(5, "B")), NOTHING, RECORDED_AT)
    late = looks(look(3, "B", run_id="run-2"))
    made = revisions(late, known, RECORDED_AT + pd.Timedelta(days=1))
    row = only(made)
    assert (row["revision"], row["observed_at"], row["archive_offset"]) == (2, pd.Timestamp(at_hour(3)), 3101)
    assert (row["recorded_at"], row["run_id"]) == (RECORDED_AT, "run-1")
    assert outcomes(late, made)["outcome"].tolist() == ["unchanged"]


def test_a_late_first_text_is_no_new_article():
    known = revisions(looks(look(5, "B")), NOTHING, RECORDED_AT)
    late = looks(look(1, "A", run_id="run-2"))
    made = revisions(late, known, RECORDED_AT + pd.Timedelta(days=1))
    assert short(made) == [("planet:101", 1, "A", [], True), ("planet:101", 2, "B", ["title"], True)]
    assert outcomes(late, made)["outcome"].tolist() == ["revised"]


def test_late_texts_without_the_history_stop_the_run():
    known = revisions(looks(look(1, "A"), look(5, "B")), NOTHING, RECORDED_AT)
    for history in (known[known["revision"] == 2], known.drop(columns="recorded_at")):
        with pytest.raises(IncompleteHistory, match="planet:101") as refusal:
            revisions(looks(look(3, "C")), history, RECORDED_AT)
        assert refusal.value.article_uids == ["planet:101"]


def test_of_two_texts_at_one_moment_the_order_of_rows_decides_nothing():
    rows = [look(1, title) for title in "BAC"]
    made = [revisions(looks(*(rows[at] for at in order)), NOTHING, RECORDED_AT) for order in ([0, 1, 2], [2, 0, 1])]
    pd.testing.assert_frame_equal(*made)


class Store:
    """The tables that transforms fill, as dictionaries by key."""

    def __init__(self):
        self.revisions, self.articles, self.fetches = {}, {}, []

    def publish(self, seen):
        seen = seen.assign(run_id=f"run-{len(self.fetches)}")
        log = seen.rename(columns={"observed_at": "fetched_at"}).assign(verdict="article")
        log["fetched_at"] = [moment.isoformat() for moment in log["fetched_at"]]
        uids = set(seen["article_uid"])
        known_articles = pd.DataFrame([row for uid, row in self.articles.items() if uid in uids])
        late = set(late_articles(seen, known_articles))
        newest = {}
        for row in sorted(self.revisions.values(), key=lambda row: row["observed_at"]):
            newest[row["article_uid"]] = row
        known = [row for uid, row in newest.items() if uid in uids - late]
        known += [row for row in self.revisions.values() if row["article_uid"] in late]
        looked = pd.DataFrame([row for row in self.fetches if row["article_uid"] in late])
        made = revisions(seen, pd.DataFrame(known), RECORDED_AT + pd.Timedelta(seconds=len(self.fetches)), looked)
        current = articles(seen, known_articles, made)
        came = fetches(log, seen, made)
        self.revisions |= {(row["article_uid"], row["revision"]): row for row in made.to_dict("records")}
        self.articles |= {row["article_uid"]: row for row in current.to_dict("records")}
        self.fetches += came.to_dict("records")

    def facts(self):
        volatile = {"recorded_at", "run_id"}
        return [
            [str({name: row[name] for name in row if name not in volatile}) for _, row in sorted(rows.items())]
            for rows in (self.revisions, self.articles)
        ]


STEPS = st.lists(st.tuples(st.sampled_from(["101", "7"]), st.sampled_from("ABC")), min_size=1, max_size=7)


@pytest.fixture(scope="module")
def every_look():
    """Observations of two articles in each of seven hours with each of three titles."""
    steps = product(range(7), ["101", "7"], "ABC")
    return looks(*(look(hour, title, article=article) for hour, article, title in steps))


@given(STEPS, st.randoms(use_true_random=False), st.sets(st.integers(1, 6), max_size=3))
@settings(deadline=None, max_examples=15, phases=[Phase.explicit, Phase.generate, Phase.shrink])
def test_any_batches_in_any_order_give_the_same_revisions_and_articles(every_look, steps, random, cuts):
    places = [6 * hour + 3 * (article == "7") + "ABC".index(title) for hour, (article, title) in enumerate(steps)]
    whole = Store()
    whole.publish(every_look.iloc[places])
    order = random.sample(places, len(places))
    parts = Store()
    for start, end in pairwise(sorted({0, len(places)} | {cut for cut in cuts if cut < len(places)})):
        parts.publish(every_look.iloc[order[start:end]])
    assert parts.facts() == whole.facts()
    counts = pd.Series([row["outcome"] for row in parts.fetches]).value_counts()
    assert counts["new"] == len(parts.articles)
    assert len(parts.fetches) == len(steps)


BODY = ["Rain fell on the city.", "Schools are closed for two days.", "Trains run."]


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({"site_tags": ["One"]}, "metadata"),
        ({"title": "a \u201ctitle\u201d"}, "typographic"),
        ({"body": ["Rain fell on the city!", *BODY[1:]]}, "typographic"),
        ({"body": [" ".join(BODY)]}, "typographic"),
        ({"body": [" ".join(BODY), "More rain is expected."]}, "addition"),
        ({"body": [" ".join(BODY[:2]), "More rain is expected."]}, "correction"),
        ({"body": [f"{BODY[0]} {BODY[1]} More rain is expected.", BODY[2]]}, "addition"),
        ({"body": [f"{BODY[0]} Schools are open.", BODY[2]]}, "correction"),
        ({"body": [BODY[2], BODY[0], BODY[1]]}, "typographic"),
        ({"body": [*BODY, "More rain is expected."]}, "addition"),
        ({"body": [*BODY, "More rain is expected."], "title": "Other title"}, "correction"),
        ({"body": [*BODY, "More rain."], "title": "Other title", "kind": "liveblog"}, "addition"),
        ({"body": BODY[:2], "kind": "liveblog"}, "correction"),
        ({"body": [BODY[0], "Schools are closed for three days.", BODY[2]]}, "correction"),
        ({"title": "Other title"}, "correction"),
        ({"summary": None}, "correction"),
        ({"title": "A title, officials say"}, "addition"),
        ({"title": "UPDATE 1-A \u2018title\u2019"}, "addition"),
        ({"title": "A title; no one was hurt"}, "addition"),
        ({"title": "Not a title"}, "correction"),
        ({"title": "Title: a"}, "correction"),
        ({"summary": "The summary. This is developing."}, "addition"),
        ({"summary": "The summary. This is developing.", "body": BODY[:2]}, "correction"),
        ({"summary": "This is no summary."}, "correction"),
        ({"title": "A title, officials say", "kind": "liveblog"}, "addition"),
        ({"title": "Other title", "kind": "liveblog"}, "correction"),
        ({"body": [BODY[0], f"{BODY[1]} So are the offices.", BODY[2]]}, "addition"),
        ({"body": [BODY[0], "Schools are not closed for two days.", BODY[2]]}, "correction"),
    ],
)
def test_corrections_are_told_from_typography_and_additions(changes, kind):
    base = {"body": BODY, "title": "A \u2018title\u2019", "summary": "The summary."}
    base["kind"] = changes.get("kind", "news")
    rows = revisions(looks(look(1, **base), look(2, **base | changes)), NOTHING, RECORDED_AT)
    assert rows["change_kind"].tolist() == ["first", kind]


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        ("Bank raises rate to 5%", "Bank raises rate to 5.5%", "correction"),
        ("Bank raises rate to 5 percent", "Bank raises rate to 5.75 percent", "correction"),
        ("Quake kills 500", "Quake kills 1,500", "correction"),
        ("500 people died", "1,500 people died", "correction"),
        ("Goa win 3", "Goa win 3-2", "correction"),
        ("Sensex up 5.5", "Sensex up 5 5", "correction"),
        ("Quake kills 1,500", "Quake kills 1,500, injures 3", "addition"),
        ("Goa win 3-2", "Goa win 3\u20132.", "typographic"),
    ],
)
def test_a_figure_that_holds_the_old_one_is_a_correction(before, after, kind):
    for field in ("title", "body"):
        texts = ({field: [text] if field == "body" else text} for text in (before, after))
        rows = revisions(looks(*(look(hour, **text) for hour, text in enumerate(texts))), NOTHING, RECORDED_AT)
        assert rows["change_kind"].tolist() == ["first", kind]


def test_what_happened_to_each_paragraph_is_data_and_the_same_in_one_batch_or_two():
    later = ["News.", BODY[0], "Schools are closed for three days."]
    steps = looks(look(1, body=BODY), look(2, body=later))
    rows = revisions(steps, NOTHING, RECORDED_AT)
    second = only(rows[1:])
    assert second["paragraphs_added"] == ["News."]
    assert second["paragraphs_removed"] == ["Trains run."]
    assert second["paragraphs_before"] == [BODY[1]]
    assert second["paragraphs_after"] == [later[2]]
    apart = revisions(steps[1:], revisions(steps[:1], NOTHING, RECORDED_AT), RECORDED_AT)
    pd.testing.assert_frame_equal(apart, rows[1:].reset_index(drop=True))


def test_a_late_text_changes_what_the_text_after_it_did():
    known = revisions(looks(look(1, body=BODY), look(3, body=BODY[:2])), NOTHING, RECORDED_AT)
    rows = revisions(looks(look(2, body=BODY[:1])), known, RECORDED_AT)
    assert rows[["revision", "change_kind"]].to_numpy().tolist() == [[2, "correction"], [3, "addition"]]
    assert rows["paragraphs_added"].tolist() == [[], [BODY[1]]]
