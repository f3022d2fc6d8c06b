"""Each morning owners hear which meetings today brings and which are overdue: one notice for all of them.

A touchpoint is told of once for each day that it is planned on (`reminded_on`); moved to another day, once more.
"""

from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from accounts.actors import actor_for
from accounts.auth import users_with_access
from accounts.models import User
from accounts.services.notifications import notify
from partners import cadence_policy, notices
from partners.models import Touchpoint
from partners.work_choices import TouchpointState

MORNING = time(7)
LISTED, MAX_BODY = 8, 500


@transaction.atomic
def remind_of_the_day(*, now: datetime) -> int:
    """Tell every owner whose morning has begun; returns how many notices are new. Safe to call again.

    Five statements for each owner who has something, however much it is.
    """
    latest = timezone.localdate(now, ZoneInfo("Pacific/Kiritimati"))
    rows = _untold(latest).filter(owner__isnull=False)
    owners = set(rows.order_by().values_list("owner_id", flat=True).distinct())
    return sum(_remind(user, now) for user in users_with_access(owners))


def _untold(until: date) -> Any:
    untold = Q(reminded_on__isnull=True) | ~Q(reminded_on=F("planned_on"))
    return Touchpoint.objects.filter(
        untold, state=TouchpointState.PLANNED, planned_on__lte=until, organization__archived_at__isnull=True
    )


def _remind(user: User, now: datetime) -> int:
    local = timezone.localtime(now, ZoneInfo(user.timezone))
    if local.time() < MORNING:
        return 0
    today = local.date()
    seen = _untold(today).filter(owner=user).visible_to(actor_for(user))
    # A call that may be late is told of on its day; once it is overdue, the calendar and lists say so.
    rows = list(seen.select_related("organization").order_by("planned_on", "starts_at", "pk"))
    if not rows:
        return 0
    with override(user.language or None), timezone.override(ZoneInfo(user.timezone)):
        told = notify(
            user_ids=[user.pk],
            kind=notices.TOUCHPOINTS_TODAY,
            title=_title(rows, today),
            body=_body(rows, today),
            key=f"touchpoints-today:{user.pk}:{today.isoformat()}:{rows[-1].pk}",
            now=now,
            target_type="calendar",
            target_id=user.pk,
        )
    Touchpoint.objects.filter(pk__in=[row.pk for row in rows]).update(reminded_on=F("planned_on"))
    return told


def _title(rows: list[Any], today: date) -> str:
    count = sum(row.planned_on == today for row in rows)
    late = len(rows) - count
    words = ngettext("%(count)d touchpoint today", "%(count)d touchpoints today", count) % {"count": count}
    behind = ngettext("%(count)d from before", "%(count)d from before", late) % {"count": late}
    if not count:
        return ngettext("%(count)d touchpoint is due", "%(count)d touchpoints are due", late) % {"count": late}
    return f"{words}, {behind}" if late else words


def _body(rows: list[Any], today: date) -> str:
    policy = cadence_policy.policy_in_force()
    lines = []
    for row in rows[:LISTED]:
        when = timezone.localtime(row.starts_at).strftime("%H:%M ") if row.starts_at else ""
        day = "" if row.planned_on == today else f"{row.planned_on.isoformat()} "
        lines.append(f"{day}{when}{cadence_policy.kind_label(policy, row.kind)}: {row.organization.name}")
    more = len(rows) - LISTED
    if more > 0:
        lines.append(_("and %(count)d more") % {"count": more})
    return "\n".join(lines)[:MAX_BODY]
