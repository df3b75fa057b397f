"""What is made once for all workers of a session: they read it, or take copies of it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from filelock import FileLock

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def made_once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], None]) -> Path:
    """The directory `name`, which the first worker that asks has `make` make; where that failed, all who ask fail."""
    base = factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        base = base.parent
    made, outcome = base / name, base / f"{name}.outcome"
    with FileLock(base / f"{name}.lock"):
        if not outcome.exists():
            try:
                make(made)
            except BaseException as error:
                outcome.write_text(f"{name} could not be made: {type(error).__name__}: {error}", encoding="utf-8")
                raise
            outcome.touch()
    if failure := outcome.read_text(encoding="utf-8"):
        pytest.fail(failure, pytrace=False)
    return made
