"""Crawling without Prefect, and copies of what a crawl left."""

from __future__ import annotations

import logging
import shutil
from typing import TYPE_CHECKING

from flows import crawling
from flows.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

    from spiders.landing import LandingRun


def crawl(settings: Settings, base_url: str, flow: str = "test") -> LandingRun:
    """Crawls the replica at `base_url` into a landing run."""
    return crawling.crawl_site(
        settings, "devdiscourse", flow=flow, base_url=base_url, since=None, limit=None, log=logging.getLogger()
    )


def copy_of(crawled: Path, home: Path) -> tuple[Settings, Path]:
    """A copy of a home with one landing run, and that run's directory."""
    shutil.copytree(crawled, home, dirs_exist_ok=True)
    (landing,) = (home / "landing").iterdir()
    return Settings(home=home), landing
