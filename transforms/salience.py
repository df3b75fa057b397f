"""How much a text is about what it names: by where the names stand, and by how often."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

#: Points of a mention by where it stands (the headline weighs most, then the opening), and the most that one part of
#: an article can give.
_POINTS = {"title": 4.0, "summary": 2.0, "opening": 1.5, "later": 0.5, "countries": 3.0}
_MOST = {"title": 6.0, "summary": 4.0, "opening": 4.5, "later": 3.0, "countries": 3.0}
_PARTS = list(_POINTS)
#: The opening of a body, in characters: the dateline and the first paragraph or two.
OPENING_ENDS = 350
#: As many points as a headline and an opening give: the score is 1 from here on.
_FULL = 10.0
_MOST_EVIDENCE = 8


def salience(mentions: pd.DataFrame) -> pd.DataFrame:
    """Grain: one row per article and code that it names. Key: article_uid, code.

    Args:
        mentions: of one scheme; see `transforms.mentions`.

    Returns:
        article_uid, code, points (all of them), score (points as a share of what headline and opening give, at
        most 1) and evidence (where the words stand, the weightiest first), sorted by key.
    """
    rows = mentions[["article_uid", "code", "column", "start", "words"]].assign(
        part=np.where(mentions["column"] == "body", "later", mentions["column"])
    )
    rows.loc[(rows["column"] == "body") & (rows["start"] < OPENING_ENDS), "part"] = "opening"
    rows["rank"] = rows["part"].map({part: rank for rank, part in enumerate(_PARTS)}).astype("int64")
    rows["points"] = rows["part"].map(_POINTS).astype("float64")
    rows = rows.sort_values(["article_uid", "code", "rank", "start"], ignore_index=True)
    by_part = rows.groupby(["article_uid", "code", "part"], sort=False)["points"].sum().reset_index()
    by_part["points"] = np.minimum(by_part["points"], by_part["part"].map(_MOST).astype("float64"))
    made = by_part.groupby(["article_uid", "code"])["points"].sum().reset_index()
    made["score"] = np.minimum(1.0, made["points"] / _FULL).round(3)
    shown = rows[rows.groupby(["article_uid", "code"]).cumcount() < _MOST_EVIDENCE]
    evidence = shown["column"] + "@" + shown["start"].astype("str") + ": " + shown["words"]
    lists = evidence.groupby([shown["article_uid"], shown["code"]]).agg(list).rename("evidence").reset_index()
    return made.merge(lists, on=["article_uid", "code"])
