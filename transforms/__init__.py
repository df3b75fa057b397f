"""Pure pandas: landed records in, frames shaped like the warehouse's tables out."""

from transforms.address_events import touched_addresses
from transforms.articles import articles
from transforms.counts import check_counts
from transforms.errors import CountsDisagree, IncompleteHistory, ShapeError, TransformError, UnknownSite
from transforms.fetches import fetches
from transforms.field_coverage import field_coverage
from transforms.findings import findings
from transforms.observations import observations
from transforms.outcomes import outcomes
from transforms.rejected_records import rejected_records
from transforms.rejects import rejects
from transforms.revisions import late_articles, revisions
from transforms.seen_again import seen_again
from transforms.shapes import as_arrow
from transforms.sidebars import sidebars
from transforms.stories import stories, story_members
from transforms.story_changes import both_ways, changed_articles, changed_rows, paired, story_heads
from transforms.story_links import neighbours, reach
from transforms.story_pairs import story_pairs
from transforms.story_terms import story_terms, story_times
from transforms.urls import urls

__all__ = [
    "CountsDisagree",
    "IncompleteHistory",
    "ShapeError",
    "TransformError",
    "UnknownSite",
    "articles",
    "as_arrow",
    "both_ways",
    "changed_articles",
    "changed_rows",
    "check_counts",
    "fetches",
    "field_coverage",
    "findings",
    "late_articles",
    "neighbours",
    "observations",
    "outcomes",
    "paired",
    "reach",
    "rejected_records",
    "rejects",
    "revisions",
    "seen_again",
    "sidebars",
    "stories",
    "story_heads",
    "story_members",
    "story_pairs",
    "story_terms",
    "story_times",
    "touched_addresses",
    "urls",
]
