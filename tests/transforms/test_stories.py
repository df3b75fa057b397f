"""Terms, pairs and stories."""

import hashlib
from importlib.resources import files

import pandas as pd
import pytest

import transforms
from tests.transforms.builders import only
from transforms import Reach, changed_rows, stories, story_pairs, story_terms, story_times
from transforms.stories import MOST_ARTICLES
from transforms.story_links import is_link, neighbours
from transforms.term_weights import VERSION, rarity

NOON = pd.Timestamp("2026-03-02T12:00:00Z")
TREMOR = "On Monday a tremor hit Kasukabe in Saitama, 1,412 people were hurt, said Hideo Tanikawa of Oyamada."
FERRY = "Near Zeebrugge the ferry Marlow sank with 1,338 aboard, harbourmaster Piet Vandamme said."


def story_members(articles, pairs, *copies):
    """`transforms.story_members` where these, each with its canonical article, are copies of the same words."""
    rows = [(uid, canonical, 1.0) for uid, canonical in copies]
    frame = pd.DataFrame(rows, columns=["article_uid", "canonical_uid", "similarity"])
    return transforms.with_evidence(transforms.story_members(articles, pairs, frame), pairs)


def articles(*rows):
    """Rows of uid, title, body, hours after noon."""
    frame = pd.DataFrame(
        {
            "article_uid": [uid for uid, *_ in rows],
            "published_at": [NOON + pd.Timedelta(hours=hours) for *_, hours in rows],
            "updated_at": pd.Series([None] * len(rows), dtype="datetime64[us, UTC]"),
            "title": [title for _, title, *_ in rows],
            "summary": None,
            "body": [body for _, _, body, _ in rows],
            "language": "en",
            "source": "PTI",
        }
    )
    return frame.astype(dict.fromkeys(("title", "summary", "body", "language"), "str"))


def terms_of(title, body, language="en"):
    found = story_terms(articles(("a", title, body, 0)).assign(language=language))
    return dict(zip(found["term"], found["weight"], strict=True))


def pairs(*scored):
    """Both rows of each pair of one, other, score; all at noon."""
    rows = [
        {"article_uid": here, "other_uid": there, "score": score, "shared_terms": ["term"]}
        for one, other, score in scored
        for here, there in ((one, other), (other, one))
    ]
    return pd.DataFrame(rows).assign(published_at=NOON, other_published_at=NOON)


def times(*uids, apart=0):
    hours = [NOON + pd.Timedelta(hours=apart * n) for n in range(len(uids))]
    return pd.DataFrame({"article_uid": uids, "published_at": hours})


def groups(members):
    return sorted(members.groupby("story_id")["article_uid"].agg(sorted).tolist())


def test_vocabularies_are_frozen_under_a_version():
    folder = files("transforms").joinpath("vocabularies")
    contents = b"".join(folder.joinpath(n).read_bytes() for n in ("word_frequencies.csv", "news_words.csv"))
    known = {"1": "613befcfb7cf686627698e23e6480fa6a96408c5d45cfc3386fd45d834c24c99"}
    assert hashlib.sha256(contents).hexdigest() == known[VERSION], "raise VERSION of transforms/term_weights.py"


@pytest.mark.parametrize(
    ("more", "less"),
    [
        ("zeebrugge", "harbour"),
        ("harbour", "people"),
        ("1412", "14"),
        ("14 crore", "14"),
        ("harbour", "dividend"),
    ],
)
def test_what_is_rarer_tells_more(more, less):
    assert rarity(more, "en") > rarity(less, "en")


@pytest.mark.parametrize("term", ["the", "1987", "2026", "7"])
def test_what_stands_in_every_text_tells_nothing(term):
    assert rarity(term, "en") == 0


def test_terms_are_folded_and_numbers_keep_their_unit():
    found = terms_of("Ferries sink", "They paid Rs 4,512 crore and 3.5 mln dlrs for Zeebrugge\u2019s ferries.")
    assert {"4512 crore", "3.5 million", "zeebrugge", "ferrie"} <= found.keys()


def test_a_capital_inside_a_sentence_makes_a_name():
    found = story_terms(articles(("a", "News", "Kasukabe shook. In Oyamada it did not.", 0)))
    names = dict(zip(found["term"], found["is_name"], strict=True))
    assert names["oyamada"]
    assert not names["kasukabe"]


def test_weights_have_the_length_one():
    assert sum(w * w for w in terms_of("Tremor at Kasukabe", TREMOR).values()) == pytest.approx(1, abs=1e-3)


def test_words_with_vowel_signs_stay_whole():
    assert "भूकंप" in terms_of("भूकंप", "कासुकाबे में भूकंप", language="hi")


def test_a_language_of_unknown_frequencies_has_no_terms():
    assert terms_of("Tremor at Kasukabe", TREMOR, language="xx") == {}


def test_the_dateline_is_not_what_articles_are_matched_by():
    assert "zeebrugge" not in terms_of("News", f"ZEEBRUGGE, Dec 12 (PTI) {TREMOR}")


def test_an_article_without_any_time_has_no_terms_and_one_with_updated_has():
    frame = articles(("a", "Tremor", TREMOR, 0), ("b", "Tremor", TREMOR, 0)).assign(published_at=pd.NaT)
    frame["published_at"] = pd.to_datetime(frame["published_at"], utc=True)
    frame.loc[1, "updated_at"] = NOON
    assert set(story_terms(frame)["article_uid"]) == {"b"}
    assert story_times(frame)["published_at"].tolist() == [pd.NaT, NOON]


def matched(*rows):
    terms = story_terms(articles(*rows))
    return story_pairs(terms, terms.head(0))


def test_a_pair_is_seen_from_both_sides_with_its_evidence():
    found = matched(("a", "Tremor", TREMOR, 0), ("b", "Saitama shakes", TREMOR, 1), ("c", "Ferry", FERRY, 0))
    assert found[["article_uid", "other_uid"]].to_numpy().tolist() == [["a", "b"], ["b", "a"]]
    assert found["score"][0] == found["score"][1] > 0.5
    assert "kasukabe" in found["shared_terms"][0]


def test_a_pair_scores_less_the_further_apart_and_nothing_beyond_three_days():
    scores = [
        matched(("a", "Tremor", TREMOR, 0), ("b", "Tremor", TREMOR, hours))["score"].tolist() for hours in (0, 48, 73)
    ]
    assert scores[0] > scores[1]
    assert scores[2] == []


def test_known_articles_are_matched_with_new_ones_and_not_with_one_another():
    terms = story_terms(articles(*((uid, "Tremor", TREMOR, 0) for uid in "abc")))
    found = story_pairs(terms[terms["article_uid"] == "c"], terms)
    assert set(zip(found["article_uid"], found["other_uid"], strict=True)) == {
        ("a", "c"), ("c", "a"), ("b", "c"), ("c", "b"),
    }  # fmt: skip


def test_one_rare_word_in_common_is_chance():
    assert matched(("a", "Zeebrugge budget", "", 0), ("b", "Zeebrugge harvest of barley", "", 0)).empty


def test_a_weak_pair_between_two_groups_does_not_link_them():
    near = neighbours(pairs(("a", "b", 0.5), ("a", "c", 0.5), ("x", "y", 0.5), ("x", "z", 0.5), ("a", "x", 0.2)))
    assert is_link("a", "b", near)
    assert not is_link("a", "x", near)


def test_a_weak_pair_of_two_that_are_alone_links_them():
    assert is_link("a", "b", neighbours(pairs(("a", "b", 0.2))))


def test_reach_asks_for_the_pairs_of_neighbours_until_it_knows_all():
    one, two, three = (("a", "b", 0.5), ("b", "c", 0.5), ("c", "d", 0.5))
    reach = Reach(["a"])
    assert (reach.missing(), reach.reached) == ({"a"}, {"a"})
    reach.add(pairs(one), ["a"])
    assert (reach.missing(), reach.reached) == ({"b"}, {"a", "b"})
    reach.add(pairs(one, two), ["b"])
    assert (reach.missing(), reach.reached) == ({"c"}, {"a", "b"})
    reach.add(pairs(two, three), ["c"])
    assert (reach.missing(), reach.reached) == ({"d"}, {"a", "b", "c"})
    reach.add(pairs(three), ["d"])
    assert (reach.missing(), reach.reached) == (set(), set("abcd"))


def test_reach_goes_on_from_the_neighbours_of_what_changed_only_along_links():
    told = pairs(("a", "b", 0.1), ("b", "c", 0.1), ("c", "x", 0.5), ("c", "y", 0.5), ("c", "z", 0.5), ("b", "p", 0.5))
    reach = Reach(["a"])
    reach.add(told, "abcxyzp")
    assert (reach.missing(), reach.reached) == (set(), set("abp"))


def test_average_linkage_cuts_a_chain():
    chain = pairs(*((f"{n}", f"{n + 1}", 0.26) for n in range(8)))
    found = groups(story_members(times(*map(str, range(9))), chain))
    assert len(found) > 2
    assert max(map(len, found)) <= 5


def test_ties_are_broken_by_time():
    members = story_members(times("z", "m", "a", apart=1), pairs(("z", "m", 0.3), ("m", "a", 0.3), ("z", "a", 0.3)))
    assert set(members["story_id"]) == {"z"}


def test_a_story_has_bounds():
    uids = [f"{n:03}" for n in range(MOST_ARTICLES + 5)]
    alike = pairs(*((one, other, 0.9) for n, one in enumerate(uids) for other in uids[n + 1 :]))
    assert max(map(len, groups(story_members(times(*uids), alike)))) <= MOST_ARTICLES
    apart = story_members(times("a", "b", apart=15 * 24), pairs(("a", "b", 0.9)))
    assert groups(apart) == [["a"], ["b"]]


def test_a_story_has_the_headline_of_its_earliest_article_and_every_source_once():
    members = story_members(times("a", "b", "c", apart=1), pairs(("a", "b", 0.5), ("a", "c", 0.5), ("b", "c", 0.5)))
    said = pd.DataFrame({"article_uid": list("cba"), "title": ["C", "B", "A"], "source": ["PTI", "Reuters", "PTI"]})
    row = only(stories(members, said))
    assert (row["story_id"], row["title"], row["articles"], row["sources"]) == ("a", "A", 3, ["PTI", "Reuters"])
    assert row["last_published_at"] - row["first_published_at"] == pd.Timedelta(hours=2)


def test_a_copy_counts_for_no_bound_of_a_story_and_dilutes_no_likeness():
    told = pairs(("a", "b", 0.5), ("c", "d", 0.5))
    late = story_members(times("a", "b", "c", "d", apart=24 * 20), told, ("c", "b"))
    assert groups(late) == [["a"], ["b", "c"], ["d"]]
    at_once = story_members(times("a", "b", "c", "d"), told, ("c", "b"))
    assert groups(at_once) == [["a", "b", "c", "d"]]
    many = [f"{n:03}" for n in range(MOST_ARTICLES + 5)]
    assert groups(story_members(times("a", *many), pairs(("a", "000", 0.1)), *((uid, "a") for uid in many)))[0] == [
        *many,
        "a",
    ]


def test_an_article_whose_only_kin_is_a_late_copy_says_so():
    members = story_members(times("a", "b", apart=24 * 20), pairs(("x", "y", 0.5)), ("b", "a"))
    assert members["evidence"].tolist() == ["b: repeated by it", "a: repeats it"]
    assert members["score"].tolist() == [1.0, 1.0]


def test_the_evidence_is_the_closest_other_article():
    members = story_members(times("a", "b", "c"), pairs(("a", "b", 0.5), ("a", "c", 0.4), ("b", "c", 0.3)))
    assert members["evidence"].tolist() == ["b: term", "a: term", "a: term"]
    assert members["score"].tolist() == [0.5, 0.5, 0.4]


def test_changed_rows_are_those_that_differ_and_the_keys_that_are_gone():
    before = story_members(times("a", "b", "c"), pairs(("a", "b", 0.5)))
    now = story_members(times("a", "b"), pairs(("a", "b", 0.4)))
    written, gone = changed_rows("story_members", before, now)
    assert written["article_uid"].tolist() == ["a", "b"]
    assert gone.to_dict("records") == [{"published_at": NOON, "article_uid": "c"}]
    assert changed_rows("story_members", now, now)[0].empty
