"""The findings table: fields a page object could not read as it should."""

from __future__ import annotations

import pandas as pd

from transforms.addresses import article_uid, page_address
from transforms.shapes import FINDINGS, conform
from transforms.text import encodable
from transforms.times import parse_times

USED = ("findings", "run_id", "site", "site_article_id", "canonical_url", "url", "fetched_at", "parser")


def findings(records: pd.DataFrame) -> pd.DataFrame:
    """Grain: one row per finding of a page object. Key: none; a page can hold the same finding twice.

    All records count, also those that are no usable article. `detail` is kept as found.
    """
    pages = records.reindex(columns=list(USED)).reset_index(drop=True)
    observed = parse_times(pages["fetched_at"].tolist())
    rows = [
        (*_page({str(name): value for name, value in record.items()}, moment), *_finding(finding))
        for moment, record in zip(observed, pages.to_dict("records"), strict=True)
        if isinstance(record["findings"], list | tuple)
        for finding in record["findings"]
        if isinstance(finding, dict)
    ]
    return conform(pd.DataFrame(rows, columns=list(FINDINGS)), FINDINGS)


def _page(record: dict[str, object], moment: pd.Timestamp) -> tuple[object, ...]:
    uid = article_uid(record["site"], record["site_article_id"], page_address(record["canonical_url"], record["url"]))
    return encodable(record["run_id"]), encodable(uid), encodable(record["url"]), moment, encodable(record["parser"])


def _finding(finding: dict[str, object]) -> tuple[str | None, ...]:
    return tuple(encodable(finding.get(name)) for name in ("field", "problem", "detail"))
