"""What GitHub and GitLab say of an issue when it changes. Pure: signatures are checked before."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from partners.rules.feedback import GITHUB

_EARLIEST, _LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
"""A moment beyond is a mistake: one far ahead would make all later news old."""


@dataclass(frozen=True, kw_only=True, slots=True)
class IssueNews:
    """An issue is in a state since a moment."""

    provider: str
    repository: str
    number: int
    state: str
    at: datetime


def is_signed(provider: str, headers: Mapping[str, str], body: bytes, secret: str) -> bool:
    """Whether a call shows that its sender knows the secret: GitHub signs the body, GitLab sends the word itself."""
    if not secret:
        return False
    if provider == GITHUB:
        wanted = f"sha256={hmac.new(secret.encode(), body, sha256).hexdigest()}"
        return hmac.compare_digest(wanted.encode(), headers.get("X-Hub-Signature-256", "").encode())
    return hmac.compare_digest(secret.encode(), headers.get("X-Gitlab-Token", "").encode())


def read_news(provider: str, content: Any) -> IssueNews | None:
    """The news in a call; None for one that speaks of no issue."""
    if provider == GITHUB:
        issue, where = _part(content, "issue"), _part(content, "repository")
        # A pull request is an issue as well to GitHub, and none to us.
        is_issue = "pull_request" not in issue
        values = (where.get("full_name"), issue.get("number"), issue.get("state"), issue.get("updated_at"))
    else:
        issue, where = _part(content, "object_attributes"), _part(content, "project")
        is_issue = isinstance(content, Mapping) and content.get("object_kind") == "issue"
        values = (where.get("path_with_namespace"), issue.get("iid"), issue.get("state"), issue.get("updated_at"))
    repository, number, state, moment = values
    at = _moment(moment)
    # More digits than a number of an issue has are no number in the database either.
    if not is_issue or not isinstance(number, int) or isinstance(number, bool) or not 0 < number < 10**12:
        return None
    if not isinstance(repository, str) or not isinstance(state, str) or at is None:
        return None
    # Control characters and halves of characters stand in no name, and in no text of the database.
    if not (repository.isprintable() and state.isprintable()) or not _EARLIEST <= at < _LATEST:
        return None
    return IssueNews(provider=provider, repository=repository, number=number, state=state, at=at)


def _part(content: Any, name: str) -> Mapping[str, Any]:
    found = content.get(name) if isinstance(content, Mapping) else None
    return found if isinstance(found, Mapping) else {}


def _moment(text: object) -> datetime | None:
    """ISO 8601, and what GitLab writes ("2026-03-02 10:00:00 UTC"); without a zone it is UTC."""
    if not isinstance(text, str):
        return None
    try:
        found = datetime.fromisoformat(text.strip().replace(" UTC", "+00:00"))
    except ValueError:
        return None
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)
