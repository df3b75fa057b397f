"""The fixed articles of the world: the seed article and what stood in its sidebars, word for word."""

from __future__ import annotations

from datetime import datetime, timedelta

from tests.replica.model import AI_NOTICE, INPUTS_NOTICE, IST, Article, Author, Block, Content, Image, Version

SEED_TIME = datetime(2025, 12, 12, 19, 0, tzinfo=IST)
SEED_TITLE = "Diplomatic Dance: Trump Envoy in Belarus Talks to Release 'Hostages'"
SIDEBARS_HOLD = timedelta(minutes=50)
"""How long after the seed article the sidebars of the default edition stay as the seed page shows them."""

_SUMMARY = (
    "U.S. envoy John Coale met with Belarusian President Alexander Lukashenko, prompted by Donald Trump, to negotiate "
    "the release of political prisoners in Belarus. This move is seen as part of a broader U.S. strategy to ease "
    "Belarus' ties with Russia. Lukashenko seeks to alleviate Western sanctions amid geopolitical tensions."
)
_PARAGRAPHS = (
    (
        "Belarusian President Alexander Lukashenko engaged in discussions on Friday with U.S. envoy John Coale, "
        "appointed by President Donald Trump, to negotiate the release of political prisoners in Belarus. The meeting "
        "aims to address several issues impacting the region."
    ),
    (
        "The encounter, highlighted by a handshake and a warm embrace, was captured in a video shared via a Telegram "
        "channel linked to Lukashenko's administration. Lukashenko spoke candidly, encouraging Trump to take "
        "actionable steps regarding the situation, using informal language in his conversation with Coale."
    ),
    (
        "This diplomatic engagement comes amid pressure from U.S. leaders, with Trump urging Lukashenko to release "
        "individuals he terms 'hostages,' as part of an attempt to shift Belarus further from Russia's geopolitical "
        "influence."
    ),
)
_TRENDING = (
    (
        "Odisha Shivers as Cold Wave Hits: Mercury Drops to Season's Low",
        ("India",),
        "headlines",
        "science-environment",
        (
            "Minimum temperatures fell sharply across Odisha on Friday, with the hill town of G. Udayagiri the coldest "
            "in the state."
        ),
        "The regional weather centre expects shallow fog and a further dip of two to three degrees over the weekend.",
    ),
    (
        "Honorary Ranks and Houseboat Ventures: Delhi's Bold Moves",
        ("India",),
        "headlines",
        "urban-development",
        "Delhi's cabinet cleared honorary ranks for retiring home guards and a plan to moor houseboats on the Yamuna.",
        "Officials expect the first two boats to take visitors before the end of next winter.",
    ),
    (
        "WHO Launches New Guide to Improve Suicide Death Registration and Prevention",
        (),
        "health",
        "health",
        "The World Health Organization has released guidance to help registrars record deaths by suicide reliably.",
        "Better records, the agency argues, are the first step towards prevention that reaches those most at risk.",
    ),
    (
        "EU's Bold Move: Freezing Russian Assets for Ukraine Aid",
        ("Russia", "Ukraine"),
        "international",
        "politics",
        "European Union governments moved to immobilise Russian central bank assets for as long as needed.",
        "The decision removes a hurdle to using the money as backing for a loan to Ukraine.",
    ),
)
_OPINION = (
    (
        "AI lacks clinical readiness despite strong performance claims",
        "Models that shine in examinations stumble on the ward, a review of clinical trials finds.",
        "Few of the studies tested a system on the patients it would later meet, and fewer still counted harm.",
    ),
    (
        "How big tech is influencing future of AI regulation worldwide",
        "Lobby registers in four capitals show how few companies shape the rules they will live under.",
        "Researchers recommend publishing every amendment together with the name of whoever proposed it.",
    ),
    (
        "Why current traffic laws cannot handle autonomous vehicle crashes",
        "Liability law asks what the driver knew; a car without one leaves the question hanging.",
        "A compensation fund paid for by makers would spare victims years in court, the authors say.",
    ),
    (
        "AI microlearning proven to improve grades, accessibility and retention in higher education",
        "Lessons of five minutes, chosen by a model, raised pass marks in a study of eleven universities.",
        "Students with disabilities gained most, though the effect faded where teachers were not involved.",
    ),
)
TRENDING_TITLES = tuple(title for title, *_ in _TRENDING)
DESK = "Devdiscourse News Desk"


def _article(kind: str, when: datetime, content: Content, label: str, sector: str) -> Article:
    first = Version(when, content, "published", moves_updated=False)
    return Article(when, kind, label, sector, DESK, [first], topic="fixed", is_fixed=True)


def seed_article() -> Article:
    """The article of the seed page."""
    content = Content(
        title=SEED_TITLE,
        summary=_SUMMARY,
        blocks=tuple(Block("p", (text,)) for text in _PARAGRAPHS),
        attribution=INPUTS_NOTICE,
        image=Image(
            "https://devdiscourse.blob.core.windows.net/aiimagegallery/12_12_2025_13_29_58_4183.png", AI_NOTICE, True
        ),
    )
    article = _article("news", SEED_TIME, content, "international", "politics")
    article.traps = frozenset({"jsonld_unquoted"})
    article.about = ("BY", "US", "RU")
    article.people = ("Alexander Lukashenko", "John Coale", "Donald Trump")
    return article


def trending_articles() -> list[Article]:
    """The four articles that trend beside the seed article, first rank first."""
    made = []
    for place, (title, countries, label, sector, *texts) in enumerate(_TRENDING):
        content = Content(
            title, texts[0], tuple(Block("p", (t,)) for t in texts), INPUTS_NOTICE, None, countries, tuple(countries)
        )
        made.append(_article("news", SEED_TIME - timedelta(minutes=95 + 37 * place), content, label, sector))
    return made


def opinion_articles() -> list[Article]:
    """The four opinion pieces listed beside the seed article, newest first."""
    made = []
    for place, (title, *texts) in enumerate(_OPINION):
        when = SEED_TIME - timedelta(minutes=41 + 23 * place)
        content = Content(title, texts[0], tuple(Block("p", (t,)) for t in texts), tags=("artificial intelligence",))
        article = _article("blog", when, content, "technology", "technology")
        article.author = Author(311, "Aditi Ramanathan", None)
        article.first_published_in = "Devdiscourse"
        made.append(article)
    return made
