"""Countries an article is about, and those it only mentions: ISO 3166 codes of two letters."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from transforms.named_tags import named_tags
from transforms.names import NAME_FILES, PLACE_FILES, RULES, labels
from transforms.shapes import TAGS, conform
from transforms.vocabulary import version_of

if TYPE_CHECKING:
    import pandas as pd

SCHEME = "country"
#: An article is about a country that its headline, summary or opening names, or the site gives it …
_ABOUT_POINTS = 1.5
#: … and that has this share of the points of the country it names most. Both chosen on the labelled items of
#: benchmarks/labels/about_countries.csv.
_ABOUT_SHARE = 0.4


def version() -> str:
    """See `transforms.schemes`. Names of organisations and people count, as one inside them is no place."""
    return version_of(RULES, *PLACE_FILES, *NAME_FILES)


def tag_mentions(mentions: pd.DataFrame) -> pd.DataFrame:
    """See `transforms.schemes`. `method` is about or mentioned."""
    made = named_tags(mentions, SCHEME, labels("countries.csv"), version())
    most = made.groupby("article_uid")["points"].transform("max")
    is_about = (made["points"] >= _ABOUT_POINTS) & (made["points"] >= _ABOUT_SHARE * most)
    return conform(made.assign(method=np.where(is_about, "about", "mentioned")), TAGS)
