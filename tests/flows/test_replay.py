"""The archive read again with today's code: what differs is shown, published once, and rewrites no past."""

from __future__ import annotations

import json
import logging
import os
import shutil
import signal
from collections import Counter
from datetime import date
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

import warehouse
from flows.archive_store import archived_file, is_archived
from flows.asking import raw_page
from flows.backfill_target import read_target
from flows.errors import CannotBeDone
from flows.location import location as location_of
from flows.publishing import publish_landing, to_arrow
from flows.replaying import Replayed, publish_replay, read_again
from flows.settings import Settings
from flows.takedown import take_down
from flows.warc_importing import find_imports, import_chunk
from spiders.landing import LandingRun
from tests.flows import patient
from tests.flows.crawled import copy_of
from tests.flows.forked import run_forked
from tests.flows.misreading import SITE, misread
from tests.flows.warehouse_dump import dump, environment, location

if TYPE_CHECKING:
    from pathlib import Path

FACTS = "article_uid, title, summary, body, author, source, place, sector, label, published_at, updated_at, site_date"


def rows(home: Path, sql: str) -> list[tuple[Any, ...]]:
    with warehouse.connect(location(home)) as connection:
        return connection.execute(sql).fetchall()


@pytest.fixture(scope="module")
def well_read(tmp_path_factory: pytest.TempPathFactory, published: Path) -> Path:
    """The home of a warehouse whose pages were read by today's code."""
    return shutil.copytree(published, tmp_path_factory.mktemp("well-read"), dirs_exist_ok=True)


@pytest.fixture(scope="module")
def misread_once(tmp_path_factory: pytest.TempPathFactory, crawled: Path) -> tuple[Path, tuple[str, str, str]]:
    """The home of a warehouse of whose pages three were read badly, and which: take a copy of it."""
    settings, landing = copy_of(crawled, tmp_path_factory.mktemp("badly-read"))
    uids = misread(landing)
    publish_landing(settings, LandingRun(landing))
    return settings.home, uids


@pytest.fixture
def badly_read(
    tmp_path: Path, misread_once: tuple[Path, tuple[str, str, str]]
) -> tuple[Settings, tuple[str, str, str]]:
    home, uids = misread_once
    return Settings(home=shutil.copytree(home, tmp_path, dirs_exist_ok=True)), uids


def test_what_would_change_is_shown_and_nothing_is_written(
    badly_read: tuple[Settings, tuple[str, str, str]], well_read: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("flows.replaying.BATCH_PAGES", 7)
    settings, (other, thin, lost) = badly_read
    before = dump(settings.home)
    found = read_again(settings, SITE, readers=2)
    changes = {row["field"]: (row["articles"], row["examples"]) for row in found.table()}
    assert {"title", "author", "sector", "section", "content_hash", "(new article)"} >= {
        name for name in changes if name not in {"authors", "agencies", "agency_evidence"}
    }
    assert changes["title"][0] == 1
    assert f"{other}: " in changes["title"][1]
    assert " | Devdiscourse → " in changes["title"][1]
    assert f"{thin}: nothing → " in changes["sector"][1]
    assert changes["(new article)"][0] == 1
    assert lost in changes["(new article)"][1]
    assert (found.articles, found.verdicts) == (3, Counter())
    assert dump(settings.home) == before
    # What was read by today's code is read the same.
    assert read_again(Settings(home=well_read), SITE, readers=1).table() == []


def test_an_article_taken_down_during_a_replay_stays_out(
    badly_read: tuple[Settings, tuple[str, str, str]],
) -> None:
    settings, (other, thin, _) = badly_read
    done = read_again(settings, SITE, readers=1)
    finding = {"run_id": done.run_id, "url": "https://example.org/a", "field": "author", "observed_at": done.started_at}
    frame = pd.DataFrame([finding | {"article_uid": uid} for uid in (other, thin)])
    done.findings.append(frame.reindex(columns=warehouse.arrow_schema("findings").names))
    take_down(settings, other, "a test")
    assert publish_replay(settings, done) is not None
    found = {uid for (uid,) in rows(settings.home, "SELECT article_uid FROM findings")}
    assert other not in found
    assert thin in found
    # What turns up all the same goes when the article is taken down again.
    late = {"findings": to_arrow("findings", done.findings[-1])}
    warehouse.amend(location(settings.home), "a test", removes={}, appends=late)
    take_down(settings, other, "a test")
    assert {uid for (uid,) in rows(settings.home, "SELECT article_uid FROM findings")} == found


def test_what_differs_is_published_once_and_the_past_stays_as_it_was_known(
    badly_read: tuple[Settings, tuple[str, str, str]], well_read: Path
) -> None:
    settings, (other, _, lost) = badly_read
    home = settings.home
    ((learned_at,),) = rows(home, "SELECT max(recorded_at) FROM revisions")
    as_of = f"SELECT {FACTS} FROM articles_as_of('{learned_at.isoformat()}') ORDER BY ALL"
    known_then = rows(home, as_of)
    done = publish_replay(settings, read_again(settings, SITE, readers=1))
    assert done is not None
    assert (done.counts["new"], done.counts["revised"]) == (1, 2)
    facts = f"SELECT {FACTS} FROM articles ORDER BY ALL"
    assert rows(home, facts) == rows(well_read, facts)
    for table in ("tags", "copies", "stories", "story_members"):
        everything = f"SELECT * FROM {table} ORDER BY ALL"
        assert rows(home, everything) == rows(well_read, everything), table
    assert rows(home, as_of) == known_then
    # One page, two readings, both of the time it was fetched; the second was learned now.
    first, second = rows(
        home, "SELECT observed_at, archive_offset, recorded_at, change_kind, changed_fields, run_id FROM revisions"
        f" WHERE article_uid = '{other}' ORDER BY revision"
    )  # fmt: skip
    assert first[:2] == second[:2]
    assert first[2] < second[2]
    assert second[3:] == ("reading", ["title", "author"], done.run_id)
    # What the site said at any time is what its page says by today's reading.
    ((said,),) = rows(home, f"SELECT DISTINCT title FROM articles_site_as_of(now()) WHERE article_uid = '{other}'")
    ((early,),) = rows(
        home, f"SELECT a.title FROM articles, articles_site_as_of(published_at) AS a WHERE a.article_uid = '{other}'"
        f" AND articles.article_uid = '{other}'"
    )  # fmt: skip
    assert "| Devdiscourse" not in said
    assert early == said
    ((state, error),) = rows(
        home, f"SELECT state, last_error FROM urls WHERE article_uid = '{lost}' AND state = 'landed'"
    )
    assert (state, error) == ("landed", None)
    assert rows(home, "SELECT \"check\" FROM checks WHERE severity = 'error' AND NOT passed") == []
    # A second replay finds nothing to do.
    again = read_again(settings, SITE, readers=1)
    assert (again.table(), publish_replay(settings, again)) == ([], None)
    assert rows(home, "SELECT flow FROM runs ORDER BY published_at") == [("test",), ("replay",)]


def test_a_replay_does_not_undo_what_a_run_has_learned_since(
    badly_read: tuple[Settings, tuple[str, str, str]],
) -> None:
    settings, _ = badly_read
    stale = read_again(settings, SITE, readers=1)
    assert publish_replay(settings, read_again(settings, SITE, readers=1)) is not None
    before = dump(settings.home)
    late = Replayed("20300101T000000Z-devdiscourse-000000", SITE, stale.started_at)
    late.changes, late.observations, late.findings = stale.changes, stale.observations, stale.findings
    assert publish_replay(settings, late) is None
    assert dump(settings.home) == before


REPLAY = """
import os, signal, sys
import warehouse.publishing
from flows.replaying import publish_replay, read_again
from flows.settings import read_settings
written = []
write = warehouse.publishing._write
def dies_at_the_third(*args):
    written.append(args)
    os.kill(os.getpid(), signal.SIGKILL) if len(written) == 3 else write(*args)
warehouse.publishing._write = dies_at_the_third
publish_replay(read_settings(), read_again(read_settings(), "devdiscourse", readers=1))
"""


def test_a_replay_killed_in_the_transaction_is_as_if_it_had_not_begun(
    badly_read: tuple[Settings, tuple[str, str, str]],
) -> None:
    settings, _ = badly_read
    before = dump(settings.home)
    died = run_forked(REPLAY, env=environment(settings.home))
    assert died.returncode == -signal.SIGKILL, died.stderr[-2000:]
    assert dump(settings.home) == before
    done = publish_replay(settings, read_again(settings, SITE, readers=1))
    assert done is not None
    assert done.counts["revised"] == 2


REPLAY_ALL = """
import json, sys
from datetime import UTC, datetime
from click.testing import CliRunner
import flows.replay, flows.replaying, spiders.site
from flows.verbs.replay import verb

def read(settings, site, start, end):
    print(json.dumps(site))
    if site == "of_before":
        raise ValueError("a page cannot be read")
    return flows.replaying.Replayed("20260101T000000Z-my_site-0a1b2c", site, datetime.now(UTC))

flows.replay.names = spiders.site.names = lambda: ["of_before", "my_site"]
flows.replay.read_again = flows.replaying.read_again = read
try:
    flows.replay.replay()
except ValueError as error:
    print(json.dumps(str(error)))
answer = CliRunner().invoke(verb)
print(answer.stdout + json.dumps(str(answer.exception)))
"""


def test_a_site_that_fails_keeps_no_other_from_its_replay(tmp_path: Path, prefect_api: dict[str, str]) -> None:
    done = run_forked(REPLAY_ALL, env=environment(tmp_path, prefect_api))
    said = [json.loads(line) for line in done.stdout.splitlines() if line.startswith('"')]
    assert said == ["of_before", "my_site", "a page cannot be read"] * 2, done.stderr[-3000:]
    found = patient.get(f"{prefect_api['PREFECT_API_URL']}/artifacts/replay-my-site/latest").raise_for_status().json()
    assert "of my_site read again" in found["description"]


def test_days_the_wrong_way_round_are_refused(well_read: Path) -> None:
    with pytest.raises(CannotBeDone, match="is after the last"):
        read_again(Settings(home=well_read), SITE, date(2026, 1, 2), date(2026, 1, 1))


def test_a_catalog_that_is_lost_is_made_anew_from_the_archive(tmp_path: Path, well_read: Path) -> None:
    settings = Settings(home=tmp_path)
    shutil.copytree(well_read, tmp_path, dirs_exist_ok=True)
    before = rows(tmp_path, f"SELECT {FACTS} FROM articles ORDER BY ALL")
    ((base,),) = rows(tmp_path, "SELECT DISTINCT regexp_extract(url, '^[^/]+//[^/]+') FROM fetches")
    for file in tmp_path.glob("catalog.sqlite*"):
        file.unlink()
    shutil.rmtree(settings.data_path)  # no catalog takes the files of another for its own
    warehouse.create(location_of(settings))
    target = read_target(SITE, base_url=base, warc=[f"{settings.archive_path.rstrip('/')}/**/*.warc.gz"])
    with warehouse.connect(location_of(settings)) as connection:
        imports = find_imports(connection, target, None)
    publish_landing(settings, import_chunk(settings, target, imports))
    assert rows(tmp_path, f"SELECT {FACTS} FROM articles ORDER BY ALL") == before


def test_pages_of_our_own_archive_fill_another_warehouse_with_the_same_articles(
    tmp_path: Path, well_read: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    settings = Settings(home=tmp_path)
    warehouse.create(location_of(settings))
    ((base,),) = rows(well_read, "SELECT DISTINCT regexp_extract(url, '^[^/]+//[^/]+') FROM fetches")
    target = read_target(SITE, base_url=base, warc=[str(well_read / "archive" / "**" / "*.warc.gz")])
    with warehouse.connect(location_of(settings)) as connection:
        imports = find_imports(connection, target, None)
    run = import_chunk(settings, target, imports)
    publish_landing(settings, run)
    # The pages of redirects aside, a crawl has each article once.
    facts = f"SELECT {FACTS}, url, first_seen_at FROM articles ORDER BY ALL"
    assert rows(tmp_path, facts) == rows(well_read, facts)
    with warehouse.connect(location_of(settings)) as connection:
        assert find_imports(connection, target, imports).to_import == []
    uid, file, offset = rows(tmp_path, "SELECT article_uid, archive_file, archive_offset FROM revisions LIMIT 1")[0]
    assert is_archived(archived_file(settings.archive_path, file))
    assert offset > 0
    monkeypatch.setenv("WIREHOUSE_HOME", str(tmp_path))
    copied = raw_page(uid, None)
    monkeypatch.setenv("WIREHOUSE_HOME", str(well_read))
    assert copied == raw_page(uid, None)
    assert [each for each in caplog.records if each.levelno >= logging.ERROR] == []
    assert read_again(settings, SITE, readers=1).table() == []
    assert os.environ["WIREHOUSE_HOME"] == str(well_read)
