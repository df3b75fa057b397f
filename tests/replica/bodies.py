"""Prints a body as HTML: paragraphs or bare text, and the noise the site puts between them."""

from __future__ import annotations

from random import Random

from tests.replica import ink
from tests.replica.model import Article, Block, Content
from tests.replica.traps import slips

_SHARE = (
    '<div class="share-links"><a href="https://www.facebook.com/sharer?u=x">Facebook</a> '
    '<a href="https://twitter.com/share?url=x">Twitter</a> <a href="https://wa.me/?text=x">WhatsApp</a> Share this'
    "</div>\n"
)
_COMMENTS = (
    '<div class="comment-box"><a href="#comments">POST / READ COMMENTS</a></div>\n',
    '<p><a href="#comments">POST / READ COMMENTS</a></p>\n',
)
_ADVERTISEMENTS = (
    '<div class="ad-inbody"><small>Advertisement</small><div id="div-gpt-ad-77"></div></div>\n',
    '<p class="text-center">Advertisement</p>\n',
    "<div>Advertisement</div>\n",
)
_SCRIPTS = (
    "<script>googletag.cmd.push(function() { googletag.display('div-gpt-ad-in'); });</script>\n",
    '<script type="text/javascript">var story = "<p>Not a paragraph of this story.</p>";</script>\n',
    "<style>.story-inner p { margin: 0 }</style>\n",
)


def render(article: Article, content: Content, rng: Random, inserts: dict[str, str], *, has_attribution: bool) -> str:
    """The inside of the body section; `inserts` is the markup that traps named there put between its pieces."""
    pieces = [_block(article, block, rng) for block in content.blocks]
    if "body_bare" in article.traps:
        pieces = _bare(content, pieces, rng)
    if "body_divs" in article.traps:
        pieces = [f'<div class="story-inner">{piece}</div>\n' for piece in pieces]
    for noise in _noise(article, rng, inserts):
        pieces.insert(rng.randint(1, len(pieces)), noise)
    if has_attribution and content.attribution:
        pieces.append(f"<p>{ink.plain(content.attribution)}</p>\n")
    return "".join(pieces)


def _noise(article: Article, rng: Random, inserts: dict[str, str]) -> list[str]:
    wanted = {
        "body_script": rng.choice(_SCRIPTS),
        "body_advertisement": rng.choice(_ADVERTISEMENTS),
        "body_share": _SHARE,
        "body_comments": rng.choice(_COMMENTS),
        **inserts,
        "body_empty_paragraphs": rng.choice(("<p>&nbsp;</p>\n", "<p></p>\n", "<p><br/></p>\n")),
    }
    return [noise for name, noise in wanted.items() if name in article.traps]


def _words(article: Article, text: str, rng: Random) -> str:
    html = ink.dress(text, slips(article, "body"), rng)
    return ink.link_up(html, rng) if "body_links" in article.traps and rng.random() < 0.5 else html


def _block(article: Article, block: Block, rng: Random) -> str:
    lines = [_words(article, line, rng) if block.kind == "p" else ink.plain(line) for line in block.lines]
    if block.kind == "p":
        strong = block.lines[0].partition(" IST ")
        if article.kind == "liveblog" and strong[2] and len(strong[0]) == 16:
            return f"<p><strong>{strong[0]} IST</strong> {ink.plain(strong[2])}</p>\n"
        return "".join(f"<p>{line}</p>\n" for line in lines)
    if block.kind == "h3":
        return f"<h3>{lines[0]}</h3>\n"
    if block.kind in ("ul", "ol"):
        items = "".join(f"<li>{line}</li>\n" for line in lines)
        return f"<{block.kind}>\n{items}</{block.kind}>\n"
    if block.kind == "quote":
        inside = f"<p>{lines[0]}</p>" if rng.random() < 0.5 else lines[0]
        return f"<blockquote>{inside}</blockquote>\n"
    return _table(lines) if block.kind == "table" else _embed(block)


def _table(lines: list[str]) -> str:
    rows = []
    for number, line in enumerate(lines):
        tag = "td" if number else "th"
        rows.append("<tr>" + "".join(f"<{tag}>{cell}</{tag}>" for cell in line.split("\t")) + "</tr>")
    return '<table class="table">\n<tbody>\n' + "\n".join(rows) + "\n</tbody>\n</table>\n"


def _embed(block: Block) -> str:
    text = ink.plain(block.lines[0])
    if block.kind == "youtube":
        return (
            f'<div class="video-container"><iframe width="560" height="315" src="https://www.youtube.com/embed/{text}" '
            'title="YouTube video player" allowfullscreen></iframe></div>\n'
        )
    handle = block.lines[1]
    if block.kind == "tweet":
        return (
            f'<blockquote class="twitter-tweet"><p lang="en" dir="ltr">{text}</p>&mdash; {handle.title()} (@{handle}) '
            f'<a href="https://twitter.com/{handle}/status/1999">December 12, 2025</a></blockquote>\n'
            '<script async src="https://platform.twitter.com/widgets.js" charset="utf-8"></script>\n'
        )
    return (
        f'<blockquote class="instagram-media" data-instgrm-permalink="https://www.instagram.com/p/C1/"><div>{text}'
        f'<a href="https://www.instagram.com/p/C1/">A post shared by {handle}</a></div></blockquote>\n'
        '<script async src="//www.instagram.com/embed.js"></script>\n'
    )


def _bare(content: Content, pieces: list[str], rng: Random) -> list[str]:
    """Paragraphs as bare text with line breaks; blocks of other kinds stay what they are."""
    breaks = ("<br/><br/>\n", "<br>\n<br>\n", "<br />\n")
    separator = rng.choice(breaks)
    bare = []
    for block, piece in zip(content.blocks, pieces, strict=True):
        if block.kind != "p":
            bare.append(piece)
            continue
        inside = piece.strip().removeprefix("<p>").removesuffix("</p>")
        bare.append(inside + separator)
    return bare
