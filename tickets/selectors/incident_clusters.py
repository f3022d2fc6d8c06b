"""Incidents that come again, by the kind of their cause: what a reader sees of them, and nothing of others."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from accounts.rules.access import Actor
from tickets.incident_policy import incident_policy, words_of
from tickets.models import Incident
from tickets.selectors.incidents import IncidentRow, row_of, visible_organizations

SPAN = timedelta(days=180)
LEAST = 2
_MOST = 500


@dataclass(frozen=True, kw_only=True)
class Cluster:
    """Incidents of one kind of cause within the span, the newest first; `organizations` are those that one sees."""

    cause: str
    label: str
    rows: Sequence[IncidentRow]
    organizations: Sequence[tuple[str, int]]
    lasted: timedelta
    without_post_mortem: int


def recurring(actor: Actor, *, now: datetime) -> list[Cluster]:
    """Kinds of causes with two incidents or more in the last 180 days, the most frequent first. Three statements."""
    rows = Incident.objects.visible_to(actor).filter(declared_at__gte=now - SPAN).exclude(cause="")
    found = list(rows.select_related("commander", "queue", "post_mortem").order_by("-declared_at", "-pk")[:_MOST])
    by_cause: dict[str, list[Incident]] = {}
    for row in found:
        by_cause.setdefault(row.cause, []).append(row)
    again = {cause: rows for cause, rows in by_cause.items() if len(rows) >= LEAST}
    names = visible_organizations(actor, [row.pk for rows in again.values() for row in rows]) if again else {}
    policy = incident_policy() if again else None
    clusters = [
        Cluster(
            cause=cause,
            label=words_of(policy.causes[cause].label) if policy and cause in policy.causes else cause,
            rows=[row_of(row, now=now) for row in rows],
            organizations=_frequent(names, rows),
            lasted=sum(((row.resolved_at or now) - row.started_at for row in rows), timedelta(0)),
            without_post_mortem=sum(_lacks(row) for row in rows),
        )
        for cause, rows in again.items()
    ]
    return sorted(clusters, key=lambda one: (-len(one.rows), one.label))


def _frequent(names: Mapping[int, Sequence[tuple[int, str]]], rows: Sequence[Incident]) -> list[tuple[str, int]]:
    """Organizations that were affected more than once, with how often."""
    counted: dict[str, int] = {}
    for row in rows:
        for _pk, name in names.get(row.pk, ()):
            counted[name] = counted.get(name, 0) + 1
    return sorted(((name, count) for name, count in counted.items() if count > 1), key=lambda one: (-one[1], one[0]))


def _lacks(row: Incident) -> bool:
    """Whether a post-mortem was asked for, and none is published."""
    post_mortem = getattr(row, "post_mortem", None)
    return post_mortem is not None and post_mortem.is_required and post_mortem.published_at is None
