"""Telling owners of promises that a day comes near or has passed, in what they may see today.

Three days before, on its day, once it is overdue, and each week after that.
"""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from accounts.actors import actor_for
from accounts.auth import users_with_access
from accounts.models import User
from accounts.services.notifications import notify
from partners import notices
from partners.models import Commitment
from partners.work_choices import CommitmentState

SOON = timedelta(days=3)


@transaction.atomic
def remind_due(*, now: datetime) -> int:
    """Tell each owner of open promises that are due within three days or overdue; returns how many notices are new.

    The occasion is the promise, the day that it is due and how near or late that is: running it again tells nobody
    twice, and a run that was missed is made up for.
    """
    # The zone that is furthest ahead bounds what is read.
    latest = timezone.localdate(now, ZoneInfo("Pacific/Kiritimati")) + SOON
    due = Commitment.objects.unfinished().filter(due_on__lte=latest, owner__isnull=False)
    owners = set(due.order_by().values_list("owner_id", flat=True).distinct())
    return sum(_remind(user, latest, now) for user in users_with_access(owners))


def _remind(user: User, latest: date, now: datetime) -> int:
    rows = (
        Commitment.objects.visible_to(actor_for(user))
        .filter(owner=user, state=CommitmentState.OPEN, due_on__lte=latest, organization__archived_at__isnull=True)
        .select_related("organization")
        .order_by("due_on", "pk")
    )
    with override(user.language or None):
        return sum(_tell(user, row, now) for row in rows)


def _tell(user: User, commitment: Commitment, now: datetime) -> int:
    today = timezone.localdate(now, ZoneInfo(commitment.organization.timezone))
    days = (commitment.due_on - today).days
    if days > SOON.days:
        return 0
    return notify(
        user_ids=[user.pk],
        kind=notices.COMMITMENTS,
        title=f"{_when(days)}: {commitment.title}",
        body=commitment.organization.name,
        key=f"commitment-due:{commitment.pk}:{commitment.due_on.isoformat()}:{occasion(days)}",
        now=now,
        target_type="commitment",
        target_id=commitment.pk,
        organization_id=commitment.organization_id,
    )


def occasion(days: int) -> str:
    """What a promise is told on, `days` before its day: once before, on it, and once in each week that it is late."""
    if days >= 0:
        return "soon" if days else "today"
    return f"late-{(-days - 1) // 7}"


def _when(days: int) -> str:
    if days < 0:
        return ngettext("Promise %(count)d day overdue", "Promise %(count)d days overdue", -days) % {"count": -days}
    if days == 0:
        return _("Promise due today")
    return ngettext("Promise due in %(count)d day", "Promise due in %(count)d days", days) % {"count": days}
