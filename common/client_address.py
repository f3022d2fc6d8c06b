"""Whose address a request came from. Pure; believes a forwarding header only as far as our own proxies wrote it."""

from collections.abc import Mapping
from ipaddress import ip_address


def client_address(meta: Mapping[str, str], *, proxy_count: int) -> str | None:
    """The client's address out of a WSGI environment, or None where there is none (a Unix socket).

    Each of our `proxy_count` proxies adds the address it was called from to the right end of X-Forwarded-For; whatever
    stands further left was sent by the client and is a claim (security.md 16). A header that is too short did not come
    through all of them: then the address of the connection counts.
    """
    peer = _address(meta.get("REMOTE_ADDR", ""))
    if proxy_count <= 0:
        return peer
    claimed = [part.strip() for part in meta.get("HTTP_X_FORWARDED_FOR", "").split(",") if part.strip()]
    if len(claimed) < proxy_count:
        return peer
    return _address(claimed[-proxy_count]) or peer


def _address(text: str) -> str | None:
    """A plain address in its canonical form: without a port, brackets, zone or IPv4-in-IPv6 mapping."""
    bare = text.strip()
    if bare.startswith("["):
        bare = bare[1:].partition("]")[0]
    elif bare.count(":") == 1:
        bare = bare.partition(":")[0]
    try:
        found = ip_address(bare.partition("%")[0])
    except ValueError:
        return None
    mapped = getattr(found, "ipv4_mapped", None)
    return str(mapped or found)
