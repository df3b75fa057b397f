"""What transforms raise.

TransformError
├── ShapeError          a frame lacks a column, or holds what its column may not
├── UnknownSite         records of a site that the frame of sites does not name
├── IncompleteHistory   a late observation of an article whose earlier revisions were not given
├── UnknownScheme       tags were asked for by a scheme that is not there
├── CountsDisagree      rows in are not rows out plus rejects
├── VocabularyError     a vocabulary or a model cannot be read
└── TooFewArticles      there is too little to learn from
"""

from __future__ import annotations


class TransformError(ValueError):
    """The root of what this package raises on purpose."""


class ShapeError(TransformError):
    """A frame does not have the declared shape."""


class UnknownSite(TransformError):
    """There is no time zone for a site."""


class IncompleteHistory(TransformError):
    """Observations are older than the newest known revision, and the revisions before it were not given.

    Attributes:
        article_uids: the articles whose whole history is needed.
    """

    def __init__(self, article_uids: list[str]) -> None:
        self.article_uids = article_uids
        shown = ", ".join(article_uids[:5]) + (", …" if len(article_uids) > 5 else "")
        super().__init__(
            f"placing late observations of {len(article_uids)} articles ({shown}): their known revisions are not "
            "all there; pass every column of every revision of these articles (see transforms.late_articles)"
        )


class UnknownScheme(TransformError):
    """There is no scheme of tags by that name."""


class CountsDisagree(TransformError):
    """Rows were lost or multiplied on the way."""


class VocabularyError(TransformError):
    """A vocabulary or a model cannot be read."""


class TooFewArticles(TransformError):
    """There is too little to learn from."""
