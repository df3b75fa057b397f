"""What happened to the paragraphs of a body from one text to the next."""

from __future__ import annotations

from difflib import SequenceMatcher
from typing import NamedTuple

import numpy as np

from transforms.components import components
from transforms.folding import fold_words
from transforms.held_paragraphs import find_held

PARAGRAPH_BREAK = "\n\n"
#: Share of words in common from which a paragraph is another's edited self: half, as in a sentence cut or rewritten.
_SAME_PARAGRAPH = 0.5


class ParagraphChanges(NamedTuple):
    """The paragraphs added and removed, and those edited: `before[i]` became `after[i]`.

    Where paragraphs were joined or divided and edited at once, one text of these holds all of them.
    """

    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()


def paragraph_changes(old: str | None, new: str | None) -> ParagraphChanges:
    """How one body became another, paragraph by paragraph, in the order of the texts.

    Differences of typography alone (`fold_words`) are none. A paragraph that moved is not named either: it is in both.
    Nor is one that was joined to others or divided, unless words of it came or went.
    """
    if fold_words(old or "") == fold_words(new or ""):
        return ParagraphChanges()
    earlier, later = _paragraphs(old), _paragraphs(new)
    gone = _without(earlier, later)
    come = _without(later, earlier)
    if not (gone and come):
        return ParagraphChanges(tuple(text for text, _ in come), tuple(text for text, _ in gone))
    edited, of_gone, of_come = _edited([folded for _, folded in gone], [folded for _, folded in come])
    return ParagraphChanges(
        added=tuple(text for (text, _), group in zip(come, of_come, strict=True) if group is None),
        removed=tuple(text for (text, _), group in zip(gone, of_gone, strict=True) if group is None),
        before=tuple(_joined(gone, of_gone, group) for group in edited),
        after=tuple(_joined(come, of_come, group) for group in edited),
    )


def _joined(these: list[tuple[str, str]], groups: list[int | None], group: int) -> str:
    return PARAGRAPH_BREAK.join(text for (text, _), of in zip(these, groups, strict=True) if of == group)


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


def _edited(gone: list[str], come: list[str]) -> tuple[list[int], list[int | None], list[int | None]]:
    """Those that belong together, as one holds or became the other: the groups that differ, and the group of each."""
    held = find_held(gone, come)
    left = (held.left_of_gone, held.left_of_come)
    pairs = _alike(*([" ".join(runs).split() for runs in several] for several in left))
    differs = [bool(runs) for several in left for runs in several]
    links = np.array([*held.links, *pairs], dtype=np.int64).reshape(-1, 2)
    groups = components(links[:, 0], links[:, 1] + len(gone), len(differs)).tolist()
    is_linked = {groups[one] for one in links[:, 0].tolist()}
    edited = sorted({group for group, other in zip(groups, differs, strict=True) if other and group in is_linked})
    named = [group if group in is_linked else None for group in groups]
    return edited, named[: len(gone)], named[len(gone) :]


def _alike(gone: list[list[str]], come: list[list[str]]) -> list[tuple[int, int]]:
    """Pairs of positions, each at most once: the most alike first, then the first in order."""
    alike = [
        (-ratio, one, other)
        for one, was in enumerate(gone)
        for other, became in enumerate(come)
        if was and became and (ratio := _likeness(was, became)) >= _SAME_PARAGRAPH
    ]
    used: tuple[set[int], set[int]] = (set(), set())
    pairs = []
    for _, one, other in sorted(alike):
        if one not in used[0] and other not in used[1]:
            used[0].add(one)
            used[1].add(other)
            pairs.append((one, other))
    return pairs


def _likeness(was: list[str], became: list[str]) -> float:
    """The ratio of difflib on words, which the quicker bounds rule out first; the same in either direction."""
    first, second = sorted((was, became))
    matcher = SequenceMatcher(None, first, second, autojunk=False)
    if matcher.real_quick_ratio() < _SAME_PARAGRAPH or matcher.quick_ratio() < _SAME_PARAGRAPH:
        return 0.0
    return matcher.ratio()
