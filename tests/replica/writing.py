"""Writes an event up as an article: voice, dateline, byline, tags, picture and what else the page carries."""

from __future__ import annotations

from datetime import datetime
from random import Random

from tests.replica import topics
from tests.replica.model import (
    AI_NOTICE,
    FEED_NOTICE,
    INPUTS_NOTICE,
    IST,
    Article,
    Block,
    Content,
    Image,
    Version,
)
from tests.replica.names import BY_NAME, COUNTRIES
from tests.replica.seedpage import DESK
from tests.replica.topics import Event, Topic

_AGENCIES = {
    "pti": (("PTI", 70), ("ANI", 17), ("IANS", 13)),
    "reuters": (("Reuters", 1),),
    "desk": ((DESK, 1),),
    "event": ((DESK, 1),),
    "un": (("UN News", 1),),
    "pr": (("PR Newswire", 3), ("Business Wire India", 1), ("GlobeNewswire", 1)),
}
_BACKGROUND = {"pti": (2, 5), "reuters": (2, 5), "desk": (1, 2)}
FREE_TEXT_SOURCES = ("Devdiscourse News Desk with Agency Inputs", "The Conversation", "Xinhua", "PIB Delhi")
_CAPTIONS = (
    "Representative Image", "Representative image Image Credit: ANI", "File Photo Image Credit: Wikipedia",
    "Image Credit: Pixabay", "{p1} (File photo) Image Credit: Twitter/@PressOffice", "{city} skyline. Photo: Flickr",
    "People gather in {city}, {country}. Image Credit: Wikimedia Commons", "Image Credit: Freepik",
    "“Safe Water for All” poster in {city} 💧 Image Credit: Twitter/@JalMission",
    "{p2} at the ‘जल जीवन’ event – Photo Credit: PIB (Hindi: छवि)",
)  # fmt: skip


def draw_source(rng: Random, voice: str) -> str:
    """A byline that writes in the voice."""
    names, weights = zip(*_AGENCIES[voice], strict=True)
    return str(rng.choices(names, weights)[0])


def dateline_of(source: str, city: str, country: str, when: datetime) -> str | None:
    """The words an agency puts before its first sentence."""
    day = when.astimezone(IST)
    if source == "PTI":
        return f"{city}, {day:%b} {day.day} (PTI)"
    if source == "Reuters":
        return f"{city.upper()}, {day:%b} {day.day} (Reuters) -"
    if source == "ANI":
        return f"{city} [{country}], {day:%B} {day.day} (ANI):"
    if source == "IANS":
        return f"{city}, {day:%b} {day.day} (IANS)"
    return f"{city.upper()}, {day:%b}. {day.day}, {day.year} /PRNewswire/ --" if source == "PR Newswire" else None


def sign_off(rng: Random, source: str, event: Event) -> str | None:
    """The line an agency puts under its text."""
    letters = "ABCDGHKLMNPRSTV"
    if source == "PTI":
        return "PTI " + " ".join("".join(rng.choices(letters, k=3)) for _ in range(rng.randint(1, 3)))
    if source == "Reuters":
        names = event.people or ("Staff",)
        return f"(Reporting by {rng.choice(names)} in {event.city}; Editing by {draw_editor(rng)})"
    return None


def draw_editor(rng: Random) -> str:
    """The name of an editor on the agency's desk."""
    return f"{rng.choice('ABCDEFGHJKLMNPRST')}. {rng.choice(('Holloway', 'Merrick', 'Sandoval', 'Iqbal', 'Oyelaran'))}"


def _paragraphs(rng: Random, sentences: list[str], voice: str) -> list[str]:
    grouped, rest = [sentences[0]], sentences[1:]
    while rest:
        take = 1 if voice in ("pti", "reuters") and rng.random() < 0.7 else min(2, len(rest))
        grouped.append(" ".join(rest[:take]))
        rest = rest[take:]
    return grouped


def _enrich(rng: Random, event: Event, blocks: list[Block]) -> list[Block]:
    """Adds a list, a table, a quotation, a heading or an embed to about one text in five."""
    if len(blocks) < 3 or event.topic.settings.get("template") or rng.random() > 0.22:
        return blocks
    facts, place = event.facts, rng.randint(1, len(blocks))
    figures = [(k.strip("_").replace("_", " ").capitalize(), v) for k, v in facts.items() if k in event.topic.facts]
    handle = "".join(filter(str.isalnum, facts["p1l"])).lower() or "desk"
    choices = {
        "ul": [Block("ul", tuple(f"{name}: {value}" for name, value in figures))],
        "ol": [Block("ol", tuple(f"{value} ({name.lower()})" for name, value in figures[:3]))],
        "table": [Block("table", ("Item\tFigure", *(f"{name}\t{value}" for name, value in figures)))],
        "quote": [Block("quote", (f"“We owe the people of {event.city} the truth,” said {facts['p3']}.",))],
        "tweet": [Block("tweet", (f"Our statement on {event.city}: thread below", handle))],
        "youtube": [Block("youtube", ("".join(rng.choices("abcdefghijkXYZ0123456789_-", k=11)),))],
        "instagram": [Block("instagram", (f"A view of {event.city} this morning", handle))],
    }
    chosen = choices[rng.choice(sorted(choices))]
    if chosen[0].kind in ("ul", "table") and rng.random() < 0.5:
        chosen = [Block("h3", (rng.choice(("At a glance", "Key figures", "What we know", "By the numbers")),)), *chosen]
    return blocks[:place] + chosen + blocks[place:] if chosen[0].lines else blocks


def draw_image(rng: Random, event: Event, source: str, when: datetime) -> Image | None:
    """A picture for the page; None when there is only a placeholder."""
    if rng.random() < 0.16:
        return None
    stamp = when.astimezone(IST).strftime("%d_%m_%Y_%H_%M_%S")
    host = "https://devdiscourse.blob.core.windows.net"
    if source == DESK and rng.random() < 0.7:
        return Image(f"{host}/aiimagegallery/{stamp}_{rng.randint(1000, 9999)}.png", AI_NOTICE, True)
    caption = topics.fill(rng, event, rng.choice(_CAPTIONS)) if rng.random() < 0.9 else None
    folder = rng.choice(("imagegallery", "devnews"))
    return Image(f"{host}/{folder}/{stamp}_{rng.randint(1000, 9999)}.jpg", caption)


def draw_tags(rng: Random, event: Event) -> tuple[str, ...]:
    """The tags under the text: words of the topic, places, people, bodies."""
    wanted = [*event.topic.words("tags"), *(c.name for c in event.countries), event.city, event.facts["p1"]]
    wanted += [event.organisation] if rng.random() < 0.3 else []
    kept = [tag for tag in wanted if rng.random() < 0.8]
    rng.shuffle(kept)
    return tuple(kept[:20])


def draw_countries(rng: Random, event: Event) -> tuple[str, ...]:
    """The countries the site prints beside the text: usually right, now and then none or one too many."""
    luck = rng.random()
    names = tuple(country.name for country in event.countries)
    if luck < 0.07:
        return ()
    if luck < 0.11:
        return (*names, rng.choice([c.name for c in COUNTRIES if c.name not in names]))
    return names


def _attribution(rng: Random, source: str) -> str | None:
    if rng.random() < 0.07:
        return None
    return INPUTS_NOTICE if source.startswith(DESK) else FEED_NOTICE


def write(rng: Random, event: Event, voice: str, when: datetime, kind: str = "news") -> Article:
    """An article about the event in the voice, published at `when` (UTC), with its first version only."""
    source = draw_source(rng, voice)
    if voice == "desk" and rng.random() < 0.04:
        source = rng.choice(FREE_TEXT_SOURCES)
    sentences = topics.sentences(rng, event, voice)
    sentences += extras(rng, event, voice)
    lines = _paragraphs(rng, sentences, voice)
    dateline = dateline_of(source, event.city, event.countries[0].name, when) if rng.random() < 0.62 else None
    if dateline:
        lines[0] = f"{dateline} {lines[0]}"
    closing = sign_off(rng, source, event) if rng.random() < 0.5 else None
    blocks = _enrich(rng, event, [Block("p", (line,)) for line in lines])
    if closing:
        blocks.append(Block("p", (closing,)))
    has_summary = voice == "desk" or rng.random() < 0.3
    brief = topics.summary(rng, event) if voice == "desk" else sentences[0]
    content = Content(
        title=topics.headline(rng, event, voice),
        summary=brief if has_summary else None,
        blocks=tuple(blocks),
        attribution=_attribution(rng, source),
        place=event.city if rng.random() < 0.72 else None,
        countries=draw_countries(rng, event),
        tags=draw_tags(rng, event),
        image=draw_image(rng, event, source, when),
    )
    return assemble(rng, event, content, source, when, kind, dateline)


def assemble(
    rng: Random, event: Event, content: Content, source: str, when: datetime, kind: str, dateline: str | None = None
) -> Article:
    """An article around a content: its label, its sector and what it is really about."""
    topic = event.topic
    article = Article(
        created=when,
        kind=kind,
        label=rng.choice(topic.words("labels")),
        sector=topic.settings["sector"] if rng.random() < 0.96 else None,
        source=source,
        versions=[Version(when, content, "published", moves_updated=False)],
    )
    article.topic, article.event, article.dateline = topic.name, event.key, dateline
    article.about = tuple(country.iso2 for country in event.countries)
    text = " ".join([content.title, *content.paragraphs()])
    article.people = tuple(person for person in event.people if person in text)
    article.organisations = tuple(o for o in (event.organisation, event.facts["company"]) if o in text)
    return article


def extras(rng: Random, event: Event, voice: str) -> list[str]:
    """A few sentences of background any text of the voice may carry."""
    pool = topics.load_topics()["background"].voices.get(voice)
    if not pool or event.topic.settings.get("template"):
        return []
    return [
        topics.fill(rng, event, pattern)
        for pattern in rng.sample(pool["B"], k=rng.randint(*_BACKGROUND.get(voice, (1, 2))))
    ]


def iso_of(country_name: str) -> str | None:
    """The two-letter code of a country of the world by name."""
    country = BY_NAME.get(country_name)
    return country.iso2 if country else None


def voices_of(topic: Topic) -> list[str]:
    """The agency voices a topic can be written in."""
    return [voice for voice in ("pti", "reuters", "desk", "un") if voice in topic.voices]
