"""Paragraphs that stand within others: what is left of two texts where they were joined or divided."""

from __future__ import annotations

from heapq import heapify, heappop, heappush
from typing import NamedTuple

#: Signs from which words are found within any others, as a sentence is; fewer only where they are a quarter of the
#: others: the word of a headline like "Background" stands in many a sentence.
_LONG_ENOUGH = 20
_LARGE_ENOUGH = 0.25


class Held(NamedTuple):
    """Which paragraphs hold words of which, by their positions, and the runs of words of each that were not found."""

    links: list[tuple[int, int]]
    left_of_gone: list[list[str]]
    left_of_come: list[list[str]]


def find_held(gone: list[str], come: list[str]) -> Held:
    """Finds each paragraph that stands whole within one of the other text, the longest first, then what is left so.

    Args:
        gone: folded paragraphs (`fold_words`) of the text before, none of which is one of the other's.
        come: those of the text after.
    """
    left = ([[words] for words in gone], [[words] for words in come])
    waiting = [
        (-len(words), side, position, words)
        for side, several in enumerate((gone, come))
        for position, words in enumerate(several)
    ]
    heapify(waiting)
    links = []
    while waiting:
        _, side, position, piece = heappop(waiting)
        mine = left[side][position]
        other = _take(piece, left[1 - side]) if piece in mine else None
        if other is None:
            continue
        holder, rest = other
        mine.remove(piece)
        links.append((position, holder) if side == 0 else (holder, position))
        for words in rest:
            heappush(waiting, (-len(words), 1 - side, holder, words))
    return Held(links, *left)


def _take(piece: str, holders: list[list[str]]) -> tuple[int, list[str]] | None:
    """Takes the words out of the first run that has them: its holder, and what is left of the run on either side."""
    for holder, runs in enumerate(holders):
        for place, run in enumerate(runs):
            if len(piece) < min(_LONG_ENOUGH, _LARGE_ENOUGH * len(run)):
                continue
            before, found, after = f" {run} ".partition(f" {piece} ")
            if found:
                rest = [words for side in (before, after) if (words := side.strip())]
                runs[place : place + 1] = rest
                return holder, rest
    return None
