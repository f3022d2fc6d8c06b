"""Background work of the ground floor."""

from celery import shared_task
from django.utils import timezone

from common import outbox


# Not a `job`: each effect has its own transaction, so that one failure takes nothing else with it.
@shared_task(name="common.deliver_outbox", ignore_result=True)
def deliver_outbox() -> None:
    """Do what waits in the outbox; runs on a wake-up and on the schedule, any number at a time."""
    while ids := outbox.claim(now=timezone.now()):
        for outbox_id in ids:
            outbox.deliver(outbox_id=outbox_id, now=timezone.now())
