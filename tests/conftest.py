"""What holds for every test: no network but loopback, nothing of the user's touched, no warning passed over."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import hypothesis
import pytest
from xdist.scheduler import LoadScopeScheduling

from tests.needs import NEEDS, is_ci
from tests.shared import made_once

if TYPE_CHECKING:
    from collections.abc import Iterator

    from xdist.remote import Producer

ROOT = Path(__file__).resolve().parent.parent
GUARD = Path(__file__).resolve().parent / "network_guard"

#: Files whose tests use a Prefect server, which takes twelve seconds to start: a worker runs a row of them.
PREFECT = {
    f"tests/flows/test_{name}.py": "+".join(names)
    for names in (
        ("deployment", "ingest", "scheduler", "healing", "reporting", "canary", "scale"),
        ("kill", "stopped", "retag", "replay", "backfill"),
    )
    for name in names
}
#: Places whose files have something slow of their own that their tests share: one worker runs a file.
TOGETHER = ("tests/flows/", "tests/replica_tests/", "tests/spiders/test_faults.py", "tests/test_docs.py")

own_home = pytest.StashKey[Path]()


def pytest_configure(config: pytest.Config) -> None:
    """Sets the scene before any module under test is imported; processes started by tests inherit it."""
    home = Path(tempfile.mkdtemp(prefix="wirehouse-tests-"))
    config.stash[own_home] = home
    for name in list(os.environ):
        if name.startswith("PREFECT_") or (name.startswith("WIREHOUSE_") and name != "WIREHOUSE_BENCH_DATA"):
            del os.environ[name]
    os.environ.update(
        WIREHOUSE_HOME=str(home / "warehouse"),
        PREFECT_HOME=str(home / "prefect"),
        PREFECT_SERVER_ANALYTICS_ENABLED="false",
        DO_NOT_TRACK="1",  # Prefect's client has telemetry of its own, which only this turns off
        PYTHONPATH=os.pathsep.join(filter(None, [str(GUARD), os.environ.get("PYTHONPATH")])),
    )
    # A slow or busy machine is no failure, and CI tries the same examples each time.
    hypothesis.settings.register_profile(
        "wirehouse",
        deadline=None,
        suppress_health_check=[hypothesis.HealthCheck.too_slow],
        derandomize=is_ci(),
        print_blob=True,
    )
    hypothesis.settings.load_profile("wirehouse")
    if "sitecustomize" not in sys.modules or not hasattr(sys.modules["sitecustomize"], "refuse_others"):
        from tests.network_guard import sitecustomize  # noqa: F401, PLC0415  # its import confines this process


def pytest_unconfigure(config: pytest.Config) -> None:
    """Removes what this session wrote outside pytest's own directories."""
    shutil.rmtree(config.stash[own_home], ignore_errors=True)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leaves out the tests whose needs are not met."""
    for item in items:
        for name in (name for marker in item.iter_markers("needs") for name in marker.args):
            if NEEDS[name].path() is None:
                item.add_marker(pytest.mark.skip(reason=f"needs {name} (Debian: {NEEDS[name].debian})"))


class PlaceScheduling(LoadScopeScheduling):
    """Gives each test to the next free worker, but those of a row of `PREFECT`, and of a file of `TOGETHER`, to one.

    What stays together comes first, the most tests first of all, and single tests fill the time that is left to others.
    In the place of xdist's own groups, which pytest 9.2 ignores: https://github.com/pytest-dev/pytest-xdist/issues/1386
    """

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        if file in PREFECT:
            return PREFECT[file]
        return file if file.startswith(TOGETHER) else nodeid


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """Two workers more than there are processors: many tests wait for a site that is slow, or for Prefect."""
    return len(os.sched_getaffinity(0)) + 2


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> PlaceScheduling:
    """Tells xdist how to share out the tests."""
    return PlaceScheduling(config, log)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """Under CI=true a test that is left out has failed."""
    report = yield
    if report.skipped and is_ci() and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} was left out, which CI does not accept: {report.longrepr}"
    return report


@pytest.fixture(scope="session")
def demo_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The directory of a warehouse that `wirehouse demo` filled, once for all workers of this session: read only."""
    return made_once(tmp_path_factory, "demo", run_demo)


def run_demo(home: Path) -> None:
    command = [str(Path(sys.executable).with_name("wirehouse")), "demo", "--home", str(home)]
    answer = subprocess.run(
        command, cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=600, check=False
    )
    if answer.returncode != 0:
        raise RuntimeError(f"`wirehouse demo` failed ({answer.returncode}):\n{answer.stdout}{answer.stderr}")
