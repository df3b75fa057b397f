"""Which articles repeat which."""

from __future__ import annotations

from warehouse.schema import Table, required

TABLE = Table(
    name="copies",
    grain="One row per article that repeats another: it is labelled, never removed.",
    key=("article_uid",),
    columns=(
        required("article_uid", "VARCHAR", "the article that repeats another"),
        required("canonical_uid", "VARCHAR", "the earliest published article of its group; never itself a copy"),
        required(
            "relation",
            "VARCHAR",
            "how it repeats matched_uid: exact (the same words), near (Jaccard similarity of the word 3-shingles of the"
            " folded texts at least 0.8) or contained (at least 0.8 of the shorter text's shingles are in the longer);"
            " two stories of one template with other figures are neither near nor contained, see docs/matching.md",
        ),
        required("similarity", "DOUBLE", "1 for exact; the Jaccard similarity for near; that share for contained"),
        required(
            "matched_uid",
            "VARCHAR",
            "the article it was compared with: canonical_uid where the two texts are a pair, else the member of the"
            " group that it is most like",
        ),
        required("matched_on", "VARCHAR", "matched_uid and the evidence, in words"),
    ),
    sorted_by=("article_uid",),
)
