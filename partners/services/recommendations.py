"""Use cases of recommendations: proposed, agreed, done with their effect, declined (journey.md, Recommendations)."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.rules.access import Actor
from common.errors import DomainError
from partners import permissions
from partners.choices import EntryKind
from partners.enablement_choices import RecommendationKind, RecommendationState
from partners.enablement_policy import practices_in_force
from partners.models import Organization, Recommendation
from partners.rules.classification import label_in
from partners.services import keeping
from partners.services.checklists import local_day
from partners.services.validation import check_fields
from partners.work_permissions import user_sees

WRITABLE_FIELDS = frozenset({"kind", "title", "why", "owner", "due_on"})
_OPEN = (RecommendationState.PROPOSED, RecommendationState.AGREED)


@transaction.atomic
def propose(*, by: Actor, organization: Organization, values: Mapping[str, Any], now: datetime) -> Recommendation:
    """Advise something of one's own. Raises NotAllowed, DomainError with `field`."""
    locked = keeping.begin(by, organization)
    check_fields(values, WRITABLE_FIELDS)
    made = Recommendation(organization=locked, proposed_on=local_day(locked, now), **values)
    return _made(made, by, now)


@transaction.atomic
def propose_practice(
    *, by: Actor, organization: Organization, practice: str, owner: User | None = None, now: datetime
) -> Recommendation:
    """Advise a best practice of the policy in force, once for each organization.

    Raises NotAllowed; DomainError with `field` practice: not for such an organization, or proposed already; or owner.
    """
    locked, policy = keeping.begin(by, organization), practices_in_force()
    found = policy.practices.get(practice) if policy else None
    if found is None or not found.fits(locked.kind, locked.stage):
        message = _("This practice is not for such an organization.")
        raise DomainError(message, field="practice", code="unknown_practice")
    if Recommendation.objects.filter(organization=locked, practice=practice).exists():
        raise DomainError(_("This practice was proposed already."), field="practice", code="proposed")
    made = Recommendation(
        organization=locked,
        kind=RecommendationKind.BEST_PRACTICE,
        practice=practice,
        title=label_in(found.label, locked.language)[:200],
        why=label_in(found.why, locked.language),
        owner=owner,
        proposed_on=local_day(locked, now),
    )
    return _made(made, by, now)


@transaction.atomic
def edit(
    *, by: Actor, recommendation: Recommendation, values: Mapping[str, Any], version: int | None = None, now: datetime
) -> Recommendation:
    """Change an open one. Raises NotAllowed, Conflict, DomainError ("closed"; field)."""
    locked = _open(by, recommendation, version)
    check_fields(values, WRITABLE_FIELDS)
    if changes := keeping.put(locked, values):
        _check(locked)
        keeping.save(locked, changes)
        keeping.record(by, "recommendation.edited", locked, now, changes)
    return locked


@transaction.atomic
def agree(
    *,
    by: Actor,
    recommendation: Recommendation,
    due_on: date | None = None,
    version: int | None = None,
    now: datetime,
) -> Recommendation:
    """They want it, by a day. Raises NotAllowed, Conflict, DomainError "closed"."""
    locked = _open(by, recommendation, version)
    locked.due_on = due_on or locked.due_on
    return _move(locked, RecommendationState.AGREED, locked.effect, by, now)


@transaction.atomic
def finish(
    *, by: Actor, recommendation: Recommendation, effect: str, version: int | None = None, now: datetime
) -> Recommendation:
    """It is done, and what it brought. Raises NotAllowed, Conflict, DomainError ("closed"; field effect)."""
    locked = _open(by, recommendation, version)
    text = keeping.closing(effect, is_needed=True, field="effect")
    locked.closed_on = local_day(locked.organization, now)
    return _move(locked, RecommendationState.DONE, text, by, now)


@transaction.atomic
def decline(
    *, by: Actor, recommendation: Recommendation, note: str, version: int | None = None, now: datetime
) -> Recommendation:
    """They do not want it, and why. Raises NotAllowed, Conflict, DomainError ("closed"; field note)."""
    locked = _open(by, recommendation, version)
    locked.closed_on = local_day(locked.organization, now)
    return _move(locked, RecommendationState.DECLINED, keeping.closing(note, is_needed=True), by, now)


@transaction.atomic
def reopen(*, by: Actor, recommendation: Recommendation, version: int | None = None, now: datetime) -> Recommendation:
    """Undo: proposed again. Raises NotAllowed, Conflict, DomainError "proposed"."""
    locked = keeping.locked_row(by, recommendation, version)
    if locked.state == RecommendationState.PROPOSED:
        raise DomainError(_("This is proposed already."), code="proposed")
    locked.closed_on = None
    return _move(locked, RecommendationState.PROPOSED, "", by, now)


def _made(made: Recommendation, by: Actor, now: datetime) -> Recommendation:
    _check(made)
    made.save()
    keeping.record(by, "recommendation.proposed", made, now)
    keeping.say(made, EntryKind.RECOMMENDATION, _("Proposed: %(title)s") % {"title": made.title}, by, now)
    return made


def _open(by: Actor, row: Recommendation, version: int | None) -> Recommendation:
    locked = keeping.locked_row(by, row, version)
    if locked.state not in _OPEN:
        raise DomainError(_("This recommendation is settled."), code="closed")
    return locked


def _move(row: Recommendation, state: RecommendationState, effect: str, by: Actor, now: datetime) -> Recommendation:
    before, row.state, row.effect = row.state, state, effect
    _check(row)
    keeping.save(row, ["state", "effect", "due_on", "closed_on"])
    keeping.record(by, f"recommendation.{state.value}", row, now, {"state": [before, state.value]})
    title = f"{state.label}: {row.title}"
    keeping.say(row, EntryKind.RECOMMENDATION, title, by, now, body=effect)
    return row


def _check(row: Recommendation) -> None:
    keeping.tidy(row, {"kind", "title", "why", "due_on"})
    if row.owner is not None and not user_sees(row.owner, permissions.subject_of(row.organization)):
        raise DomainError(_("This colleague does not see the organization."), field="owner", code="unseen")
