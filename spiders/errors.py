"""The exceptions of this package.

SpidersError
├── ArchiveError      a WARC file or record cannot be read or written
├── DiskError         what a crawl has to keep cannot be written: there is no room, or the disk fails
├── LandingError      a landing run is missing, incomplete or cannot be used
│   └── RunIsHeld         a living process still writes it
├── SiteError         no such site, or its declaration is wrong
└── CrawlRequestError a crawl was asked for in a way that cannot be carried out
"""

from __future__ import annotations


class SpidersError(Exception):
    """Base of all errors raised by `spiders`."""


class ArchiveError(SpidersError):
    """A WARC file or record cannot be read or written."""


class DiskError(SpidersError):
    """What a crawl has to keep cannot be written: there is no room, or the disk fails."""


class LandingError(SpidersError):
    """A landing run is missing, incomplete or cannot be used."""


class RunIsHeld(LandingError):
    """A living process still writes a landing run."""


class SiteError(SpidersError):
    """No such site, or its declaration is wrong."""


class CrawlRequestError(SpidersError):
    """A crawl was asked for in a way that cannot be carried out."""
