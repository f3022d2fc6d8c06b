"""Days on which colleagues of the demo world are away in the weeks to come, so that weeks ahead are not all alike."""

from datetime import datetime, timedelta

from django.utils import timezone

from accounts.models import Absence
from hub.demo.people import Crew

# Whose, from which week on (1: the next), for how many days, and why.
_AWAY: tuple[tuple[str, int, int, str], ...] = (
    ("pam2", 1, 5, "Vacation"),
    ("tam", 2, 5, "Vacation"),
    ("tam3", 4, 3, "Conference"),
    ("tpm2", 3, 5, "Vacation"),
    ("psm", 5, 2, "Training"),
    ("csm", 2, 10, "Parental leave"),
    ("csm3", 6, 5, "Vacation"),
    ("integration2", 1, 2, "Training"),
)


def go_away(*, crew: Crew, now: datetime) -> None:
    """One statement for all of them."""
    today = timezone.localdate(now)
    monday = today - timedelta(days=today.weekday())
    Absence.objects.bulk_create(
        Absence(
            user=crew.users[key],
            first_on=monday + timedelta(weeks=weeks),
            last_on=monday + timedelta(weeks=weeks + (days - 1) // 5, days=(days - 1) % 5),
            reason=reason,
            recorded_by=crew.users[key],
            recorded_at=now,
        )
        for key, weeks, days, reason in _AWAY
    )
