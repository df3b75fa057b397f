"""Articles for the tests of tags: frames of `transforms.shapes.TEXTS`."""

from __future__ import annotations

import pandas as pd

from transforms.shapes import TEXTS, widen

WEATHER = "Heavy rain and a dust storm are likely on Sunday, the weather office said."
SHARES = "Shares rose on the stock exchange as the company reported a higher quarterly profit."


def texts(*rows):
    """One article per dict; what it does not say is null, and `article_uid` is its number."""
    return widen(pd.DataFrame([{"article_uid": f"planet:{number}", **row} for number, row in enumerate(rows)]), TEXTS)


def tags_of(frame):
    """Article to the set of its tags."""
    return {uid: set(group) for uid, group in frame.groupby("article_uid")["tag"]}
