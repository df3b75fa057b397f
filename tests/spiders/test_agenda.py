"""What a crawl asks for: new, changed and due articles, each once, and nothing that is not the site's."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spiders.agenda import Agenda, Errand, SiteClock
from spiders.ledger import LedgerRow
from spiders.site import load

SITE = load("devdiscourse")
HOME = "https://www.devdiscourse.com"
NOON = datetime(2025, 12, 12, 12, tzinfo=UTC)
NOW = NOON.timestamp()
HOUR = timedelta(hours=1)


def address(number: int) -> str:
    return f"{HOME}/article/health/{number}-a-story"


def landed(number: int, *, due_in_s: float = 86_400.0, **facts) -> LedgerRow:
    defaults = {
        "published": NOW - 7_200,
        "fetched": NOW - 3_600,
        "site_clock": NOW - 3_600,
        "etag": f'"{number}"',
        "last_modified": "Fri, 12 Dec 2025 11:00:00 GMT",
    }
    return LedgerRow(address(number), "landed", next_try=NOW + due_in_s, **(defaults | facts))


def agenda(*rows: LedgerRow, base_url: str = HOME, known=(), **settings) -> Agenda:
    return Agenda(SITE, base_url, known={*known, *(SITE.article_id(row.url) for row in rows)}, ledger=rows, **settings)


def announce(book: Agenda, number: int, lastmod: str | None = None) -> Errand | None:
    return book.announced(address(number), str(number), lastmod)


# -- announced ---------------------------------------------------------------------------------------------------------


def test_an_article_never_heard_of_is_asked_for_once() -> None:
    book = agenda()
    assert book.is_new("1")
    assert announce(book, 1) == Errand(address(1), "1")
    assert announce(book, 1) is None
    assert book.asked == 1


def test_an_article_known_but_neither_recent_nor_due_is_left_alone() -> None:
    book = agenda(known={"1"})
    assert not book.is_new("1")
    assert announce(book, 1, "2025-12-12T11:59:00+00:00") is None


@pytest.mark.parametrize(
    ("lastmod", "asked"),
    [(None, False), ("2025-12-12T10:59:00+00:00", False), ("2025-12-12T11:01:00+00:00", True)],
)
def test_a_landed_article_is_asked_for_again_when_a_door_tells_of_a_change(lastmod: str | None, asked: bool) -> None:
    errand = announce(agenda(landed(1)), 1, lastmod)
    assert errand == (Errand(address(1), "1", '"1"', "Fri, 12 Dec 2025 11:00:00 GMT") if asked else None)


@pytest.mark.parametrize("state", ["failed", "gone", "blocked_by_robots", "discovered"])
def test_an_address_that_did_not_land_waits_for_its_time_whatever_a_door_says(state: str) -> None:
    book = agenda(LedgerRow(address(1), state, next_try=NOW + 60))
    assert announce(book, 1, "2030-01-01T00:00:00+00:00") is None
    assert list(book.due(NOW)) == []
    assert list(book.due(NOW + 60)) == [Errand(address(1), "1")]


def test_of_several_addresses_of_an_article_the_one_it_landed_under_speaks_for_it() -> None:
    other = LedgerRow(f"{HOME}/article/agency-wire/1-article", "redirected", next_try=NOW - 60)
    for rows in ((other, landed(1)), (landed(1), other)):
        book = agenda(*rows)
        assert list(book.due(NOW)) == []
        assert announce(book, 1, "2025-12-12T11:01:00+00:00") is not None


def test_what_an_interrupted_run_fetched_or_a_redirect_led_to_is_not_asked_for() -> None:
    book = agenda(landed(2, due_in_s=-1), done=["1", "2"])
    book.finish("3")
    assert [announce(book, number) for number in (1, 2, 3)] == [None] * 3
    assert list(book.due(NOW)) == []
    assert book.asked == 0


def test_no_more_is_asked_for_than_the_limit() -> None:
    book = agenda(landed(8, due_in_s=-1), landed(9, due_in_s=-1), limit=3)
    assert [announce(book, number) is not None for number in (1, 2)] == [True, True]
    assert not book.is_full
    assert len(list(book.due(NOW))) == 1
    assert book.is_full
    assert announce(book, 3) is None
    assert agenda(limit=0).is_full


def test_no_more_waits_than_the_budget_lets_out_and_the_rest_is_left_for_later() -> None:
    book = agenda(landed(8, due_in_s=-1), landed(9, due_in_s=-1), budget=3)
    assert [announce(book, number) is not None for number in (1, 2)] == [True, True]
    assert (len(list(book.due(NOW))), book.is_over_budget) == (1, True)
    assert (announce(book, 3), book.listed(address(4), "4"), book.asked) == (None, None, 3)
    assert not book.is_full
    # One may not be asked for: there is room for another.
    book.withdraw()
    assert announce(book, 3) is not None
    assert announce(book, 5) is None


def test_a_budget_that_is_enough_leaves_nothing() -> None:
    book = agenda(budget=2)
    assert [announce(book, number) is not None for number in (1, 2, 2)] == [True, True, False]
    assert not book.is_over_budget


# -- due ---------------------------------------------------------------------------------------------------------------


def test_what_is_due_comes_once_those_waiting_longest_first() -> None:
    book = agenda(landed(1, due_in_s=-10), landed(2, due_in_s=60), landed(3, due_in_s=-500), landed(4, due_in_s=0))
    assert [errand.key for errand in book.due(NOW)] == ["3", "1", "4"]
    assert list(book.due(NOW)) == []
    assert announce(book, 3, "2025-12-12T13:00:00+00:00") is None


def test_what_was_asked_for_because_it_was_announced_is_not_due_any_more() -> None:
    book = agenda(landed(1, due_in_s=-10))
    assert announce(book, 1, "2025-12-12T11:30:00+00:00") is not None
    assert list(book.due(NOW)) == []


def test_the_sites_clock_makes_due_what_ours_does_not() -> None:
    book = agenda(landed(1))
    assert list(book.due(NOW)) == []
    book.clock.note_story(NOON + 24 * HOUR)
    assert [errand.key for errand in book.due(NOW)] == ["1"]


def test_since_leaves_landed_articles_published_before_alone() -> None:
    old, new = landed(1, due_in_s=-1, published=NOW - 90_000), landed(2, due_in_s=-1)
    assert [errand.key for errand in agenda(old, new, since=NOW - 86_400).due(NOW)] == ["2"]


def test_what_is_due_is_asked_for_at_the_crawled_host() -> None:
    book = agenda(landed(1, due_in_s=-1), base_url="http://127.0.0.1:8000")
    assert [errand.url for errand in book.due(NOW)] == ["http://127.0.0.1:8000/article/health/1-a-story"]


# -- mentions ----------------------------------------------------------------------------------------------------------


def test_the_first_mention_by_a_door_and_each_later_time_of_change_are_told() -> None:
    book = agenda(known={"2"})
    told = [
        book.is_first_mention("1", "feed", None),
        book.is_first_mention("1", "listing", None),
        book.is_first_mention("1", "news_sitemap", "2025-12-12T11:00:00+00:00"),
        book.is_first_mention("1", "feed", "2025-12-12T10:00:00+00:00"),
        book.is_first_mention("1", "feed", "2025-12-12T11:30:00+00:00"),
        book.is_first_mention("2", "feed", None),
    ]
    assert told == [True, False, True, False, True, True]


def test_links_of_pages_tell_of_unknown_articles_only() -> None:
    book = agenda(landed(3), known={"2"})
    assert [book.is_first_mention(key, "page_link", None) for key in ("1", "1", "2", "3")] == [
        True,
        False,
        False,
        False,
    ]
    assert not book.is_new("1")
    assert book.is_first_mention("1", "feed", None)


# -- addresses ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("link", "own"),
    [
        ("/article/health/1-x?utm_source=y#top", f"{HOME}/article/health/1-x"),
        (" /news/health\n", f"{HOME}/news/health"),
        (f"{HOME}/article/health/1-x?amp", f"{HOME}/article/health/1-x"),
        ("http://devdiscourse.com/article/health/1-x", f"{HOME}/article/health/1-x"),
        ("HTTPS://WWW.DEVDISCOURSE.COM/news?tag=x#y", f"{HOME}/news?tag=x"),
        ("//www.devdiscourse.com/news", f"{HOME}/news"),
    ],
)
def test_own_addresses_are_made_whole_and_plain(link: str, own: str) -> None:
    assert agenda().own_address(link) == own


@pytest.mark.parametrize(
    "link",
    [
        "https://www.example.com/article/health/1-x",
        "https://www.devdiscourse.com.example.com/article/health/1-x",
        "https://www.devdiscourse.com@example.com/article/health/1-x",
        "https://user@www.devdiscourse.com/article/health/1-x",
        "https://www.devdiscourse.com:8443/article/health/1-x",
        "https://video.devdiscourse.com/article/health/1-x",
        "http://127.0.0.1/article/health/1-x",
        "http://10.0.0.1/article/health/1-x",
        "http://169.254.169.254/latest/meta-data",
        "http://[::1]/article/health/1-x",
        "http://localhost:8000/article/health/1-x",
        "//example.com/article/health/1-x",
        "http:///article/health/1-x",
        "https://www.devdiscourse.com\\@example.com/article/health/1-x",
        "ftp://www.devdiscourse.com/article/health/1-x",
        "file:///article/health/1-x",
        "javascript:void(0)",
        "mailto:desk@devdiscourse.com",
        "data:text/html,x",
        "http://[bad/article/health/1-x",
    ],
)
def test_other_hosts_ports_schemes_and_private_addresses_are_not_the_sites(link: str) -> None:
    assert agenda().own_address(link) is None


def test_on_a_copy_its_own_links_and_those_to_the_original_are_moved_to_it() -> None:
    copy = agenda(base_url="http://127.0.0.1:8000")
    moved = "http://127.0.0.1:8000/article/health/1-x"
    for link in ("/article/health/1-x", f"{HOME}/article/health/1-x", "http://127.0.0.1:8000/article/health/1-x"):
        assert copy.own_address(link) == moved
    assert copy.own_address("http://127.0.0.1:8001/article/health/1-x") is None
    assert copy.own_address("http://localhost:8000/article/health/1-x") is None


def test_only_addresses_of_the_site_are_moved() -> None:
    copy = agenda(base_url="http://127.0.0.1:8000")
    assert copy.moved(f"{HOME}/x?a=1#b") == "http://127.0.0.1:8000/x?a=1#b"
    for address_elsewhere in ("https://www.example.com/x", "http://[bad/x", "mailto:x@devdiscourse.com"):
        assert copy.moved(address_elsewhere) == address_elsewhere


@given(st.text(max_size=60) | st.text(max_size=20).map(lambda text: f"{HOME}{text}"))
def test_no_link_leads_off_the_crawled_host(link: str) -> None:
    own = agenda(base_url="http://127.0.0.1:8000").own_address(link)
    assert own is None or own.removeprefix("http://127.0.0.1:8000")[:1] in {"", "/", "?"}


# -- the site's clock --------------------------------------------------------------------------------------------------


def clock(shown: datetime | None = None, *stories: datetime) -> datetime | None:
    told = SiteClock()
    if shown is not None:
        told.note_date(shown)
    for story in stories:
        told.note_story(story)
    return told.now()


@pytest.mark.parametrize(
    ("shown", "stories", "now"),
    [
        (None, [], None),
        (NOON, [], None),
        (None, [NOON - HOUR], NOON - HOUR),
        (None, [NOON - HOUR, NOON - 2 * HOUR], NOON - HOUR),
        (NOON, [NOON - HOUR], NOON),
        (NOON, [NOON - 23 * HOUR], NOON),
        (NOON, [NOON - 24 * HOUR], NOON - 24 * HOUR),
        (NOON, [NOON + HOUR], NOON),
        (NOON, [NOON + 2 * HOUR], None),
        (NOON, [NOON - HOUR, NOON + 48 * HOUR], NOON),
    ],
    ids=[
        "nothing known", "no story", "stories alone", "the newest story", "the header", "the header, a slow day",
        "the header runs by another clock", "a story a little ahead", "a story far ahead", "one story far ahead",
    ],
)  # fmt: skip
def test_the_header_tells_the_sites_time_unless_its_stories_contradict(shown, stories, now) -> None:
    assert clock(shown, *stories) == now


def test_the_clock_does_not_run_backwards() -> None:
    told = SiteClock()
    for moment in (NOON, NOON - HOUR):
        told.note_date(moment)
        told.note_story(moment - HOUR)
    assert (told.shown, told.newest) == (NOON, NOON - HOUR)


FIRST, LAST = datetime.min.replace(tzinfo=timezone(HOUR)), datetime.max.replace(tzinfo=timezone(-HOUR))


@pytest.mark.parametrize("moment", [FIRST, LAST, datetime(1989, 12, 31, tzinfo=UTC), datetime.now(UTC) + 25 * HOUR])
def test_a_time_that_can_be_no_sites_is_not_taken(moment: datetime) -> None:
    assert clock(None, moment) is None
    assert clock(moment, NOON) == NOON
    assert clock(NOON, NOON - HOUR, moment) == NOON


def test_the_clock_tells_utc() -> None:
    assert str(clock(None, NOON.astimezone(timezone(HOUR)))) == str(NOON)
