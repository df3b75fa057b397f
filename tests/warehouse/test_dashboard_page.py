"""The dashboard in a browser: it works offline, its filters tell the truth, and what sites write stays text."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

import warehouse
from tests.browser import Browser
from tests.needs import NEEDS
from tests.warehouse.conftest import copy_of, place
from tests.warehouse.rows import NOON, at
from tests.warehouse.test_dashboard import article, fill
from warehouse.dashboard import assemble, gather

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.needs("chromium")

HOSTILE = [
    "<script>window.hostile = 1</script>",
    "</script><img src=http://127.0.0.1:9/x onerror='window.hostile = 1'>",
    "<!-- <script>",
    "Payment \u202egpj.exe",
    "W" * 10_000,
    "${window.hostile = 1} {{7*7}} 'quoted' \"twice\" &lt;b&gt;",
]


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    program = NEEDS["chromium"].path()
    assert program is not None
    with Browser(program, tmp_path_factory.mktemp("browser")) as running:
        yield running


def written(location: warehouse.Location, to: Path, *left_lying: str) -> str:
    """The address of the location's dashboard."""
    facts = {"made_at": 1_765_000_000, "left_lying": left_lying, **gather(location)}
    to.write_text(assemble(facts), encoding="utf-8")
    return to.as_uri()


@pytest.fixture(scope="module")
def demo_page(demo_home: Path) -> str:
    """The address of the dashboard that the demo's last run made."""
    return (demo_home / "dashboard.html").as_uri()


@pytest.fixture(scope="module")
def hostile_page(tmp_path_factory: pytest.TempPathFactory, empty_warehouse: Path) -> str:
    """The address of a dashboard in which every text of a site is hostile."""
    directory = tmp_path_factory.mktemp("hostile")
    location = copy_of(empty_warehouse, directory)
    texts = dict(enumerate(HOSTILE))
    articles = [article(f"s:{i}", -i, title=t, source=t, source_agency=t[:200]) for i, t in texts.items()]
    sights = [
        {"observed_at": NOON, "site": "s", "section": "trending", "rank": i + 1, "title": t, "url": t, "country": t,
         "page_uid": "home", "run_id": "r"}
        for i, t in texts.items()
    ]  # fmt: skip
    revisions: list[dict[str, Any]] = []
    for i, t in texts.items():
        revisions += [
            {**article(f"s:{i}"), "revision": 1, "title": "Was", "observed_at": at(0)},
            {**article(f"s:{i}"), "revision": 2, "title": t, "observed_at": at(1), "is_content_change": True,
             "change_kind": "correction", "changed_fields": ["title"], "paragraphs_added": [t]},
        ]  # fmt: skip
    told = {"story_id": "s:0", "articles": len(texts), "first_published_at": NOON, "last_published_at": NOON}
    fill(
        location,
        articles=articles,
        revisions=revisions,
        sidebars=sights,
        stories=[told],
        story_members=[{"story_id": "s:0", "article_uid": f"s:{i}", "published_at": NOON} for i in texts],
        runs=[{"run_id": "20251210T000000Z-s-abcdef", "site": "s", "state": "failed", "reason": HOSTILE[0]}],
        checks=[
            {"run_id": "20251210T000000Z-s-abcdef", "check": "c", "subject": t, "detail": t, "passed": False}
            for t in HOSTILE
        ],
        urls=[{"site": "s", "url": t, "state": "pending"} for t in HOSTILE],
    )
    return written(location, directory / "hostile.html")


def choose(browser: Browser, name: str, value: str) -> None:
    """Chooses a value in a filter as a person would."""
    found = browser.run(
        f"""(() => {{
            const box = document.querySelector('#filters [name={name}]');
            box.value = {value!r};
            box.dispatchEvent(new Event('change', {{bubbles: true}}));
            return box.value;
        }})()"""
    )
    assert found == value


def articles_shown(browser: Browser) -> int:
    text: str = browser.run("document.querySelector('.tiles dd').textContent")
    return int(text.replace(",", ""))


def test_it_opens_without_complaint_and_asks_for_nothing_outside(browser: Browser, demo_page: str) -> None:
    browser.open(demo_page)
    assert browser.run("document.querySelectorAll('main > section').length") == 8
    assert browser.run("document.querySelectorAll('figure svg').length") >= 4
    assert (browser.complaints, browser.requests) == ([], [demo_page])


def test_nothing_in_it_names_an_address_to_load(browser: Browser, demo_page: str) -> None:
    browser.open(demo_page)
    found = browser.run(
        "[...document.querySelectorAll('[src], [href], [action], [srcset]')].map((each) => each.getAttribute('src')"
        " ?? each.getAttribute('href') ?? '').filter((address) => !/^(#|data:,$)/.test(address))"
    )
    assert found == []


@pytest.mark.parametrize(
    ("filters", "condition"),
    [
        ({"agency": "Reuters"}, "source_agency = 'Reuters'"),
        ({"topic": "sport"}, "section = 'sport'"),
        (
            {"site": "devdiscourse", "agency": "PTI", "topic": "politics"},
            "source_agency = 'PTI' AND section = 'politics'",
        ),
        ({"period": "day"}, "published_at > (SELECT max(published_at) FROM articles) - INTERVAL 24 HOURS"),
        (
            {"period": "week", "agency": "Own newsroom"},
            """syndication IN ('own', 'desk') AND source_agency IS NULL
            AND published_at > (SELECT max(published_at) FROM articles) - INTERVAL 7 DAYS""",
        ),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, dict) else "",
)  # fmt: skip
def test_filters_count_what_sql_counts(
    browser: Browser, demo_page: str, demo_home: Path, filters: dict[str, str], condition: str
) -> None:
    browser.open(demo_page)
    for name, value in filters.items():
        choose(browser, name, value)
    with warehouse.connect(place(demo_home)) as connection:
        ((articles,),) = connection.execute(f"SELECT count(*) FROM articles WHERE {condition}").fetchall()
    assert 0 < articles_shown(browser) == articles
    assert browser.complaints == []


def test_each_section_follows_the_filters(browser: Browser, demo_page: str) -> None:
    def all_drawn() -> list[str]:
        return [
            browser.run(f"document.querySelector('#{section}').textContent")
            for section in ("volume", "countries", "stories", "changes")
        ]

    browser.open(demo_page)
    before = all_drawn()
    choose(browser, "topic", "sport")
    during = all_drawn()
    browser.run("document.querySelector('#filters [type=reset]').click()")
    assert [a == b for a, b in zip(before, during, strict=True)] == [False] * 4
    assert all_drawn() == before


def test_a_view_can_be_kept_as_a_bookmark(browser: Browser, demo_page: str) -> None:
    browser.open(demo_page)
    choose(browser, "agency", "Reuters")
    address, articles = browser.run("location.href"), articles_shown(browser)
    browser.open(address)
    assert articles_shown(browser) == articles


def test_a_bookmark_of_a_filter_that_is_unknown_says_so_and_keeps_the_others(browser: Browser, demo_page: str) -> None:
    browser.open(f"{demo_page}#agency=Nope&period=24h&topic=sport")
    assert browser.run("location.hash") == "#topic=sport"
    told = browser.run("document.getElementById('unknown').textContent")
    assert told.endswith("agency “Nope”, period “24h”")
    choose(browser, "topic", "politics")
    assert browser.run("document.getElementById('unknown').hidden")


def test_filters_that_nothing_fits_say_so(browser: Browser, demo_page: str) -> None:
    browser.open(demo_page)
    choose(browser, "agency", "GlobeNewswire")
    choose(browser, "topic", "sport")
    assert browser.run("document.querySelector('#volume .empty').textContent") == "No article fits these filters."


def test_the_biggest_stories_of_a_filter_are_those_of_sql(browser: Browser, demo_page: str, demo_home: Path) -> None:
    with warehouse.connect(place(demo_home)) as connection:
        biggest = connection.execute(
            """SELECT source_agency, story_id, s.articles FROM articles AS a JOIN stories AS s USING (story_id)
            WHERE s.articles > 1 AND source_agency IN (
                SELECT source_agency FROM articles GROUP BY ALL ORDER BY count(*) DESC LIMIT 10
            ) GROUP BY source_agency, story_id, s.articles
            QUALIFY 1 = row_number() OVER (
                PARTITION BY source_agency ORDER BY count(*) DESC, s.articles DESC, story_id
            )"""
        ).fetchall()
    browser.open(demo_page)
    assert len(biggest) > 5
    for agency, story_id, articles in biggest:
        choose(browser, "agency", agency)
        browser.run("document.querySelector('#stories details').open = true")
        browser.wait_for("document.querySelector('#stories details table') !== null")
        assert browser.run("document.querySelector('#stories details td.uid').textContent") == story_id
        assert browser.run("document.querySelector('#stories small').textContent").startswith(f"{articles} article")


def test_no_story_is_said_to_be_absent_that_may_only_be_small(browser: Browser, demo_page: str) -> None:
    def said() -> str:
        text: str = browser.run("document.querySelector('#stories .content').lastElementChild.textContent")
        return text

    browser.open(demo_page)
    choose(browser, "agency", "GlobeNewswire")
    assert "may fit" not in said()
    choose(browser, "topic", "sport")
    assert said().startswith("None of the ")
    assert said().endswith("biggest stories in this page fits these filters together; a smaller one may.")
    choose(browser, "agency", "PTI")
    assert "Smaller ones may fit these filters together." in said()


def test_hostile_text_shows_as_text_and_runs_nothing(browser: Browser, hostile_page: str) -> None:
    browser.open(hostile_page)
    browser.run("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
    browser.run("document.querySelectorAll('button.more').forEach((each) => each.click())")
    browser.wait_for("document.querySelectorAll('.story table').length > 0")
    for section in ("#trending .now", "#stories", "#changes"):
        text = browser.run(f"document.querySelector('{section}').textContent")
        assert [each for each in HOSTILE if each[:200].replace("\u202e", "\ufffd") not in text] == []
    assert browser.run("window.hostile") is None
    assert browser.run("document.querySelectorAll('main script, main img').length") == 0
    assert (browser.complaints, browser.requests) == ([], [hostile_page])


@pytest.mark.parametrize("width", [240, 320, 390, 1280])
def test_no_text_makes_the_page_wider_than_the_window(browser: Browser, hostile_page: str, width: int) -> None:
    browser.open(hostile_page, width=width)
    browser.run("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
    browser.run("document.querySelector('[name=volume-by][value=agency]').click()")
    browser.wait_for("document.querySelectorAll('.story table').length > 0")
    wider = browser.run(
        "[...document.querySelectorAll('main *')].filter((each) => each.getBoundingClientRect().right > innerWidth"
        " && !each.closest('.scroll')).map((each) => each.outerHTML.slice(0, 100))"
    )
    assert (wider, browser.run("document.documentElement.scrollWidth")) == ([], width)


@pytest.mark.parametrize(("count", "labels"), [(1, ["0", "1"]), (3, ["0", "1", "2", "3"])])
def test_the_axes_of_few_articles_count_in_whole_numbers(
    browser: Browser, location: warehouse.Location, tmp_path: Path, count: int, labels: list[str]
) -> None:
    fill(
        location,
        articles=[article(f"s:{number}") for number in range(count)],
        urls=[{"site": "s", "url": f"{number}", "state": "landed"} for number in range(count)],
    )
    browser.open(written(location, tmp_path / "few.html"))
    for section, axis in (("volume", "y"), ("ledger", "x")):
        label = f'#{section} [aria-label="{axis}-axis tick label"] text'
        assert browser.run(f"[...document.querySelectorAll('{label}')].map((each) => each.textContent)") == labels


def test_a_script_that_got_in_all_the_same_would_not_run(browser: Browser, demo_page: str) -> None:
    browser.open(demo_page)
    browser.run(
        "(() => { const it = document.createElement('script'); it.textContent = 'window.hostile = 1';"
        " document.body.append(it); })()"
    )
    browser.run("(() => { const it = new Image(); it.src = 'http://127.0.0.1:9/x'; document.body.append(it); })()")
    browser.wait_for("true")
    assert browser.run("window.hostile") is None
    assert len([each for each in browser.complaints if "Content Security Policy" in each]) == 2


def test_it_can_be_used_with_the_keyboard_alone(browser: Browser, demo_page: str) -> None:
    browser.open(demo_page)
    browser.press("Tab")
    assert browser.run("document.activeElement.className") == "skip"
    browser.press("Enter")
    browser.run("document.querySelector('details.story summary').focus()")
    browser.press("Enter")
    browser.wait_for("document.querySelector('details.story').open")
    browser.run("document.querySelector('[name=volume-by][value=topic]').focus()")
    assert (
        browser.run("getComputedStyle(document.querySelector('[name=volume-by]:focus + span')).outlineStyle") == "solid"
    )


def test_a_link_within_the_page_draws_nothing_anew(browser: Browser, demo_page: str) -> None:
    browser.open(demo_page)
    browser.run("void (window.before = document.querySelector('details.story'))")
    browser.run(
        "new Promise((done) => { addEventListener('hashchange', () => setTimeout(done)); location.hash = 'main'; })"
    )
    assert browser.run("document.querySelector('details.story') === window.before")


def test_it_says_what_it_shows_to_those_who_do_not_see_it(browser: Browser, demo_page: str) -> None:
    browser.open(demo_page)
    unnamed = browser.run(
        """[...document.querySelectorAll('select, input, button, table, figure svg, main > section, nav, form, h1')]
            .filter((each) => !(each.getAttribute('aria-label') || each.getAttribute('aria-labelledby')
                || each.labels?.[0]?.textContent.trim() || each.caption?.textContent || each.textContent.trim()))
            .map((each) => each.outerHTML.slice(0, 80))"""
    )
    assert unnamed == []
    assert browser.run("document.querySelectorAll('figure svg:not([role=img])').length") == 0
    assert browser.run("[document.documentElement.lang, document.querySelectorAll('main, h1').length]") == ["en", 2]


def test_it_is_dark_where_the_system_is_and_the_button_turns_it(browser: Browser, demo_page: str) -> None:
    def ground() -> str:
        answer: str = browser.run("getComputedStyle(document.body).backgroundColor")
        return answer

    browser.open(demo_page, scheme="light")
    light = ground()
    browser.open(demo_page, scheme="dark")
    dark = ground()
    browser.run("document.getElementById('theme').click()")
    assert dark != light == ground()


def test_checks_that_failed_can_be_read_on_a_phone(browser: Browser, demo_page: str) -> None:
    browser.open(demo_page, width=400)
    narrow = """[...document.querySelectorAll('#fields table.stacked tbody > tr > *')].filter((cell) => {
        const box = cell.getBoundingClientRect();
        return box.width < 200 || box.left < 0 || box.right > 400;
    }).map((cell) => cell.textContent)"""
    assert browser.run("document.querySelectorAll('#fields table.stacked tbody > tr').length") > 0
    assert browser.run(narrow) == []
    cut = "[...document.querySelectorAll('#fields caption')].filter((each) => each.getBoundingClientRect().right > 385)"
    assert browser.run(f"{cut}.map((each) => each.textContent)") == []


def test_it_calls_healthy_what_status_does(browser: Browser, demo_page: str) -> None:
    browser.open(demo_page)
    headers = "document.querySelectorAll('#health .sites .site header')"
    assert browser.run(f"[...{headers}].map((each) => each.textContent)") == ["devdiscourseHealthy, with warnings"]


@pytest.mark.parametrize(
    ("ingested_s_before", "reasons"),
    [
        ((36_000, 36_013), []),  # of two runs nothing is usual
        ((10_800, 11_700, 12_600, 13_500), ["no run for 3 h; usual are 15 min"]),  # whatever replays came since
        ((100_000,), ["no run for 28 h"]),
    ],
)
def test_a_site_is_late_by_the_rules_of_status(
    browser: Browser,
    location: warehouse.Location,
    tmp_path: Path,
    ingested_s_before: tuple[int, ...],
    reasons: list[str],
) -> None:
    made_at = datetime.fromtimestamp(1_765_000_000, UTC)
    runs = [("replay", 60), *(("ingest", seconds) for seconds in ingested_s_before)]
    rows = [
        {
            "run_id": f"r{seconds}",
            "site": "s",
            "flow": flow,
            "state": "complete",
            "published_at": began,
            "started_at": began,
        }
        for flow, seconds in runs
        for began in [made_at - timedelta(seconds=seconds)]
    ]
    fill(location, runs=rows)
    browser.open(written(location, tmp_path / "late.html"))
    said = browser.run("[...document.querySelectorAll('.sites .reasons li')].map((each) => each.textContent)")
    assert [each.replace("\xa0", " ") for each in said] == reasons


def test_it_tells_of_runs_that_died_and_of_a_full_disk(
    browser: Browser, location: warehouse.Location, tmp_path: Path
) -> None:
    left = ("run 20251210T000000Z-s-abcdef died", "only 0.1 GiB are free in <b>/data</b>")
    browser.open(written(location, tmp_path / "left.html", *left))
    card = "document.querySelector('#health article')"
    assert browser.run(f"{card}.querySelector('header').textContent") == "Runs and diskNot healthy"
    assert browser.run(f"[...{card}.querySelectorAll('li')].map((each) => each.textContent)") == list(left)
    assert browser.complaints == []


def test_a_warehouse_without_a_run_has_a_page_that_says_what_to_do(
    browser: Browser, location: warehouse.Location, tmp_path: Path
) -> None:
    page = written(location, tmp_path / "empty.html")
    browser.open(page)
    assert "wirehouse ingest" in browser.run("document.getElementById('health').textContent")
    assert browser.complaints == []
