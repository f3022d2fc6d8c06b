"""Signals become episodes: the open one of their cause goes on, else a new one begins. Set-based for a chunk.

Called with the watches of the organizations locked, so that no other hearing opens the same.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from accounts.services import activity
from common.jobs import enqueue_on_commit
from health.alert_choices import EpisodeEntryKind, HeldBack, Route
from health.alert_policy import rule_label
from health.models import AlertWatch, Episode, EpisodeEntry, EpisodeSignal, RuleStanding
from health.rules.alert_packs import AlertPolicy
from health.rules.alerting import Fired, Merged, merge
from health.services import episode_records as records
from partners.models import Organization
from partners.services import task_owners, timeline

ROUTE = "health.route_alerts"
_BATCH = 500
_HELD_BACK = {"": "", "rule": HeldBack.RULE, "demoted": HeldBack.DEMOTED}


@dataclass(frozen=True, kw_only=True)
class Told:
    """What fired for an organization, and of which computation (services.alerts.Computed)."""

    organization_id: int
    computed: Any
    fired: tuple[Fired, ...]


def open_or_add(policy: AlertPolicy, told: Sequence[Told], *, now: datetime) -> None:
    """Merge these signals into episodes. A handful of statements for any number of organizations."""
    if not told:
        return
    demoted = set(RuleStanding.objects.filter(is_demoted=True).values_list("rule", flat=True))
    wanted = [(one, merged) for one in told for merged in merge(one.fired, demoted=demoted)]
    ids = sorted({one.organization_id for one in told})
    organizations = Organization.objects.in_bulk(ids)
    running = _running(ids)
    new = [pair for pair in wanted if (pair[0].organization_id, pair[1].cause) not in running]
    opened = _open(policy, new, organizations, now=now)
    entries: list[EpisodeEntry] = []
    signals: list[EpisodeSignal] = []
    for one, merged in wanted:
        key = (one.organization_id, merged.cause)
        episode = running.get(key)
        if episode is not None:
            entries.append(_add(episode, merged, now=now))
        else:
            episode = opened[key]
            facts = {"rules": [fired.rule.id for fired in merged.fired]}
            entries.append(records.entry(episode, EpisodeEntryKind.OPENED, now=now, facts=facts))
            if episode.held_back:
                entries.append(records.entry(episode, EpisodeEntryKind.HELD_BACK, now=now, body=episode.held_back))
        signals += _signals(policy, one, episode, merged, now=now)
    Episode.objects.bulk_update(running.values(), _MOVED, batch_size=_BATCH)
    _keep(signals)
    records.write(entries)
    enqueue_on_commit(ROUTE)


_MOVED = [
    *("rule", "severity", "urgency", "route", "held_back", "signaled_at", "recovered_at"),
    *("version", "updated_at"),
]


def _running(ids: Sequence[int]) -> dict[tuple[int, str], Episode]:
    rows = Episode.objects.unfinished().filter(organization_id__in=ids).select_for_update(no_key=True).order_by("pk")
    return {(row.organization_id, row.cause): row for row in rows}


def _open(
    policy: AlertPolicy,
    wanted: Sequence[tuple[Told, Merged]],
    organizations: Mapping[int, Organization],
    *,
    now: datetime,
) -> dict[tuple[int, str], Episode]:
    """New episodes, each with who answers it today; what nobody may see yet is nobody's."""
    ids = {one.organization_id for one, _merged in wanted}
    owners = task_owners.primary_owners([organizations[pk] for pk in ids]) if ids else {}
    made = []
    for one, merged in wanted:
        pk = one.organization_id
        role = next((role for role in policy.answered_by if (pk, role) in owners), "")
        made.append(
            Episode(
                organization=organizations[pk],
                cause=merged.cause,
                rule=merged.leading.id,
                policy_version=policy.version,
                severity=merged.severity,
                urgency=merged.urgency,
                route=Route.DIGEST if merged.held_back else Route.WAITING,
                held_back=_HELD_BACK[merged.held_back],
                routed_at=now if merged.held_back else None,
                owner_id=owners.get((pk, role)),
                owner_role=role,
                opened_at=now,
                opened_on=one.computed.day,
                signaled_at=now,
            )
        )
    Episode.objects.bulk_create(made, batch_size=_BATCH)
    timeline.push_many(
        records.line("%(title)s", episode, now=now, by=None, title=rule_label(policy, episode.rule)) for episode in made
    )
    activity.record_many(
        verb="episode.opened",
        happenings=[
            activity.Happening(
                target=episode, target_name=episode.organization.name, changes={"rule": [None, episode.rule]}
            )
            for episode in made
        ],
        now=now,
    )
    return {(episode.organization_id, episode.cause): episode for episode in made}


def _add(episode: Episode, merged: Merged, *, now: datetime) -> EpisodeEntry:
    """Another signal of an open episode. A graver one leads from now on, and may speak where the others did not."""
    if (merged.severity, merged.urgency) > (episode.severity, episode.urgency):
        episode.rule = merged.leading.id
        if episode.route == Route.DIGEST and not merged.held_back:
            episode.route, episode.held_back = Route.WAITING, ""
    episode.severity = max(episode.severity, merged.severity)
    episode.urgency = max(episode.urgency, merged.urgency)
    episode.signaled_at, episode.recovered_at = now, None
    episode.version += 1
    episode.updated_at = now
    facts = {"rules": [fired.rule.id for fired in merged.fired]}
    return records.entry(episode, EpisodeEntryKind.SIGNAL, now=now, facts=facts)


def _signals(policy: AlertPolicy, one: Told, episode: Episode, merged: Merged, *, now: datetime) -> list[EpisodeSignal]:
    return [
        EpisodeSignal(
            organization_id=one.organization_id,
            episode=episode,
            rule=fired.rule.id,
            kind=fired.rule.signal.kind,
            policy_version=policy.version,
            severity=fired.rule.severity,
            day=one.computed.day,
            at=now,
            card=one.computed.card,
            occasion=one.computed.occasion,
            facts=dict(fired.facts),
        )
        for fired in merged.fired
    ]


def _keep(signals: Sequence[EpisodeSignal]) -> None:
    """One of each rule a day: what falls further on the same day is told by the same line."""
    EpisodeSignal.objects.bulk_create(
        signals,
        batch_size=_BATCH,
        update_conflicts=True,
        unique_fields=["organization", "rule", "day"],
        update_fields=["episode", "severity", "at", "card", "occasion", "facts"],
    )


def note_recoveries(
    policy: AlertPolicy,
    recovered: Mapping[int, frozenset[str]],
    watches: Mapping[int, AlertWatch],
    *,
    now: datetime,
) -> None:
    """Write into open episodes that nothing of them holds any longer. They stay open: somebody says how it went."""
    if not recovered:
        return
    rows = Episode.objects.unfinished().filter(organization_id__in=sorted(recovered), recovered_at__isnull=True)
    entries, moved = [], []
    for episode in rows.select_for_update(no_key=True).order_by("pk"):
        of_cause = {rule.id for rule in policy.rules.values() if rule.cause == episode.cause}
        still = of_cause & watches[episode.organization_id].told.keys()
        if still or not of_cause & recovered[episode.organization_id]:
            continue
        episode.recovered_at, episode.updated_at = now, now
        episode.version += 1
        moved.append(episode)
        entries.append(records.entry(episode, EpisodeEntryKind.RECOVERED, now=now))
    Episode.objects.bulk_update(moved, ["recovered_at", "version", "updated_at"], batch_size=_BATCH)
    records.write(entries)
