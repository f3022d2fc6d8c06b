"""How often rules were right: counted from closed episodes; a rule that is false too often tells in the digest."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from accounts.choices import Role
from accounts.models import RoleGrant
from accounts.rules.access import Actor
from accounts.services import activity
from accounts.services.notifications import notify
from common.errors import Conflict, DomainError, NotAllowed
from health import alert_notices
from health.alert_choices import EpisodeOutcome
from health.alert_permissions import can_judge_rules
from health.alert_policy import alert_policy, rule_label
from health.models import Episode, EpisodeSignal, RuleStanding
from health.rules.precision import Tally, falls_below

MAX_REASON = 1_000


def tallies(rules: Collection[str]) -> dict[str, Tally]:
    """Of each rule the closed episodes that it took part in, since it was last let speak. One statement."""
    since = RuleStanding.objects.filter(rule=OuterRef("rule"), counted_from__gt=OuterRef("episode__closed_at"))
    rows = EpisodeSignal.objects.filter(rule__in=sorted(rules), episode__closed_at__isnull=False)
    counted = rows.filter(~Exists(since)).order_by().values("rule")
    found: QuerySet[Any] = counted.annotate(**{outcome: _episodes(outcome) for outcome in EpisodeOutcome.values})
    return {row["rule"]: Tally(acted=row["acted"], false=row["false"], late=row["late"]) for row in found}


def _episodes(outcome: str) -> Count:
    return Count("episode_id", filter=Q(episode__outcome=outcome), distinct=True)


def judge(episode: Episode, *, now: datetime) -> list[str]:
    """After an episode was closed: demote those of its rules that were false too often, and tell administrators.

    Returns the rules that were demoted. Part of the transaction that closes.
    """
    policy = alert_policy()
    if policy is None or episode.outcome == EpisodeOutcome.LATE:
        return []
    rules = set(episode.signals.values_list("rule", flat=True)) & policy.rules.keys()
    demoted = []
    for rule, tally in sorted(tallies(rules).items()):
        if not falls_below(tally, floor_percent=policy.floor_percent, at_least=policy.at_least):
            continue
        if _demote(rule, tally, now=now):
            demoted.append(rule)
    return demoted


def _demote(rule: str, tally: Tally, *, now: datetime) -> bool:
    RuleStanding.objects.get_or_create(rule=rule)
    standing = RuleStanding.objects.select_for_update().get(rule=rule)
    if standing.is_demoted:
        return False
    share = tally.precision
    standing.is_demoted, standing.demoted_at = True, now
    standing.hits, standing.total = share.hits, share.total
    standing.version += 1
    standing.save(update_fields=["is_demoted", "demoted_at", "hits", "total", "version"])
    label = rule_label(alert_policy(), rule)
    activity.record(
        verb="alert_rule.demoted",
        target=standing,
        target_name=label,
        changes={"precision": [None, f"{share.hits}/{share.total}"]},
        now=now,
    )
    notify(
        user_ids=_administrators(),
        kind=alert_notices.ALERT_RULES,
        title=_("The rule “%(rule)s” now tells in the weekly digest") % {"rule": label},
        body=_("It was right in %(hits)s of %(total)s closed alerts. Mend it, or let it speak again.")
        % {"hits": share.hits, "total": share.total},
        key=f"alert_rule:{rule}:{standing.version}",
        now=now,
        target_type="alert_rule",
        target_id=standing.pk,
    )
    return True


@transaction.atomic
def promote(*, by: Actor, rule: str, reason: str, version: int | None = None, now: datetime) -> RuleStanding:
    """Let a demoted rule speak again; its precision is counted anew. What it held back stays in the digest.

    Raises NotAllowed, Conflict; DomainError "not_demoted", `field` "reason".
    """
    if not can_judge_rules(by):
        raise NotAllowed(_("Administrators let a rule speak again."))
    words = reason.replace("\0", "").strip()
    if not words:
        raise DomainError(_("Say what has changed."), field="reason", code="reason")
    if len(words) > MAX_REASON:
        raise DomainError(_("Use up to %(count)s characters.") % {"count": MAX_REASON}, field="reason", code="too_long")
    standing: RuleStanding | None = RuleStanding.objects.select_for_update().filter(rule=rule).first()
    if standing is None or not standing.is_demoted:
        raise DomainError(_("This rule is told at once already."), code="not_demoted")
    if version is not None and version != standing.version:
        raise Conflict(_("Somebody changed this rule while you were at it."), version=standing.version)
    standing.is_demoted, standing.reason = False, words
    standing.promoted_at, standing.promoted_by_id, standing.counted_from = now, by.user_id, now
    standing.version += 1
    standing.save(update_fields=["is_demoted", "reason", "promoted_at", "promoted_by", "counted_from", "version"])
    activity.record(
        actor_id=by.user_id,
        actor_name=by.name,
        verb="alert_rule.promoted",
        target=standing,
        target_name=rule_label(alert_policy(), rule),
        changes={"is_demoted": [True, False]},
        reason=words,
        now=now,
    )
    return standing


def _administrators() -> set[int]:
    held = RoleGrant.objects.filter(role=Role.ADMIN, ended_at__isnull=True, user__is_active=True)
    return set(held.values_list("user_id", flat=True))
