"""What the processes of `forked` begin with: imports, vocabularies, the language model, DuckDB's extensions checked.

No connection is left open, for its threads would be missing in the processes forked.
"""

from __future__ import annotations

import pandas as pd

import flows.backfill
import flows.cli
import flows.ingest
import flows.replaying  # noqa: F401
import transforms
from transforms.languages import languages_of
from warehouse.extensions import connect_with

languages_of([None], ["A sentence that is long enough to tell its language from. " * 3])
transforms.tags(pd.DataFrame({"article_uid": ["a:1"], "title": ["Talks in Delhi"]}), pd.DataFrame())
connect_with(["sqlite_scanner", "ducklake"]).close()
