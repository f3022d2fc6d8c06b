"""Background work of people and access: thin, safe to run twice."""

from celery import shared_task
from django.utils import timezone

from accounts.services import audit, digests, export_runs, partitions, training
from common.jobs import job


# Not a `job`: the lease and each batch commit on their own.
@shared_task(name="accounts.seal_activity", ignore_result=True, time_limit=180, soft_time_limit=150)
def seal_activity() -> None:
    """Seal what is settled of the audit trail; once a day look at all of it again."""
    audit.seal_due(holder="worker", now=timezone.now())


@job("accounts.ensure_activity_partitions", time_limit=120)
def ensure_activity_partitions() -> None:
    """Keep months of the trail ready."""
    partitions.ensure_activity_partitions(now=timezone.now())


@job("accounts.remind_training", time_limit=120)
def remind_training() -> None:
    """In the last week of a month tell people what is still open; each once a month, whoever runs it."""
    training.remind(now=timezone.now())


# Not a `job`: each person's digest is a transaction of its own.
@shared_task(name="accounts.send_digests", ignore_result=True, time_limit=600, soft_time_limit=540)
def send_digests() -> None:
    """Queue the digests of the people for whom it is 07:30 or later, once a day of theirs."""
    digests.queue_due(now=timezone.now())


# Not a `job`: the turn is taken in a transaction of its own, which outlives a worker that dies in the next one.
@shared_task(name="accounts.write_export", ignore_result=True, time_limit=1_500, soft_time_limit=1_380)
def write_export(export_id: int) -> None:
    """Write a list as a file, with the rights that its maker has now."""
    export_runs.run(export_id=export_id, clock=timezone.now)


@job("accounts.requeue_exports", time_limit=60)
def requeue_exports() -> None:
    """Queue exports again whose worker or message was lost; once a minute."""
    export_runs.requeue(now=timezone.now())
