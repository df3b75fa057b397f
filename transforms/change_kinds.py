"""What kind of change made a revision."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from transforms.folding import fold_words

if TYPE_CHECKING:
    from transforms.paragraphs import ParagraphChanges

ChangeKind = Literal["first", "metadata", "typographic", "addition", "correction"]

Text = tuple[str | None, str | None, str | None]


def change_kind(old: Text | None, new: Text, paragraphs: ParagraphChanges, kind: str | None) -> ChangeKind:
    """Tells corrections from changes that leave what was said.

    Args:
        old: title, summary and body of the revision before, None for the first.
        new: those of the revision.
        paragraphs: how one body became the other.
        kind: of the article; on a live blog the title and the summary roll on with the entries.

    Returns:
        * first: the first text of an article;
        * metadata: title, summary and body are the same to the letter;
        * typographic: they are the same but for case, punctuation, spaces, quotes, diacritics, or the order of
          paragraphs and where they break;
        * addition: paragraphs were only added, and title and summary stand (on a live blog they need not);
        * correction: something that was said is changed or gone.
    """
    if old is None:
        return "first"
    if old == new:
        return "metadata"
    head_stands = _folded(old[:2]) == _folded(new[:2])
    if head_stands and fold_words(old[2] or "") == fold_words(new[2] or ""):
        return "typographic"
    if paragraphs.removed or paragraphs.before or not (head_stands or kind == "liveblog"):
        return "correction"
    if paragraphs.added:
        return "addition"
    return "typographic" if head_stands else "correction"


def _folded(fields: tuple[str | None, ...]) -> list[str]:
    return [fold_words(field or "") for field in fields]
