"""What the machine says of open renewals, written set-based; and asking owners who have not said what they think.

Its verdict moves no version: it stands beside the words of people and conflicts with none of their edits.
"""

import json
from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.actors import actor_for
from accounts.auth import users_with_access
from accounts.models import User
from accounts.services.notifications import notify
from common.jobs import enqueue_on_commit
from common.templatetags.format import spell_day
from partners import notices
from partners.growth_choices import Verdict
from partners.models import Renewal
from partners.renewal_policy import renewal_policy
from partners.renewal_signals import figures_above
from partners.rules.renewals import Facts, RenewalPolicy, is_asked_again, machine_verdict, wants_verdict

CHUNK = 1_000
# So many organizations get a task each; for more a walk over all renewals takes less.
ONE_BY_ONE = 25
_RECENT_DAYS = 90


@transaction.atomic
def judge_next(*, after: int, now: datetime) -> int:
    """Judge a chunk of open renewals after the one with this id; returns the last id, 0 where there are no more."""
    held = Renewal.objects.open().filter(pk__gt=after).order_by("pk").select_for_update(no_key=True)
    ids = list(held.values_list("pk", flat=True)[:CHUNK])
    judge(ids, now=now)
    return ids[-1] if ids else 0


@transaction.atomic
def judge(renewal_ids: Collection[int], *, now: datetime) -> int:
    """Write what the machine says of these; returns how many verdicts are others than before. Three statements."""
    policy = renewal_policy()
    if not renewal_ids or not policy.signals:
        return 0
    rows = _facts(renewal_ids, now)
    above = figures_above({row["organization_id"] for row in rows}, now)
    found: list[tuple[int, str, str]] = []
    for row in rows:
        facts = _facts_of(row, above.get(row["organization_id"], {}))
        said = machine_verdict(policy, facts, days_left=row["days_left"])
        reasons = [{"code": reason.code, "value": reason.value} for reason in said.reasons]
        found.append((row["id"], said.verdict, json.dumps(reasons)))
    return _write(found, now)


@transaction.atomic
def judge_of(organization_ids: Iterable[int], *, now: datetime) -> int:
    """The same for what is open at these organizations: their health has changed."""
    open_there = Renewal.objects.open().filter(organization_id__in=list(organization_ids)).order_by("pk")
    # Held in the order of their keys: two runs over the same ones wait for each other.
    return judge(list(open_there.select_for_update(no_key=True).values_list("pk", flat=True)), now=now)


def queue_judging(organization_ids: Iterable[int]) -> None:
    """Have what is open at these organizations judged by a worker, once this has committed. One statement.

    Not at once: whoever computes health holds rows that the end of a renewal asks for after its own.
    """
    open_there = Renewal.objects.open().filter(organization_id__in=list(organization_ids))
    found = sorted(set(open_there.values_list("organization_id", flat=True)))
    if len(found) > ONE_BY_ONE:
        enqueue_on_commit("partners.judge_renewals")
        return
    for pk in found:
        enqueue_on_commit("partners.judge_renewals_of", organization_id=pk)


def is_too_late_to_watch(renewal: Renewal, verdict: str, today: date) -> bool:
    """Whether "to be watched" is no verdict any more."""
    return wants_verdict(verdict, due_on=renewal.due_on, today=today, policy=renewal_policy())


@transaction.atomic
def ask_owners(*, now: datetime) -> int:
    """Tell each owner of renewals near their day that have no verdict of theirs, once a week for each.

    Returns how many were asked; running it again that day tells nobody twice.
    """
    policy = renewal_policy()
    # The zone that is furthest ahead bounds what is read.
    latest = timezone.localdate(now, ZoneInfo("Pacific/Kiritimati"))
    rows = Renewal.objects.open().filter(
        Q(asked_on__isnull=True) | Q(asked_on__lte=latest - timedelta(days=policy.ask_every_days)),
        due_on__lte=latest + timedelta(days=policy.verdict_before_days),
        owner_verdict__in=["", Verdict.MONITOR],
        owner__isnull=False,
        organization__archived_at__isnull=True,
    )
    owners = set(rows.order_by().values_list("owner_id", flat=True).distinct())
    return sum(_ask(user, rows, policy, now) for user in users_with_access(owners))


def _ask(user: User, rows: Any, policy: RenewalPolicy, now: datetime) -> int:
    mine = rows.filter(owner=user).visible_to(actor_for(user)).select_related("organization").order_by("due_on", "pk")
    asked: dict[date, list[int]] = {}
    with override(user.language or None):
        for row in mine:
            today = timezone.localdate(now, ZoneInfo(row.organization.timezone))
            if not wants_verdict(row.owner_verdict, due_on=row.due_on, today=today, policy=policy):
                continue
            if is_asked_again(row.asked_on, today=today, policy=policy):
                _tell(user, row, today, now)
                asked.setdefault(today, []).append(row.pk)
    for today, ids in asked.items():
        Renewal.objects.filter(pk__in=ids).update(asked_on=today)
    return sum(len(ids) for ids in asked.values())


def _tell(user: User, renewal: Renewal, today: date, now: datetime) -> None:
    words = {"name": renewal.organization.name, "day": spell_day(renewal.due_on)}
    notify(
        user_ids=[user.pk],
        kind=notices.RENEWALS,
        title=_("Will %(name)s renew on %(day)s? Your verdict is missing") % words,
        key=f"renewal-verdict:{renewal.pk}:{today.isoformat()}",
        now=now,
        target_type="organization",
        target_id=renewal.organization_id,
        organization_id=renewal.organization_id,
    )


def _facts(renewal_ids: Collection[int], now: datetime) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(_FACTS, {"ids": list(renewal_ids), "now": now, "recent": now - timedelta(days=_RECENT_DAYS)})
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


_FACTS = """
WITH asked AS (
    SELECT renewal.id, renewal.organization_id, renewal.due_on, renewal.version,
        (%(now)s AT TIME ZONE held.timezone)::date AS today
    FROM partners_renewal renewal JOIN partners_organization held ON held.id = renewal.organization_id
    WHERE renewal.id = ANY (%(ids)s)
), places AS (
    SELECT DISTINCT organization_id, today FROM asked
)
SELECT asked.id, asked.organization_id, asked.due_on - asked.today AS days_left,
    COALESCE(facts.health_band, '') AS band, facts.health_score AS score,
    asked.today - (facts.last_two_way_at AT TIME ZONE 'UTC')::date AS quiet_days,
    people.critical AS critical_voices, people.single AS single_thread,
    promises.late AS overdue_commitments, meetings.missed AS missed_touchpoints
FROM asked
LEFT JOIN partners_organizationfacts facts ON facts.organization_id = asked.organization_id
LEFT JOIN (
    SELECT organization_id, count(*) FILTER (WHERE sentiment IN ('critical', 'opponent')) AS critical,
        (count(*) FILTER (WHERE last_two_way_at >= %(recent)s) = 1)::int AS single
    FROM partners_stakeholder WHERE left_on IS NULL AND organization_id IN (SELECT organization_id FROM places)
    GROUP BY organization_id
) people ON people.organization_id = asked.organization_id
LEFT JOIN (
    SELECT promise.organization_id, count(*) AS late
    FROM partners_commitment promise JOIN places USING (organization_id)
    WHERE promise.state = 'open' AND promise.side = 'us' AND promise.due_on < places.today
    GROUP BY promise.organization_id
) promises ON promises.organization_id = asked.organization_id
LEFT JOIN (
    SELECT meeting.organization_id, count(*) AS missed
    FROM partners_touchpoint meeting JOIN places USING (organization_id)
    WHERE (meeting.state = 'planned' AND meeting.overdue_from <= places.today)
        OR (meeting.state = 'skipped' AND meeting.closed_at >= %(recent)s)
    GROUP BY meeting.organization_id
) meetings ON meetings.organization_id = asked.organization_id
ORDER BY asked.id
"""
_FIGURES = ("score", "quiet_days", "critical_voices", "single_thread", "overdue_commitments", "missed_touchpoints")


def _facts_of(row: Mapping[str, Any], above: Mapping[str, Decimal]) -> Facts:
    figures = {name: Decimal(row[name]) for name in _FIGURES if row[name] is not None}
    return Facts(band=row["band"], figures={**figures, **above})


def _write(found: list[tuple[int, str, str]], now: datetime) -> int:
    if not found:
        return 0
    ids, verdicts, reasons = zip(*found, strict=True)
    with connection.cursor() as cursor:
        cursor.execute(_WRITE, {"ids": [*ids], "verdicts": [*verdicts], "reasons": [*reasons], "now": now})
        return cursor.rowcount


_WRITE = """
UPDATE partners_renewal held
SET machine_verdict = said.verdict, machine_reason = said.reason, machine_at = %(now)s, updated_at = %(now)s
FROM (SELECT unnest(%(ids)s::bigint[]) AS id, unnest(%(verdicts)s::text[]) AS verdict,
        unnest(%(reasons)s::jsonb[]) AS reason) said
WHERE held.id = said.id AND (held.machine_verdict <> said.verdict OR held.machine_reason IS DISTINCT FROM said.reason)
"""
