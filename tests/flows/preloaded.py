"""What the processes of `forked` begin with: imports, the vocabularies and the language model, but no connection."""

from __future__ import annotations

import pandas as pd

import flows.backfill
import flows.cli
import flows.ingest
import flows.replaying  # noqa: F401
import transforms
from transforms.languages import languages_of

languages_of([None], ["A sentence that is long enough to tell its language from. " * 3])
transforms.tags(pd.DataFrame({"article_uid": ["a:1"], "title": ["Talks in Delhi"]}), pd.DataFrame())
