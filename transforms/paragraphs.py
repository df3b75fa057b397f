"""What happened to the paragraphs of a body from one text to the next."""

from __future__ import annotations

from difflib import SequenceMatcher
from typing import NamedTuple

from transforms.folding import fold_words

PARAGRAPH_BREAK = "\n\n"
#: Share of words in common from which a paragraph is another's edited self: half, as in a sentence cut or rewritten.
_SAME_PARAGRAPH = 0.5


class ParagraphChanges(NamedTuple):
    """The paragraphs added and removed, and those edited: `before[i]` became `after[i]`."""

    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()


def paragraph_changes(old: str | None, new: str | None) -> ParagraphChanges:
    """How one body became another, paragraph by paragraph, in the order of the texts.

    Differences of typography alone (`fold_words`) are none. A paragraph that moved is not named either: it is in both.
    """
    earlier, later = _paragraphs(old), _paragraphs(new)
    gone = _without(earlier, later)
    come = _without(later, earlier)
    pairs = _edited(gone, come)
    was, became = {one for one, _ in pairs}, {other for _, other in pairs}
    return ParagraphChanges(
        added=tuple(text for position, (text, _) in enumerate(come) if position not in became),
        removed=tuple(text for position, (text, _) in enumerate(gone) if position not in was),
        before=tuple(gone[one][0] for one, _ in pairs),
        after=tuple(come[other][0] for _, other in pairs),
    )


def _paragraphs(body: str | None) -> list[tuple[str, str]]:
    return [(text, fold_words(text)) for text in body.split(PARAGRAPH_BREAK)] if body else []


def _without(these: list[tuple[str, str]], those: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """The paragraphs that are not among those; a text that stands twice must be there twice."""
    left: dict[str, int] = {}
    for _, folded in those:
        left[folded] = left.get(folded, 0) + 1
    kept = []
    for text, folded in these:
        if left.get(folded, 0):
            left[folded] -= 1
        elif folded:
            kept.append((text, folded))
    return kept


def _edited(gone: list[tuple[str, str]], come: list[tuple[str, str]]) -> list[tuple[int, int]]:
    """Pairs of positions, each at most once: the most alike first, then the first in order."""
    bags = [[folded.split() for _, folded in several] for several in (gone, come)]
    alike = [
        (-ratio, one, other)
        for one, was in enumerate(bags[0])
        for other, became in enumerate(bags[1])
        if (ratio := _likeness(was, became)) >= _SAME_PARAGRAPH
    ]
    used: tuple[set[int], set[int]] = (set(), set())
    pairs = []
    for _, one, other in sorted(alike):
        if one not in used[0] and other not in used[1]:
            used[0].add(one)
            used[1].add(other)
            pairs.append((one, other))
    return sorted(pairs)


def _likeness(was: list[str], became: list[str]) -> float:
    """The ratio of difflib on words, which the quicker bounds rule out first; the same in either direction."""
    first, second = sorted((was, became))
    matcher = SequenceMatcher(None, first, second, autojunk=False)
    if matcher.real_quick_ratio() < _SAME_PARAGRAPH or matcher.quick_ratio() < _SAME_PARAGRAPH:
        return 0.0
    return matcher.ratio()
