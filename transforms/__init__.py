"""Pure pandas: landed records in, frames shaped like the warehouse's tables out."""

from transforms.address_events import touched_addresses
from transforms.articles import articles
from transforms.counts import check_counts
from transforms.errors import CountsDisagree, IncompleteHistory, ShapeError, TransformError, UnknownScheme, UnknownSite
from transforms.fetches import fetches
from transforms.field_coverage import field_coverage
from transforms.findings import findings
from transforms.observations import observations
from transforms.outcomes import outcomes
from transforms.own_vocabularies import own_tags, own_terms
from transforms.rejected_records import rejected_records
from transforms.rejects import rejects
from transforms.revisions import late_articles, revisions
from transforms.seen_again import seen_again
from transforms.shapes import as_arrow
from transforms.sidebars import sidebars
from transforms.tag_changes import tag_changes
from transforms.tags import NO_MODELS, scheme_names, scheme_versions, tagged, tags
from transforms.topic_training import train as train_topics
from transforms.urls import urls

__all__ = [
    "NO_MODELS",
    "CountsDisagree",
    "IncompleteHistory",
    "ShapeError",
    "TransformError",
    "UnknownScheme",
    "UnknownSite",
    "articles",
    "as_arrow",
    "check_counts",
    "fetches",
    "field_coverage",
    "findings",
    "late_articles",
    "observations",
    "outcomes",
    "own_tags",
    "own_terms",
    "rejected_records",
    "rejects",
    "revisions",
    "scheme_names",
    "scheme_versions",
    "seen_again",
    "sidebars",
    "tag_changes",
    "tagged",
    "tags",
    "touched_addresses",
    "train_topics",
    "urls",
]
