"""A post-mortem begins with the resolution of an incident whose severity asks for one, due by the queue's calendar."""

from datetime import datetime

from accounts.selectors.calendars import hours_at
from common.errors import Missing
from common.workhours import WorkHours, WorktimeError
from common.worktime import due_business_days
from partners.working_hours import office_hours, that_opens
from tickets.incident_choices import OPEN_INCIDENTS
from tickets.models import Incident, PostMortem
from tickets.services.incident_locking import policy_in_force


def follow(incident: Incident, *, now: datetime) -> PostMortem | None:
    """Bring the post-mortem in line with where a locked incident stands. Sees all organizations.

    One that is over and asks for it gets one with a day; one that is open again has no day for now. What was published
    stays as it is.
    """
    policy = policy_in_force()
    known = PostMortem.objects.select_for_update().filter(incident=incident).first()
    if known is not None and known.published_at is not None:
        return known
    is_required = policy.severities[incident.severity].needs_post_mortem
    is_over = incident.state not in OPEN_INCIDENTS
    due_at = None
    if is_required and is_over and incident.resolved_at is not None:
        due_at = due_business_days(hours_of(incident, now), incident.resolved_at, policy.post_mortem_within_days).due_at
    if known is None:
        if not (is_required and is_over):
            return None
        known = PostMortem(incident=incident)
    known.is_required, known.due_at = is_required, due_at
    known.save()
    return known


def hours_of(incident: Incident, now: datetime) -> WorkHours:
    """The working hours that the day is counted by: of its queue, office hours in UTC for one without."""
    calendar_id = incident.queue.calendar_id
    if calendar_id is None:
        return office_hours("UTC")
    try:
        return that_opens(hours_at(calendar_id, now), now) or office_hours("UTC")
    except (Missing, WorktimeError):
        return office_hours("UTC")
