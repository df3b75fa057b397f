"""Builds the world: which articles there are, when they appear, and how they change; all of it from one seed."""

from __future__ import annotations

from bisect import bisect_right
from datetime import UTC, datetime, timedelta
from random import Random

from tests.replica import copying, edits, longform, seedpage, topics, traps, writing
from tests.replica.model import Article

FIRST_ID = 3_727_118
"""The id of the oldest article; the real site had passed 3.7 million in late 2025."""
CLOCK_START = datetime(2025, 12, 12, 14, 0, tzinfo=UTC)
_HOUR = timedelta(hours=1)
_IDS_AN_HOUR = 27


class World:
    """Everything the site has published and will publish.

    What is visible depends on the seed and the time asked for, never on what was asked before.
    """

    def __init__(
        self, articles: int = 600, seed: int = 7, clock_start: datetime = CLOCK_START, days: float = 9
    ) -> None:
        self.seed, self.clock_start = seed, clock_start
        self.articles: list[Article] = []
        self.by_id: dict[int, Article] = {}
        self._created: list[datetime] = []
        self._hours = 0
        self._next_id = FIRST_ID
        self._open(self._history(articles, timedelta(days=days)), clock_start)
        self._history_end = self._next_id
        self._first_hour()
        self.discourses = longform.live_discourses(self.rng("discourse"), clock_start)

    def rng(self, *parts: object) -> Random:
        """A random source that depends on the seed and the given words only."""
        return Random(":".join(map(str, (self.seed, *parts))))

    def reach(self, when: datetime) -> None:
        """Makes sure that all that appears up to `when` is there."""
        while self.clock_start + self._hours * _HOUR <= when:
            start = self.clock_start + self._hours * _HOUR
            self._next_id = max(self._next_id, self._hour_base(self._hours))
            self._open(self._one_hour(self._hours, start), start)
            self._hours += 1

    def visible(self, when: datetime) -> list[Article]:
        """The articles that answer at `when`, oldest first."""
        self.reach(when)
        return [a for a in self.articles[: bisect_right(self._created, when)] if a.is_visible(when)]

    def find(self, article_id: int, when: datetime) -> Article | None:
        """The article with the id, when it answers at `when`."""
        self.reach(when)
        article = self.by_id.get(article_id)
        return article if article is not None and article.is_visible(when) else None

    def _hour_base(self, hour: int) -> int:
        return self._history_end + 3 + hour * _IDS_AN_HOUR

    def _open(self, fresh: list[Article], start: datetime) -> None:
        """Gives ids, related articles, traps and edits to new articles."""
        rng = self.rng("open", start.isoformat())
        fresh.sort(key=lambda article: article.created)
        for article in fresh:
            self._next_id += 1 if rng.random() < 0.55 else rng.randint(2, 3)
            article.id = self._next_id
            self.by_id[article.id] = article
            self.articles.append(article)
            self._created.append(article.created)
        copied = {id(a.copies) for a in self.articles if a.copies}
        for article in fresh:
            own = self.rng("article", article.id)
            article.also = self._related(own, article)
            if not article.is_fixed:
                traps.set_traps(own, article)
                if len(article.versions) == 1:
                    plan = edits.draw_plan(own, article)
                    if article.copies or id(article) in copied:
                        plan = [(at, what) for at, what in plan if what in (*edits.FACT_EDITS, "touch")]
                    edits.carry_out(own, article, plan)

    def _related(self, rng: Random, article: Article) -> tuple[int, ...]:
        place = bisect_right(self._created, article.created) - 1
        earlier = self.articles[max(0, place - 160) : place]
        alike = [a for a in earlier if a.topic == article.topic or set(a.about) & set(article.about)]
        pool = alike if len(alike) >= 5 else earlier
        return tuple(a.id for a in rng.sample(pool, k=min(len(pool), rng.randint(3, 5))))

    def _history(self, count: int, span: timedelta) -> list[Article]:
        """The articles before the clock's start: half of them in its last two days."""
        made = [seedpage.seed_article(), *seedpage.trending_articles(), *seedpage.opinion_articles(), *self._samples()]
        rng = self.rng("history")
        number = 0
        while len(made) < count:
            number += 1
            back = rng.uniform(0.004, 0.22) if rng.random() < 0.5 else rng.uniform(0.22, 1.0)
            when = _whole(self.clock_start - span * back)
            made += self._event(rng, f"h{number}", when, self.clock_start - timedelta(minutes=6))
        return made[:count]

    def _samples(self) -> list[Article]:
        """One of everything, so that a small world lacks nothing: each kind, each way of copying, a live blog."""
        rng, made = self.rng("samples"), []
        for number, kind in enumerate(longform.KINDS):
            minutes = 70 if kind == "liveblog" else rng.randint(200, 2400)
            when = self.clock_start - timedelta(minutes=minutes, seconds=rng.randint(0, 59))
            made.append(longform.special(rng, f"s{number}", when, kind))
        for number, way in enumerate(dict.fromkeys(copying.WAYS)):
            topic = topics.load_topics()[rng.choice(("diplomacy", "flood", "protest", "outbreak", "cyber-incident"))]
            when = self.clock_start - timedelta(minutes=rng.randint(300, 2500), seconds=rng.randint(0, 59))
            event = topics.draw_event(rng, f"c{number}", topic, when)
            wire, desk, other = (
                writing.write(rng, event, voice, when + timedelta(minutes=place * rng.randint(9, 50)))
                for place, voice in enumerate(("pti", "desk", "reuters"))
            )
            copied = copying.copy_article(rng, wire, when + timedelta(minutes=rng.randint(4, 200)), way)
            made += [wire, desk, other, copied]
        return made

    def _one_hour(self, hour: int, start: datetime) -> list[Article]:
        """About a dozen articles of one hour after the clock's start, some of them about older events."""
        rng = self.rng("hour", hour)
        wanted, made, end = rng.randint(9, 15), [], start + _HOUR - timedelta(seconds=1)
        wires = [a for a in self.articles[-150:] if a.copies is None and a.source in ("PTI", "Reuters", "ANI", "IANS")]
        settled = [a for a in wires if all(v.what in (*edits.FACT_EDITS, "touch", "published") for v in a.versions)]
        plain = [a for a in settled if a.kind == "news" and not topics.load_topics()[a.topic].settings.get("template")]
        for original in rng.sample(plain, k=min(len(plain), rng.choice((1, 1, 2)))):
            when = _whole(start + timedelta(seconds=rng.randint(60, 3500)))
            made.append(copying.copy_article(rng, original, when, rng.choice(copying.WAYS)))
        number = 0
        while len(made) < wanted:
            number += 1
            when = _whole(start + timedelta(seconds=rng.randint(20, 3300)))
            made += self._event(rng, f"n{hour}-{number}", when, end)
        return made[:wanted]

    def _event(self, rng: Random, key: str, when: datetime, latest: datetime) -> list[Article]:
        """The articles one event gives rise to: often one, sometimes several agencies and copies of them."""
        if rng.random() < 0.19:
            others = [kind for kind in longform.KINDS if kind not in longform.VIEW_KINDS]
            kind = rng.choice(others) if self._in_fixed_window(when) else None
            return [longform.special(rng, key, when, kind)]
        kinds = [t for t in topics.load_topics().values() if writing.voices_of(t) and t.name != "background"]
        topic = rng.choices(kinds, [int(t.settings.get("weight", "2")) for t in kinds])[0]
        event = topics.draw_event(rng, key, topic, when)
        voices = writing.voices_of(topic)
        rng.shuffle(voices)
        made = []
        for place, voice in enumerate(voices[: rng.choices((1, 2, 3), (62, 22, 16))[0]]):
            at = when + timedelta(seconds=rng.randint(600, 9000) * place)
            made.append(writing.write(rng, event, voice, min(at, _jitter(rng, latest))))
        wire = [a for a in made if a.source in ("PTI", "ANI", "IANS", "Reuters")]
        if wire and not topic.settings.get("template") and rng.random() < 0.14:
            at = min(wire[0].created + timedelta(seconds=rng.randint(120, 20000)), latest)
            made.append(copying.copy_article(rng, wire[0], max(at, wire[0].created), rng.choice(copying.WAYS)))
        return made

    def _in_fixed_window(self, when: datetime) -> bool:
        """Whether an opinion piece at `when` would push the seed page's four from their list."""
        return seedpage.SEED_TIME - timedelta(hours=2) < when < seedpage.SEED_TIME + seedpage.SIDEBARS_HOLD

    def _first_hour(self) -> None:
        """Makes sure that the first hour after the start has every sort of edit, twice at least."""
        rng = self.rng("first hour")
        recent = self.clock_start - timedelta(days=2)
        bound = {id(a.copies) for a in self.articles if a.copies} | {id(a) for a in self.articles if a.copies}
        free = [a for a in self.articles if not a.is_fixed and id(a) not in bound and a.kind == "news"]
        young = [a for a in free if a.created > recent and all(v.at < self.clock_start for v in a.versions)]
        old = [a for a in free if a.created <= recent and all(v.at < self.clock_start for v in a.versions)]
        chosen = rng.sample(young, k=min(len(young), 2 * len(edits.ALL_EDITS))) + rng.sample(old, k=min(len(old), 3))
        for place, article in enumerate(chosen):
            what = edits.ALL_EDITS[place % len(edits.ALL_EDITS)]
            at = self.clock_start + timedelta(seconds=rng.randint(120, 2100))
            plan = [(at, what)]
            if what == "revert":
                plan.append((self.clock_start + timedelta(minutes=rng.randint(66, 110)), "undo"))
            edits.carry_out(rng, article, plan)


def _whole(moment: datetime) -> datetime:
    return moment.replace(microsecond=0)


def _jitter(rng: Random, latest: datetime) -> datetime:
    return _whole(latest - timedelta(seconds=rng.randint(0, 900)))
