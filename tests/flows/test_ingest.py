"""`wirehouse ingest` in a process of its own, with a Prefect server."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

from tests.flows.warehouse_dump import environment

if TYPE_CHECKING:
    from pathlib import Path


def test_a_site_that_is_not_there_fails_the_run_in_one_line(tmp_path: Path, prefect_api: dict[str, str]) -> None:
    answer = subprocess.run(
        [sys.executable, "-m", "flows.cli", "ingest", "--site", "devdiscourse", "--base-url", "http://127.0.0.1:9"],
        env=environment(tmp_path, prefect_api), capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert answer.returncode == 1
    assert "none of the doors" in answer.stderr.splitlines()[-1]
    assert "Traceback" not in answer.stderr
