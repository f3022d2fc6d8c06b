"""Alarms of the past half-year in the demo world, answered and closed: some true, some false, one too late."""

from datetime import datetime, timedelta

from django.utils import timezone

from common.policy_cache import active_policy
from health.alert_choices import EpisodeEntryKind, EpisodeOutcome, EpisodeState, Route
from health.models import Episode, EpisodeEntry, EpisodeSignal
from hub.demo.happenings import World
from partners.models import Assignment

# The rule, from which band to which, with which severity, how it turned out, and what was said at its end.
_TURNED_OUT: tuple[tuple[str, str, str, int, EpisodeOutcome, str], ...] = (
    ("band_red", "yellow", "red", 3, EpisodeOutcome.ACTED, "Their gateway was set wrongly; mended on a call."),
    ("band_yellow", "green", "yellow", 2, EpisodeOutcome.ACTED, "Their sponsor was new; met, and agreed on a plan."),
    ("band_yellow", "green", "yellow", 2, EpisodeOutcome.FALSE, "Use fell over a public holiday; all was well."),
    ("band_red", "yellow", "red", 3, EpisodeOutcome.ACTED, "Three tickets were behind it; all are answered."),
    ("band_yellow", "green", "yellow", 2, EpisodeOutcome.FALSE, "They were moving offices and told us before."),
    ("band_red", "green", "red", 3, EpisodeOutcome.LATE, "They had decided already when it came."),
    ("band_yellow", "green", "yellow", 2, EpisodeOutcome.ACTED, "Trained their new operators; use is back."),
)
_MOST = 28
_RHYTHM = timedelta(days=6)


def raise_past_alarms(world: World, *, now: datetime) -> None:
    """Three statements for all of them, and one for who answers."""
    policy = active_policy("alerts")
    places = [one for _plan, one in world.values() if one.launched_on is not None and one.archived_at is None][:_MOST]
    owners = {
        row.organization_id: row
        for row in Assignment.objects.active().filter(organization__in=places, role__in=("tam", "csm")).order_by("pk")
    }
    found = [
        _episode(place.pk, owners.get(place.pk), number, now, policy.version if policy is not None else 1)
        for number, place in enumerate(places)
    ]
    Episode.objects.bulk_create([episode for episode, _signal in found])
    EpisodeSignal.objects.bulk_create([signal for _episode, signal in found])
    EpisodeEntry.objects.bulk_create(
        EpisodeEntry(
            organization_id=episode.organization_id,
            episode=episode,
            kind=kind,
            at=at,
            by_id=episode.closed_by_id if kind == EpisodeEntryKind.CLOSED else None,
            body=episode.outcome_note if kind == EpisodeEntryKind.CLOSED else "",
        )
        for episode, _signal in found
        for kind, at in (
            (EpisodeEntryKind.OPENED, episode.opened_at),
            (EpisodeEntryKind.CLOSED, episode.closed_at or now),
        )
    )


def _episode(
    organization_id: int, owner: Assignment | None, number: int, now: datetime, version: int
) -> tuple[Episode, EpisodeSignal]:
    rule, before, after, severity, outcome, note = _TURNED_OUT[number % len(_TURNED_OUT)]
    at = now - _RHYTHM * (number + 1)
    closed_at, person_id = at + timedelta(days=2 + number % 3), owner.user_id if owner is not None else None
    episode = Episode(
        organization_id=organization_id,
        cause="health_fell",
        rule=rule,
        policy_version=version,
        severity=severity,
        urgency=severity,
        state=EpisodeState.CLOSED,
        outcome=outcome,
        outcome_note=note,
        route=Route.NOW,
        owner_id=person_id,
        owner_role=owner.role if owner is not None else "",
        opened_at=at,
        opened_on=timezone.localdate(at),
        signaled_at=at,
        routed_at=at,
        warn_at=at + timedelta(days=7),
        due_at=at + timedelta(days=8),
        answered_at=at + timedelta(days=1),
        answered_by_id=person_id,
        closed_at=closed_at,
        closed_by_id=person_id,
    )
    signal = EpisodeSignal(
        organization_id=organization_id,
        episode=episode,
        rule=rule,
        kind="band_fell",
        policy_version=version,
        severity=severity,
        day=timezone.localdate(at) - timedelta(days=1),
        at=at,
        card="partner_steady",
        occasion="daily",
        facts={"from": before, "to": after, "score": "48.5" if after == "red" else "64.0"},
    )
    return episode, signal
