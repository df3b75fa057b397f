"""Runs the checks that read the code without running it, stops at the first that finds something and shows it."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CHECKS = {
    "style": ["ruff", "check", "--quiet", "--output-format=concise", "."],
    "format": ["ruff", "format", "--quiet", "--diff", "."],
    "types": ["mypy"],
    "imports": ["lint-imports", "--no-logo"],
}


def main() -> int:
    """Exit status 0 when all is well, else 1; each check is one line unless it fails."""
    for name, (program, *arguments) in CHECKS.items():
        started = time.monotonic()
        command = [str(Path(sys.executable).with_name(program)), *arguments]
        answer = subprocess.run(command, cwd=ROOT, text=True, capture_output=True, check=False)
        if answer.returncode != 0:
            print(answer.stdout + answer.stderr)
            print(f"lint: {name} failed ({program}); `make format` mends what can be mended without thought")
            return 1
        print(f"lint: {name} {time.monotonic() - started:.1f} s", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
