"""Addresses and identity: canonical URLs, and the uid of an article made from them."""

from __future__ import annotations

import hashlib
import re
from urllib.parse import SplitResult, unquote, urljoin, urlsplit

from w3lib.url import canonicalize_url, url_query_cleaner

#: Parameters that say where a reader came from, never what is read; `amp` picks other markup of the same article.
_TRACKING = re.compile(
    r"utm_.*|fbclid|gclid|gclsrc|gbraid|wbraid|gad_source|srsltid|dclid|msclkid|yclid|twclid|ttclid|li_fat_id|igshid|igsh"
    r"|mc_[ce]id|mkt_tok|_hsenc|_hsmi|_ga|_gl|wt_mc|ns_(?:campaign|mchannel|source)|at_(?:campaign|medium)|cmpid|amp"
    r"|outputtype",
    re.IGNORECASE,
)
#: Addresses that are canonical already: most are, and w3lib takes 20 µs to say so.
_PLAIN = re.compile(r"https://[a-z0-9.-]*[a-z](?:/[A-Za-z0-9_~-][A-Za-z0-9_.~-]*)+/?", re.ASCII)
#: The caches that serve AMP pages of others, with the address of the page in their own
#: (https://developers.google.com/amp/cache/overview#amp-cache-url-format).
_AMP_CACHE = re.compile(
    r"https?://(?:[a-z0-9.-]+\.(?:cdn\.ampproject\.org|bing-amp\.com)/[acviw]|www\.google\.[a-z.]+/amp)/(s/)?(?=[^/]+\.)",
    re.IGNORECASE | re.ASCII,
)
_AMP_PATH = re.compile(r"(?<=[^/])(?:/amp)+/?$")
_NAMED_HOST = re.compile(r"(?:[^.:/]+\.)+[^\d.:/][^.:/]*", re.ASCII)


def canonical_address(address: object, base: object = None) -> str | None:
    """The address in one form, so that two that differ in writing alone are equal.

    Fragments, tracking parameters, AMP (`?amp`, `/amp` at the end, the caches that serve it), default ports and the dot
    at the end of a host go; http is https where the host has a name and no port of its own. Percent-encoding, the order
    of parameters and names in other scripts are w3lib's work. Doubled slashes stay: servers tell them apart.

    Args:
        address: as found; relative ones are taken relative to `base`.
        base: the address of the page it was found on.

    Returns:
        None for what is not an http(s) address of a host.
    """
    if not isinstance(address, str) or not address.strip():
        return None
    text = address.strip()
    if "/amp" not in text and _PLAIN.fullmatch(text):
        return text
    try:
        absolute = urljoin(base, text) if isinstance(base, str) else text
        if cache := _AMP_CACHE.match(absolute):
            absolute = f"{'https' if cache[1] else 'http'}://{absolute[cache.end() :]}"
        parts = urlsplit(absolute)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            return None
        parts = _one_host(parts)._replace(path=_AMP_PATH.sub("", parts.path))
        absolute = parts.geturl()
        names = [pair.partition("=")[0] for pair in parts.query.split("&")]
        tracking = [name for name in names if _TRACKING.fullmatch(name)]
        if tracking:
            absolute = url_query_cleaner(absolute, tracking, remove=True, unique=False)
        return canonicalize_url(absolute)
    except ValueError:  # unclosed brackets, ports that are no numbers, lone surrogates
        return None


def _one_host(parts: SplitResult) -> SplitResult:
    """With the host in one form, and https where the host has a name and no port of its own."""
    host = unquote(parts.hostname or "").lower().rstrip(".")
    user = f"{parts.netloc.rpartition('@')[0]}@" if "@" in parts.netloc else ""
    port = None if parts.port == {"http": 80, "https": 443}[parts.scheme] else parts.port
    shown = f"[{host}]" if ":" in host else host
    netloc = f"{user}{shown}" + (f":{port}" if port is not None else "")
    scheme = "https" if port is None and _NAMED_HOST.fullmatch(host) else parts.scheme
    return parts._replace(scheme=scheme, netloc=netloc)


def page_address(canonical: object, url: object) -> str | None:
    """The canonical URL of an article page: what the page says of itself, else where it was read.

    A page that names the site's front page as its canonical address (a common slip of templates) is not believed.
    """
    stated = canonical_address(canonical, url)
    if stated is not None and urlsplit(stated).path.strip("/"):
        return stated
    return canonical_address(url)


def article_uid(site: object, site_article_id: object, address: str | None) -> str | None:
    """`{site}:{site_article_id}`; without an id `{site}:{16 hex digits of SHA-256 of the canonical URL}`.

    The id is taken as the site writes it, never cleaned, apart from white space around it.

    Returns:
        None where there is neither an id nor an address, or no site.
    """
    if not isinstance(site, str) or not site.strip():
        return None
    if isinstance(site_article_id, int) and not isinstance(site_article_id, bool):
        site_article_id = str(site_article_id)
    if isinstance(site_article_id, str) and site_article_id.strip():
        return f"{site.strip()}:{site_article_id.strip()}"
    if address is None:
        return None
    return f"{site.strip()}:{hashlib.sha256(address.encode()).hexdigest()[:16]}"
