"""`wirehouse dashboard`."""

from __future__ import annotations

from pathlib import Path

import click


@click.command("dashboard")
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), help="Default: dashboard.html in WIREHOUSE_HOME."
)
def verb(out: Path | None) -> None:
    """Write the dashboard: one HTML file that needs no network. Each run makes it anew by itself."""
    if out is not None and not out.absolute().parent.is_dir():
        raise click.BadParameter(f"there is no directory {out.absolute().parent}", param_hint="--out")
    from flows.dashboard import make_here

    path = make_here(out)
    click.echo(f"The dashboard is {path} ({path.stat().st_size / 1e6:.1f} MB)", err=True)
