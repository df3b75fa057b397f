"""The exceptions of this package.

FlowsError
├── SettingsError     a setting has a value that cannot be used
├── CannotBeDone      what was asked for has parts that do not fit together, or too little is known for it
│   └── WrongArguments    what was asked for is wrong in itself, whatever there is
├── FilesNotRead      WARC files that were to be imported could not be read, or not to their end
├── ArchiveGone       the pages of earlier runs are not where the settings say
├── CrawlFailed       the crawl process crashed, overran its time or found no door open
├── RunInProgress     another run of the same site is under way
├── NoServer          Prefect's server, which the settings of Prefect name, does not answer
├── UnusableFile      a vocabulary of the analysts' own is none
├── IndexesDiffer     an index is not what the articles say
├── FieldsLost       fields that a site's pages usually have are on none of them
├── Unwell           something is wrong with the installation, the warehouse or the scheduler
└── NotFound          something asked for by name is not there
"""

from __future__ import annotations


class FlowsError(Exception):
    """Base of all errors raised by `flows`."""


class SettingsError(FlowsError):
    """A setting has a value that cannot be used."""


class CannotBeDone(FlowsError):
    """What was asked for has parts that do not fit together, or too little is known for it."""


class WrongArguments(CannotBeDone):
    """What was asked for is wrong in itself, whatever there is: the command line ends with status 2."""


class FilesNotRead(FlowsError):
    """WARC files that were to be imported could not be read, or not to their end."""


class ArchiveGone(FlowsError):
    """The pages of earlier runs are not where the settings say: nothing is put there meanwhile."""


class EndedEarly(FlowsError):
    """A backfill ended before all was done: the site asked to wait, say."""


class CrawlFailed(FlowsError):
    """The crawl process crashed, overran its time or found no door of the site open."""


class RunInProgress(FlowsError):
    """Another run of the same site is under way."""


class NoServer(FlowsError):
    """Prefect's server, which the settings of Prefect name, does not answer."""


class NotFound(FlowsError):
    """Something asked for by name is not there."""


class IndexesDiffer(FlowsError):
    """An index, made anew from the articles, is not the one that the warehouse has."""


class Unwell(FlowsError):
    """Something is wrong with the installation, the warehouse or the scheduler."""


class FieldsLost(FlowsError):
    """Fields that a site's pages usually have are on none of those that were looked at."""


class UnusableFile(FlowsError):
    """A vocabulary of the analysts' own is none: in which line that shows, and why."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(f"line {line}: {reason}")
        self.line = line
        self.reason = reason
