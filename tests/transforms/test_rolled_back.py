from __future__ import annotations

import pandas as pd
import pytest

from tests.transforms.builders import at_hour
from transforms import remaining_looks
from transforms.shapes import ARTICLES, FETCHES, REVISIONS


def filled(rows, shape):
    """The rows with a number wherever there has to be one."""
    return pd.DataFrame(rows).reindex(columns=list(shape)).fillna({k: 1 for k, v in shape.items() if v == "count"})


@pytest.mark.parametrize("seed", range(3))
def test_of_a_look_that_was_read_again_the_last_reading_remains(seed):
    uids = [f"s:{number}" for number in range(60)]
    looked_at = pd.Timestamp(at_hour(1))
    readings = [
        {"article_uid": uid, "site": "s", "title": f"reading {number}", "revision": number, "observed_at": looked_at}
        for uid in uids
        for number in (1, 2)
    ]
    looks = [
        {"article_uid": uid, "run_id": run_id, "outcome": "new", "fetched_at": pd.Timestamp(at_hour(hour))}
        for uid in uids
        for run_id, hour in (("good", 1), ("bad", 2))
    ]
    now = [{"article_uid": uid, "last_seen_at": pd.Timestamp(at_hour(2))} for uid in uids]
    revisions = pd.DataFrame(readings).sample(frac=1, random_state=seed)
    remaining = remaining_looks(filled(revisions, REVISIONS), filled(looks, FETCHES), filled(now, ARTICLES), "bad")
    assert remaining["title"].tolist() == ["reading 2"] * len(uids)
