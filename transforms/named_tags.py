"""Tags from names found: what the schemes of countries, organisations, people and agencies have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING

from transforms.salience import salience
from transforms.shapes import TAGS, Shape, conform, empty

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

#: `points` is for schemes that decide by it how an article has to do with what it names.
_WEIGHED: Shape = {**TAGS, "points": "number"}


def named_tags(mentions: pd.DataFrame, scheme: str, labels: Mapping[str, str], version: str) -> pd.DataFrame:
    """Grain: one row per article and code of the scheme that it names; `TAGS` and `points`.

    Args:
        mentions: see `transforms.mentions`; those of other schemes are passed over.
        scheme: whose tags to make.
        labels: the name of each code.
        version: of the vocabulary.

    The score is how much of the article's headline and opening the name takes: see `transforms.salience`.
    """
    weighed = salience(mentions[mentions["scheme"] == scheme])
    if weighed.empty:
        return empty(_WEIGHED)
    made = weighed.rename(columns={"code": "tag"}).assign(
        scheme=scheme, name=weighed["code"].map(dict(labels)), method="named", vocabulary_version=version
    )
    return conform(made, _WEIGHED)
