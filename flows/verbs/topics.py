"""`wirehouse topics`."""

from __future__ import annotations

import click


@click.group("topics")
def verb() -> None:
    """The topics of articles: see docs/topics.md."""


@verb.command()
def train() -> None:
    """Learn topics from the warehouse's own articles; what was learned is used once it measures better."""
    from flows.settings import read_settings
    from flows.topics import described, train_topics

    click.echo(described(train_topics(read_settings())))
