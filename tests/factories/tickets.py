"""The desk: queues with a team of support, and tickets opened through the service, so that their clocks run."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from accounts.models import CalendarVersion, Team, User, WorkCalendar
from accounts.rules.access import Actor
from partners.models import Organization
from tests.factories.accounts import actor, make_team
from tickets.choices import Channel
from tickets.models import Category, Queue, QueueTeam, Ticket
from tickets.services.opening import Origin, Requester, open_ticket

MONDAY = datetime(2026, 3, 2, 10, tzinfo=UTC)
_numbers = count(1)


def make_office(*, zone: str = "UTC", since: datetime = MONDAY - timedelta(days=400)) -> WorkCalendar:
    """Monday to Friday, 9 to 17."""
    calendar = WorkCalendar.objects.create(name=f"Office {next(_numbers)}")
    days = ("mon", "tue", "wed", "thu", "fri")
    weekly = {day: [["09:00", "17:00"]] for day in days}
    CalendarVersion.objects.create(calendar=calendar, number=1, effective_at=since, timezone=zone, weekly=weekly)
    return calendar


def make_queue(*, team: Team | None = None, **fields: Any) -> Queue:
    number = next(_numbers)
    values = {"key": f"queue_{number}", "name": f"Queue {number}", "calendar": make_office(), **fields}
    queue = Queue.objects.create(**values)
    if team is not None:
        QueueTeam.objects.create(queue=queue, team=team)
    return queue


def make_desk(*members: User, leads: Iterable[User] = (), **fields: Any) -> Queue:
    """A queue that these people serve."""
    return make_queue(team=make_team(name=f"Support {next(_numbers)}", members=members, leads=leads), **fields)


def make_category(**fields: Any) -> Category:
    number = next(_numbers)
    return Category.objects.create(**{"key": f"category_{number}", "name": f"Category {number}", **fields})


def make_ticket(
    queue: Queue,
    organization: Organization | None = None,
    *,
    by: User | Actor | None = None,
    contact: Any = None,
    subject: str = "It does not work",
    body: str = "Nothing happens when I press the button.",
    now: datetime = MONDAY,
    requester: Requester | None = None,
    opened_by_us: bool = False,
    **values: Any,
) -> Ticket:
    """A ticket opened by `by`, or by a mail without."""
    asks = requester or Requester(organization=organization, contact=contact, name="Casey", email="casey@example.com")
    return open_ticket(
        by=actor(by) if isinstance(by, User) else by,
        requester=asks,
        values={"subject": subject, **values},
        body=body,
        queue=queue,
        origin=Origin(channel=Channel.STAFF if by else Channel.MAIL),
        opened_by_us=opened_by_us,
        now=now,
    )
