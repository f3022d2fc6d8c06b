"""Background work of the desk; each run is safe to repeat."""

from celery import shared_task
from django.utils import timezone

from tickets.services import mailbox, sweeping


# Not a `job`: each batch commits on its own, and the lease is held around them.
@shared_task(name="tickets.sweep_timers", ignore_result=True, time_limit=55, soft_time_limit=50)
def sweep_timers() -> None:
    """Let the timers fire whose instant has passed; once a minute."""
    sweeping.sweep(holder="worker", now=timezone.now())


# Not a `job`: each mail commits on its own, and the lease is held around them.
@shared_task(name="tickets.fetch_mail", ignore_result=True, time_limit=240, soft_time_limit=220)
def fetch_mail() -> None:
    """Take in what is new in the mailbox, if one is set up; once a minute."""
    mailbox.fetch(holder="worker", now=timezone.now())
