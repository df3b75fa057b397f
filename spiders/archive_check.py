"""Whether a run's list of exchanges agrees with its archive, record by record.

It reads the run's own files once more, where they were moved to: less than a hundredth of a publication. The move
itself reads nothing where it is a rename, so there is no pass over the bytes that this could be part of, and what is
compared is what readers will find.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from spiders.archive import answer_records, raise_unreadable, status_of
from spiders.errors import ArchiveError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from fastwarc.warc import WarcRecord

    from spiders.archive import ArchiveFile


@dataclass(frozen=True, slots=True)
class ArchiveAgreement:
    """What the comparison found.

    Attributes:
        listed: exchanges that are listed with a place in the archive.
        archived: answers in the archive.
        disagreements: a sentence for each place that is not the same in both.
    """

    listed: int
    archived: int
    disagreements: Sequence[str]


def compare_with_archive(fetches: Iterable[dict[str, Any]], files: Iterable[ArchiveFile]) -> ArchiveAgreement:
    """Compares the lines of fetches.jsonl with the answers in the run's WARC files.

    They agree where each answer that is listed is at its place, with its address and status, and each that is in the
    archive is listed once. Exchanges that brought no answer have no place and are not looked at.

    Raises:
        OSError: a file is not there or cannot be read.
        ArchiveError: what is in it cannot be.
    """
    listed: dict[tuple[str, int], tuple[str, int | None]] = {}
    problems: list[str] = []
    for row in fetches:
        if row["archive_file"] is None:
            continue
        place = (row["archive_file"], row["archive_offset"])
        if place in listed:
            problems.append(f"{_shown(place)} is listed twice: {listed[place][0]} and {row['url']}")
        listed[place] = (row["url"], row["status"])
    archived = {place: answer for file in files for place, answer in _answers(file)}
    problems += [
        f"{_shown(place)}: listed is {listed.get(place)}, archived {archived.get(place)}"
        for place in sorted(listed.keys() | archived.keys())
        if listed.get(place) != archived.get(place)
    ]
    return ArchiveAgreement(len(listed), len(archived), problems)


def _answers(file: ArchiveFile) -> Iterable[tuple[tuple[str, int], tuple[str, int | None]]]:
    with file.open("rb") as stream:
        for record in answer_records(stream, file.name):
            place = (file.name, record.stream_pos)
            yield place, (record.headers.get("WARC-Target-URI") or "", _status(record, place))


def _status(record: WarcRecord, place: tuple[str, int]) -> int | None:
    """The status of an archived answer; None where a record was cut off or holds none that can be read."""
    try:
        record.parse_http()
    except OSError as error:
        with contextlib.suppress(ArchiveError):
            raise_unreadable(error, _shown(place))
    return status_of(record)


def _shown(place: tuple[str, int]) -> str:
    return f"{place[0]} at {place[1]}"
