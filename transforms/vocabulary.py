"""Vocabularies: the data files beside this package, and the versions that tell their states apart."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable


def vocabulary_file(name: str) -> Traversable:
    """A data file of `transforms/vocabularies`."""
    return files("transforms").joinpath("vocabularies", name)


@cache
def version_of(rules: int, *names: str) -> str:
    """`{rules}-{8 hex digits}`: the number of the scheme's rules, and a hash of its data files.

    Raise `rules` with every change of code that can change tags; a change of a file changes the hash by itself.
    """
    digest = hashlib.sha256()
    for name in names:
        # Lines as they are, not bytes: a checkout that rewrites line ends is no other vocabulary.
        digest.update("\n".join(vocabulary_file(name).read_text(encoding="utf-8").splitlines()).encode())
    return f"{rules}-{digest.hexdigest()[:8]}"
