"""What articles are about, by several schemes."""

from __future__ import annotations

from warehouse.schema import Column, Table, required

TABLE = Table(
    name="tags",
    grain="One row per article, scheme and tag: what the article is about or names, and the words that say so.",
    key=("article_uid", "scheme", "tag"),
    columns=(
        required("article_uid", "VARCHAR", "article that is tagged"),
        required("scheme", "VARCHAR", "topic, country, organisation, person, sdg, agency, or a vocabulary of your own"),
        required("tag", "VARCHAR", "the scheme's own code; of country ISO 3166, two letters"),
        required("name", "VARCHAR", "what the code stands for, in English"),
        required("score", "DOUBLE", "how much of the article it takes or how sure it is, above 0 up to 1; by scheme"),
        required(
            "method",
            "VARCHAR",
            "how it was found; of country: about, or only mentioned; of other names: named; see docs/tagging.md",
        ),
        Column("evidence", "VARCHAR[]", "words and where they stand, {column}@{offset}: {words}, the weightiest first"),
        required("vocabulary_version", "VARCHAR", "version of the vocabulary, model and rules that gave the tag"),
    ),
    sorted_by=("scheme", "tag", "article_uid"),
)
