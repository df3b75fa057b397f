"""Work in parts: here, or on the workers of a Dask cluster, with the same results in the same order."""

from __future__ import annotations

import contextlib
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, TypeVar

import pandas as pd

import transforms
from flows.errors import CannotBeDone

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

_Result = TypeVar("_Result")

#: The scheduler of a cluster that the transforms of a run may use; None: all is done in this process.
_address: ContextVar[str | None] = ContextVar("dask_address", default=None)
#: Parts that are on their way at once: results wait here for their turn, and are not to fill the memory.
WINDOW = 64
#: Days are sent together until a part has so many rows: a Prefect task for each costs more than it brings.
ROWS = 500


@contextlib.contextmanager
def over(address: str | None) -> Iterator[None]:
    """Sends what is done in parts inside to a Dask scheduler; None: nowhere."""
    token = _address.set(address)
    try:
        yield
    finally:
        _address.reset(token)


def in_parts(
    function: Callable[..., _Result], parts: Sequence[tuple[Any, ...]], take: Callable[[_Result], None]
) -> None:
    """Gives `take` what `function` makes of each part, in their order.

    Args:
        function: pure, and importable by name, for a worker imports it.
        parts: its arguments, for each call of it; plain data.
        take: called here, in this thread.

    Raises:
        CannotBeDone: there is a scheduler, but not the packages to speak to it.
    """
    address = _address.get()
    if address is None or len(parts) < 2:
        for part in parts:
            take(function(*part))
        return
    for start in range(0, len(parts), WINDOW):
        _on_cluster(address, function, parts[start : start + WINDOW], take)


def _on_cluster(
    address: str, function: Callable[..., _Result], parts: Sequence[tuple[Any, ...]], take: Callable[[_Result], None]
) -> None:
    from prefect import flow, task  # noqa: PLC0415  # two seconds, and not wanted where all is done in this process
    from prefect.cache_policies import NO_CACHE  # noqa: PLC0415

    try:
        from prefect_dask.task_runners import DaskTaskRunner  # noqa: PLC0415  # an optional dependency
    except ImportError as error:
        raise CannotBeDone(
            f"WIREHOUSE_DASK_ADDRESS is {address}, but the package for it is not there: pip install 'wirehouse[scale]'"
        ) from error
    name = function.__name__.replace("_", " ")
    part_of_it = task(name=name, persist_result=False, retries=2, cache_policy=NO_CACHE)(function)

    runner: Any = DaskTaskRunner(address=address)  # typed as a runner of futures of its own

    @flow(name=f"{name} in parts", task_runner=runner, persist_result=False)
    def spread() -> None:
        # Not as parameters of the flow: those are kept at Prefect's server.
        futures: list[Any] = [part_of_it.submit(*part) for part in parts]
        for future in futures:
            take(future.result())

    spread()


def observations(records: pd.DataFrame, sites: pd.DataFrame) -> pd.DataFrame:
    """What `transforms.observations` makes of the records, on a cluster by their days where there is one."""
    if _address.get() is None or records.empty:
        return transforms.observations(records, sites)
    rows = _in_parts_of_days(transforms.observations, records, _days(records), sites)
    order = {
        place: number
        for number, place in enumerate(zip(records["archive_file"], records["archive_offset"], strict=True))
    }
    number = [order[place] for place in zip(rows["archive_file"], rows["archive_offset"], strict=True)]
    return rows.iloc[sorted(range(len(number)), key=number.__getitem__)].reset_index(drop=True)


def tags(
    articles: pd.DataFrame, own: pd.DataFrame, schemes: Collection[str] | None, models: Mapping[str, Any]
) -> pd.DataFrame:
    """What `transforms.tags` makes of the articles, on a cluster by their days where there is one."""
    if _address.get() is None or articles.empty:
        return transforms.tags(articles, own, schemes, models)
    rows = _in_parts_of_days(transforms.tags, articles, articles["site_date"].astype("str"), own, schemes, dict(models))
    return rows.sort_values(["article_uid", "scheme", "tag"], ignore_index=True)


def story_terms(articles: pd.DataFrame) -> pd.DataFrame:
    """What `transforms.story_terms` makes of the articles, on a cluster by their days where there is one."""
    if _address.get() is None or articles.empty:
        return transforms.story_terms(articles)
    rows = _in_parts_of_days(transforms.story_terms, articles, articles["site_date"].astype("str"))
    order = dict(zip(articles["article_uid"], range(len(articles)), strict=True))
    return rows.sort_values("article_uid", key=lambda uids: uids.map(order), kind="stable", ignore_index=True)


def _in_parts_of_days(
    function: Callable[..., pd.DataFrame], frame: pd.DataFrame, days: pd.Series, *rest: object
) -> pd.DataFrame:
    """What the function makes of the rows of some days and `rest`, those of all days one after another."""
    made: list[pd.DataFrame] = []
    in_parts(function, [(part, *rest) for part in _parts(frame, days)], made.append)
    return pd.concat(made, ignore_index=True)


def _parts(frame: pd.DataFrame, days: pd.Series) -> list[pd.DataFrame]:
    """The rows of the first days, of those behind them, and so on: so many days that a part has `ROWS` rows."""
    sizes = days.groupby(days, dropna=False, sort=True).size()
    numbers = (sizes.cumsum() - sizes) // ROWS
    part = days.map(numbers.to_dict())
    return [rows for _, rows in frame.groupby(part.to_numpy(), sort=True, dropna=False)]


def _days(records: pd.DataFrame) -> pd.Series:
    """The day each record says it was published, as far as it says one; else that of its fetch."""
    fetched = records["fetched_at"].astype("str").str[:10]
    if "published" not in records:
        return fetched
    said = [
        str(witnesses[0].get("at") or "")[:10] if isinstance(witnesses, list) and witnesses else ""
        for witnesses in records["published"]
    ]
    return pd.Series(said, index=records.index, dtype="str").where(lambda days: days != "", fetched)
