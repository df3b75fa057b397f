"""Whether the home can be used: what is wrong with it, and what to do about that."""

from __future__ import annotations

import errno
import os
import tempfile
from typing import TYPE_CHECKING

from flows.errors import SettingsError

if TYPE_CHECKING:
    from pathlib import Path

_ELSEWHERE = "or name another directory in WIREHOUSE_HOME"
#: What to do, by the number of the system's error.
_MENDS = {
    **dict.fromkeys((errno.ENOTDIR, errno.EEXIST), f"it, or what it is in, is a file: move that away, {_ELSEWHERE}"),
    **dict.fromkeys((errno.EACCES, errno.EPERM), f"give this user the right to write there (chown), {_ELSEWHERE}"),
    **dict.fromkeys((errno.ENOSPC, errno.EDQUOT), f"free space there, {_ELSEWHERE}"),
    errno.EROFS: f"make its disk writable, {_ELSEWHERE}",
}
_OTHERWISE = f"see to its disk, {_ELSEWHERE}"


def what_is_wrong(home: Path) -> tuple[str, str] | None:
    """What keeps files from being written to the home, and how to mend it; None where nothing does.

    A file is written there and removed again. A home that is not there yet is not made: then its place is looked at.
    """
    try:
        if os.path.lexists(home):
            _write(home)
        else:
            _refuse_where_none_can_be_made(home)
    except OSError as error:
        return f"{home} cannot be written: {error.strerror or error}", _MENDS.get(error.errno or 0, _OTHERWISE)
    return None


def require_home(home: Path) -> None:
    """Makes sure that files can be written to the home, before anything is started that takes long.

    Raises:
        SettingsError: they cannot be; the message says what to do.
    """
    if (wrong := what_is_wrong(home)) is not None:
        raise SettingsError("the home {}; {}".format(*wrong))


def _write(home: Path) -> None:
    with tempfile.NamedTemporaryFile(dir=home, prefix=".trial-") as file:
        file.write(b"x" * 65536)
        file.flush()
        os.fsync(file.fileno())


def _refuse_where_none_can_be_made(home: Path) -> None:
    place = next(each for each in home.parents if os.path.lexists(each))
    if not place.is_dir():
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(place))
    if not os.access(place, os.W_OK | os.X_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(place))
