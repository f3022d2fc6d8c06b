"""Entries of the timeline: lower floors and upper ones push them here, in the transaction of what happened."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import models

from accounts.rules.access import Actor
from common import together
from common.gathering import Gathering
from partners.choices import EntryAudience, EntryFieldClass
from partners.models import Organization, TimelineEntry


def push(
    *,
    organization: Organization,
    kind: str,
    title: str,
    at: datetime,
    by: Actor | None,
    body: str = "",
    data: Mapping[str, Any] | None = None,
    audience: str = EntryAudience.INTERNAL,
    field_class: str = EntryFieldClass.GENERAL,
    target: models.Model | None = None,
) -> TimelineEntry:
    """Add a line to the organization's story; `at` is when it happened."""
    entry = line(
        organization=organization,
        kind=kind,
        title=title,
        at=at,
        by=by,
        body=body,
        data=data,
        audience=audience,
        field_class=field_class,
        target=target,
    )
    gathering.add([entry])
    return entry


def push_many(lines: Iterable[TimelineEntry]) -> None:
    """Add many lines made by `line`, one statement for five hundred."""
    gathering.add(lines)


def _write(lines: list[TimelineEntry]) -> None:
    together.add(lines, batch_size=500)


gathering = Gathering("timeline", _write)


def line(
    *,
    organization: Organization,
    kind: str,
    title: str,
    at: datetime,
    by: Actor | None,
    body: str = "",
    data: Mapping[str, Any] | None = None,
    audience: str = EntryAudience.INTERNAL,
    field_class: str = EntryFieldClass.GENERAL,
    target: models.Model | None = None,
) -> TimelineEntry:
    """A line that is not written yet."""
    return TimelineEntry(
        organization=organization,
        kind=kind,
        title=title[:250],
        at=at,
        body=body,
        data=dict(data or {}),
        audience=audience,
        field_class=field_class,
        stage=organization.stage,
        actor_id=by.user_id if by else None,
        target_type=(target._meta.model_name or "") if target is not None else "",
        target_id=target.pk if target is not None else None,
    )
