"""Several processes at one warehouse: readers while a writer commits, and writers that are killed."""

from __future__ import annotations

import random
import signal
import time

import warehouse
from tests.warehouse.rows import a_run
from tests.warehouse.test_lake import python
from tests.warehouse.test_publish import ask

ARTICLES = 20

READ = """
import sys, time, warehouse
location = warehouse.Location(*sys.argv[1:])
connection, looks = warehouse.connect(location), 0
print("ready", flush=True)
while True:
    articles, revisions, fetches, runs = connection.execute(
        "SELECT (SELECT count(*) FROM articles), (SELECT count(*) FROM revisions), (SELECT count(*) FROM fetches),"
        " (SELECT count(*) FROM runs)"
    ).fetchone()
    looks += 1
    if not articles == revisions == fetches == 20 * runs:
        sys.exit(f"saw part of a run: {articles} {revisions} {fetches} {runs}")
    if runs == 8:
        print(looks)
        break
    if looks % 5 == 0:
        connection.close()
        connection = warehouse.connect(location)
    time.sleep(0.05)  # as long as a look; without a pause readers take the processors from the publisher
"""

WRITE = """
import itertools, sys, warehouse
from tests.warehouse.rows import a_run
location = warehouse.Location(*sys.argv[1:3])
print("ready", flush=True)
for number in itertools.count(int(sys.argv[3])):
    run_id = f"run-{number}"
    warehouse.publish(location, run_id, **a_run(run_id, [f"{run_id}-{n}" for n in range(20)]))
"""


WHOLE = """
SELECT
    (SELECT count(*) FROM runs),
    (SELECT count(*) FROM articles),
    (SELECT count(*) FROM revisions),
    (SELECT count(*) FROM fetches)
"""


def uids(run_id: str) -> list[str]:
    return [f"{run_id}-{number}" for number in range(ARTICLES)]


def test_readers_see_whole_runs_only_and_meet_no_error_while_runs_commit(location: warehouse.Location) -> None:
    readers = [python(READ, location.catalog, location.data_path) for _ in range(2)]
    for reader in readers:
        assert reader.stdout is not None
        assert reader.stdout.readline() == "ready\n"
    for number in range(8):
        warehouse.publish(location, f"run-{number}", **a_run(f"run-{number}", uids(f"run-{number}")))
    for reader in readers:
        looks, problem = reader.communicate(timeout=60)
        assert reader.returncode == 0, problem
        assert int(looks) > 1


def test_a_killed_publisher_leaves_whole_runs_only_and_its_run_can_be_repeated(location: warehouse.Location) -> None:
    moments = random.Random(7)
    number = 0
    for _ in range(6):
        writer = python(WRITE, location.catalog, location.data_path, str(number))
        assert writer.stdout is not None
        assert writer.stdout.readline() == "ready\n"
        time.sleep(moments.uniform(0.2, 1.5))
        writer.send_signal(signal.SIGKILL)
        writer.communicate()
        runs, *whole = ask(location, WHOLE)[0]
        assert whole == [runs * ARTICLES] * 3
        warehouse.publish(location, f"run-{runs}", **a_run(f"run-{runs}", uids(f"run-{runs}")))
        number = runs + 1
    assert ask(location, WHOLE)[0] == (number, *[number * ARTICLES] * 3)
    with warehouse.connect(location) as connection:
        assert [outcome for outcome in warehouse.checks.run(connection) if not outcome.passed] == []
