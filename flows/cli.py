"""The console script `wirehouse`: thin over the flows."""

from __future__ import annotations

import errno
import logging
import os
import re
import sys
from typing import TYPE_CHECKING, Any

import click

from flows.errors import FlowsError, WrongArguments
from flows.interrupts import STATUS, heeding_interrupts
from flows.verbs import verbs

if TYPE_CHECKING:
    from collections.abc import Callable

#: Base classes of the errors that a person can do something about; known by name, to import none of the packages.
EXPECTED_ERRORS = ("FlowsError", "SpidersError", "WarehouseError", "TransformError")

#: What to do about an error of the operating system, by its number; of any other the message says all we know.
_ADVICE = {
    **dict.fromkeys((errno.ENOSPC, errno.EDQUOT), "; free space there"),
    **dict.fromkeys((errno.EACCES, errno.EPERM), "; see to the permissions of the place named"),
    errno.EROFS: "; name a place that can be written",
    **dict.fromkeys((errno.ENOENT, errno.ENOTDIR), "; see that it is there, and that its name is written right"),
    **dict.fromkeys((errno.EMFILE, errno.ENFILE), "; raise the number of files a process may open (ulimit -n)"),
}

#: A message that says what kind of error it is of.
_NAMED = re.compile(r"[A-Z]\w*( \w+)? Error: ")


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
    """Runs the command line: exit status 0 on success, 1 on failure, 2 on wrong usage.

    A failure is said in one line on standard error; below one about SQL are the line of the query that is meant and a
    caret.

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
        with heeding_interrupts():
            command()
    except click.exceptions.Exit as error:
        return error.exit_code
    except click.UsageError as error:
        error.show()
        return 2
    except (KeyboardInterrupt, click.Abort) as error:
        click.echo("wirehouse: stopped", err=True)
        return STATUS if isinstance(error, KeyboardInterrupt) else 1
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
        click.echo(f"wirehouse: {error}{_ADVICE.get(error.errno or 0, '')}", err=True)
        return 1
    except Exception as error:
        if debug:
            raise
        click.echo(f"wirehouse: {_told(error)}", err=True)
        return 2 if isinstance(error, WrongArguments) else 1
    return 0


def _told(error: Exception) -> str:
    """A message on one line; on its own lines where a caret points at a place in the one above."""
    expected = isinstance(error, FlowsError) or any(each.__name__ in EXPECTED_ERRORS for each in type(error).__mro__)
    # DuckDB's messages begin with what they are of: "Binder Error: …".
    name = "" if expected or _NAMED.match(str(error)) else f"{type(error).__name__}: "
    said = [f"{name}{error}", *getattr(error, "__notes__", ())]
    more = "(wirehouse --debug … shows more)"
    lines = "\n".join(said).splitlines()
    if not any(line.strip() == "^" for line in lines):
        return f"{' '.join('. '.join(said).split())} {more}"
    shown = ("".join(letter if letter.isprintable() else " " for letter in line).rstrip() for line in lines)
    return "\n".join([*filter(None, shown), more])


if __name__ == "__main__":
    main()
