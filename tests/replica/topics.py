"""Reads the topic files and turns one drawn event into headlines, summaries and paragraphs in one agency's voice."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path
from random import Random

from tests.replica.model import IST
from tests.replica.names import (
    BY_NAME,
    COMPANIES,
    Country,
    Person,
    draw_city,
    draw_country,
    draw_organisation,
    draw_person,
)

_FOLDER = Path(__file__).with_name("topics")
_CHOICE = re.compile(r"\[([^\[\]]*)\]")
_SLOT = re.compile(r"\{(\w+)\}")
_LOOSE_NUMBER = re.compile(r"%[A-Z0-9]+%")


@dataclass(slots=True)
class Topic:
    """One kind of event, as its block in a topic file declares it."""

    name: str
    settings: dict[str, str] = field(default_factory=dict)
    facts: dict[str, str] = field(default_factory=dict)
    voices: dict[str, dict[str, list[str]]] = field(default_factory=dict)

    def words(self, key: str) -> list[str]:
        """A comma-separated setting as a list."""
        return [word.strip() for word in self.settings.get(key, "").split(",") if word.strip()]


@dataclass(frozen=True, slots=True)
class Event:
    """One event of the world: its topic and every fact the texts about it share."""

    key: str
    topic: Topic
    facts: dict[str, str]
    countries: tuple[Country, ...]
    people: tuple[str, ...]
    organisation: str
    city: str


@cache
def load_topics() -> dict[str, Topic]:
    """Every topic of the topic files by name."""
    topics: dict[str, Topic] = {}
    for path in sorted(_FOLDER.glob("*.txt")):
        for block in path.read_text(encoding="utf-8").split("\ntopic: "):
            topic = _read_topic(block.removeprefix("topic: "))
            topics[topic.name] = topic
    return topics


def _read_topic(block: str) -> Topic:
    name, *lines = [line for line in block.splitlines() if line.strip()]
    topic, voice = Topic(name.strip()), ""
    for line in lines:
        if line.startswith("= "):
            voice = line[2:].strip()
            topic.voices[voice] = {"H": [], "S": [], "L": [], "B": []}
        elif voice:
            topic.voices[voice][line[0]].append(line[2:].strip())
        elif line.startswith("fact "):
            key, _, value = line.removeprefix("fact ").partition(": ")
            topic.facts[key] = value
        else:
            key, _, value = line.partition(": ")
            topic.settings[key] = value
    return topic


def _draw_fact(rng: Random, spec: str) -> str:
    if spec[0] in "#~":
        low, high = spec[1:].split("-")
        if spec[0] == "~":
            return f"{rng.uniform(float(low), float(high)):.1f}"
        number = rng.randint(int(low), int(high))
        return f"{number:,}" if number >= 10_000 else str(number)
    return rng.choice(spec.split("|"))


def draw_event(rng: Random, key: str, topic: Topic, when: datetime) -> Event:
    """An event of the topic that happens about `when`: who, where, how many."""
    home = BY_NAME[topic.settings["home"]] if "home" in topic.settings else draw_country(rng)
    countries = [home]
    if topic.settings.get("second country"):
        countries.append(rng.choice([c for c in (draw_country(rng) for _ in range(6)) if c is not home] or [home]))
    away = countries[-1]
    city = draw_city(rng, home)
    people = _draw_people(rng, home, away)
    full, short = draw_organisation(rng)
    local = when.astimezone(IST)
    facts = {name: _draw_fact(rng, spec) for name, spec in topic.facts.items()}
    facts |= {
        "country": home.name, "adj": home.adjective, "capital": home.capital, "cur": home.currency,
        "country2": away.name, "adj2": away.adjective, "capital2": away.capital, "city": city,
        "city2": rng.choice([c for c in (*home.cities, home.capital) if c != city]),
        "org": full, "orgs": short, "company": rng.choice(COMPANIES), "age": str(rng.randint(41, 74)),
        "day": local.strftime("%A"), "day2": rng.choice(["Monday", "Tuesday", "Thursday", "Saturday"]),
        "p1": people[0].full, "p1l": people[0].last, "p2": people[1].full, "p2l": people[1].last,
        "p3": people[2].full, "p3l": people[2].last,
    }  # fmt: skip
    return Event(key, topic, facts, tuple(dict.fromkeys(countries)), tuple(p.full for p in people), full, city)


def _draw_people(rng: Random, home: Country, away: Country) -> list[Person]:
    """Three people with different family names, the second from the other country."""
    people: list[Person] = []
    for country in (home, away, home):
        person = draw_person(rng, country)
        while any(person.last == other.last for other in people):
            person = draw_person(rng, country)
        people.append(person)
    return people


def fill(rng: Random, event: Event, pattern: str) -> str:
    """A pattern with its alternatives chosen and its slots filled; `{name_t}` is the fact in title case."""

    def slot(match: re.Match[str]) -> str:
        name = match[1]
        if name in event.facts:
            return event.facts[name]
        return _title_case(event.facts[name.removesuffix("_t")])

    while _CHOICE.search(pattern):
        pattern = _CHOICE.sub(lambda match: rng.choice(match[1].split("|")), pattern)
    pattern = _LOOSE_NUMBER.sub(lambda _: str(rng.randint(5, 60)), pattern)
    text = _SLOT.sub(slot, pattern)
    return text[:1].upper() + text[1:]


def _title_case(text: str) -> str:
    small = {"a", "an", "and", "of", "the", "on", "by", "in"}
    return " ".join(w if w in small and i else w[:1].upper() + w[1:] for i, w in enumerate(text.split()))


def headline(rng: Random, event: Event, voice: str) -> str:
    """A headline in the voice."""
    return fill(rng, event, rng.choice(event.topic.voices[voice]["H"]))


def summary(rng: Random, event: Event) -> str | None:
    """The desk's summary; None when the topic has none."""
    patterns = event.topic.voices.get("desk", {}).get("S", [])
    return fill(rng, event, rng.choice(patterns)) if patterns else None


def sentences(rng: Random, event: Event, voice: str) -> list[str]:
    """The sentences of a text in the voice, the lead first, some of the others left out."""
    patterns = event.topic.voices[voice]
    chosen = [p for p in patterns["B"] if len(patterns["B"]) <= 4 or rng.random() < 0.85]
    if len(patterns["B"]) > 4 and rng.random() < 0.5:
        middle = chosen[1:]
        rng.shuffle(middle)
        chosen = chosen[:1] + middle
    return [fill(rng, event, pattern) for pattern in [rng.choice(patterns["L"]), *chosen]]
