"""The one place where an organization changes its stage: by the decided review of the gate through which it leaves.

Only `services.gates` decides reviews; without one there is no move, whoever asks and by whatever route.
"""

from datetime import datetime
from functools import partial
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.labels import stage_label
from accounts.rules.access import Actor
from accounts.services import activity
from accounts.services.notifications import notify
from common.errors import DomainError, NotAllowed
from partners import notices, permissions
from partners.choices import LAUNCHED_STAGES, EntryKind
from partners.models import GateReview, Organization, StagePeriod
from partners.rules.lifecycle import MoveRefusal, refusal_of_move
from partners.services import timeline
from partners.services.audience import ties_of, who_sees
from partners.services.gate_opening import begin_stay
from partners.services.locking import lock_organization
from partners.signals import stage_changed
from partners.work_choices import ReviewOutcome


@transaction.atomic
def move(
    *,
    organization: Organization,
    to: str,
    review: GateReview,
    by: Actor,
    reason: str = "",
    now: datetime,
) -> Organization:
    """Move an organization to the next stage of its journey; nothing is skipped (journey.md, Gates).

    `review` is that of the stage it leaves, decided in this transaction. One that was overridden leads to any other
    stage, with a written reason. Launching stamps `launched_on` in the organization's own time zone. The gate of the
    new stage is opened. Raises NotAllowed, DomainError ("not_next", "same_stage", "foreign_stage", "reason",
    "undecided").
    """
    locked = lock_organization(organization)
    is_override = _check(locked, to=to, review=review, by=by, reason=reason)
    before = locked.stage
    moment = _close_period(locked, by=by, reason=reason, to=to, now=now)
    changes = {"stage": [before, to]} | _launch(locked, to=to, now=moment)
    locked.stage, locked.stage_entered_at = to, moment
    locked.version += 1
    locked.save(update_fields=["stage", "stage_entered_at", "launched_on", "version", "updated_at"])
    activity.record(
        actor_id=by.user_id,
        actor_name=by.name,
        verb="organization.stage_overridden" if is_override else "organization.moved",
        target=locked,
        organization_id=locked.pk,
        changes=changes,
        reason=reason,
        now=now,
    )
    _say(locked, before=before, reason=reason, is_override=is_override, at=moment, by=by)
    _tell_those_who_begin_to_see(locked, before=before, by=by, now=now)
    begin_stay(organization=locked, now=now, by=by, is_new=True)
    _announce(locked, before=before, at=moment)
    return locked


def _say(organization: Organization, *, before: str, reason: str, is_override: bool, at: datetime, by: Actor) -> None:
    after = organization.stage
    timeline.push(
        organization=organization,
        kind=EntryKind.STAGE,
        title=_("%(before)s left, %(after)s begins") % {"before": stage_label(before), "after": stage_label(after)},
        body=reason,
        data={"before": before, "after": after, "is_override": is_override},
        at=at,
        by=by,
    )


def _announce(organization: Organization, *, before: str, at: datetime) -> None:
    """Let the floors above know, once this has committed."""
    transaction.on_commit(
        partial(
            stage_changed.send_robust,
            sender=Organization,
            organization_id=organization.pk,
            kind=organization.kind,
            before=before,
            after=organization.stage,
            at=at,
        )
    )


def _check(organization: Organization, *, to: str, review: GateReview, by: Actor, reason: str) -> bool:
    """Refuse what is no move; returns whether it is one by override. The review is read as the database has it."""
    reviews = GateReview.objects.filter(Q(pk=review.pk) | Q(decided_at__isnull=True), organization=organization)
    found = list(reviews.order_by().values_list("stage", "decided_at", "outcome", "decided_by_id"))
    # An open review beside it is that of the present stay: the decided one has led to it already.
    if len(found) != 1 or found[0][0] != organization.stage or found[0][1] is None:
        raise DomainError(_("A stage is left through its gate, and this gate is not decided."), code="undecided")
    outcome, decider = found[0][2:]
    is_override = outcome == ReviewOutcome.OVERRIDDEN
    if is_override:
        if not permissions.can_use(by, "override_gate", organization):
            raise NotAllowed(_("Only an administrator sets a stage against the rules of its gate."))
        if not reason.strip():
            raise DomainError(_("Say why the stage is set by hand."), field="reason", code="reason")
    elif decider != by.user_id:
        raise NotAllowed(_("Who decides a gate moves the organization, and nobody else."))
    refusal = refusal_of_move(organization.kind, organization.stage, to, is_override=is_override)
    if refusal is not None:
        words = {"organization": organization.name, "stage": stage_label(organization.stage), "to": stage_label(to)}
        raise DomainError(_REFUSED[refusal]() % words, field="to", code=refusal.value)
    return is_override


_REFUSED = {
    MoveRefusal.SAME_STAGE: lambda: _("%(organization)s is in %(stage)s already."),
    MoveRefusal.FOREIGN_STAGE: lambda: _("%(to)s is no stage of the journey of %(organization)s."),
    MoveRefusal.NOT_NEXT: lambda: _("%(organization)s is in %(stage)s; stages are passed one by one, not to %(to)s."),
}


def _close_period(organization: Organization, *, by: Actor, reason: str, to: str, now: datetime) -> datetime:
    """End the stay in the present stage and begin the next; returns the moment, never before the stay began."""
    moment = max(now, organization.stage_entered_at)
    StagePeriod.objects.filter(organization=organization, left_at__isnull=True).update(left_at=moment)
    StagePeriod.objects.create(
        organization=organization, stage=to, entered_at=moment, moved_by_id=by.user_id, reason=reason
    )
    return moment


def _launch(organization: Organization, *, to: str, now: datetime) -> dict[str, list[object]]:
    """Stamp or take back the day of launch; the change as {"launched_on": [before, after]}."""
    before = organization.launched_on
    if to not in LAUNCHED_STAGES:
        organization.launched_on = None
    elif before is None:
        organization.launched_on = timezone.localdate(now, ZoneInfo(organization.timezone))
    after = organization.launched_on
    return {} if before == after else {"launched_on": [before, after]}


def _tell_those_who_begin_to_see(organization: Organization, *, before: str, by: Actor, now: datetime) -> None:
    """Owners to whom a role that they hold today opens the new stage, and to whom none opened the one before."""
    ties, kind = ties_of(organization), organization.kind
    saw = who_sees(ties, by.policy, kind=kind, stage=before)
    sees = who_sees(ties, by.policy, kind=kind, stage=organization.stage)
    notify(
        user_ids=sees - saw - {by.user_id},
        kind=notices.STAGES,
        title=_("%(organization)s is in %(stage)s now and opens to you")
        % {"organization": organization.name, "stage": stage_label(organization.stage)},
        key=f"stage:{organization.pk}:{organization.stage}:{organization.stage_entered_at.isoformat()}",
        now=now,
        target_type="organization",
        target_id=organization.pk,
        organization_id=organization.pk,
    )
