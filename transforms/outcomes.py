"""What each observation brought: a new article, a new revision, or nothing new."""

from __future__ import annotations

import numpy as np
import pandas as pd

from transforms.joins import look_up
from transforms.shapes import OUTCOMES, conform


def outcomes(observations: pd.DataFrame, revisions: pd.DataFrame) -> pd.DataFrame:
    """Grain and key: those of `observations`.

    Args:
        observations: see `transforms.observations`.
        revisions: what `transforms.revisions` made of these observations.

    `outcome` is new (the first text of an article not known before), revised (another text of a known article, or of
    one that is new in this batch) or unchanged. A late observation that an earlier text of a known article turns out
    to be is revised; one that only shows a known text to be older than thought is unchanged.
    """
    made = pd.DataFrame(
        {
            "key": _keys(revisions),
            "revision": revisions["revision"],
            # Known revisions that were given a new number keep the time they were recorded at.
            "was_known": revisions["recorded_at"] < revisions.groupby("article_uid")["recorded_at"].transform("max"),
            "article_uid": revisions["article_uid"],
        }
    )
    was_known = set(made.loc[made["was_known"], "article_uid"])
    made = made[~made["was_known"]].drop_duplicates("key").set_index("key")
    revision = look_up(_keys(observations), made["revision"])
    is_new = (revision == 1) & ~observations["article_uid"].isin(was_known)
    outcome = np.select([is_new, revision.notna()], ["new", "revised"], default="unchanged")
    return conform(observations.assign(outcome=outcome), OUTCOMES)


def _keys(frame: pd.DataFrame) -> pd.Series:
    parts = [frame["run_id"], frame["article_uid"], frame["observed_at"].astype("int64").astype("str")]
    parts += [frame["archive_file"].fillna(""), frame["archive_offset"].astype("str").fillna("")]
    key = parts[0].fillna("")
    for part in parts[1:]:
        key = key + "\x1f" + part
    return key
