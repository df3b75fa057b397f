"""What some tests need beyond Python packages: one entry each in `NEEDS`; `python -m tests.needs` installs them.

A test that needs one says `@pytest.mark.needs("name")`. Where it is not there the test is left out and says so; under
CI=true a test left out is a failure.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Need:
    """A program from outside.

    `programs` are names on PATH or absolute patterns, any of which will do; `debian` is the package that brings one.
    """

    name: str
    programs: tuple[str, ...]
    debian: str
    tests: str

    def path(self) -> Path | None:
        """Where the program is, None if it is not on this machine."""
        for program in self.programs:
            if program.startswith("/"):
                found = sorted(Path("/").glob(program[1:]))
                if found:
                    return found[-1]
            elif on_path := shutil.which(program):
                return Path(on_path)
        return None


NEEDS: dict[str, Need] = {
    need.name: need
    for need in (
        Need(
            "chromium",
            programs=("chromium", "chromium-browser", "google-chrome"),
            debian="chromium",
            tests="the dashboard in a browser",
        ),
    )
}


def main() -> int:
    """Installs with apt what is missing, where that is allowed, and names what stays missing."""
    missing = [need for need in NEEDS.values() if need.path() is None]
    if missing and (apt := apt_command()):
        install(apt, [need.debian for need in missing])
        missing = [need for need in missing if need.path() is None]
    for need in missing:
        sys.stderr.write(f"tests: without {need.name} (Debian: {need.debian}) these are left out: {need.tests}\n")
    return 1 if missing and is_ci() else 0


def is_ci() -> bool:
    """Whether nothing may be left out."""
    return os.environ.get("CI", "").lower() == "true"


def apt_command() -> list[str] | None:
    """How to run apt-get without asking anyone: as root, or in CI by a sudo that asks for no password."""
    if shutil.which("apt-get") is None:
        return None
    if os.geteuid() == 0:
        return ["apt-get"]
    sudo = ["sudo", "-n"]
    if is_ci() and shutil.which("sudo") and subprocess.run([*sudo, "true"], check=False).returncode == 0:
        return [*sudo, "apt-get"]
    return None


def install(apt: list[str], packages: list[str]) -> None:
    """Installs Debian packages; what apt says is shown only if it fails."""
    sys.stderr.write(f"tests: installing {', '.join(packages)} with apt\n")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for arguments in (["update"], ["install", "--yes", "--no-install-recommends", *packages]):
        answer = subprocess.run(
            [*apt, *arguments], env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
        )
        if answer.returncode != 0:
            sys.stderr.write(f"tests: apt-get {arguments[0]} failed:\n{answer.stderr}")
            return


if __name__ == "__main__":
    sys.exit(main())
