"""How much a text is about what it names: by place, and by how often."""

from __future__ import annotations

import numpy as np
import pandas as pd

#: Points of a mention by where it stands: what the headline names weighs most, then the opening.
TITLE, SUMMARY, OPENING, LATER, SITE = 4.0, 2.0, 1.5, 0.5, 3.0
#: The opening of a body, in characters: the dateline and the first paragraph or two.
OPENING_ENDS = 350
#: What one part of a text can give at most.
MOST = {"title": 6.0, "summary": 4.0, "opening": 4.5, "later": 4.0, "countries": 3.0}
#: As many points as a headline and an opening give: the score is 1 from here on.
FULL = 10.0
EVIDENCE = 8


def salience(mentions: pd.DataFrame, summaries: pd.Series) -> pd.DataFrame:
    """Grain: one row per article and code. Key: article_uid, code; with `points` and `evidence`.

    Args:
        mentions: of one scheme; see `transforms.mentions`.
        summaries: whether the article has a summary, by article_uid: the opening then says it twice.
    """
    rows = mentions[["article_uid", "column", "start", "words", "code", "kind"]].copy()
    is_opening = (rows["column"] == "body") & (rows["start"] < OPENING_ENDS)
    part = np.where(is_opening, "opening", np.where(rows["column"] == "body", "later", rows["column"]))
    weights = {"title": TITLE, "summary": SUMMARY, "opening": OPENING, "later": LATER, "countries": SITE}
    rows["part"] = part
    rows["points"] = pd.Series(part, index=rows.index).map(weights).astype("float64")
    order = {"title": 0, "summary": 1, "opening": 2, "later": 3, "countries": 4}
    rows["order"] = rows["part"].map(order)
    rows = rows.sort_values(["article_uid", "code", "order", "start", "words"], ignore_index=True)
    by_part = rows.groupby(["article_uid", "code", "part"], as_index=False)["points"].sum()
    by_part["points"] = np.minimum(by_part["points"], by_part["part"].map(MOST))
    points = by_part.groupby(["article_uid", "code"])["points"].sum()
    return points.reset_index()
