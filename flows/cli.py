"""The console script `wirehouse`: thin over the flows."""

from __future__ import annotations

import logging
import os
import sys
from typing import TYPE_CHECKING, Any

import click

from flows.errors import FlowsError
from flows.interrupts import STATUS, is_interrupt
from flows.verbs import verbs

if TYPE_CHECKING:
    from collections.abc import Callable

#: Base classes of the errors that a person can do something about; known by name, to import none of the packages.
EXPECTED_ERRORS = ("FlowsError", "SpidersError", "WarehouseError", "TransformError")


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="wirehouse", prog_name="wirehouse")
@click.option("--debug", is_flag=True, help="Show the traceback of an error.")
def cli(*, debug: bool) -> None:
    """Turns news sites into a warehouse that analysts trust."""
    if debug:
        os.environ["PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL"] = "DEBUG"


for each in verbs():
    cli.add_command(each)


def main(arguments: list[str] | None = None) -> None:
    """Runs the command line: exit status 0 on success, 1 on failure with one line on stderr, 2 on wrong usage.

    Stopped by Ctrl-C it is 130, as of other programs.
    """
    os.environ.setdefault("PREFECT_SERVER_ANALYTICS_ENABLED", "false")
    os.environ.setdefault("DO_NOT_TRACK", "1")  # Prefect's client has telemetry of its own
    arguments = sys.argv[1:] if arguments is None else arguments
    debug = "--debug" in arguments
    _show_log(debug=debug)
    sys.exit(_run(lambda: cli(arguments, standalone_mode=False), debug=debug))


def _show_log(*, debug: bool) -> None:
    """Warnings to standard error, but for those of a run: these are in its own log, at Prefect's server."""
    handler = logging.StreamHandler()
    handler.setLevel(logging.WARNING)
    handler.setFormatter(logging.Formatter("%(levelname)s %(name)s: %(message)s"))
    handler.addFilter(lambda record: debug or not record.name.startswith("prefect"))
    logging.getLogger().addHandler(handler)


def _run(command: Callable[[], Any], *, debug: bool) -> int:
    try:
        command()
    except click.exceptions.Exit as error:
        return error.exit_code
    except click.UsageError as error:
        error.show()
        return 2
    except (KeyboardInterrupt, click.Abort) as error:
        click.echo("wirehouse: stopped", err=True)
        return STATUS if is_interrupt(error) else 1
    except click.ClickException as error:
        click.echo(f"wirehouse: {error}", err=True)
        return 1
    except BrokenPipeError:
        # Whoever read our output has enough of it, as in `wirehouse raw … | head`.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except OSError as error:
        if debug:
            raise
        click.echo(f"wirehouse: {error}; free space, or see to the permissions of the place named", err=True)
        return 1
    except Exception as error:
        if is_interrupt(error):
            click.echo("wirehouse: stopped", err=True)
            return STATUS
        if debug:
            raise
        expected = isinstance(error, FlowsError) or any(
            each.__name__ in EXPECTED_ERRORS for each in type(error).__mro__
        )
        text = " ".join(". ".join([str(error), *getattr(error, "__notes__", ())]).split())
        name = "" if expected else f"{type(error).__name__}: "
        click.echo(f"wirehouse: {name}{text} (wirehouse --debug … shows more)", err=True)
        return 1
    return 0


if __name__ == "__main__":
    main()
