"""What kind of change made a revision."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from transforms.folding import fold_words

if TYPE_CHECKING:
    from transforms.paragraphs import ParagraphChanges

ChangeKind = Literal["first", "metadata", "typographic", "addition", "correction"]

#: Words that turn what was said into its opposite where they are put before or into it.
_DENIALS = frozenset({"no", "not", "never", "nor", "neither", "without"})

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
        * addition: words or paragraphs were only added (on a live blog title and summary may be others);
        * correction: something that was said is changed or gone.
    """
    if old is None:
        return "first"
    if old == new:
        return "metadata"
    head_stands = _folded(old[:2]) == _folded(new[:2])
    if head_stands and fold_words(old[2] or "") == fold_words(new[2] or ""):
        return "typographic"
    head_is_kept = head_stands or all(map(_only_adds, _folded(old[:2]), _folded(new[:2])))
    body_is_kept = not paragraphs.removed and all(
        map(_only_adds, _folded(paragraphs.before), _folded(paragraphs.after))
    )
    if not body_is_kept or not (head_is_kept or kind == "liveblog"):
        return "correction"
    if paragraphs.added or paragraphs.after or (head_is_kept and not head_stands):
        return "addition"
    return "typographic" if head_stands else "correction"


def _only_adds(old: str, new: str) -> bool:
    """Whether all words of the old text stand in the new one, in order, and no word added to them denies them.

    A number counts as a word: 1,500 in the place of 500 adds nothing to it, but is another.

    What follows after the last of them may deny something else: "…; no one was hurt".
    """
    words = iter(new.split())
    for word in old.split():
        for other in words:
            if other == word:
                break
            if other in _DENIALS:
                return False
        else:
            return False
    return True


def _folded(fields: tuple[str | None, ...]) -> list[str]:
    return [fold_words(field or "") for field in fields]
