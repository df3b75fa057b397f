"""`wirehouse doctor`."""

from __future__ import annotations

import click


@click.command("doctor")
def verb() -> None:
    """Look at the installation, the warehouse, the archive and the scheduler, and say how to mend what is wrong."""
    from itertools import chain

    from flows.doctor import examine
    from flows.errors import Unwell
    from flows.scheduler import examine_scheduler
    from flows.terminal import quieten_prefect

    quieten_prefect()
    wrong = 0
    for finding in chain(examine(), examine_scheduler()):
        mark = {True: "ok   ", False: "WRONG", None: "-    "}[finding.is_well]
        click.echo(f"{mark}  {finding.about}: {finding.found}")
        if finding.is_well is not True and finding.mend:
            click.echo(f"       {finding.mend}")
        wrong += finding.is_well is False
    if wrong:
        raise Unwell(f"{wrong} thing{' is' if wrong == 1 else 's are'} wrong; what to do is said below each")
