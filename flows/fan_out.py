"""Work in parts: here, or on the workers of a Dask cluster, with the same results in the same order."""

from __future__ import annotations

import contextlib
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, TypeVar

import pandas as pd

import transforms
from flows.errors import CannotBeDone

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

_Part = TypeVar("_Part")
_Result = TypeVar("_Result")

#: The scheduler of a cluster that the transforms of a run may use; None: all is done in this process.
_address: ContextVar[str | None] = ContextVar("dask_address", default=None)
#: Parts that are on their way at once: results wait here for their turn, and are not to fill the memory.
WINDOW = 64


@contextlib.contextmanager
def over(address: str | None) -> Iterator[None]:
    """Sends what is done in parts inside to a Dask scheduler; None: nowhere."""
    token = _address.set(address)
    try:
        yield
    finally:
        _address.reset(token)


def in_parts(function: Callable[[_Part], _Result], parts: Sequence[_Part], take: Callable[[_Result], None]) -> None:
    """Gives `take` what `function` makes of each part, in their order.

    Args:
        function: pure, and importable by name, for a worker imports it.
        parts: what it is given; plain data.
        take: called here, in this thread.

    Raises:
        CannotBeDone: there is a scheduler, but not the packages to speak to it.
    """
    address = _address.get()
    if address is None or len(parts) < 2:
        for part in parts:
            take(function(part))
        return
    for start in range(0, len(parts), WINDOW):
        _on_cluster(address, function, parts[start : start + WINDOW], take)


def _on_cluster(
    address: str, function: Callable[[_Part], _Result], parts: Sequence[_Part], take: Callable[[_Result], None]
) -> None:
    from prefect import flow, task  # noqa: PLC0415  # two seconds, and not wanted where all is done in this process
    from prefect.cache_policies import NO_CACHE  # noqa: PLC0415

    try:
        from prefect_dask import DaskTaskRunner  # noqa: PLC0415  # an optional dependency
    except ImportError as error:
        raise CannotBeDone(
            f"WIREHOUSE_DASK_ADDRESS is {address}, but the package for it is not there: pip install 'wirehouse[scale]'"
        ) from error
    name = function.__name__.strip("_").replace("_", " ")
    part_of_it = task(name=name, persist_result=False, retries=2, cache_policy=NO_CACHE)(function)

    @flow(name=f"{name} in parts", task_runner=DaskTaskRunner(address=address), persist_result=False)
    def spread() -> None:
        # Not as parameters of the flow: those are kept at Prefect's server.
        futures: list[Any] = [part_of_it.submit(part) for part in parts]
        for future in futures:
            take(future.result())

    spread()


def observations(records: pd.DataFrame, sites: pd.DataFrame) -> pd.DataFrame:
    """What `transforms.observations` makes of the records, on a cluster day by day where there is one."""
    if _address.get() is None or records.empty:
        return transforms.observations(records, sites)
    days = records["fetched_at"].astype("str").str[:10] if "published" not in records else _days(records)
    parts = [(group, sites) for _, group in records.groupby(days, sort=True)]
    made: list[pd.DataFrame] = []
    in_parts(observe_day, parts, made.append)
    order = {
        place: number
        for number, place in enumerate(zip(records["archive_file"], records["archive_offset"], strict=True))
    }
    rows = pd.concat(made)
    number = [order[place] for place in zip(rows["archive_file"], rows["archive_offset"], strict=True)]
    return rows.iloc[sorted(range(len(number)), key=number.__getitem__)].reset_index(drop=True)


def observe_day(part: tuple[pd.DataFrame, pd.DataFrame]) -> pd.DataFrame:
    """`transforms.observations` of one part of the records."""
    return transforms.observations(*part)


def _days(records: pd.DataFrame) -> pd.Series:
    """The day each record says it was published, as far as it says one; else that of its fetch."""
    said = [
        str(witnesses[0].get("at") or "")[:10] if isinstance(witnesses, list) and witnesses else ""
        for witnesses in records["published"]
    ]
    fetched = records["fetched_at"].astype("str").str[:10]
    return pd.Series(said, index=records.index, dtype="str").where(lambda days: days != "", fetched)
