"""Which organisations, persons and agencies are meant where a text has their names, short ones included.

A short name ("Labour", "the Senate", "WHO") may mean something else: another country's party, or a word of a headline
in capitals. It counts where the text says so: see `meant`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from transforms.among import is_among
from transforms.names import names

if TYPE_CHECKING:
    from collections.abc import Sequence

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


def meant(
    texts: Sequence[str], text: Numbers, sense: Numbers, tables: NameTables, speaks: NDArray[np.float64]
) -> NDArray[np.bool_]:
    """For each mention by a name of its own whether that is meant: those by short names are decided.

    A short name means what it may be short for if the text has another name of that, or speaks of its country more
    than of any other, or has a word that tells (`cues` of the vocabulary).

    Args:
        texts: decided together.
        text: of each mention the number of its text.
        sense: of each mention its number among the named senses of the tables.
        tables: of the names.
        speaks: how much each text speaks for each country by the names of places; one column more at the end.
    """
    named, home = tables.named[sense], tables.named_home[sense]
    result = ~tables.named_short[sense]
    full, short = np.flatnonzero(result), np.flatnonzero(~result)
    both = text * len(tables.bearers) + named
    result[short] = is_among(both[short], both[full])
    short = short[~result[short] & (home[short] >= 0)]
    at_home = full[home[full] >= 0]
    result[short] = home[short] == _leading(text[short], speaks, text[at_home], home[at_home])
    left = np.flatnonzero(~result & tables.named_has_cue[sense])
    where = list(zip(text[left].tolist(), named[left].tolist(), strict=True))
    tells = {each: _has_cue(texts[each[0]], tables.bearers[each[1]]) for each in set(where)}
    result[left] = [tells[each] for each in where]
    return np.asarray(result, dtype=bool)


def _leading(asked: Numbers, speaks: NDArray[np.float64], text: Numbers, home: Numbers) -> Numbers:
    """The country that a text speaks of more than of any other, of each of the texts asked; -1 where there is none.

    Names in full speak too: `text` and `home` of each.
    """
    numbers, position = np.unique(asked, return_inverse=True)
    row = np.full(len(speaks), -1)
    row[numbers] = np.arange(len(numbers))
    is_asked = row[text] >= 0
    heard = speaks[numbers, :-1]
    np.add.at(heard, (row[text[is_asked]], home[is_asked]), HOME_SPEAKS)
    most = heard.max(axis=1, initial=0.0)
    is_clear = (most > 0) & (np.count_nonzero(heard == most[:, None], axis=1) == 1)
    leading: Numbers = np.where(is_clear, heard.argmax(axis=1), -1)
    return leading[position]


def _has_cue(text: str, named: Named) -> bool:
    return any(map(text.__contains__, names().cues.get(named.code, ())))
