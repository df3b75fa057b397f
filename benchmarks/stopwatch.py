"""Seconds of the steps of something that runs: functions are watched from outside, nested ones taken out."""

from __future__ import annotations

import contextlib
import inspect
import time
from collections import defaultdict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence


class Stopwatch:
    """Which step the time went to. A step within another is not counted as the outer one's.

    Attributes:
        steps: seconds by step.
        details: seconds by step and by what was worked on there, as `watching` tells it.
    """

    def __init__(self) -> None:
        self.steps: dict[str, float] = defaultdict(float)
        self.details: dict[tuple[str, str], float] = defaultdict(float)
        self._inner = [0.0]

    @contextlib.contextmanager
    def step(self, name: str, detail: str = "") -> Iterator[None]:
        """Counts the time until its end to the step."""
        began = time.perf_counter()
        self._inner.append(0.0)
        try:
            yield
        finally:
            taken = time.perf_counter() - began
            own = taken - self._inner.pop()
            self._inner[-1] += taken
            self.steps[name] += own
            self.details[name, detail] += own

    @contextlib.contextmanager
    def watching(self, watched: Mapping[str, Sequence[tuple[object, str]]]) -> Iterator[None]:
        """Counts every call of these functions, named by where they stand, to their steps."""
        before = [(place, name, getattr(place, name)) for each in watched.values() for place, name in each]
        for step, places in watched.items():
            for place, name in places:
                setattr(place, name, self._watched(step, name, getattr(place, name)))
        try:
            yield
        finally:
            for place, name, function in before:
                setattr(place, name, function)

    def _watched(self, step: str, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def called(*arguments: Any, **named: Any) -> Any:
            said = next((text for each in arguments if (text := _said(each))), "")
            with self.step(step, f"{name} {said}".strip()):
                found = function(*arguments, **named)
                return list(found) if inspect.isgenerator(found) else found

        return called


def _said(argument: object) -> str:
    """The table or check that an argument names."""
    text = getattr(getattr(argument, "table", None), "name", argument)
    return text if isinstance(text, str) else ""
