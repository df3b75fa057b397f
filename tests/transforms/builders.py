"""Small input frames for the tests of transforms."""

from __future__ import annotations

import pandas as pd

SITES = pd.DataFrame(
    {"site": ["planet", "gazette"], "timezone": ["Asia/Kolkata", "America/New_York"]},
    dtype="str",
)
RECORDED_AT = pd.Timestamp("2026-01-05T12:00:00Z")


def witness(raw="12-12-2025 19:00 IST", at="2025-12-12T19:00:00+05:30", *, source="text", precision="minute"):
    return {"source": source, "raw": raw, "at": at, "precision": precision}


def record(**changes):
    """One landed record: a usable article of the site planet."""
    row = {
        "site": "planet",
        "parser": "planet.article@2025-12",
        "url": "https://www.planet.example/article/law/101-a-title",
        "site_article_id": "101",
        "canonical_url": "https://www.planet.example/article/law/101-a-title",
        "amp_url": None,
        "kind": "news",
        "label": "law",
        "sector": "law-governance",
        "breadcrumb": ["Home", "News"],
        "title": "A title",
        "summary": "A summary",
        "source": "Planet News Desk",
        "author": None,
        "place": "New Delhi",
        "countries": ["India"],
        "published": [witness()],
        "updated": [witness()],
        "language": "en",
        "body": ["First paragraph.", "Second paragraph."],
        "attribution": None,
        "site_tags": ["One", "Two"],
        "keywords": ["one"],
        "image_url": None,
        "image_caption": None,
        "image_is_ai_generated": False,
        "video_url": None,
        "first_published_in": None,
        "sidebars": [],
        "findings": [],
        "run_id": "run-1",
        "requested_url": "https://www.planet.example/article/law/101-a-title",
        "fetched_at": "2026-01-01T00:00:00.000000+00:00",
        "edition": None,
        "archive_file": "run-1.warc.gz",
        "archive_offset": 0,
    }
    unknown = set(changes) - set(row)
    if unknown:
        raise KeyError(f"a record has no {unknown}")
    return row | changes


def records(*rows):
    """A frame of records; each has its own place in the archive unless it says otherwise."""
    placed = [{**row, "archive_offset": row["archive_offset"] or 1000 * number} for number, row in enumerate(rows)]
    return pd.DataFrame(placed)


def at_hour(hour):
    """ISO text of the time `hour` hours into 2026."""
    return (pd.Timestamp("2026-01-01T00:00:00Z") + pd.Timedelta(hours=hour)).isoformat(timespec="microseconds")


def only(frame):
    """The one row of a frame, as a dict with None for nulls."""
    (row,) = frame.to_dict("records")
    return {name: None if not isinstance(value, list) and pd.isna(value) else value for name, value in row.items()}
