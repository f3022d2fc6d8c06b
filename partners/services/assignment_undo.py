"""Taking a bulk assignment back."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.rules.access import Actor
from common.errors import DomainError
from partners.models import Assignment
from partners.services.assignments import end_assignment

MAX_ROWS = 200


@transaction.atomic
def undo_bulk(*, by: Actor, user_id: int, role: str, at: datetime, now: datetime) -> int:
    """End what `by` assigned to `user_id` in `role` at the moment `at` and that still holds; returns how many.

    Who was primary before stays an owner and becomes primary again. Raises NotAllowed; DomainError "nothing" where
    nothing of it is left.
    """
    rows = (
        Assignment.objects.visible_to(by)
        .active()
        .filter(assigned_by_id=by.user_id, user_id=user_id, role=role, started_at=at)
    )
    found = list(rows.select_related("organization", "user").order_by("organization_id")[:MAX_ROWS])
    if not found:
        raise DomainError(_("Nothing of this is left to undo."), code="nothing")
    for assignment in found:
        end_assignment(by=by, assignment=assignment, reason=_("Undone"), confirm_last=True, now=now)
    return len(found)
