"""The pulse of a crawl: tells the parent process how far it is, and ends it when there is no parent any more."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import sys
from typing import TYPE_CHECKING

from scrapy.utils.defer import deferred_from_coro
from twisted.internet.task import LoopingCall

from spiders.middlewares import spider_of

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

logger = logging.getLogger(__name__)

INTERVAL_S = 0.5


class Pulse:
    """Beats while a crawl goes on; `start` and `stop` are handlers of Scrapy's signals.

    `parent` is the process that the crawl does not outlive; it is told, since it may be gone before anyone asks here.
    """

    def __init__(self, crawler: Crawler, parent: int) -> None:
        self._crawler = crawler
        self._parent = parent
        self._is_orphan = False
        self._loop = LoopingCall(self._beat)

    def start(self) -> None:
        self._loop.start(INTERVAL_S, now=False)

    def stop(self) -> None:
        if self._loop.running:
            self._loop.stop()
        self._beat()

    def _beat(self) -> None:
        engine = self._crawler.engine
        if os.getppid() != self._parent and engine.spider is not None and not self._is_orphan:
            self._is_orphan = True
            logger.warning("The process that started this crawl is gone: ending it here; what was fetched is kept")
            deferred_from_coro(engine.close_spider_async(reason="parent_gone"))
        spider = spider_of(self._crawler)
        progress = {**spider.landing.counts, "asked_for": spider.agenda.asked}
        # Nobody reads it once the parent is gone.
        with contextlib.suppress(OSError):
            sys.stdout.write(json.dumps({"progress": progress}) + "\n")
            sys.stdout.flush()
