"""The language of a text: what the page declares, held against what the words say."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Literal, NamedTuple

from py3langid.langid import MODEL_FILE, LanguageIdentifier

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

LanguageSource = Literal["declared", "detected"]

#: The ids of BCP 47 that name no language.
_NO_LANGUAGE = frozenset({"und", "mul", "mis", "zxx"})
_TAG = re.compile(r"([A-Za-z]{2,3})(?:[-_][A-Za-z0-9]+)*", re.ASCII)
#: Characters looked at: on MasakhaNEWS more than these bring 0.3 points of accuracy at half the speed.
_SAMPLE = 400
#: Characters that are needed for an answer, and to speak against what a page declares.
_LEAST = 40
_LEAST_TO_OBJECT = 200
_SURE = 0.7
#: The probability at most that the model still gives to a language which the page declares in error.
_IMPOSSIBLE = 1e-4
#: Spellings of a language and its neighbours that a model cannot tell apart, or that stand for one another.
_KIN = (
    frozenset({"bs", "hr", "sr", "sh", "cnr"}), frozenset({"no", "nb", "nn", "da"}), frozenset({"id", "ms", "in"}),
    frozenset({"zh", "wuu", "yue"}), frozenset({"fa", "prs", "tg"}), frozenset({"hi", "ur", "mr", "ne", "sa", "gom"}),
    frozenset({"ar", "ary", "arz"}), frozenset({"es", "gl", "ca", "an", "ext"}), frozenset({"he", "iw", "hbo"}),
    frozenset({"tl", "fil"}), frozenset({"en", "pcm"}), frozenset({"cs", "sk"}), frozenset({"xh", "zu"}),
)  # fmt: skip
#: The most frequent words of English news: together they are a third of it.
_ENGLISH = frozenset("the of to and in a for on at by from with that is was said it as be has have will".split())


class Language(NamedTuple):
    """A primary subtag of BCP 47, and whether the page or the text said it; both None where neither does."""

    language: str | None
    source: LanguageSource | None


def declared_language(value: object) -> str | None:
    """The primary subtag of what a page declares: "en" of "en-IN"; None if that names no language."""
    match = _TAG.fullmatch(value.strip()) if isinstance(value, str) else None
    subtag = match[1].lower() if match else None
    return None if subtag in _NO_LANGUAGE else subtag


def languages_of(declared: Sequence[str | None], texts: Sequence[str | None]) -> list[Language]:
    """The language of each text, given what its page declares (`declared_language`).

    The page is believed, unless the text is long enough to tell and the model, which must know the declared language,
    holds it for impossible (0.0001) and is fairly sure (0.7) of another that is no close kin. Where the page declares
    none, the model must be fairly sure too. py3langid's model is fixed, so equal texts give equal answers.
    """
    return [_language_of(stated, text or "") for stated, text in zip(declared, texts, strict=True)]


def _language_of(stated: str | None, text: str) -> Language:
    sample = text[:_SAMPLE]
    if stated is not None:
        if stated not in _labels() or len(sample) < _LEAST_TO_OBJECT or (stated == "en" and _is_english(sample)):
            return Language(stated, "declared")
        detected = _detect(sample)
        if detected is None or detected == stated or any({stated, detected} <= kin for kin in _KIN):
            return Language(stated, "declared")
        is_possible = dict(_identifier().rank(sample))[stated] > _IMPOSSIBLE
        return Language(stated, "declared") if is_possible else Language(detected, "detected")
    detected = _detect(sample) if len(sample) >= _LEAST else None
    return Language(detected, "detected" if detected else None)


def _is_english(sample: str) -> bool:
    """A quick look that English news passes: a sixth of the words are the most frequent ones, and "the" is there."""
    words = sample.lower().split()
    return "the" in words and sum(map(_ENGLISH.__contains__, words)) * 6 >= len(words)


def _detect(sample: str) -> str | None:
    language, confidence = _identifier().classify(sample)
    return str(language) if confidence >= _SURE and language not in _NO_LANGUAGE else None


@cache
def _identifier() -> LanguageIdentifier:
    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)


@cache
def _labels() -> Collection[str]:
    return frozenset(_identifier().nb_classes)
