"""Scrapy middlewares that keep a crawl a welcome guest: robots.txt, waits that were asked for, a budget of requests."""

from __future__ import annotations

import asyncio
import logging
import math
import random
import time
from collections import Counter, defaultdict
from datetime import datetime
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.downloadermiddlewares.retry import RetryMiddleware
from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.extensions.throttle import AutoThrottle
from scrapy.http.request import NO_CALLBACK
from scrapy.robotstxt import ProtegoRobotParser
from scrapy.utils.defer import deferred_from_coro

from spiders.middlewares import lost_its_body, retry_after, spider_of

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from scrapy.robotstxt import RobotParser

logger = logging.getLogger(__name__)

#: Seconds a copy of robots.txt is believed; RFC 9309 allows a day, a long backfill should notice sooner.
ROBOTS_LIFETIME_S = 3600.0
#: Bytes of a robots.txt that are read, as many as a crawler has to (RFC 9309, 2.5): each request is held to all rules.
MAX_ROBOTS_BYTES = 512_000
#: No site may slow us down to less than a request a minute.
MAX_CRAWL_DELAY_S = 60.0
#: The longest wait within a run; who asks for more is asked again by a later run.
MAX_WAIT_S = 60.0
FIRST_WAIT_S = 0.5


class LaterRun(IgnoreRequest):
    """The request may not be made in this run: its address stays in the ledger for a later one."""


class RobotsMiddleware(RobotsTxtMiddleware):
    """robots.txt as RFC 9309 has it, with Crawl-delay, and read again while a long crawl goes on.

    One that is not there (4xx) forbids nothing. While the server fails to give it (5xx, 429, no answer) its last rules
    hold, and where there are none nothing is asked of the host.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._rules: dict[str, RobotParser] = {}
        self._read_at: dict[str, float] = {}
        self._reading: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def robot_parser(self, request: Request) -> RobotParser | None:
        """The rules of the request's host, read again once they have grown old.

        In the place of Scrapy's, which gives the rules to one of those that wait for them and lets the others pass.

        Raises:
            LaterRun: there are none, for the host does not say what they are.
        """
        parts = urlsplit(request.url)
        if self._is_old(parts.netloc):
            async with self._reading[parts.netloc]:
                if self._is_old(parts.netloc):
                    await self._read_rules(f"{parts.scheme}://{parts.netloc}/robots.txt", parts.netloc)
        rules = self._rules.get(parts.netloc)
        if rules is None:
            end_run(self.crawler, "robots_unreachable")
            raise LaterRun(f"{parts.netloc} does not say what crawlers may ask for")
        return rules

    def _is_old(self, netloc: str) -> bool:
        return time.monotonic() - self._read_at.get(netloc, -math.inf) > ROBOTS_LIFETIME_S

    async def _read_rules(self, url: str, netloc: str) -> None:
        meta = {"dont_obey_robotstxt": True}
        request = Request(url, priority=self.DOWNLOAD_PRIORITY, meta=meta, callback=NO_CALLBACK)
        try:
            response = await self.crawler.engine.download_async(request)
            problem = f"HTTP {response.status}" if response.status >= 500 or response.status == 429 else None
            body = response.body if response.status < 400 else b""
        except Exception as error:  # noqa: BLE001  # whatever a download may fail with; it is in fetches.jsonl
            problem, body = f"{type(error).__name__}: {error}", b""
        self._read_at[netloc] = time.monotonic()
        if problem is not None:
            what_holds = "its last rules hold" if netloc in self._rules else "nothing is asked of the host"
            logger.warning("%s cannot be had: %s (%s)", url, what_holds, problem)
            return
        rules = self._rules[netloc] = read_robots(body)
        self._apply_crawl_delay(netloc, rules.crawl_delay(self.crawler.settings["USER_AGENT"]))

    def _apply_crawl_delay(self, netloc: str, asked: float | None) -> None:
        delay = min(asked or 0.0, MAX_CRAWL_DELAY_S)
        if delay:
            logger.info("%s asks for %.1f s between requests", netloc, delay)
        throttle = self.crawler.get_extension(AutoThrottle)
        if throttle is not None:
            throttle.mindelay = delay
        spider_of(self.crawler).crawl_delay = delay or None


def read_robots(body: bytes) -> ProtegoRobotParser:
    """The rules of a robots.txt; of a very long one those within `MAX_ROBOTS_BYTES`."""
    if len(body) > MAX_ROBOTS_BYTES:
        body = body[:MAX_ROBOTS_BYTES]
        # Half a rule is another rule.
        body = body[: max(body.rfind(b"\n"), body.rfind(b"\r")) + 1]
    return ProtegoRobotParser(body, None)


class PoliteRetryMiddleware(RetryMiddleware):
    """Retries after a wait, twice as long each time, with jitter; keeps to Retry-After and Crawl-delay.

    A host that answers 429 or 503 with Retry-After is left alone by every request until then. A wait past `MAX_WAIT_S`
    or the end of the run is not waited for: the run ends, and what is left stays in the ledger for a later one.
    """

    def __init__(self, settings: Any) -> None:  # as the base class has it
        super().__init__(settings)
        time_limit_s = settings.getfloat("CLOSESPIDER_TIMEOUT")
        self._ends_at = time.monotonic() + time_limit_s if time_limit_s else math.inf
        self._quiet_until: defaultdict[str, float] = defaultdict(lambda: -math.inf)
        # What earlier runs were told holds in this one.
        for host, until in settings.getdict("QUIET_UNTIL").items():
            left = datetime.fromisoformat(until).timestamp() - time.time()
            self._quiet_until[host] = time.monotonic() + left
        self._last_turn: defaultdict[str, float] = defaultdict(lambda: -math.inf)

    async def process_request(self, request: Request) -> None:
        """Holds a request until the host may be asked.

        Raises:
            LaterRun: the run cannot wait so long.
        """
        host = urlsplit(request.url).netloc
        while True:
            while (wait := self._quiet_until[host] - time.monotonic()) > 0:
                self._check_wait(host, wait)
                # Jitter, lest all who waited come at once.
                await asyncio.sleep(wait + random.uniform(0.05, 0.5))  # noqa: S311
            now = time.monotonic()
            turn = max(now, self._last_turn[host] + (spider_of(self.crawler).crawl_delay or 0.0))
            self._check_wait(host, turn - now, longest=math.inf)
            self._last_turn[host] = turn
            if turn > now:
                await asyncio.sleep(turn - now)
            # The host may have asked for quiet meanwhile.
            if self._quiet_until[host] <= time.monotonic():
                return

    def _check_wait(self, host: str, wait: float, *, longest: float = MAX_WAIT_S) -> None:
        if wait > longest:
            end_run(self.crawler, "asked_to_wait")
            raise LaterRun(f"{host} asks to be left alone for another {wait:.0f} s")
        if time.monotonic() + wait > self._ends_at:
            end_run(self.crawler, "closespider_timeout")
            raise LaterRun(f"the run ends before {host} may be asked again")

    async def process_response(self, request: Request, response: Response) -> Request | Response:  # type: ignore[override]
        """Waits before a retry of an answer that says the server cannot just now, or that has lost its body."""
        asked = retry_after(response) if response.status in {429, 503} else None
        if asked is not None:
            host = urlsplit(request.url).netloc
            self._quiet_until[host] = max(self._quiet_until[host], time.monotonic() + asked)
            if asked > MAX_WAIT_S:
                return response
        answer: Request | Response
        if lost_its_body(request, response):
            answer = self._retry(request, "empty body") or response
        else:
            answer = super().process_response(request, response)
        if answer is not response and not asked:
            await asyncio.sleep(self._wait(request))
        return answer

    async def process_exception(self, request: Request, exception: Exception) -> Request | Response | None:  # type: ignore[override]
        """Waits before a retry of a request that got no whole answer."""
        answer = super().process_exception(request, exception)
        if answer is not None:
            await asyncio.sleep(self._wait(request))
        return answer

    @staticmethod
    def _wait(request: Request) -> float:
        doubled: float = FIRST_WAIT_S * 2 ** request.meta.get("retry_times", 0)
        return doubled * random.uniform(0.5, 1.5)  # noqa: S311  # jitter


class BudgetMiddleware:
    """Lets no more than the run's budget of requests out to any host, then ends the run."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._made: Counter[str] = Counter()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        """Counts the request against its host's budget.

        Raises:
            LaterRun: the budget is spent.
        """
        host = urlsplit(request.url).netloc
        budget = spider_of(self._crawler).request.max_requests
        if budget is not None and self._made[host] >= budget:
            end_run(self._crawler, "budget_spent")
            raise LaterRun(f"the run's budget of {budget} requests to {host} is spent")
        self._made[host] += 1


def end_run(crawler: Crawler, reason: str) -> None:
    """Ends the crawl early: requests under way are finished, what is left stays in the ledger."""
    if crawler.engine.spider is not None:
        deferred_from_coro(crawler.engine.close_spider_async(reason=reason))
