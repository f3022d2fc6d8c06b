"""Handoffs whose receiver is late: giver, receiver and the receiver's leads hear of it once an offer."""

from collections import defaultdict
from datetime import datetime

from django.db.models import CharField, Exists, F, OuterRef, Value
from django.db.models.functions import Cast, Concat
from django.utils.translation import gettext as _

from accounts.models import Membership, Notification
from partners.models import Handoff
from partners.services.handoff_news import tell
from partners.work_choices import HandoffState

CHUNK = 500


def remind_overdue(*, now: datetime) -> int:
    """Tell of offers that are past their day and of which nobody has heard yet; returns how many it took, 500 at most.

    Safe to run twice: the notice to the receiver is the memory.
    """
    late = Handoff.objects.filter(state=HandoffState.OFFERED, due_at__lte=now, organization__archived_at__isnull=True)
    key = Concat(Value("handoff:"), _text("pk"), Value(":late:"), _text("version"), output_field=CharField())
    told = Notification.objects.filter(user_id=OuterRef("receiver_id"), key=OuterRef("late_key"))
    unheard = late.annotate(late_key=key).filter(~Exists(told))
    rows = list(unheard.select_related("organization", "giver", "receiver").order_by("due_at", "pk")[:CHUNK])
    leads = _leads({row.receiver_id for row in rows})
    for row in rows:
        people = {row.giver_id, row.receiver_id, *leads[row.receiver_id]}
        sentence = _("%(receiver)s has not answered the handoff of %(name)s in time")
        tell(people, sentence, row, by=None, key=f"late:{row.version}", now=now)
    return len(rows)


def _text(name: str) -> Cast:
    return Cast(F(name), CharField())


def _leads(user_ids: set[int]) -> dict[int, set[int]]:
    """Who leads a team of each of these people, but for themselves. Two statements."""
    current = Membership.objects.filter(ended_at__isnull=True, team__archived_at__isnull=True)
    teams: dict[int, set[int]] = defaultdict(set)
    for user_id, team_id in current.filter(user_id__in=user_ids).values_list("user_id", "team_id"):
        teams[team_id].add(user_id)
    found: dict[int, set[int]] = defaultdict(set)
    rows = current.filter(team_id__in=teams, is_lead=True, user__is_active=True)
    for lead_id, team_id in rows.values_list("user_id", "team_id"):
        for member_id in teams[team_id] - {lead_id}:
            found[member_id].add(lead_id)
    return found
