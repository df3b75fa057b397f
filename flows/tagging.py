"""Tags for a run's articles, with the vocabularies that analysts put into the home."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd
import pyarrow as pa

import transforms
from flows import fan_out
from flows.errors import UnusableFile
from flows.vocabulary_files import vocabulary_file
from transforms.tags import NO_MODELS

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from flows.settings import Settings

logger = logging.getLogger(__name__)

#: So many faults of a file are told one by one.
_SHOWN_FAULTS = 5


def own_terms(settings: Settings) -> pd.DataFrame:
    """The terms of the CSV files in `{HOME}/vocabularies`: see `transforms.own_terms`.

    A file or row that cannot be used is left out with a warning that names file, line and reason; nothing stops.
    """
    read = read_vocabularies(settings)
    for name, reason in read.unusable.items():
        logger.warning("%s%s; none of the file is used", settings.vocabularies_path / f"{name}.csv", reason)
    _warn(settings, read.faults)
    return read.terms


class Vocabularies(NamedTuple):
    """The terms of the analysts' own files, why files are not used, and of rows that are left out file, line, reason.

    A reason why a file is not used begins with the line that shows it, or with a colon where its name does.
    """

    terms: pd.DataFrame
    unusable: dict[str, str]
    faults: list[tuple[str, int, str]]


def read_vocabularies(settings: Settings) -> Vocabularies:
    """What the CSV files in `{HOME}/vocabularies` hold, and what is wrong with them."""
    lines: list[dict[str, Any]] = []
    unusable: dict[str, str] = {}
    faults: list[tuple[str, int, str]] = []
    taken = transforms.scheme_names()
    for path in sorted(settings.vocabularies_path.glob("*.csv")):
        if reason := transforms.scheme_fault(path.stem, taken):
            unusable[path.stem] = f": {reason}"
            continue
        try:
            read = vocabulary_file(path)
        except UnusableFile as error:
            unusable[path.stem] = f", {error}"
            continue
        lines += read.lines
        faults += [(path.stem, line, reason) for line, reason in read.faults]
    terms, refused = transforms.own_terms(pd.DataFrame(lines), taken)
    return Vocabularies(terms, unusable, [*faults, *refused.itertuples(index=False, name=None)])


def _warn(settings: Settings, faults: list[tuple[str, int, str]]) -> None:
    told: dict[str, int] = {}
    for file, line, reason in sorted(faults):
        told[file] = told.get(file, 0) + 1
        if told[file] <= _SHOWN_FAULTS:
            where = settings.vocabularies_path / f"{file}.csv"
            logger.warning("%s, line %d: %s; left out", where, line, reason)
    for file, count in told.items():
        if count > _SHOWN_FAULTS:
            logger.warning("%s.csv: %d more rows left out", file, count - _SHOWN_FAULTS)


def tag_tables(
    articles: pd.DataFrame,
    own: pd.DataFrame,
    run_id: str,
    schemes: Collection[str] | None = None,
    known_tagged: pd.DataFrame | None = None,
    models: Mapping[str, Any] = NO_MODELS,
) -> tuple[pd.DataFrame, pd.DataFrame, pa.Table]:
    """The rows of `tags` and of `tagged` for these articles, and which of `tags` they take the place of."""
    tags = fan_out.tags(articles, own, schemes, models)
    tagged = transforms.tagged(articles, own, run_id, schemes, known_tagged, models)
    replaced = {"article_uid": tagged["article_uid"].tolist()}
    if schemes is not None:
        pairs = [(uid, scheme) for uid in replaced["article_uid"] for scheme in sorted(schemes)]
        replaced = {"article_uid": [uid for uid, _ in pairs], "scheme": [scheme for _, scheme in pairs]}
    return tags, tagged, pa.table({name: pa.array(values, pa.string()) for name, values in replaced.items()})
