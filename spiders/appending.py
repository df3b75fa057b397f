"""Appending to a file so that it always ends with something whole."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from spiders.errors import DiskError

if TYPE_CHECKING:
    from io import FileIO


def append_whole(file: FileIO, content: bytes) -> None:
    """Appends to a file that has no buffer, whole or not at all.

    Raises:
        DiskError: there is no room, or the disk fails; what had been written of it was cut off again, if that could be.
    """
    start = file.tell()
    left = memoryview(content)
    try:
        # Where room runs out, a part is written first, without an error.
        while left:
            left = left[file.write(left) :]
    except OSError as error:
        with contextlib.suppress(OSError):
            file.seek(start)
            file.truncate()
        raise DiskError(
            f"writing {len(content):,} bytes to {file.name} failed: {error}; "
            "free space or repair the disk, the next run completes what is there"
        ) from error
