"""Turns plain text into HTML, cleanly or with the slips the site is known for; the reader sees the same words."""

from __future__ import annotations

from collections.abc import Collection
from html import escape
from random import Random

SLIPS = ("nbsp", "double_space", "double_escape", "stray_html", "escaped_html")
"""What `dress` can do: no-break spaces, double spaces, `&amp;amp;`, tags out of place, tags shown as text."""

_NO_BREAK = ("&nbsp;", "\u00a0", "&#160;", "&#xA0;")
_WRAPPERS = (
    ("<b>", "</b>"),
    ("<i>", "</i>"),
    ("<em>", "</em>"),
    ("<strong>", "</strong>"),
    ('<font color="#000">', "</font>"),
)


def plain(text: str) -> str:
    """Text as HTML with only what must be escaped."""
    return escape(text, quote=False)


def attribute(text: str) -> str:
    """Text as the value of a double-quoted attribute."""
    return escape(text, quote=True)


def dress(text: str, slips: Collection[str], rng: Random) -> str:
    """Text as HTML with the named slips in it."""
    if not slips:
        return escape(text, quote=False)
    words = [escape(word, quote=False) for word in text.split(" ")]
    if "double_escape" in slips:
        words = [word.replace("&amp;", "&amp;amp;") for word in words]
    gaps = [" "] * (len(words) - 1)
    if "nbsp" in slips and gaps:
        for place in rng.sample(range(len(gaps)), k=min(len(gaps), rng.randint(1, 3))):
            gaps[place] = rng.choice(_NO_BREAK)
    if "double_space" in slips and gaps:
        for place in rng.sample(range(len(gaps)), k=min(len(gaps), 2)):
            gaps[place] += rng.choice((" ", "  ", "\n    "))
    if "stray_html" in slips:
        place = rng.randrange(len(words))
        opening, closing = rng.choice(_WRAPPERS)
        words[place] = f"{opening}{words[place]}{closing}"
        if gaps and rng.random() < 0.4:
            gaps[rng.randrange(len(gaps))] += "<br/>"
    if "escaped_html" in slips:
        place = rng.randrange(len(words))
        words[place] = f"&lt;i&gt;{words[place]}&lt;/i&gt;"
    return words[0] + "".join(gap + word for gap, word in zip(gaps, words[1:], strict=True))


def link_up(html: str, rng: Random) -> str:
    """Wraps one or two words of a paragraph in links or emphasis, as editors do."""
    words = html.split(" ")
    for _ in range(rng.randint(1, 2)):
        place = rng.randrange(len(words))
        word = words[place]
        if word.isalpha() and len(word) > 4:
            target = word.lower()
            words[place] = rng.choice(
                (f'<a href="/news?tag={target}">{word}</a>', f"<strong>{word}</strong>", f"<span>{word}</span>")
            )
    return " ".join(words)
