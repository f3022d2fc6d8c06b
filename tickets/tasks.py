"""Background work of the desk; each run is safe to repeat."""

from celery import shared_task
from django.utils import timezone

from tickets.services import sweeping


# Not a `job`: each batch commits on its own, and the lease is held around them.
@shared_task(name="tickets.sweep_timers", ignore_result=True, time_limit=55, soft_time_limit=50)
def sweep_timers() -> None:
    """Let the timers fire whose instant has passed; once a minute."""
    sweeping.sweep(holder="worker", now=timezone.now())
