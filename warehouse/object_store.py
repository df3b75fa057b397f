"""S3 for DuckDB: its extension, and the keys from the environment, which go nowhere else."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from warehouse.schema import quoted

if TYPE_CHECKING:
    from collections.abc import Mapping

SECRET = "wirehouse_s3"  # noqa: S105 - the name of one, as DuckDB calls what it keeps keys in

_KEYS = {"KEY_ID": "AWS_ACCESS_KEY_ID", "SECRET": "AWS_SECRET_ACCESS_KEY", "SESSION_TOKEN": "AWS_SESSION_TOKEN"}
"""DuckDB's names of the keys, and the variables AWS's own tools read them from."""


def has_keys(environment: Mapping[str, str] | None = None) -> bool:
    """Whether the environment holds keys; without, DuckDB's extension `aws` looks where AWS's own tools do."""
    found = os.environ if environment is None else environment
    return bool(found.get("AWS_ACCESS_KEY_ID") and found.get("AWS_SECRET_ACCESS_KEY"))


def secret(
    scope: str, environment: Mapping[str, str] | None = None, *, by_name: bool = False, by_chain: bool | None = None
) -> str:
    """The statement that gives a DuckDB session the keys to `scope`, for as long as the session lives.

    Args:
        scope: `s3://BUCKET/PREFIX`, for which alone they are used.
        environment: `AWS_ACCESS_KEY_ID` and its like, as AWS's own tools read them; also `AWS_ENDPOINT_URL` for other
            servers that speak S3.
        by_name: True for a statement without the keys, in which the DuckDB shell reads them from its environment.
        by_chain: True to let DuckDB's extension `aws` find the keys; by default where the environment has none.
    """
    found = os.environ if environment is None else environment
    options = ["TYPE s3", f"SCOPE {quoted(scope)}"]
    if by_chain if by_chain is not None else not has_keys(found):
        options.append("PROVIDER credential_chain")
    else:
        there = {option: name for option, name in _KEYS.items() if found.get(name)}
        options += [
            f"{option} {f'getenv({quoted(name)})' if by_name else quoted(found[name])}"
            for option, name in there.items()
        ]
    region = found.get("AWS_REGION") or found.get("AWS_DEFAULT_REGION")
    if region:
        options.append(f"REGION {quoted(region)}")
    endpoint = found.get("AWS_ENDPOINT_URL_S3") or found.get("AWS_ENDPOINT_URL")
    if endpoint:
        parts = urlsplit(endpoint)
        options += [
            f"ENDPOINT {quoted(parts.netloc or parts.path)}",
            f"USE_SSL {str(parts.scheme != 'http').lower()}",
            "URL_STYLE 'path'",
        ]
    return f"CREATE OR REPLACE TEMPORARY SECRET {SECRET} ({', '.join(options)})"
