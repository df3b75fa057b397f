"""`wirehouse raw`."""

from __future__ import annotations

import sys

import click


@click.command("raw")
@click.argument("article_uid")
@click.option("--revision", type=click.IntRange(min=1), help="Which revision; the newest if not given.")
def verb(article_uid: str, revision: int | None) -> None:
    """Write the archived page of an article to standard output."""
    from flows.asking import raw_page

    sys.stdout.buffer.write(raw_page(article_uid, revision))
