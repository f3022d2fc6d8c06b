"""Background work of alerts; each run is safe to repeat."""

from celery import shared_task
from django.utils import timezone

from common.jobs import job
from health.services import alert_plays, digests, episode_clock, episode_routing


@job("health.route_alerts", time_limit=60)
def route_alerts() -> None:
    """Share out new alerts over the days of those who answer them; once a minute, and when some have come up."""
    episode_routing.route(now=timezone.now())


@job("health.watch_alerts", time_limit=55)
def watch_alerts() -> None:
    """Warn, note what is late, wake what was put off, give on what lost its owner; once a minute."""
    episode_clock.watch(now=timezone.now())


@job("health.measure_plays", time_limit=120)
def measure_plays() -> None:
    """Note how health stood at the end of plays and at their review."""
    alert_plays.measure(now=timezone.now())


# Not a `job`: each person's digest is queued in a transaction of its own.
@shared_task(name="health.send_alert_digests", ignore_result=True, time_limit=300, soft_time_limit=270)
def send_alert_digests() -> None:
    """Queue the weekly digests that are due."""
    digests.queue_due(now=timezone.now())
