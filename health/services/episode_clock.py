"""What time does to episodes: a warning before the answer is due, one word when it is late, an end to being put off;
and owners who are gone. Each run is safe to repeat: what was said is noted with the episode.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from accounts.models import Membership
from accounts.services.notifications import Notice, notify_each
from health import alert_notices
from health.alert_choices import EpisodeEntryKind
from health.alert_policy import alert_policy, rule_label
from health.alert_querysets import EpisodeQuerySet
from health.models import Episode, EpisodeEntry
from health.services import episode_records as records
from partners.models import Assignment
from partners.services import task_owners

CHUNK = 500


@transaction.atomic
def watch(*, now: datetime) -> int:
    """Warn, note what is late, wake what was put off, give on what lost its owner; returns how many it took."""
    return _late(now) + _warn(now) + _wake(now) + _give_on(now)


def _taken(rows: EpisodeQuerySet) -> list[Episode]:
    """Locked, and those that somebody else is busy with left to the next minute."""
    free = rows.of_current().select_for_update(no_key=True, skip_locked=True, of=("self",))
    return list(free.select_related("organization").order_by("pk")[:CHUNK])


def _late(now: datetime) -> int:
    rows = _taken(Episode.objects.to_answer().filter(due_at__lt=now, breached_at__isnull=True))
    leads = _leads({row.owner_id for row in rows if row.owner_id is not None})
    policy, notices = alert_policy(), []
    for row in rows:
        row.breached_at = now
        people = {row.owner_id} | leads[row.owner_id or 0] if row.owner_id is not None else set()
        title = rule_label(policy, row.rule)
        sentence = _("%(name)s: not answered in time: %(title)s")
        notices += [
            records.notice(user_id, sentence, row, key="late", title=title) for user_id in people if user_id is not None
        ]
    _keep(rows, ["breached_at"], EpisodeEntryKind.BREACHED, notices, now=now)
    return len(rows)


def _warn(now: datetime) -> int:
    due = Episode.objects.to_answer().filter(warn_at__lte=now, due_at__gte=now, warned_at__isnull=True)
    rows = _taken(due)
    policy, notices = alert_policy(), []
    for row in rows:
        row.warned_at = now
        if row.owner_id is not None:
            sentence = _("%(name)s: your answer is due soon: %(title)s")
            notices.append(
                records.notice(row.owner_id, sentence, row, key="warned", title=rule_label(policy, row.rule))
            )
    _keep(rows, ["warned_at"], EpisodeEntryKind.WARNED, notices, now=now)
    return len(rows)


def _wake(now: datetime) -> int:
    rows = _taken(Episode.objects.unfinished().filter(snoozed_until__lte=now))
    policy, notices = alert_policy(), []
    for row in rows:
        key = f"woken:{row.snoozed_until:%Y%m%d%H%M}"
        row.snoozed_until, row.snooze_reason = None, ""
        if row.owner_id is not None:
            sentence = _("%(name)s: no longer put off: %(title)s")
            notices.append(records.notice(row.owner_id, sentence, row, key=key, title=rule_label(policy, row.rule)))
    _keep(rows, ["snoozed_until", "snooze_reason"], EpisodeEntryKind.WOKEN, notices, now=now)
    return len(rows)


def _give_on(now: datetime) -> int:
    """Whose owner has left us or the organization: the next in the order of roles answers, or nobody for now."""
    policy = alert_policy()
    if policy is None:
        return 0
    here = Assignment.objects.active().filter(organization_id=OuterRef("organization_id"))
    gone = Q(owner__is_active=False) | (~Q(owner_role="") & ~Exists(here.filter(user_id=OuterRef("owner_id"))))
    found = Q(owner__isnull=True) & Exists(here.filter(role__in=policy.answered_by, user__is_active=True))
    rows = _taken(Episode.objects.unfinished().filter((Q(owner__isnull=False) & gone) | found))
    if not rows:
        return 0
    owners = task_owners.primary_owners(list({row.organization_id: row.organization for row in rows}.values()))
    moved, notices = [], []
    for row in rows:
        role = next((role for role in policy.answered_by if (row.organization_id, role) in owners), "")
        owner_id = owners.get((row.organization_id, role))
        if owner_id == row.owner_id:
            continue
        row.owner_id, row.owner_role = owner_id, role
        moved.append(row)
        if owner_id is not None:
            sentence = _("%(name)s: an alert is yours: %(title)s")
            key, title = f"given:{row.version}", rule_label(policy, row.rule)
            notices.append(records.notice(owner_id, sentence, row, key=key, title=title))
    _keep(moved, ["owner", "owner_role"], EpisodeEntryKind.ASSIGNED, notices, now=now)
    return len(moved)


def _keep(
    rows: Sequence[Episode],
    fields: Sequence[str],
    kind: EpisodeEntryKind,
    notices: Sequence[Notice],
    *,
    now: datetime,
) -> None:
    entries: list[EpisodeEntry] = []
    for row in rows:
        row.version += 1
        row.updated_at = now
        facts = {"owner": row.owner_id} if kind is EpisodeEntryKind.ASSIGNED else {}
        entries.append(records.entry(row, kind, now=now, facts=facts))
    Episode.objects.bulk_update(rows, [*fields, "version", "updated_at"])
    records.write(entries)
    notify_each(notices, kind=alert_notices.ALERTS, now=now)


def _leads(user_ids: Collection[int]) -> defaultdict[int, set[int]]:
    """Who leads a team of each of these people, but for themselves. Two statements."""
    found: defaultdict[int, set[int]] = defaultdict(set)
    if not user_ids:
        return found
    current = Membership.objects.filter(ended_at__isnull=True, team__archived_at__isnull=True)
    teams: defaultdict[int, set[int]] = defaultdict(set)
    for user_id, team_id in current.filter(user_id__in=user_ids).values_list("user_id", "team_id"):
        teams[team_id].add(user_id)
    rows = current.filter(team_id__in=teams, is_lead=True, user__is_active=True)
    for lead_id, team_id in rows.values_list("user_id", "team_id"):
        for member_id in teams[team_id] - {lead_id}:
            found[member_id].add(lead_id)
    return found
