"""Background work of the ground floor."""

from celery import shared_task
from django.utils import timezone

from common import outbox
from common.jobs import job
from common.services import sent_keys


# Not a `job`: each effect has its own transaction, so that one failure takes nothing else with it.
@shared_task(name="common.deliver_outbox", ignore_result=True)
def deliver_outbox() -> None:
    """Do what waits in the outbox; runs on a wake-up and on the schedule, any number at a time."""
    while ids := outbox.claim(now=timezone.now()):
        for outbox_id in ids:
            outbox.deliver(outbox_id=outbox_id, now=timezone.now())


@job("common.forget_sent_keys", time_limit=120)
def forget_sent_keys() -> None:
    """Delete the keys of forms and calls that no longer count."""
    sent_keys.forget_old(now=timezone.now())
