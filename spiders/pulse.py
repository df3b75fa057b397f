"""The pulse of a crawl: tells the parent process how far it is, and ends it when there is no parent any more."""

from __future__ import annotations

import json
import logging
import os
import sys
from typing import TYPE_CHECKING

from scrapy.utils.defer import deferred_from_coro
from twisted.internet.task import LoopingCall

if TYPE_CHECKING:
    from spiders.news_spider import NewsSpider

logger = logging.getLogger(__name__)

INTERVAL_S = 0.5


class Pulse:
    """Beats while the crawl of `spider` goes on; `start` and `stop` are handlers of Scrapy's signals."""

    def __init__(self, spider: NewsSpider) -> None:
        self._spider = spider
        self._parent = os.getppid()
        self._loop = LoopingCall(self._beat)

    def start(self) -> None:
        self._loop.start(INTERVAL_S, now=False)

    def stop(self) -> None:
        if self._loop.running:
            self._loop.stop()
        self._beat()

    def _beat(self) -> None:
        progress = {**self._spider.landing.counts, "asked_for": self._spider.agenda.asked}
        sys.stdout.write(json.dumps({"progress": progress}) + "\n")
        sys.stdout.flush()
        engine = self._spider.crawler.engine
        if os.getppid() != self._parent and engine.spider is not None:
            logger.warning("The process that started this crawl is gone: ending it here; what was fetched is kept")
            self._parent = os.getppid()
            deferred_from_coro(engine.close_spider_async(reason="parent_gone"))
