"""Tag changes: what tagging anew would do to the tags that are there."""

from __future__ import annotations

import numpy as np
import pandas as pd

from transforms.shapes import TAG_CHANGES, TAGS, conform, widen

_KEY = ["article_uid", "scheme", "tag"]


def tag_changes(known_tags: pd.DataFrame, tags: pd.DataFrame) -> pd.DataFrame:
    """Grain: one row per tag that comes, goes or changes. Key: article_uid, scheme, tag; sorted by it.

    Args:
        known_tags: rows of the tags table of the articles tagged anew, by the same schemes.
        tags: see `transforms.tags`.

    `change` is added, removed or changed (name, score, method or evidence); a tag of which only the version is new is
    no change. `before` and `after` are method and score.
    """
    old, new = (widen(frame, TAGS) for frame in (known_tags, tags))
    both = old.merge(new, on=_KEY, how="outer", suffixes=("_old", "_new"), indicator="side")
    differs = pd.Series(data=False, index=both.index)
    for name in ("name", "score", "method"):
        differs |= both[f"{name}_old"].ne(both[f"{name}_new"])
    evidence = zip(both["evidence_old"], both["evidence_new"], strict=True)
    differs |= np.array([_listed(before) != _listed(after) for before, after in evidence], dtype="bool")
    both["change"] = np.select(
        [both["side"] == "left_only", both["side"] == "right_only"], ["removed", "added"], "changed"
    )
    for when in ("old", "new"):
        shown = [f" {score:.3f}" for score in both[f"score_{when}"]]
        both[when] = both[f"method_{when}"] + pd.Series(shown, index=both.index, dtype="str")
    both["name"] = both["name_new"].fillna(both["name_old"])
    made = both[differs].rename(columns={"old": "before", "new": "after"})
    return conform(made.sort_values(_KEY), TAG_CHANGES)


def _listed(value: object) -> list[str]:
    return list(value) if isinstance(value, list) else []
