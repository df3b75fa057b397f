"""Writes the kinds that are not plain news: blogs, opinion, interviews, live blogs, events, videos, press releases."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from random import Random

from tests.replica import topics, writing
from tests.replica.model import Article, Author, Block, Content, Version, ist_words
from tests.replica.names import COUNTRIES, draw_country, draw_person
from tests.replica.seedpage import DESK
from tests.replica.topics import Event

KINDS = {"blog": 4, "opinion": 3, "interview": 3, "liveblog": 2, "event": 2, "video": 3, "press_release": 6}
_FIRST_PUBLISHED = ("Devdiscourse", "The Conversation", "VisionRI Blog", "Policy Circle", "Global Dev Journal")
VIEW_KINDS = ("blog", "opinion", "interview")


def special(rng: Random, key: str, when: datetime, kind: str | None = None) -> Article:
    """An article of a kind other than news, drawn where none is given."""
    kind = kind or rng.choices(list(KINDS), list(KINDS.values()))[0]
    voice = {"press_release": "pr", "event": "event"}.get(kind, "essay" if kind in VIEW_KINDS else "desk")
    fitting = [topic for topic in topics.load_topics().values() if voice in topic.voices and topic.name != "background"]
    event = topics.draw_event(rng, key, rng.choice(fitting), when)
    if kind in VIEW_KINDS:
        return _essay(rng, event, when, kind)
    if kind == "liveblog":
        return _live_blog(rng, event, when)
    article = writing.write(rng, event, voice, when, kind)
    if kind == "video":
        article.video_url = f"https://devdiscourse.blob.core.windows.net/video/{rng.randint(10**7, 10**8)}.mp4"
    return article


def _essay(rng: Random, event: Event, when: datetime, kind: str) -> Article:
    lines = topics.sentences(rng, event, "essay")
    blocks = [Block("p", (lines[0],))]
    if kind == "interview":
        for line in lines[1:]:
            question = topics.fill(rng, event, rng.choice(_QUESTIONS))
            blocks += [Block("h3", (question,)), Block("p", (f"{event.facts['p1']}: {line}",))]
    else:
        for number, line in enumerate(lines[1:]):
            if number % 3 == 1 and rng.random() < 0.6:
                blocks.append(Block("h3", (rng.choice(_HEADINGS),)))
            blocks.append(Block("p", (line,)))
        points = tuple(topics.fill(rng, event, p) for p in rng.sample(_POINTS, k=3))
        blocks.append(Block(rng.choice(("ul", "ol")), points))
    writer = draw_person(rng, draw_country(rng))
    number = rng.randint(100, 999)
    avatar = f"https://devdiscourse.blob.core.windows.net/avatars/{number}.jpg" if rng.random() < 0.5 else None
    content = Content(
        title=topics.headline(rng, event, "essay"),
        summary=topics.fill(rng, event, rng.choice(event.topic.voices["essay"]["S"])) if rng.random() < 0.8 else None,
        blocks=tuple(blocks),
        countries=writing.draw_countries(rng, event) if rng.random() < 0.6 else (),
        tags=writing.draw_tags(rng, event),
        image=writing.draw_image(rng, event, DESK, when),
    )
    article = writing.assemble(rng, event, content, DESK, when, kind)
    article.author = Author(number, writer.full, avatar)
    article.first_published_in = rng.choice(_FIRST_PUBLISHED) if rng.random() < 0.7 else None
    return article


def _live_blog(rng: Random, event: Event, when: datetime) -> Article:
    """A live blog: an introduction, then dated updates, the newest first; a new version with each update."""
    article = writing.write(rng, event, "desk", when, "liveblog")
    first = article.versions[0].content
    title = f"LIVE: {first.title}"
    intro = tuple(block for block in first.blocks if block.kind == "p")[:2]
    pool = topics.sentences(rng, event, rng.choice([v for v in ("pti", "reuters", "desk") if v in event.topic.voices]))
    pool += [topics.fill(rng, event, pattern) for pattern in _UPDATES]
    updates: list[Block] = []
    article.versions = []
    at = when
    for number, line in enumerate(pool):
        updates.insert(0, Block("p", (f"{ist_words(at)} {line}",)))
        blocks = (*intro, Block("h3", ("Key Updates",)), *updates)
        content = replace(first, title=title, blocks=blocks)
        article.versions.append(Version(at, content, "update" if number else "published", number > 0))
        at += timedelta(minutes=rng.randint(14, 55), seconds=rng.randint(0, 59))
    return article


def live_discourses(rng: Random, start: datetime) -> list[Article]:
    """The live discourses: moderated talks whose posts come in over days; their ids are small numbers."""
    made = []
    for number, name in enumerate(rng.sample(_DISCOURSES, k=4)):
        when = start - timedelta(hours=7 + 31 * number, minutes=rng.randint(0, 59))
        blocks: tuple[Block, ...] = ()
        versions, at = [], when
        for place in range(12):
            speaker = draw_person(rng, rng.choice(COUNTRIES)).full
            line = f"{ist_words(at)} {speaker}: {rng.choice(_POSTS).format(theme=name.lower(), n=rng.randint(3, 40))}"
            blocks = (Block("p", (line,)), *blocks)
            content = Content(f"Live Discourse: {name}", f"Experts discuss {name.lower()}.", blocks, tags=(name,))
            versions.append(Version(at, content, "post" if place else "published", place > 0))
            at += timedelta(minutes=rng.randint(25, 240))
        article = Article(when, "liveblog", None, None, DESK, versions, id=41 + number * 3, topic="live-discourse")
        made.append(article)
    return made


_QUESTIONS = (
    "What drew your attention to this question?", "How does {country} compare with its neighbours?",
    "Where do you see the greatest risk?", "What would you change first?", "Is there evidence that this works?",
    "Who pays for it?", "What do critics get wrong?", "What gives you hope?", "What should readers remember?",
)  # fmt: skip
_HEADINGS = (
    "Why it matters", "The evidence so far", "A question of money", "What other countries did", "The road ahead",
    "The people behind the numbers", "An uneasy compromise", "Lessons from the field",
)  # fmt: skip
_POINTS = (
    "Publish the data, and publish it on time.", "Pay local partners before the project starts, not after.",
    "Test small, in {city}, before going national.", "Let {orgs} audit the results.",
    "Write the exit into the plan.", "Ask the people who will live with it.",
    "Count what fails as carefully as what works.",
)  # fmt: skip
_UPDATES = (
    "Officials in {capital} are due to brief the press within the hour.",
    "{orgs} says it is following the situation closely.",
    "Roads around {city} have been partly reopened, according to the traffic police.",
    "{p2} is expected to speak shortly.", "Phone lines to {city2} are working again, residents say.",
    "Our desk is checking reports circulating on social media; they remain unconfirmed.",
    "That is the end of today's main briefing. We will keep posting updates here.",
)  # fmt: skip
_DISCOURSES = [
    "Climate Finance After COP", "Women in the Informal Economy", "Digital Public Infrastructure",
    "Urban Water Security", "Road Safety Decade", "Open Science for Health",
]  # fmt: skip
_POSTS = (
    "In our district {theme} came down to {n} committed officers and a spreadsheet.",
    "The {n} pilots we reviewed show that {theme} cannot be run from a capital.",
    "May I add that {theme} needs patience? Our programme took {n} months to hire its first engineer.",
    "We surveyed {n} municipalities; most had never heard the words {theme}.",
    "Funding for {theme} arrives late: in {n} of the cases we followed, after the rains.",
    "A question to the panel: who owns the data behind {theme} once the {n}-month grant ends?",
)
