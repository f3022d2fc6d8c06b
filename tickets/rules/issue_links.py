"""What the address of an issue says of it: which tool, which project, which number. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

_GITHUB = re.compile(r"^/([\w.-]+/[\w.-]+)/(?:issues|pull)/(\d+)/?$")
_GITLAB = re.compile(r"^/((?:[\w.-]+/)+[\w.-]+)/-/(?:issues|merge_requests|work_items)/(\d+)/?$")
MAX_LENGTH = 500


@dataclass(frozen=True, kw_only=True, slots=True)
class IssueLink:
    """``provider`` is github, gitlab or other; an address that names no issue has neither project nor number."""

    url: str
    provider: str
    project: str = ""
    number: str = ""


def read_link(text: str) -> IssueLink | None:
    """The link of an https address, without its fragment; None for anything else, and for one with a password."""
    address = text.strip()
    try:
        parts = urlsplit(address)
        host, has_secret = parts.hostname or "", parts.username is not None
    except ValueError:
        return None
    if parts.scheme != "https" or not host or has_secret or len(address) > MAX_LENGTH or not address.isprintable():
        return None
    if " " in address:
        return None
    url = parts._replace(fragment="").geturl()
    if host == "github.com" and (found := _GITHUB.match(parts.path)):
        return IssueLink(url=url, provider="github", project=found[1], number=found[2])
    if found := _GITLAB.match(parts.path):
        return IssueLink(url=url, provider="gitlab", project=found[1], number=found[2])
    return IssueLink(url=url, provider="other")
