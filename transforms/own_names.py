"""Which organisations, persons and agencies are meant where a text has their names, short ones included.

A short name ("Labour", "the Senate", "WHO") may mean something else: another country's party, or a word of a headline
in capitals. It counts where the text says so: see `is_meant`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from transforms.names import names

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from numpy.typing import NDArray

    from transforms.name_tables import NameTables

    Numbers = NDArray[np.int64]

#: How much naming an organisation or a person speaks for their country, when it is decided which one a text speaks of.
HOME_SPEAKS = 1.0
#: Where one of these kinds of place is meant, the organisation or the person of that name is not: Santander, Rubio.
INSTEAD = ("city", "word")


class Named(NamedTuple):
    """What is named: the scheme and its code."""

    kind: str
    code: str


def is_meant(named: Named, text: str, in_full: Collection[Named], leading: str | None) -> bool:
    """Whether a short name means what it may be short for.

    Args:
        named: what it may be short for.
        text: the article's.
        in_full: what the text names otherwise.
        leading: the country that the text speaks of most, see `leading_country`.

    It does if the text has another name of it, or a word that tells (`cues` of the vocabulary), or speaks of its
    country more than of any other.
    """
    vocabulary = names()
    if named in in_full or (leading is not None and vocabulary.homes.get(named) == leading):
        return True
    return any(cue in text for cue in vocabulary.cues.get(named.code, ()))


def leading_country(heard: Mapping[str, float]) -> str | None:
    """The country that is spoken of more than any other; None where there is no such."""
    most = max(heard.values(), default=0.0)
    leading = [code for code, weight in heard.items() if weight == most]
    return leading[0] if most > 0 and len(leading) == 1 else None


def meant(
    texts: Sequence[str], text: Numbers, sense: Numbers, tables: NameTables, speaks: NDArray[np.float64]
) -> NDArray[np.bool_]:
    """For each mention by a name of its own whether that is meant: those by short names are decided.

    Args:
        texts: decided together.
        text: of each mention the number of its text.
        sense: of each mention its number among the named senses of the tables.
        tables: of the names.
        speaks: how much each text speaks for each country by the names of places; one column more at the end.
    """
    is_short = tables.named_short[sense]
    result: NDArray[Any] = ~is_short
    short = np.flatnonzero(is_short)
    if not len(short):
        return result
    full = np.flatnonzero(~is_short)
    heard = speaks.copy()
    at_home = full[tables.named_home[sense[full]] >= 0]
    np.add.at(heard, (text[at_home], tables.named_home[sense[at_home]]), HOME_SPEAKS)
    spoken: dict[int, set[Named]] = {}
    for number, each in zip(text[full].tolist(), tables.named[sense[full]].tolist(), strict=True):
        spoken.setdefault(number, set()).add(tables.bearers[each])
    leading: dict[int, str | None] = {}
    decided: dict[tuple[int, int], bool] = {}
    for row, number, each in zip(
        short.tolist(), text[short].tolist(), tables.named[sense[short]].tolist(), strict=True
    ):
        if number not in leading:
            columns = np.flatnonzero(heard[number, : len(tables.spoken_for)])
            weights = heard[number, columns].tolist()
            leading[number] = leading_country(
                {tables.spoken_for[column]: weight for column, weight in zip(columns, weights, strict=True)}
            )
        if (number, each) not in decided:
            in_full = spoken.get(number, ())
            decided[number, each] = is_meant(tables.bearers[each], texts[number], in_full, leading[number])
        result[row] = decided[number, each]
    return result
