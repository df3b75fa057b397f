"""Landing runs as worse page objects would have left them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from spiders.landing import LandingRun

if TYPE_CHECKING:
    from pathlib import Path

SITE = "devdiscourse"


def misread(landing: Path) -> tuple[str, str, str]:
    """Makes of a landing run what worse page objects would have read; returns three articles' ids.

    The first has no author and another title, the second no section, the third was no article to them.
    """
    run = LandingRun(landing)
    rows = list(run.lines("records"))
    other, thin, lost = [row["site_article_id"] for row in rows if row["sector"] and row["author"]][:3]
    for row in rows:
        if row["site_article_id"] == other:
            row["title"], row["author"] = f"{row['title']} | Devdiscourse", None
        if row["site_article_id"] == thin:
            row["sector"] = None
    gone = [row for row in rows if row["site_article_id"] == lost]
    run.rewrite("records", [row for row in rows if row["site_article_id"] != lost])
    places = {(row["archive_file"], row["archive_offset"]) for row in gone}
    fetches = list(run.lines("fetches"))
    for row in fetches:
        if (row["archive_file"], row["archive_offset"]) in places:
            row["verdict"] = "rejected"
    run.rewrite("fetches", fetches)
    return f"{SITE}:{other}", f"{SITE}:{thin}", f"{SITE}:{lost}"
