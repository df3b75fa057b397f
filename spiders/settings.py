"""Scrapy's settings for every crawl: lean, polite, and everything archived."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from spiders.content_encoding import MAX_PAGE_BYTES

if TYPE_CHECKING:
    from spiders.crawl_request import CrawlRequest


def crawl_settings(request: CrawlRequest, base_url: str) -> dict[str, Any]:
    """The settings of one crawl. On loopback, where nobody's server is to be spared, nothing is delayed."""
    polite = not is_loopback(base_url)
    return {
        "BOT_NAME": "wirehouse",
        "USER_AGENT": request.user_agent,
        "ROBOTSTXT_OBEY": True,
        # Only what the archive can decode again by itself.
        "DEFAULT_REQUEST_HEADERS": {
            "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
            "Accept-Language": "en",
            "Accept-Encoding": "gzip, deflate",
        },
        "COOKIES_ENABLED": False,
        "CONCURRENT_REQUESTS": 16,
        # Scrapy makes so many tasks for the output of every response, used or not; ours is requests alone.
        "CONCURRENT_ITEMS": 1,
        "WARN_ON_GENERATOR_RETURN_VALUE": False,
        "CONCURRENT_REQUESTS_PER_DOMAIN": 4 if polite else 16,
        "AUTOTHROTTLE_ENABLED": polite,
        "AUTOTHROTTLE_START_DELAY": 1.0,
        "AUTOTHROTTLE_TARGET_CONCURRENCY": 2.0,
        # A random delay would be at times shorter than the Crawl-delay a site asks for.
        "DOWNLOAD_DELAY_JITTER": 0,
        "DOWNLOAD_TIMEOUT": request.answer_within_s,
        "DOWNLOAD_MAXSIZE": MAX_PAGE_BYTES,
        "DOWNLOAD_WARNSIZE": 0,
        "QUIET_UNTIL": request.quiet_until,
        # Bytes of pages that wait for the reader before no more are fetched; they wait packed, so that these are many.
        "SCRAPER_SLOT_MAX_ACTIVE_SIZE": 1_000_000,
        "RETRY_TIMES": 3,
        "REDIRECT_MAX_TIMES": 6,
        "CLOSESPIDER_TIMEOUT": request.time_limit_s,
        "DOWNLOADER_MIDDLEWARES": {
            "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,
            "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
            "scrapy.downloadermiddlewares.retry.RetryMiddleware": None,
            "scrapy.downloadermiddlewares.httpauth.HttpAuthMiddleware": None,
            "scrapy.downloadermiddlewares.redirect.MetaRefreshMiddleware": None,
            "scrapy.downloadermiddlewares.cookies.CookiesMiddleware": None,
            "scrapy.downloadermiddlewares.httpproxy.HttpProxyMiddleware": None,
            "scrapy.downloadermiddlewares.httpcache.HttpCacheMiddleware": None,
            "spiders.middlewares.OwnHostsMiddleware": 50,
            "spiders.politeness.RobotsMiddleware": 100,
            "scrapy.downloadermiddlewares.httpcompression.HttpCompressionMiddleware": None,
            "spiders.politeness.PoliteRetryMiddleware": 550,
            # Between the redirect middleware and the archive, which keeps what the server sent.
            "spiders.middlewares.DecodingMiddleware": 590,
            "spiders.middlewares.OwnRedirectMiddleware": 650,
            "spiders.politeness.BudgetMiddleware": 860,
            "spiders.middlewares.ArchiveMiddleware": 870,
        },
        # Each would handle every request and every link of every page, to no effect that is wanted here.
        "SPIDER_MIDDLEWARES": {
            "scrapy.spidermiddlewares.start.StartSpiderMiddleware": None,
            "scrapy.spidermiddlewares.httperror.HttpErrorMiddleware": None,
            "scrapy.spidermiddlewares.referer.RefererMiddleware": None,
            "scrapy.spidermiddlewares.urllength.UrlLengthMiddleware": None,
            "scrapy.spidermiddlewares.depth.DepthMiddleware": None,
            "scrapy.spidermiddlewares.metacopy.MetaCopyDetectionMiddleware": None,
        },
        "DOWNLOADER_STATS": False,
        # Consoles that listen on a port are for debugging by hand; what is off by name is not even imported.
        "EXTENSIONS": {
            "scrapy.extensions.telnet.TelnetConsole": None,
            "scrapy.extensions.remote_control.RemoteControl": None,
            "scrapy.extensions.feedexport.FeedExporter": None,
        },
        "ASYNCIO_EVENT_LOOP": "uvloop.Loop",
        "LOG_LEVEL": "INFO",
        "LOG_FORMAT": "%(levelname)s %(name)s: %(message)s",
        "LOG_SHORT_NAMES": False,
        "LOGSTATS_INTERVAL": 0,
    }


def is_loopback(url: str) -> bool:
    """Whether the address is on this very machine."""
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
