"""Background work of reports; each run is safe to repeat."""

from django.utils import timezone

from common.jobs import enqueue_on_commit, job
from reports.services import facts, report_mails


@job("reports.refresh_facts", time_limit=300)
def refresh_facts() -> None:
    """Work out what has changed since the last minute; goes on while there is more."""
    if facts.refresh(now=timezone.now()) == facts.CHUNK:
        enqueue_on_commit("reports.refresh_facts")


@job("reports.mark_overdue", time_limit=60)
def mark_overdue() -> None:
    """Mark what time alone has decided."""
    facts.mark_overdue(now=timezone.now())


@job("reports.rebuild_facts", time_limit=600)
def rebuild_facts(after: int = 0) -> None:
    """One chunk of organizations from nothing; wakes the next."""
    if last := facts.rebuild_next(after=after, now=timezone.now()):
        enqueue_on_commit("reports.rebuild_facts", after=last)


@job("reports.queue_mails", time_limit=120)
def queue_mails() -> None:
    """Queue the reports that are due by mail; goes on while there are more."""
    if report_mails.queue_due(now=timezone.now()) == report_mails.CHUNK:
        enqueue_on_commit("reports.queue_mails")
