"""Short ways through a handoff: prepared, laid out, offered, with everything done that acceptance waits for."""

from datetime import datetime, timedelta
from typing import Any

from accounts.models import CalendarVersion, User, WorkCalendar
from partners.handoff_policy import contract_of
from partners.models import Handoff, HandoffItem, Organization
from partners.services import handoff_items, handoffs
from tests.factories.accounts import actor
from tests.factories.partners import NOW

WEEK = timedelta(days=7)


def prepared(organization: Organization, giver: User, receiver: User, kind: str = "psm_to_tam", **more: Any) -> Handoff:
    values = {"now": NOW, **more}
    return handoffs.prepare(by=actor(giver), organization=organization, kind=kind, receiver=receiver, **values)


def settle_all(handoff: Handoff, *, now: datetime = NOW) -> None:
    """The giver stands by every item, with a note where the hub found nothing."""
    for item in HandoffItem.objects.filter(handoff=handoff):
        note = item.note or ("Nothing to add" if not item.gathered else None)
        handoff_items.settle_item(
            by=actor(handoff.giver), handoff=handoff, key=item.key, note=note, is_settled=True, now=now
        )


def offered(organization: Organization, giver: User, receiver: User, kind: str = "psm_to_tam", **more: Any) -> Handoff:
    handoff = prepared(organization, giver, receiver, kind, **more)
    settle_all(handoff)
    return handoffs.offer(by=actor(giver), handoff=handoff, now=NOW)


def do_everything(handoff: Handoff, *, now: datetime = NOW) -> None:
    """What the receiver's acceptance waits for: read items, meetings, and a shadow period that is over."""
    by = actor(handoff.receiver)
    for item in HandoffItem.objects.filter(handoff=handoff):
        handoff_items.read_item(by=by, handoff=handoff, key=item.key, now=now)
    contract = contract_of(handoff)
    for meeting in contract.meetings:
        handoff_items.hold_meeting(by=by, handoff=handoff, meeting=meeting, on=now.date(), now=now)
    if contract.shadow_days:
        begin = (now - 2 * WEEK).date()
        handoff_items.begin_shadow(by=by, handoff=handoff, on=begin, now=now)


def accepted(organization: Organization, giver: User, receiver: User, kind: str = "psm_to_tam", **more: Any) -> Handoff:
    handoff = offered(organization, giver, receiver, kind, **more)
    do_everything(handoff)
    return handoffs.accept(by=actor(receiver), handoff=handoff, now=NOW)


def make_calendar(*, weekly: dict[str, Any], timezone: str = "UTC", **fields: Any) -> WorkCalendar:
    """A working calendar with one version, in force for long."""
    calendar = WorkCalendar.objects.create(name=f"Calendar {WorkCalendar.objects.count() + 1}")
    CalendarVersion.objects.create(
        calendar=calendar, number=1, effective_at=NOW - 52 * WEEK, timezone=timezone, weekly=weekly, **fields
    )
    return calendar
