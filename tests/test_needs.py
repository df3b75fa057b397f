"""What tests need is found, and where it is not, leaving tests out is said aloud and is no success in CI."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests import needs
from tests.needs import Need

ROOT = Path(__file__).resolve().parent.parent
ABSENT = Need("an absent program", programs=("no-such-program",), debian="no-such-package", tests="those of it")


def test_a_program_is_found_on_the_path() -> None:
    assert Need("sh", programs=("no-such-program", "sh"), debian="dash", tests="none").path() is not None


def test_the_newest_version_is_found_in_a_directory_of_versions(tmp_path: Path) -> None:
    for version in ("14", "15"):
        program = tmp_path / version / "bin" / "initdb"
        program.parent.mkdir(parents=True)
        program.touch()
    pattern = f"{tmp_path}/*/bin/initdb"
    assert Need("postgresql", programs=(pattern,), debian="postgresql", tests="none").path() == program


@pytest.mark.parametrize(("ci", "status"), [("", 0), ("true", 1)])
def test_what_stays_missing_is_named_and_fails_in_ci(
    ci: str, status: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CI", ci)
    monkeypatch.setattr(needs, "NEEDS", {ABSENT.name: ABSENT})
    monkeypatch.setattr(needs, "apt_command", lambda: None)
    assert needs.main() == status
    assert "no-such-package" in capsys.readouterr().err


@pytest.mark.parametrize(("ci", "status"), [("", 0), ("true", 1)])
def test_a_test_left_out_fails_in_ci(ci: str, status: int, tmp_path: Path) -> None:
    file = tmp_path / "test_skipping.py"
    file.write_text("import pytest\n\n\ndef test_skips():\n    pytest.skip('not here')\n")
    options = ["-c", str(ROOT / "pyproject.toml"), "-p", "tests.conftest", "-p", "no:cacheprovider"]
    command = [sys.executable, "-m", "pytest", *options, str(file)]
    environ = {**os.environ, "CI": ci}
    answer = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, check=False)
    assert answer.returncode == status, answer.stdout
    assert "not here" in answer.stdout
