"""Decides which of the site's traps a page falls into, and changes the text where a trap is in the words themselves."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from tests.replica.model import Article, Content

JSONLD = ("jsonld_unquoted", "jsonld_escaped", "jsonld_newline", "jsonld_comma")
"""Ways in which the NewsArticle block is not valid JSON, or not the visible text."""

_CHANCES = {
    "title_smart_quotes": 0.06, "title_emoji": 0.015, "title_devanagari": 0.02, "title_ampersand": 0.03,
    "title_nbsp": 0.05, "title_double_space": 0.05, "title_stray_html": 0.03, "title_escaped_html": 0.015,
    "summary_nbsp": 0.02, "summary_stray_html": 0.015,
    "caption_nbsp": 0.05, "caption_double_space": 0.04, "caption_double_escape": 0.03, "caption_stray_html": 0.03,
    "body_bare": 0.06, "body_divs": 0.03, "body_script": 0.05, "body_advertisement": 0.07, "body_share": 0.05,
    "body_also_read": 0.06, "body_also_line": 0.03, "body_comments": 0.04, "body_empty_paragraphs": 0.05,
    "body_nbsp": 0.06, "body_double_space": 0.04, "body_double_escape": 0.02, "body_links": 0.1,
    "lazy_image": 0.25, "relative_image": 0.03, "no_meta_dates": 0.03, "no_label": 0.015,
}  # fmt: skip
_WORDED = frozenset({"title_smart_quotes", "title_emoji", "title_devanagari", "title_ampersand",
                     "caption_double_escape", "body_double_escape"})  # fmt: skip
HARMLESS = frozenset({*JSONLD, "lazy_image", "body_links", "no_summary", "no_image", "no_country"})
"""What is ordinary on the real site, or an absence the site means: a page with nothing else counts as clean."""


def set_traps(rng: Random, article: Article) -> None:
    """Draws the traps of an article and works those into its first version that change the words."""
    drawn = {name for name, chance in _CHANCES.items() if rng.random() < chance}
    if rng.random() < 0.6:
        drawn.add(rng.choice(JSONLD))
    if article.kind == "liveblog":
        drawn -= {"body_bare", "body_divs", "no_label", "no_meta_dates"}
    if len(article.versions) > 1:
        drawn -= _WORDED
    content = article.versions[0].content
    if content.image is None:
        drawn -= {name for name in drawn if name.startswith("caption_") or name.endswith("_image")}
    content = _in_words(rng, content, drawn, is_copy=article.copies is not None)
    if "no_label" in drawn:
        article.label = None
    if content.summary is None:
        drawn = {name for name in drawn if not name.startswith("summary_")} | {"no_summary"}
    if content.image is None:
        drawn.add("no_image")
    if not content.countries:
        drawn.add("no_country")
    article.traps = frozenset(drawn)
    article.versions[0] = replace(article.versions[0], content=content)


def _in_words(rng: Random, content: Content, drawn: set[str], *, is_copy: bool) -> Content:
    title = content.title
    if "title_smart_quotes" in drawn:
        title = title.replace("'", "\u2019")
        words = title.split(" ")
        place = rng.randrange(len(words) - 1)
        words[place : place + 2] = [f"\u2018{words[place]}", f"{words[place + 1]}\u2019"]
        title = " ".join(words)
    if "title_emoji" in drawn:
        title += rng.choice((" \U0001f3cf", " \U0001f30d", " \u26a1\ufe0f"))
    if "title_devanagari" in drawn:
        title = rng.choice(("'नमस्ते' campaign: ", "Vande Bharat (वंदे भारत) route: ", "जल जीवन: ")) + title
    if "title_ampersand" in drawn:
        title = rng.choice(("Oil & Gas: ", "R&D watch: ", "Law & Order: ")) + title
        if rng.random() < 0.7:
            drawn.add("title_double_escape")
    content = replace(content, title=title)
    if "caption_double_escape" in drawn and content.image and not content.image.is_ai:
        content = replace(content, image=replace(content.image, caption="Representative Image Credit: Stock & Pixel"))
    elif "caption_double_escape" in drawn:
        drawn.discard("caption_double_escape")
    if "body_double_escape" in drawn and not is_copy and content.blocks[0].kind == "p":
        first = content.blocks[0]
        lines = (first.lines[0] + " The Ministry of Trade & Transport was informed.",)
        content = replace(content, blocks=(replace(first, lines=lines), *content.blocks[1:]))
    else:
        drawn.discard("body_double_escape")
    return content


def slips(article: Article, where: str) -> frozenset[str]:
    """The slips of `ink.dress` that the article's traps ask for in its title, summary, caption or body."""
    prefix = where + "_"
    return frozenset(name.removeprefix(prefix) for name in article.traps if name.startswith(prefix))
