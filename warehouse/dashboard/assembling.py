"""The page, put together: template, style, scripts and facts in one text that asks for nothing outside itself."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from importlib import resources
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

_PAGE = resources.files("warehouse.dashboard") / "page"
_PLACEHOLDER = re.compile(r"\{\{([\w./-]+)\}\}")
_SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)

#: JSON stays JSON, and no text in it can end the element it is in or begin another.
_ESCAPES = {ord(letter): f"\\u{ord(letter):04x}" for letter in "<>&\u2028\u2029"}


def assemble(facts: Mapping[str, Any]) -> str:
    """The dashboard as HTML.

    Scripts run by their hash alone, and nothing may be loaded: whatever a title holds, the browser neither runs nor
    asks for it. Style is not hashed, for the charts bring their own.

    Args:
        facts: what the page's scripts read: the answers of `gather`, `made_at` in seconds since 1970, and `left_lying`:
            sentences about what is wrong beside the warehouse.
    """
    whole = _PLACEHOLDER.sub(lambda match: _file(match[1]), _file("index.html"))
    scripts = " ".join(f"'sha256-{_digest(text)}'" for text in _SCRIPT.findall(whole))
    policy = (
        f"default-src 'none'; script-src {scripts}; style-src 'unsafe-inline'; img-src data:;"
        " base-uri 'none'; form-action 'none'"
    )
    head, tail = whole.split("%FACTS%")
    return head.replace("%POLICY%", policy) + escaped_json(facts) + tail


def escaped_json(value: object) -> str:
    """JSON that may stand in a `<script>` element."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.translate(_ESCAPES)


def _file(name: str) -> str:
    return (_PAGE / name).read_text(encoding="utf-8").rstrip("\n")


def _digest(script: str) -> str:
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
