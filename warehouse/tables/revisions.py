"""Every text of every article."""

from __future__ import annotations

from warehouse.content import CONTENT
from warehouse.schema import Column, Table, required

TABLE = Table(
    name="revisions",
    grain="One row per article and text ever seen. A text that goes A, B, A has three.",
    key=("article_uid", "revision"),
    columns=(
        *CONTENT,
        required("revision", "INTEGER", "number of the revision within its article, from 1"),
        required("observed_at", "TIMESTAMPTZ", "when the page that first showed this text was fetched"),
        required("recorded_at", "TIMESTAMPTZ", "when the warehouse learned it"),
        Column(
            "changed_fields",
            "VARCHAR[]",
            "compared columns that differ from the revision before; empty for the first. Compared are site,"
            " site_article_id, canonical_url, kind, title, summary, body, source, author, place, countries, sector,"
            " label, site_tags, keywords, image_url, image_caption, image_is_ai_generated, video_url,"
            " first_published_in, attribution and published_at: not the site's Updated time, how the page was read, or"
            " what we derive from them",
        ),
        Column("is_content_change", "BOOLEAN", "whether title, summary or body differ from the revision before"),
        Column(
            "change_kind",
            "VARCHAR",
            "first, metadata (title, summary and body stand), typographic (only case, punctuation, spaces, quotes, the"
            " order of paragraphs or where they break differ), addition (words or paragraphs only added; on a live blog"
            " title and summary may be others), correction (something that was said is changed or gone) or reading (the"
            " page is the same: a replay read it otherwise)",
        ),
        Column(
            "paragraphs_added", "VARCHAR[]", "paragraphs that are new; typographic differences and breaks do not count"
        ),
        Column("paragraphs_removed", "VARCHAR[]", "paragraphs of the revision before that are gone"),
        Column(
            "paragraphs_before",
            "VARCHAR[]",
            "paragraphs of the revision before that were edited; those that were joined, as one",
        ),
        Column(
            "paragraphs_after",
            "VARCHAR[]",
            "what each of paragraphs_before became, in the same order; those it was divided into, as one",
        ),
        Column("archive_file", "VARCHAR", "WARC file that holds the page"),
        Column("archive_offset", "BIGINT", "where in that file its record starts, in bytes"),
        required("run_id", "VARCHAR", "run that brought the revision"),
    ),
    partitioned_by=("year(published_at)", "month(published_at)"),
    sorted_by=("published_at", "article_uid", "revision"),
    row_group_rows=4096,
)
