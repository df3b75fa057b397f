"""Tags: what each article is about, by every scheme there is."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import pandas as pd

import transforms.schemes
from transforms.errors import UnknownScheme
from transforms.mentions import mentions
from transforms.own_vocabularies import own_tags
from transforms.shapes import OWN_TERMS, TAGGED, TAGS, TEXTS, conform, empty, widen

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

NO_MODELS: Mapping[str, Any] = MappingProxyType({})


def tags(
    texts: pd.DataFrame,
    own: pd.DataFrame,
    schemes: Collection[str] | None = None,
    models: Mapping[str, Any] = NO_MODELS,
) -> pd.DataFrame:
    """Grain: one row per article, scheme and tag. Key: article_uid, scheme, tag; sorted by it.

    Args:
        texts: rows of the articles table, or of that shape: see `transforms.shapes.TEXTS` for what is read.
        own: the terms of the analysts' vocabularies: see `transforms.own_terms`. May be empty.
        schemes: which ones to tag by; None: all.
        models: what was learned from the warehouse's own articles, by the scheme that it is for.

    Each scheme says in its module (`transforms.schemes`) what its rows mean. A row depends on its article alone, so
    neither the order nor the batch changes it.

    Raises:
        UnknownScheme: there is no such scheme.
    """
    given = widen(texts, TEXTS)
    wanted = _wanted(schemes, own)
    modules = [module for name, module in _modules().items() if name in wanted]
    made = [empty(TAGS)]
    if any(hasattr(module, "tag_mentions") for module in modules):
        found = mentions(given)
        made += [module.tag_mentions(found) for module in modules if hasattr(module, "tag_mentions")]
    made += [module.tag(given, *_model(module, models)) for module in modules if hasattr(module, "tag")]
    terms = widen(own, OWN_TERMS)
    made.append(own_tags(given, terms[terms["scheme"].isin(wanted)]))
    rows = conform(pd.concat(made), TAGS)
    return rows.sort_values(["article_uid", "scheme", "tag"], ignore_index=True)


def tagged(
    texts: pd.DataFrame,
    own: pd.DataFrame,
    run_id: str,
    schemes: Collection[str] | None = None,
    known_tagged: pd.DataFrame | None = None,
    models: Mapping[str, Any] = NO_MODELS,
) -> pd.DataFrame:
    """Grain: one row per article. Key: article_uid. By which versions of which schemes it is tagged after `tags`.

    Args:
        texts: the articles that were tagged.
        own: see `tags`.
        run_id: the run that did it.
        schemes: see `tags`; the versions of others stay as they are in `known_tagged`.
        known_tagged: rows of the table `tagged` about these articles; needed only with `schemes`.
        models: see `tags`.

    `versions` holds `{scheme}={version}`, sorted; also of schemes that found nothing.
    """
    now = [f"{scheme}={version}" for scheme, version in scheme_versions(own, models).items()]
    if schemes is not None:
        now = [each for each in now if each.partition("=")[0] in schemes]
    kept: dict[str, list[str]] = {}
    if schemes is not None and known_tagged is not None:
        known = widen(known_tagged, TAGGED)
        kept = {
            uid: [each for each in versions if each.partition("=")[0] not in schemes]
            for uid, versions in zip(known["article_uid"], known["versions"], strict=True)
        }
    uids = sorted(set(widen(texts, TEXTS)["article_uid"]))
    versions = [sorted([*kept.get(uid, []), *now]) for uid in uids]
    return conform(pd.DataFrame({"article_uid": uids, "run_id": run_id, "versions": versions}), TAGGED)


def scheme_versions(own: pd.DataFrame, models: Mapping[str, Any] = NO_MODELS) -> dict[str, str]:
    """The version of every scheme by its name, sorted."""
    terms = widen(own, OWN_TERMS).drop_duplicates("scheme")
    found = {name: str(module.version(*_model(module, models))) for name, module in _modules().items()}
    return dict(sorted({**found, **dict(zip(terms["scheme"], terms["vocabulary_version"], strict=True))}.items()))


def scheme_names() -> list[str]:
    """The schemes that come with this package, sorted."""
    return list(_modules())


def _wanted(schemes: Collection[str] | None, own: pd.DataFrame) -> set[str]:
    there = set(scheme_versions(own))
    unknown = sorted(set(schemes or ()) - there)
    if unknown:
        raise UnknownScheme(
            f"tagging by {', '.join(unknown)}: there is no such scheme; there are {', '.join(sorted(there))}"
        )
    return there if schemes is None else set(schemes)


def _model(module: Any, models: Mapping[str, Any]) -> tuple[Any, ...]:
    return (models[module.SCHEME],) if module.SCHEME in models else ()


@cache
def _modules() -> Mapping[str, Any]:
    names = sorted(each.name for each in pkgutil.iter_modules(transforms.schemes.__path__))
    return {name: importlib.import_module(f"transforms.schemes.{name}") for name in names}
