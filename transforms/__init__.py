"""Pure pandas: landed records in, frames shaped like the warehouse's tables out."""

from transforms.address_events import touched_addresses
from transforms.articles import articles
from transforms.changed_texts import changed_copies, changed_texts
from transforms.copies import copies
from transforms.copy_pairs import copy_candidates, copy_pairs
from transforms.copy_texts import copy_texts
from transforms.counts import check_counts, check_tables
from transforms.errors import CountsDisagree, IncompleteHistory, ShapeError, TransformError, UnknownScheme, UnknownSite
from transforms.fetches import fetches
from transforms.field_coverage import field_coverage
from transforms.findings import findings
from transforms.observations import observations
from transforms.outcomes import outcomes
from transforms.own_vocabularies import own_tags, own_terms, scheme_fault
from transforms.past_addresses import is_to_ask, past_addresses, past_days
from transforms.rejected_records import rejected_records
from transforms.rejects import rejects
from transforms.rereading import (
    current_observations,
    landed_by_rereading,
    reading_changes,
    reread_articles,
    reread_revisions,
)
from transforms.revisions import late_articles, revisions
from transforms.rolled_back import remaining_looks, reopened_addresses, rewritten_history
from transforms.search_index import changed_documents, search_index
from transforms.search_words import search_words
from transforms.seen_again import seen_again
from transforms.shapes import as_arrow
from transforms.sidebars import sidebars
from transforms.stories import stories, story_members, with_evidence
from transforms.story_changes import both_ways, changed_articles, changed_rows, paired, story_heads
from transforms.story_links import Reach
from transforms.story_nodes import current_copies, node_pairs
from transforms.story_pairs import story_pairs
from transforms.story_terms import story_terms, story_times
from transforms.tag_changes import tag_changes
from transforms.tags import scheme_names, scheme_versions, tagged, tags
from transforms.taken_down import (
    blanked_traces,
    closed_addresses,
    is_blanked_address,
    refused_records,
    without_records,
)
from transforms.topic_training import train as train_topics
from transforms.urls import urls

__all__ = [
    "CountsDisagree",
    "IncompleteHistory",
    "Reach",
    "ShapeError",
    "TransformError",
    "UnknownScheme",
    "UnknownSite",
    "articles",
    "as_arrow",
    "blanked_traces",
    "both_ways",
    "changed_articles",
    "changed_copies",
    "changed_documents",
    "changed_rows",
    "changed_texts",
    "check_counts",
    "check_tables",
    "closed_addresses",
    "copies",
    "copy_candidates",
    "copy_pairs",
    "copy_texts",
    "current_copies",
    "current_observations",
    "fetches",
    "field_coverage",
    "findings",
    "is_blanked_address",
    "is_to_ask",
    "landed_by_rereading",
    "late_articles",
    "node_pairs",
    "observations",
    "outcomes",
    "own_tags",
    "own_terms",
    "paired",
    "past_addresses",
    "past_days",
    "reading_changes",
    "refused_records",
    "rejected_records",
    "rejects",
    "remaining_looks",
    "reopened_addresses",
    "reread_articles",
    "reread_revisions",
    "revisions",
    "rewritten_history",
    "scheme_fault",
    "scheme_names",
    "scheme_versions",
    "search_index",
    "search_words",
    "seen_again",
    "sidebars",
    "stories",
    "story_heads",
    "story_members",
    "story_pairs",
    "story_terms",
    "story_times",
    "tag_changes",
    "tagged",
    "tags",
    "touched_addresses",
    "train_topics",
    "urls",
    "with_evidence",
    "without_records",
]
