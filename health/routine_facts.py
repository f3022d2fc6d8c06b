"""What health measures for the checklists of roles."""

from datetime import date, datetime, time

from django.utils import timezone

from accounts.rules.access import Actor
from health.models import Pulse
from partners.models import Assignment
from partners.routine_facts import register_fact


def _pulse_given(actor: Actor, start: date, until: date) -> bool:
    """A pulse within the period for every organization that the person owns."""
    first, after = (timezone.make_aware(datetime.combine(day, time.min)) for day in (start, until))
    given = Pulse.objects.filter(given_by_id=actor.user_id, given_at__gte=first, given_at__lt=after)
    owned = Assignment.objects.visible_to(actor).active().filter(user_id=actor.user_id, is_primary=True)
    waiting = owned.exclude(organization_id__in=given.order_by().values("organization_id"))
    return owned.exists() and not waiting.exists()


def register_own() -> None:
    """Called once, when the app is ready."""
    register_fact("pulse_given", _pulse_given)
