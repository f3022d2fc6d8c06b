"""Drills that the manager of the demo's desk has played: one a month, before holidays one more."""

from datetime import datetime, timedelta

from hub.demo.people import Crew
from tickets.models import Queue
from tickets.selectors.drill import Drill
from tickets.selectors.sla_book import pack_in_force
from tickets.services import drills

# Days ago, the policy by its place in the pack, the priority, the hour of the day at which the ticket comes in.
_PLAYED = ((82, 0, "critical", 3), (51, 0, "high", 10), (24, 1, "critical", 22), (6, 1, "high", 15))


def play(*, crew: Crew, now: datetime) -> None:
    """Each on the queue that is asked first, with the people of today."""
    found, queue = pack_in_force(), Queue.objects.filter(archived_at__isnull=True).order_by("pk").first()
    if found is None or queue is None:
        return
    version_id, pack = found
    for days, place, priority, hour in _PLAYED:
        at = now - timedelta(days=days)
        policy, start = pack.policies[place % len(pack.policies)], at.replace(hour=hour, minute=0)
        thought_of = Drill(policy=policy, version_id=version_id, priority=priority, queue=queue, start=start)
        drills.play(by=crew.actors["supportlead"], drill=thought_of, now=at)
