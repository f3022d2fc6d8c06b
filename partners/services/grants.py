"""Context grants: leave to read the answers of earlier stages, for a reason and a time (roles-and-access.md)."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.rules.access import Actor, FieldClass
from accounts.services import activity
from accounts.services.notifications import NoticeKind, notify
from common.errors import DomainError, Missing, NotAllowed
from partners import notices, permissions
from partners.choices import EntryKind, GrantState
from partners.models import Assignment, ContextGrant, Organization
from partners.services import timeline
from partners.services.locking import lock_organization

MAX_LENGTH = timedelta(days=90)
_OPEN = (GrantState.ASKED, GrantState.GIVEN)


@transaction.atomic
def ask(*, by: Actor, organization: Organization, reason: str, now: datetime) -> ContextGrant:
    """Ask to read the answers of earlier stages; who decides is told.

    Raises NotAllowed for who does not open it in full; DomainError "reason", "open" (asked or given already),
    "not_needed" for who reads them anyway.
    """
    locked = lock_organization(organization)
    subject = permissions.subject_of(locked)
    if by.user_id is None or not by.is_staff or not permissions.opens_in_full(by, locked, subject=subject):
        raise NotAllowed(_("Only who may open the organization can ask for context."))
    if permissions.may_read_fields(by, locked, FieldClass.ANSWERS, subject=subject):
        raise DomainError(_("You may read these answers already."), code="not_needed")
    if not reason.strip():
        raise DomainError(_("Say what you need the answers for."), field="reason", code="reason")
    if ContextGrant.objects.filter(organization=locked, user_id=by.user_id, state__in=_OPEN).exists():
        raise DomainError(_("You have asked already."), code="open")
    grant = ContextGrant.objects.create(
        organization=locked, user_id=by.user_id, reason=reason.strip(), state=GrantState.ASKED, asked_at=now
    )
    _record(by, "context_grant.asked", grant, now, before=None, reason=grant.reason)
    deciders = _pams(locked) - {by.user_id}
    title = _("%(person)s asks for context on %(name)s") % {"person": by.name, "name": locked.name}
    _tell(notices.GRANTS_ASKED, deciders, grant, title, body=grant.reason, now=now)
    return grant


@transaction.atomic
def give(*, by: Actor, grant: ContextGrant, expires_at: datetime, note: str = "", now: datetime) -> ContextGrant:
    """Open the answers to the asker until `expires_at` (at most 90 days ahead).

    Raises NotAllowed for one's own request and for those who do not decide here; DomainError "expires_at", "decided".
    """
    locked = _to_decide(by, grant)
    if not now < expires_at <= now + MAX_LENGTH:
        message = _("Choose an end within the next %(days)d days.") % {"days": MAX_LENGTH.days}
        raise DomainError(message, field="expires_at", code="expires_at")
    _decide(locked, by=by, state=GrantState.GIVEN, note=note, now=now, expires_at=expires_at)
    _record(by, "context_grant.given", locked, now, before=GrantState.ASKED, reason=note)
    title = _("%(name)s: the answers of earlier stages are open to you") % {"name": locked.organization.name}
    _tell(notices.GRANTS, {locked.user_id}, locked, title, body=note, now=now)
    timeline.push(
        organization=locked.organization,
        kind=EntryKind.GRANT,
        title=_("%(person)s may read earlier answers for a time") % {"person": locked.user.name},
        body=locked.reason,
        data={"expires_at": expires_at.isoformat()},
        at=now,
        by=by,
    )
    return locked


@transaction.atomic
def refuse(*, by: Actor, grant: ContextGrant, note: str, now: datetime) -> ContextGrant:
    """Answer a request with no and say why. Raises NotAllowed, DomainError "note", "decided"."""
    locked = _to_decide(by, grant)
    if not note.strip():
        raise DomainError(_("Say why not."), field="note", code="note")
    _decide(locked, by=by, state=GrantState.REFUSED, note=note.strip(), now=now)
    _record(by, "context_grant.refused", locked, now, before=GrantState.ASKED, reason=note)
    title = _("%(name)s: your request for context was refused") % {"name": locked.organization.name}
    _tell(notices.GRANTS, {locked.user_id}, locked, title, body=note, now=now)
    return locked


@transaction.atomic
def end(*, by: Actor, grant: ContextGrant, now: datetime) -> ContextGrant:
    """Take a grant back before its time, or withdraw one's own request. Raises NotAllowed, DomainError "ended"."""
    locked = _locked(grant)
    is_own = locked.user_id == by.user_id
    if not is_own and not permissions.can_use(by, "decide_context_grant", locked.organization):
        raise NotAllowed(_("You do not decide on context of this organization."))
    if locked.state not in _OPEN:
        raise DomainError(_("This request is over already."), code="ended")
    before = locked.state
    _end(locked, now)
    _record(by, "context_grant.ended", locked, now, before=before)
    if not is_own:
        title = _("%(name)s: the answers of earlier stages are closed again") % {"name": locked.organization.name}
        _tell(notices.GRANTS, {locked.user_id}, locked, title, now=now)
    return locked


@transaction.atomic
def end_expired(*, now: datetime, limit: int = 500) -> int:
    """End the grants whose time is over and tell their holders; returns how many. Safe to run twice and side by side.

    Reading ends by the clock, without this: it keeps the state honest.
    """
    due = ContextGrant.objects.filter(state=GrantState.GIVEN, expires_at__lte=now).order_by("expires_at")
    rows = list(due.select_for_update(of=("self",), skip_locked=True).select_related("organization", "user")[:limit])
    for grant in rows:
        _end(grant, now)
        _record(None, "context_grant.expired", grant, now, before=GrantState.GIVEN)
        title = _("%(name)s: the answers of earlier stages are closed again") % {"name": grant.organization.name}
        _tell(notices.GRANTS, {grant.user_id}, grant, title, now=now)
    return len(rows)


def _locked(grant: ContextGrant) -> ContextGrant:
    """The grant as it is now, with its organization locked before it."""
    lock_organization(grant.organization)
    rows = ContextGrant.objects.select_for_update(of=("self",)).select_related("organization", "user")
    try:
        locked: ContextGrant = rows.get(pk=grant.pk)
    except ContextGrant.DoesNotExist:
        raise Missing(_("This request does not exist, or it is not yours.")) from None
    return locked


def _to_decide(by: Actor, grant: ContextGrant) -> ContextGrant:
    """The request, if `by` may answer it. Raises NotAllowed, DomainError "decided"."""
    locked = _locked(grant)
    if locked.user_id == by.user_id:
        raise NotAllowed(_("Nobody decides on their own request."))
    if not permissions.can_use(by, "decide_context_grant", locked.organization):
        raise NotAllowed(_("You do not decide on context of this organization."))
    if locked.state != GrantState.ASKED:
        raise DomainError(_("This request was answered already."), code="decided")
    return locked


def _decide(
    grant: ContextGrant, *, by: Actor, state: str, note: str, now: datetime, expires_at: datetime | None = None
) -> None:
    grant.state, grant.decided_at, grant.decided_by_id = state, now, by.user_id
    grant.decision_note, grant.expires_at = note[:300], expires_at
    grant.save(update_fields=["state", "decided_at", "decided_by", "decision_note", "expires_at"])


def _end(grant: ContextGrant, now: datetime) -> None:
    grant.state, grant.ended_at = GrantState.ENDED, now
    grant.save(update_fields=["state", "ended_at"])


def _pams(organization: Organization) -> set[int]:
    """The PAMs of the organization; where there is none, managers and admins find the request on their homes."""
    held = Assignment.objects.active().filter(organization=organization, role="pam")
    return set(held.filter(user__is_active=True).values_list("user_id", flat=True))


def _record(
    by: Actor | None, verb: str, grant: ContextGrant, now: datetime, *, before: str | None, reason: str = ""
) -> None:
    changes: dict[str, list[object]] = {"state": [before, grant.state]}
    if grant.state == GrantState.GIVEN:
        changes["expires_at"] = [None, grant.expires_at]
    words = {"name": grant.organization.name, "person": grant.user.name}
    activity.record(
        actor_id=by.user_id if by else None,
        actor_name=by.name if by else "",
        verb=verb,
        target=grant,
        target_name=_("Context of %(name)s for %(person)s") % words,
        changes=changes,
        reason=reason,
        now=now,
    )


def _tell(
    kind: NoticeKind, user_ids: set[int], grant: ContextGrant, title: str, *, now: datetime, body: str = ""
) -> None:
    notify(
        user_ids=user_ids,
        kind=kind,
        title=title,
        body=body,
        key=f"grant:{grant.public_id}:{grant.state}:{kind.key}",
        now=now,
        target_type="organization",
        target_id=grant.organization_id,
        organization_id=grant.organization_id,
    )
