"""Judges a request by the replica's own robots.txt, so that a test can count what a polite client would not ask for."""

from __future__ import annotations

import re
from functools import lru_cache


def is_allowed(robots: str, user_agent: str, target: str) -> bool:
    """Whether the rules allow the target; the longest matching rule decides, and Allow wins a tie (RFC 9309)."""
    best = (0, True)
    for path, allows in _rules(robots, user_agent.lower()):
        if _pattern(path).match(target):
            best = max(best, (len(path), allows))
    return best[1]


@lru_cache(maxsize=64)
def _rules(robots: str, agent: str) -> tuple[tuple[str, bool], ...]:
    groups: list[tuple[list[str], list[tuple[str, bool]]]] = []
    for raw in robots.splitlines():
        key, _, value = (part.strip() for part in raw.partition("#")[0].partition(":"))
        if key.lower() == "user-agent":
            if not groups or groups[-1][1]:
                groups.append(([], []))
            groups[-1][0].append(value.lower())
        elif key.lower() in ("allow", "disallow") and groups and value:
            groups[-1][1].append((value, key.lower() == "allow"))
    named = [rules for agents, rules in groups if any(a != "*" and a in agent for a in agents)]
    chosen = named or [rules for agents, rules in groups if "*" in agents]
    return tuple(rule for rules in chosen for rule in rules)


@lru_cache(maxsize=256)
def _pattern(path: str) -> re.Pattern[str]:
    anchored = path.endswith("$")
    parts = [re.escape(part) for part in path.removesuffix("$").split("*")]
    return re.compile(".*".join(parts) + ("$" if anchored else ""))
