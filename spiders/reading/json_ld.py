"""JSON-LD blocks, also those that are not JSON: what can be had of the values that are asked for."""

from __future__ import annotations

import json
import re
from itertools import islice
from typing import Any

from spiders.reading.text import plain

#: A block longer than this is not looked into: no article's metadata is.
_MAX_LENGTH = 300_000
_MAX_DEPTH = 30
#: A key is looked for at so many places at most.
_MOST_TRIES = 4


class JsonLdBlock:
    """One `application/ld+json` script.

    `is_valid` says whether it was JSON. Values are found by key whichever way: in the parsed data when there is one,
    else by reading the text tolerantly (values without quotes, quotes inside of values).
    """

    def __init__(self, text: str) -> None:
        self.text = text if len(text) <= _MAX_LENGTH else ""
        self._data: Any = None
        try:
            self._data = json.loads(self.text, strict=False) if self.text else None
        except (ValueError, RecursionError):
            self._data = None
        self.is_valid = self._data is not None

    def is_of_type(self, *names: str) -> bool:
        """Whether the block's own `@type` is one of these."""
        stated = self._raw("@type")
        return any(kind in names for kind in (stated if isinstance(stated, list) else [stated]))

    def value(self, key: str) -> str | None:
        """The text at a key of the block's main object, entities resolved; None if there is none."""
        found = self._raw(key)
        if isinstance(found, list):
            found = next((part for part in found if isinstance(part, str)), None)
        if not isinstance(found, str):
            return None
        return plain(found.replace("\0", "").encode("utf-8", "replace").decode("utf-8")) or None

    def _raw(self, key: str) -> Any:
        if self.is_valid:
            return _main_object(self._data).get(key)
        starts = islice(re.finditer(rf"\"{re.escape(key)}\"\s*:", self.text), _MOST_TRIES)
        found = next((value for start in starts if (value := _VALUE.match(self.text, start.end()))), None)
        if found is None:
            return None
        quoted = found.group("quoted")
        return quoted.replace('\\"', '"').replace("\\/", "/") if quoted is not None else found.group("bare")


def _main_object(data: Any) -> dict[str, Any]:
    """The object a block is about: itself, the first of a list, the first typed one of an `@graph`."""
    for _ in range(_MAX_DEPTH):
        if isinstance(data, list):
            data = next((part for part in data if isinstance(part, dict)), {})
        elif isinstance(data, dict) and "@type" not in data and isinstance(data.get("@graph"), list):
            data = data["@graph"]
        else:
            break
    return data if isinstance(data, dict) else {}


#: A value ends before the next key or at the end of the object, not at any quote.
_END = r"\s*(?:,\s*\"[@\w]+\"\s*:|,?\s*\}|,?\s*\]|\Z)"
_VALUE = re.compile(
    rf"\s*(?:\"(?P<quoted>.{{0,5000}}?)\"(?={_END})|(?P<bare>[^\s\"{{\[].{{0,5000}}?)(?={_END}))", re.DOTALL
)
