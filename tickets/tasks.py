"""Background work of the desk; each run is safe to repeat."""

from celery import shared_task
from django.utils import timezone

from common.jobs import enqueue_on_commit, job
from common.leases import first_run
from tickets.imports import execution
from tickets.services import article_news, automation, incident_rhythm, mailbox, rewriting, sweeping


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


@job("tickets.remind_articles", time_limit=60)
def remind_articles() -> None:
    """Tell owners of articles that are to be looked over; once a day, whoever runs it."""
    now = timezone.now()
    if first_run(job="tickets.remind_articles", slot=now.date().isoformat(), now=now):
        article_news.remind_overdue(now=now)


@job("tickets.run_time_rules", time_limit=300)
def run_time_rules(after: int = 0) -> None:
    """Let the time rules of automation fire on a chunk of tickets, and wake the next run while there are more."""
    if last := automation.run_time_rules(after=after, now=timezone.now()):
        enqueue_on_commit("tickets.run_time_rules", after=last)


@job("tickets.rewrite_clocks", time_limit=120)
def rewrite_clocks(calendar_id: int, after: int = 0) -> None:
    """Bring the clocks of a chunk of tickets in line with the hours of a calendar; it wakes the next."""
    if last := rewriting.rewrite_next(calendar_id=calendar_id, after=after, now=timezone.now()):
        enqueue_on_commit("tickets.rewrite_clocks", calendar_id=calendar_id, after=last)


@job("tickets.apply_policies", time_limit=120)
def apply_policies(version_id: int, after: int = 0) -> None:
    """Put a chunk of running tickets under the policies in force; it wakes the next."""
    if last := rewriting.apply_next(version_id=version_id, after=after, now=timezone.now()):
        enqueue_on_commit("tickets.apply_policies", version_id=version_id, after=last)


@job("tickets.watch_incidents", time_limit=55)
def watch_incidents() -> None:
    """Warn of updates and post-mortems that are due, and say which are late; once a minute."""
    incident_rhythm.watch(now=timezone.now())


# Not a `job`: an attempt is counted in a transaction of its own, which outlives a worker that dies in the next one.
@shared_task(name="tickets.run_import", ignore_result=True, time_limit=900, soft_time_limit=870)
def run_import(run_id: int) -> None:
    """Check, apply or undo an import of tickets, with the rights that its person has now."""
    execution.run_queued(run_id=run_id, now=timezone.now())


@job("tickets.requeue_imports", time_limit=60)
def requeue_imports() -> None:
    """Queue imports of tickets again whose worker or message was lost; once a minute."""
    execution.requeue_stuck(now=timezone.now())
