"""`wirehouse publish`."""

from __future__ import annotations

import click


@click.command("publish")
@click.argument("run_id")
@click.option(
    "--give-up", is_flag=True, help="Remove the run instead, whatever it waits for; its pages stay in the archive."
)
def verb(run_id: str, *, give_up: bool) -> None:
    """Publish a landing run that a check had stopped, once more."""
    import logging

    from flows import dashboard, stopped
    from flows.settings import read_settings
    from flows.terminal import describe_run

    settings = read_settings()
    if give_up:
        stopped.give_up(settings, run_id)
        click.echo(f"Run {run_id} is given up; what it had found is asked for anew", err=True)
        return
    published = stopped.publish_again(settings, run_id)
    dashboard.refresh(settings, logging.getLogger(__name__))
    row = {"run_id": run_id, "state": published.state, "reason": published.reason, **published.counts}
    click.echo(describe_run(row), err=True)
