"""Makes .venv from the pinned set and installs this checkout into it; does nothing where that was done before.

Run it with the interpreter the environment is to have: `python3 tools/install.py`. It needs the standard library only.
"""

from __future__ import annotations

import hashlib
import importlib.util
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
VENV_PYTHON = VENV / "bin" / "python"
CONSTRAINTS = ROOT / "constraints.txt"
#: What the environment was made from and where; the environment is whole if and only if this file is there.
STAMP = VENV / "installed"
LOG = VENV / "install.log"
#: How pip begins the line that says it has come to a package, and the line that says it has them all.
SEEN = ("Collecting ", "Ignoring ", "Processing ", "Requirement already satisfied: ")
UNPACKING = "Installing collected packages: "


class InstallError(Exception):
    """The environment could not be made; the message is all a person needs to see."""


def main() -> int:
    """Brings .venv up to date: exit status 0, or 1 with the reason on stderr."""
    wanted = f"{VENV}\n{fingerprint()}\n"
    made_from = STAMP.read_text() if STAMP.is_file() else None
    if made_from == wanted:
        return 0
    started = time.monotonic()
    has_moved = made_from is not None and made_from.splitlines()[0] != str(VENV)
    try:
        if has_moved or not is_usable():
            make_environment()
        STAMP.unlink(missing_ok=True)
        install()
    except InstallError as error:
        sys.stderr.write(f"install: {error}\n")
        return 1
    STAMP.write_text(wanted)
    sys.stderr.write(f"Installed into .venv in {time.monotonic() - started:.0f} s\n")
    return 0


def fingerprint() -> str:
    """A hash of what decides the environment's contents."""
    digest = hashlib.sha256()
    for path in (CONSTRAINTS, ROOT / "pyproject.toml", Path(__file__)):
        digest.update(path.read_bytes())
    digest.update(version_of(sys.version_info).encode())
    return digest.hexdigest()


def version_of(info: tuple[int | str, ...]) -> str:
    """Major and minor version: packages are installed for these."""
    return f"{info[0]}.{info[1]}"


def is_usable() -> bool:
    """Whether .venv has an interpreter that runs and is of the same version as this one."""
    if not VENV_PYTHON.exists():
        return False
    code = "import sys; print(f'{sys.version_info[0]}.{sys.version_info[1]}')"
    answer = subprocess.run([VENV_PYTHON, "-c", code], capture_output=True, text=True, check=False)
    return answer.returncode == 0 and answer.stdout.strip() == version_of(sys.version_info)


def make_environment() -> None:
    """Makes an empty .venv, with a pip of its own where this Python carries one (Debian keeps it in python3-venv)."""
    command = [sys.executable, "-m", "venv", "--clear", str(VENV)]
    if not has_module("ensurepip"):
        if not has_module("pip"):
            raise InstallError(
                f"{sys.executable} has neither pip nor ensurepip, so nothing can be installed; install one of them"
                " (Debian: apt install python3-venv) or name another Python: make PYTHON=..."
            )
        command.append("--without-pip")
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    if answer.returncode != 0:
        raise InstallError(f"`{' '.join(command)}` failed:\n{answer.stdout}{answer.stderr}".rstrip())


def has_module(name: str) -> bool:
    """Whether this Python carries a package; an empty directory of its name is none."""
    spec = importlib.util.find_spec(name)
    return spec is not None and spec.origin is not None


def install() -> None:
    """Installs the pinned packages, each checked against its hash, then this checkout, editable."""
    pinned = sum(1 for line in CONSTRAINTS.read_text().splitlines() if line[:1].isalnum())
    sys.stderr.write(f"Installing {pinned} packages into .venv; this is done once\n")
    # pip refuses hashes beside a package that has none, so the checkout itself comes second.
    # As constraints too: pip of Python 3.11 does not take a pin for one of a requirement with extras.
    run_pip("--require-hashes", "-r", str(CONSTRAINTS), "-c", str(CONSTRAINTS), expected=pinned)
    run_pip("--no-deps", "--no-build-isolation", "--no-index", "-e", str(ROOT))


def run_pip(*arguments: str, expected: int = 0) -> None:
    """Runs `pip install`, counting packages on a terminal; pip's own words go to a log."""
    command = [*pip_command(), "install", "--no-compile", "--disable-pip-version-check", "--no-input", *arguments]
    with (
        LOG.open("a") as log,
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=ROOT) as pip,
    ):
        seen, lines = 0, []
        for line in pip.stdout or ():
            log.write(line)
            lines.append(line)
            if expected and sys.stderr.isatty() and line.startswith((*SEEN, UNPACKING)):
                seen += 1
                sys.stderr.write("\runpacking " if line.startswith(UNPACKING) else f"\r{seen} of {expected} ")
                sys.stderr.flush()
    if seen:
        sys.stderr.write("\r\033[K")
    if pip.returncode != 0:
        raise InstallError(f"pip could not install; its last words ({LOG} has all):\n{''.join(lines[-12:])}".rstrip())


def pip_command() -> list[str]:
    """The environment's own pip, or this Python's, told to work there."""
    own = [str(VENV_PYTHON), "-m", "pip"]
    if subprocess.run([*own, "--version"], capture_output=True, check=False).returncode == 0:
        return own
    return [sys.executable, "-m", "pip", "--python", str(VENV_PYTHON)]


if __name__ == "__main__":
    sys.exit(main())
