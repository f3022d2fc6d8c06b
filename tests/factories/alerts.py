"""Episodes of alerts, written directly: services are for the tests that are about services."""

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from accounts.models import User
from health.models import Episode, EpisodeEntry, EpisodeSignal
from partners.models import Organization
from tests.factories.partners import NOW


def make_episode(
    organization: Organization, *, owner: User | None = None, now: datetime = NOW, **fields: Any
) -> Episode:
    """An open episode that was told, with one signal; the answer is due a week later."""
    values: dict[str, Any] = {
        "cause": "health_fell",
        "rule": "band_red",
        "policy_version": 1,
        "severity": 3,
        "urgency": 3,
        "route": "now",
        "owner_role": "tam" if owner is not None else "",
        "opened_at": now,
        "opened_on": timezone.localdate(now),
        "signaled_at": now,
        "routed_at": now,
        "warn_at": now + timedelta(days=6),
        "due_at": now + timedelta(days=7),
    } | fields
    if values.get("state", "open") != "open":
        values.setdefault("answered_at", now)
    if values.get("state") == "closed":
        values |= {"closed_at": now} | ({} if "outcome" in values else {"outcome": "acted"})
    episode: Episode = Episode.objects.create(organization=organization, owner=owner, **values)
    EpisodeSignal.objects.create(
        organization=organization,
        episode=episode,
        rule=episode.rule,
        kind="band_fell",
        policy_version=1,
        severity=episode.severity,
        day=timezone.localdate(now) - timedelta(days=EpisodeSignal.objects.filter(organization=organization).count()),
        at=now,
        card="partner_launch",
        occasion="daily",
        facts={"from": "green", "to": "red", "score": "41.5"},
    )
    EpisodeEntry.objects.create(organization=organization, episode=episode, kind="opened", at=now)
    return episode
