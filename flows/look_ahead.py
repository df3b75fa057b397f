"""What a backfill would do, without Prefect and without asking the site anything."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import warehouse
from flows.backfilling import make_plan
from flows.location import location
from flows.warc_importing import find_imports

if TYPE_CHECKING:
    from flows.backfill_target import Target
    from flows.settings import Settings


def look_ahead(settings: Settings, target: Target) -> tuple[list[dict[str, Any]], str]:
    """The rows of the plan, by day, and its estimate in a sentence.

    Raises:
        CannotBeDone: too little is known of the days asked for.
        WarehouseMissing: there is no warehouse; none is made.
    """
    with warehouse.connect(location(settings)) as connection:
        if target.warc is not None:
            imports = find_imports(connection, target, None)
            return imports.table(target.site.timezone), imports.described()
        plan = make_plan(connection, target, is_begun=False)
        return plan.table(), plan.described()
