"""Ticking off an item of one's checklist for the period that today lies in, and taking the tick back."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.rules.access import Actor
from common.errors import DomainError, NotAllowed
from partners.models import RoutineTick
from partners.rules.routines import period_of
from partners.selectors.routines import local_today, policy_in_force


@transaction.atomic
def tick(*, by: Actor, item: str, now: datetime) -> None:
    """It is done for this period; twice changes nothing. Raises NotAllowed, DomainError "item"."""
    RoutineTick.objects.bulk_create([_row(by, item, now)], ignore_conflicts=True)


@transaction.atomic
def untick(*, by: Actor, item: str, now: datetime) -> None:
    """Take the tick of this period back. Raises NotAllowed, DomainError "item"."""
    row = _row(by, item, now)
    RoutineTick.objects.filter(user_id=row.user_id, item=row.item, period_on=row.period_on).delete()


def _row(by: Actor, item: str, now: datetime) -> RoutineTick:
    if not by.is_staff or by.user_id is None:
        raise NotAllowed(_("Checklists are for our own people."))
    for routine in policy_in_force().of_roles(by.active_roles):
        if any(one.id == item for one in routine.items):
            first, _after = period_of(routine.every, local_today(now))
            return RoutineTick(user_id=by.user_id, item=item, period_on=first, ticked_at=now)
    raise DomainError(_("This is on none of your checklists."), field="item", code="item")
