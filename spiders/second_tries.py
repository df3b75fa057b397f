"""Which of the articles that a crawl could not get are asked for once more at its end."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scrapy import Request

#: Articles whose last try failed are asked for once more at the end of the run, where there are no more than so many or
#: than this share of all that were asked for: one in six tries failing leaves one article in a thousand after four of
#: them. Where more fail the site is in trouble and left alone.
FEW_FAILED, FEW_FAILED_SHARE = 20, 0.05


class SecondTries:
    """The requests of articles whose last try failed."""

    def __init__(self) -> None:
        self._failed: list[Request] = []

    def note_failed(self, request: Request) -> None:
        """Keeps an article whose tries all failed in ways that may pass."""
        if request.meta["purpose"] == "article" and request.meta.get("retry_times"):
            self._failed.append(request)

    def take(self, asked: int) -> list[Request]:
        """Those to be made again, once, where the run has asked for so many articles."""
        failed, self._failed = self._failed, []
        if len(failed) > max(FEW_FAILED, FEW_FAILED_SHARE * asked):
            return []
        return [request for request in failed if not request.meta.get("is_second_try")]
