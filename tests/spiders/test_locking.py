"""A lock is one process's, and who only asks for it stands in nobody's way."""

from __future__ import annotations

import fcntl
import threading
from typing import TYPE_CHECKING

from spiders.locking import is_taken, take

if TYPE_CHECKING:
    from pathlib import Path


def test_a_lock_is_taken_until_its_file_is_closed(tmp_path: Path) -> None:
    path = tmp_path / "a.lock"
    assert not is_taken(path)
    with path.open("a") as mine, path.open("a") as another:
        assert take(mine)
        assert is_taken(path)
        assert not take(another)
    assert not is_taken(path)


def test_who_asks_at_that_moment_keeps_nobody_from_a_lock(tmp_path: Path) -> None:
    path = tmp_path / "a.lock"
    with path.open("a") as mine, path.open("a") as asking:
        fcntl.flock(asking, fcntl.LOCK_SH)
        threading.Timer(0.03, fcntl.flock, (asking, fcntl.LOCK_UN)).start()
        assert take(mine)
