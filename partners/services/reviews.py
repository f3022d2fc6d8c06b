"""Use cases of business reviews: begun by hand, edited, looked through, presented once, or not held (ADR 0031).

Lock order: the organization, then the review, then its sections. Presenting freezes: from then on only the follow-up
and the promises that were made there may be written.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.rules.access import Actor
from accounts.services import activity
from accounts.services.notifications import notify
from common.errors import Conflict, DomainError, Missing, NotAllowed
from partners import notices, review_policy
from partners.choices import EntryAudience, EntryKind
from partners.models import BusinessReview, Commitment, Organization, ReviewSection
from partners.review_choices import ReviewState, SectionAudience
from partners.rules.review_content import COMMERCIAL
from partners.rules.review_periods import period_of
from partners.selectors.review_sheet import hash_of, kept_of
from partners.services import commitments, review_documents, timeline, touchpoints
from partners.services.audience import owners_who_see
from partners.services.locking import lock_organization, refuse_archived
from partners.services.review_building import OPEN, build
from partners.services.validation import check_fields, clean
from partners.work_choices import TouchpointState
from partners.work_permissions import can_arrange

WRITABLE_FIELDS = frozenset({"title", "summary", "agenda", "follow_up"})
SECTION_FIELDS = frozenset({"note", "audience", "is_left_out"})
AFTER_PRESENTING = frozenset({"follow_up"})
MAX_TEXT, MAX_REASON = 32_000, 300


@transaction.atomic
def begin(*, by: Actor, organization: Organization, kind: str, on: date, now: datetime) -> BusinessReview:
    """Begin the review of the period that one held on a day looks back on, beside the cadence.

    Raises NotAllowed; DomainError "kind" (no pack for it), "twice" (the period has one).
    """
    locked = lock_organization(organization)
    refuse_archived(locked)
    _require(by, locked)
    policy = review_policy.policy_in_force()
    known = review_policy.kind_of(policy, kind)
    if known is None:
        raise DomainError(_("There is no pack for this kind of review."), field="kind", code="kind")
    touchpoints.check_day(locked, on, now)
    period = period_of(on)
    same = BusinessReview.objects.filter(organization=locked, kind=kind, period_from=period.start)
    if same.exclude(state=ReviewState.CANCELLED).exists():
        message = _("There is a review of %(period)s already.") % {"period": period.label}
        raise DomainError(message, field="on", code="twice")
    made = BusinessReview.objects.create(
        organization=locked,
        kind=kind,
        title=f"{review_policy.kind_label(policy, kind)} {period.label}",
        period_from=period.start,
        period_to=period.end,
        planned_on=on,
        owner_id=by.user_id,
        agenda=review_policy.draft(known, "agenda"),
    )
    build([made], now=now)
    _record(by, "begun", made, now, {"period_from": [None, made.period_from]})
    made.refresh_from_db()
    return made


@transaction.atomic
def edit(
    *, by: Actor, review: BusinessReview, values: Mapping[str, Any], version: int, now: datetime
) -> BusinessReview:
    """Change its words. Raises NotAllowed, Conflict, DomainError ("frozen"; with `field`)."""
    locked = _locked_for(by, review)
    check_fields(values, WRITABLE_FIELDS)
    before = {name: getattr(locked, name) for name in values}
    _check_version(locked.version, version, before)
    changes = activity.changes_between(before, {name: _text(values[name], name) for name in values})
    if not changes:
        return locked
    if changes.keys() - AFTER_PRESENTING:
        _refuse_frozen(locked)
    for name in changes:
        setattr(locked, name, changes[name][1])
    if not locked.title:
        raise DomainError(_("Give it a title."), field="title", code="no_title")
    clean(locked, set(changes))
    _save(locked, changes)
    _record(by, "edited", locked, now, {name: ["*", "*"] for name in changes})
    return locked


@transaction.atomic
def edit_section(
    *, by: Actor, section: ReviewSection, values: Mapping[str, Any], version: int, now: datetime
) -> ReviewSection:
    """Add a note, leave it out, release it to the other side or keep it inside.

    Raises NotAllowed, Conflict, DomainError ("frozen"; "commercial": money is not released; with `field`).
    """
    review = _locked_for(by, section.review)
    _refuse_frozen(review)
    locked: ReviewSection = ReviewSection.objects.select_for_update(no_key=True).get(pk=section.pk)
    check_fields(values, SECTION_FIELDS)
    before = {name: getattr(locked, name) for name in values}
    _check_version(locked.version, version, before)
    after = {name: _text(value, name) if name == "note" else value for name, value in values.items()}
    changes = activity.changes_between(before, after)
    for name in changes:
        setattr(locked, name, changes[name][1])
    if locked.audience not in SectionAudience.values:
        raise DomainError(_("Choose who gets it."), field="audience", code="unknown_audience")
    if locked.audience == SectionAudience.SHARED and locked.field_class == COMMERCIAL:
        raise DomainError(_("What holds money stays inside."), field="audience", code="commercial")
    if not changes:
        return locked
    locked.version += 1
    locked.save(update_fields=[*changes, "version"])
    shown = {f"{locked.key}.{name}": ["*", "*"] if name == "note" else pair for name, pair in changes.items()}
    _record(by, "section_edited", review, now, shown)
    return locked


@transaction.atomic
def rebuild(*, by: Actor, review: BusinessReview, now: datetime) -> BusinessReview:
    """Bring its sections up to date at once. Raises NotAllowed, DomainError "frozen"."""
    locked = _locked_for(by, review)
    _refuse_frozen(locked)
    build([locked], now=now)
    _record(by, "rebuilt", locked, now, {})
    locked.refresh_from_db(fields=["built_at"])
    return locked


@transaction.atomic
def mark_ready(
    *, by: Actor, review: BusinessReview, ready: bool = True, version: int | None = None, now: datetime
) -> BusinessReview:
    """It has been looked through, or is to be looked through again. Raises NotAllowed, Conflict, DomainError."""
    locked = _locked_for(by, review)
    _refuse_frozen(locked)
    _check_version(locked.version, version, {"state": locked.state})
    before, locked.state = locked.state, ReviewState.READY if ready else ReviewState.BUILDING
    if before == locked.state:
        return locked
    _save(locked, ("state",))
    _record(by, "marked_ready" if ready else "reopened", locked, now, {"state": [before, locked.state]})
    return locked


@transaction.atomic
def present(*, by: Actor, review: BusinessReview, version: int | None = None, now: datetime) -> BusinessReview:
    """It was shown: sections and figures stay as they are, the touchpoint is done, their edition is in the portal.

    Raises NotAllowed, Conflict, DomainError ("frozen"; "not_built").
    """
    locked = _locked_for(by, review)
    _check_version(locked.version, version, {"state": locked.state})
    _refuse_frozen(locked)
    sections = list(ReviewSection.objects.select_for_update(no_key=True).filter(review=locked))
    if locked.built_at is None or not sections:
        raise DomainError(_("It holds nothing yet: build it first."), code="not_built")
    before, locked.state = locked.state, ReviewState.PRESENTED
    locked.presented_at, locked.presented_by_id = now, by.user_id
    locked.content_hash = hash_of(locked, kept_of(sections))
    if not locked.follow_up:
        kind = review_policy.kind_of(review_policy.policy_in_force(), locked.kind)
        locked.follow_up = review_policy.draft(kind, "follow_up")
    _save(locked, ("state", "presented_at", "presented_by", "content_hash", "follow_up"))
    review_documents.want_now(review=locked, by=by, now=now)
    touchpoint = locked.touchpoint
    if touchpoint is not None and touchpoint.state == TouchpointState.PLANNED:
        touchpoints.complete(by=by, touchpoint=touchpoint, now=now)
    _record(by, "presented", locked, now, {"state": [before, locked.state]})
    _say(_("%(title)s presented"), locked, by, now, audience=EntryAudience.SHARED)
    _tell(_("%(title)s of %(name)s was presented"), locked, by, now)
    return locked


@transaction.atomic
def cancel(
    *, by: Actor, review: BusinessReview, reason: str, version: int | None = None, now: datetime
) -> BusinessReview:
    """It is not held, and why; the period may get another one. Raises NotAllowed, Conflict, DomainError."""
    locked = _locked_for(by, review)
    _check_version(locked.version, version, {"state": locked.state})
    _refuse_frozen(locked)
    why = _text(reason, "reason", MAX_REASON)
    if not why:
        raise DomainError(_("Say why it is not held."), field="reason", code="reason")
    before, locked.state, locked.cancel_reason = locked.state, ReviewState.CANCELLED, why
    _save(locked, ("state", "cancel_reason"))
    _record(by, "cancelled", locked, now, {"state": [before, locked.state]}, reason=why)
    _say(_("%(title)s is not held"), locked, by, now, body=why)
    return locked


@transaction.atomic
def add_action(*, by: Actor, review: BusinessReview, values: Mapping[str, Any], now: datetime) -> Commitment:
    """Something that was agreed there becomes a promise. Raises as `commitments.make` does; DomainError "frozen"."""
    locked = _locked_for(by, review)
    if locked.state == ReviewState.CANCELLED:
        _refuse_frozen(locked)
    return commitments.make(by=by, organization=locked.organization, values=values, source=locked, now=now)


def _locked_for(by: Actor, review: BusinessReview) -> BusinessReview:
    organization = lock_organization(review.organization)
    refuse_archived(organization)
    rows = BusinessReview.objects.visible_to(by).select_for_update(no_key=True, of=("self",))
    found: BusinessReview | None = rows.select_related("touchpoint").filter(pk=review.pk).first()
    if found is None:
        raise Missing(_("This review does not exist, or it is not yours."))
    found.organization = organization
    _require(by, organization)
    return found


def _require(by: Actor, organization: Organization) -> None:
    if by.is_contact or not can_arrange(by, organization):
        raise NotAllowed(_("Reviews are prepared by those who work on the organization in its present stage."))


def _refuse_frozen(review: BusinessReview) -> None:
    if review.state not in OPEN:
        message = _("This review cannot change any more: %(state)s.")
        raise DomainError(message % {"state": ReviewState(review.state).label.lower()}, code="frozen")


def _check_version(present: int, version: int | None, current: Mapping[str, Any]) -> None:
    if version is not None and version != present:
        raise Conflict(_("Somebody changed this while you were at it."), version=present, current=current)


def _text(value: str, field: str, most: int = MAX_TEXT) -> str:
    text = value.replace("\0", "").replace("\r\n", "\n").strip()
    if len(text) > most:
        raise DomainError(_("Use up to %(count)s characters.") % {"count": most}, field=field, code="too_long")
    return text


def _save(review: BusinessReview, fields: Iterable[str]) -> None:
    review.version += 1
    review.save(update_fields=[*fields, "version", "updated_at"])


def _record(
    by: Actor, verb: str, review: BusinessReview, now: datetime, changes: Mapping[str, Any], *, reason: str = ""
) -> None:
    activity.record(
        actor_id=by.user_id,
        actor_name=by.name,
        verb=f"review.{verb}",
        target=review,
        target_name=_("Review with %(name)s") % {"name": review.organization.name},
        changes={name: list(pair) for name, pair in changes.items()},
        reason=reason,
        now=now,
    )


def _say(
    sentence: str,
    review: BusinessReview,
    by: Actor,
    now: datetime,
    *,
    body: str = "",
    audience: str = EntryAudience.INTERNAL,
) -> None:
    timeline.push(
        organization=review.organization,
        kind=EntryKind.REVIEW,
        title=sentence % {"title": review.title},
        body=body,
        at=now,
        by=by,
        data={"kind": review.kind, "period_from": review.period_from.isoformat()},
        audience=audience,
        target=review,
    )


def _tell(sentence: str, review: BusinessReview, by: Actor, now: datetime) -> None:
    notify(
        user_ids=owners_who_see(review.organization, by.policy) - {by.user_id},
        kind=notices.REVIEWS,
        title=sentence % {"title": review.title, "name": review.organization.name},
        key=f"review:{review.pk}:{review.version}",
        now=now,
        target_type="businessreview",
        target_id=review.pk,
        organization_id=review.organization_id,
    )
