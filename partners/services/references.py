"""Use cases of references: asking that a win is told to somebody else, and what comes of it (journey.md, Wins).

Lock order: the organization, then its win, then its request. An organization is left in peace between two requests.
"""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.rules.access import Actor
from accounts.services.notifications import notify
from common.errors import DomainError
from partners import notices
from partners.choices import EntryKind
from partners.enablement_choices import ReferenceState
from partners.models import Organization, ReferenceRequest, Win
from partners.rules.references import Hindered, hindered
from partners.selectors.references import willing_of, words_of
from partners.services import keeping
from partners.services.audience import owners_who_see
from partners.services.checklists import local_day

_NEXT = {
    ReferenceState.ASKED: (ReferenceState.AGREED, ReferenceState.SERVED, ReferenceState.DECLINED),
    ReferenceState.AGREED: (ReferenceState.SERVED, ReferenceState.DECLINED),
}


@transaction.atomic
def ask(*, by: Actor, win: Win, wanted_for: str, wanted_until: date | None = None, now: datetime) -> ReferenceRequest:
    """Ask that somebody else may hear of a win.

    Raises NotAllowed; DomainError: the win was put away or may not be told (code as in Hindrance), they were asked
    lately or often, with `field` a day that is over or nobody to hear it.
    """
    locked, today = keeping.locked_row(by, win), local_day(win.organization, now)
    if locked.archived_at is not None:
        raise DomainError(_("This win was archived."), code="archived")
    if found := why_not(locked, today):
        raise DomainError(words_of(found), code=found.why.value)
    if wanted_until is not None and wanted_until < today:
        raise DomainError(_("This day is over."), field="wanted_until", code="past")
    made = ReferenceRequest(
        organization=locked.organization,
        win=locked,
        wanted_for=wanted_for,
        wanted_until=wanted_until,
        asked_by_id=by.user_id,
        asked_on=today,
    )
    keeping.tidy(made, {"wanted_for", "wanted_until"})
    made.save()
    keeping.record(by, "reference.asked", made, now)
    _tell(_("A reference is asked for: %(title)s"), made, by, now)
    return made


@transaction.atomic
def settle(
    *,
    by: Actor,
    reference: ReferenceRequest,
    state: str,
    note: str = "",
    version: int | None = None,
    now: datetime,
) -> ReferenceRequest:
    """They agree, told it, or would rather not (which says why). Raises NotAllowed, Conflict, DomainError (field)."""
    locked = keeping.locked_row(by, reference, version)
    if state not in _NEXT.get(ReferenceState(locked.state), ()):
        raise DomainError(_("Choose another state."), field="state", code="state")
    is_over = state != ReferenceState.AGREED
    text = keeping.closing(note, is_needed=state == ReferenceState.DECLINED)
    before, locked.state, locked.closing_note = locked.state, state, text or locked.closing_note
    locked.closed_on = local_day(locked.organization, now) if is_over else None
    keeping.save(locked, ["state", "closing_note", "closed_on"])
    keeping.record(by, f"reference.{state}", locked, now, {"state": [before, str(state)]})
    sentence = {
        ReferenceState.AGREED: _("They serve as a reference: %(title)s"),
        ReferenceState.SERVED: _("They served as a reference: %(title)s"),
        ReferenceState.DECLINED: _("No reference this time: %(title)s"),
    }[ReferenceState(state)]
    _tell(sentence, locked, by, now)
    return locked


def why_not(win: Win, today: date) -> Hindered | None:
    """Why its people are not asked today. One statement."""
    return hindered(willing_of(win), asked_days(win.organization), today)


def asked_days(organization: Organization) -> list[date]:
    """The days on which an organization was asked; what was declined counts too, since it was asked."""
    rows = ReferenceRequest.objects.filter(organization=organization)
    return list(rows.order_by("asked_on").values_list("asked_on", flat=True))


def _tell(sentence: str, request: ReferenceRequest, by: Actor, now: datetime) -> None:
    title = sentence % {"title": request.win.title}
    body = f"{request.wanted_for}. {request.closing_note}" if request.closing_note else request.wanted_for
    keeping.say(request, EntryKind.WIN, title, by, now, body=body)
    notify(
        user_ids=owners_who_see(request.organization, by.policy) - {by.user_id},
        kind=notices.REFERENCES,
        title=_("%(name)s: %(news)s") % {"name": request.organization.name, "news": title},
        key=f"reference:{request.pk}:{request.version}",
        now=now,
        target_type="organization",
        target_id=request.organization_id,
        organization_id=request.organization_id,
    )
