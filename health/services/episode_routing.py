"""Who is told of what today: the budget of each person by value times urgency; the rest waits for the weekly digest.

An episode waits until the run over all organizations is through, so that the order of its chunks decides nothing. The
clock of an answer begins when it is told: what is held back has none until somebody takes it on.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services.notifications import notify_each
from common.workhours import WorktimeError
from health import alert_notices
from health.alert_choices import EpisodeEntryKind, EpisodeState, HeldBack, Route
from health.alert_policy import alert_policy, rule_label
from health.choices import RunState
from health.models import Episode, EpisodeEntry, HealthRun
from health.rules.alert_packs import AlertPolicy
from health.rules.alerting import Waiting, share_out
from health.rules.episodes import Clock, clock
from health.services import episode_records as records
from partners.models import Organization
from partners.working_hours import hours_of_person, office_hours

# A run that rests so long has been lost; nobody waits for it.
_PATIENCE = timedelta(minutes=10)
_MOST = 2_000
_ROUTED = [
    *("route", "held_back", "routed_at", "weight", "due_at", "warn_at"),
    *("version", "updated_at"),
]


@transaction.atomic
def route(*, now: datetime) -> int:
    """Share out what waits; returns how many episodes. Nothing while a run over all organizations is under way."""
    policy = alert_policy()
    if policy is None or _is_running(now):
        return 0
    waiting = Episode.objects.filter(route=Route.WAITING).select_for_update(no_key=True, skip_locked=True)
    rows = list(waiting.order_by("pk")[:_MOST])
    if not rows:
        return 0
    organizations = Organization.objects.select_related("facts").in_bulk({row.organization_id for row in rows})
    for row in rows:
        row.organization = organizations[row.organization_id]
        row.weight = policy.value_of(row.organization.facts.arr_segment) * row.urgency
    chosen = share_out([_waiting(row) for row in rows], told=_told_today(rows, now), budget=policy.budget)
    _settle(policy, rows, chosen, now=now)
    return len(rows)


def _waiting(row: Episode) -> Waiting:
    # What was answered meanwhile needs no place in anybody's day.
    owner = row.owner_id if row.state == EpisodeState.OPEN else None
    tie = (row.organization_id, row.cause)
    return Waiting(id=row.pk, owner_id=owner, weight=row.weight, severity=row.severity, tie=tie)


def _is_running(now: datetime) -> bool:
    running = HealthRun.objects.filter(state=RunState.RUNNING, touched_at__gt=now - _PATIENCE, occasion="daily")
    return running.exists()


def _told_today(rows: Sequence[Episode], now: datetime) -> dict[int, int]:
    """By person how many of the present day of the reporting zone have been told."""
    zone = timezone.get_default_timezone()
    midnight = timezone.localtime(now, zone).replace(hour=0, minute=0, second=0, microsecond=0)
    owners = {row.owner_id for row in rows if row.owner_id is not None}
    told = Episode.objects.filter(owner_id__in=owners, route=Route.NOW, routed_at__gte=midnight, routed_at__lte=now)
    counts = told.order_by().values_list("owner_id").annotate(count=Count("pk"))
    return dict(Counter({int(owner or 0): count for owner, count in counts}))


def _settle(policy: AlertPolicy, rows: Sequence[Episode], chosen: frozenset[int], *, now: datetime) -> None:
    people = User.objects.in_bulk({row.owner_id for row in rows if row.owner_id is not None})
    entries: list[EpisodeEntry] = []
    notices = []
    for row in rows:
        row.routed_at, row.updated_at, row.version = now, now, row.version + 1
        if row.pk not in chosen:
            row.route, row.held_back = Route.DIGEST, HeldBack.BUDGET
            entries.append(records.entry(row, EpisodeEntryKind.HELD_BACK, now=now, body=HeldBack.BUDGET))
            continue
        row.route = Route.NOW
        _start_clock(policy, row, people.get(row.owner_id or 0), now=now)
        entries.append(records.entry(row, EpisodeEntryKind.TOLD, now=now))
        if row.owner_id is not None and row.state == EpisodeState.OPEN:
            title = rule_label(policy, row.rule)
            notices.append(records.notice(row.owner_id, _("%(name)s: %(title)s"), row, key="told", title=title))
    Episode.objects.bulk_update(rows, _ROUTED, batch_size=500)
    records.write(entries)
    notify_each(notices, kind=alert_notices.ALERTS, now=now)


def _start_clock(policy: AlertPolicy, row: Episode, owner: User | None, *, now: datetime) -> None:
    """The first clock of an episode is its only one: another owner or other hours do not move it."""
    if row.due_at is None:
        found = clock_of(policy, owner, row.organization, now=now)
        row.due_at, row.warn_at = found.due_at, found.warn_at


def clock_of(policy: AlertPolicy, owner: User | None, organization: Organization, *, now: datetime) -> Clock:
    """Until when an answer is due, in the working time of the owner.

    Who has no calendar, or one that never opens again, works office hours in their zone; what is nobody's counts office
    hours of the organization's zone.
    """
    hours = hours_of_person(owner, now) if owner is not None else office_hours(organization.timezone or "UTC")
    spans = {"within": policy.answer_within, "warn_before": policy.warn_before}
    try:
        return clock(hours, now, **spans)
    except WorktimeError:
        return clock(office_hours(hours.timezone), now, **spans)
