"""News agencies an article names, mostly in its dateline or as who was told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from transforms.named_tags import named_tags
from transforms.names import NAME_FILES, PLACE_FILES, RULES, labels
from transforms.shapes import TAGS, conform
from transforms.vocabulary import version_of

if TYPE_CHECKING:
    import pandas as pd

SCHEME = "agency"


def version() -> str:
    """See `transforms.schemes`. Names of other kinds count, as the longest name at a place is the one that is found."""
    return version_of(RULES, *PLACE_FILES, *NAME_FILES)


def tag_mentions(mentions: pd.DataFrame) -> pd.DataFrame:
    """See `transforms.schemes`."""
    return conform(named_tags(mentions, SCHEME, labels("agencies.csv"), version()), TAGS)
