"""Times as pages write them: a declared format and zone in, a `TimeWitness` out."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo
from typing import TYPE_CHECKING, Literal

from spiders.records import TimeWitness

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Source = Literal["text", "meta", "json_ld", "feed"]
_DAY_ONLY_LENGTH = len("2025-12-12")


def read_iso_time(raw: str | None, source: Source, zone: tzinfo) -> TimeWitness | None:
    """A witness from an ISO 8601 time; without an offset it is in `zone`. None if there is no text.

    A text that is no ISO time gives a witness without `at`.
    """
    raw = raw.strip() if raw else ""
    if not raw:
        return None
    try:
        moment = datetime.fromisoformat(raw)
    except ValueError:
        return TimeWitness(source=source, raw=raw, at=None, precision=None)
    precision: Literal["second", "minute", "day"] = "second" if raw.count(":") >= 2 + _offset_colons(raw) else "minute"
    if len(raw) <= _DAY_ONLY_LENGTH:
        precision = "day"
    return TimeWitness(source=source, raw=raw, at=_isoformat(moment, zone), precision=precision)


def read_written_time(
    raw: str | None, source: Source, *, formats: Sequence[str], zones: Mapping[str, tzinfo], zone: tzinfo
) -> TimeWitness | None:
    """A witness from a time in one of the `strptime` formats, with a zone name behind it or not.

    Args:
        raw: for example "12-12-2025 19:00 IST"; None or nothing gives None.
        source: the kind of place it stands in.
        formats: `strptime` formats, without the zone; the first that fits is taken.
        zones: what the site's zone names mean; a name that is not in it makes the time unreadable.
        zone: the zone of a time that names none.
    """
    raw = raw.strip() if raw else ""
    if not raw:
        return None
    words, _, name = raw.rpartition(" ")
    named = bool(words) and name.isalpha() and name.upper() not in {"AM", "PM"}
    meant = zones.get(name.upper()) if named else zone
    if meant is not None:
        for time_format in formats:
            try:
                moment = datetime.strptime(words if named else raw, time_format)  # noqa: DTZ007  # the zone is added
            except ValueError:
                continue
            precision: Literal["second", "minute", "day"] = "second" if "%S" in time_format else "minute"
            if "%H" not in time_format and "%I" not in time_format:
                precision = "day"
            return TimeWitness(source=source, raw=raw, at=_isoformat(moment, meant), precision=precision)
    return TimeWitness(source=source, raw=raw, at=None, precision=None)


def is_same_minute(one: str, other: str) -> bool:
    """Whether two ISO 8601 times with offsets lie in the same minute."""
    return _minute(one) == _minute(other)


def rank_witnesses(
    text: TimeWitness | None, meta: TimeWitness | None, json_ld: TimeWitness | None
) -> tuple[list[TimeWitness], str | None]:
    """The witnesses of one time, the best first, and in what they disagree (None: in nothing).

    What the page shows and what its head says to the second: when they agree the more precise one is the best, when
    not the visible one is. JSON-LD comes last. A witness that could not be read stands behind those that could.
    """
    shown = [witness for witness in (text, meta, json_ld) if witness is not None]
    readable = [witness for witness in shown if witness.at is not None]
    best = readable[0] if readable else None
    if best is None:
        return shown, None
    others = [witness for witness in readable[1:] if not is_same_minute(best.at or "", witness.at or "")]
    if best is text and meta is not None and meta.at is not None and meta not in others:
        best = meta
    ranked = [best, *(w for w in readable if w is not best), *(w for w in shown if w.at is None)]
    disagreement = " / ".join(f"{w.source}: {w.raw}" for w in (best, *others)) if others else None
    return ranked, disagreement


def _isoformat(moment: datetime, zone: tzinfo) -> str:
    return (moment if moment.tzinfo is not None else moment.replace(tzinfo=zone)).isoformat()


def _offset_colons(raw: str) -> int:
    return int(":" in raw[-6:] and raw[-6:-5] in {"+", "-"})


def _minute(time: str) -> datetime:
    moment = datetime.fromisoformat(time)
    try:
        moment = moment.astimezone(UTC)
    except OverflowError:
        moment = moment.replace(tzinfo=UTC)
    return moment.replace(second=0, microsecond=0)
