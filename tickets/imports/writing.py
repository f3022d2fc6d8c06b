"""Courses become tickets: with all their past, and as if they had been worked on here (services/histories.py)."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from accounts.choices import Audience
from accounts.rules.access import Actor, empty_policy
from common.models import ImportChange, ImportRun
from tickets.imports.courses import Course, Fault, Happened
from tickets.imports.names import Names
from tickets.models import Ticket
from tickets.services.histories import History, Step, write
from tickets.services.opening import Origin, Requester

CHUNK = 250


def known_keys(source: str, courses: Sequence[Course]) -> set[str]:
    """Those of these tickets that are here already. One statement."""
    rows = Ticket.objects.filter(source=source, external_key__in=[course.key for course in courses])
    return set(rows.values_list("external_key", flat=True))


def impossible(courses: Sequence[Course], names: Names, now: datetime) -> list[Fault]:
    """What the hub knows better than the file: older than their organization is with us, or of the future."""
    return [fault for course in courses if (fault := _fault(course, names, now)) is not None]


def _fault(course: Course, names: Names, now: datetime) -> Fault | None:
    organization = names.organizations.get(course.organization)
    since = names.since.get(organization.pk) if organization is not None else None
    latest = max([course.opened_at, *(step.at for step in course.steps)])
    if latest > now:
        expected = _("a time that has passed")
    elif course.never_before_us and since is not None and course.opened_at.date() < since:
        expected = _("a day from %(day)s on, since when the organization is with us") % {"day": since.isoformat()}
        latest = course.opened_at
    else:
        return None
    found = f"{latest:%Y-%m-%d %H:%M} UTC"
    return Fault(row=course.row, column=_("when it happened"), found=found, expected=expected)


def write_courses(courses: Sequence[Course], names: Names, *, run: ImportRun, source: str, now: datetime) -> None:
    """Write the tickets, which stand in order, and keep with the run what it made."""
    for start in range(0, len(courses), CHUNK):
        some = courses[start : start + CHUNK]
        tickets = write([_history(course, names, source) for course in some], now=now)
        _keep_counts(some, tickets)
        ImportChange.objects.bulk_create(
            ImportChange(
                run=run, row=course.row, target_type="ticket", target_id=ticket.pk, after={"version": ticket.version}
            )
            for course, ticket in zip(some, tickets, strict=True)
        )


def keep_made(names: Names, *, run: ImportRun) -> None:
    """Keep with the run what was made for names. One statement."""
    ImportChange.objects.bulk_create(
        ImportChange(run=run, row=0, target_type=row._meta.model_name, target_id=row.pk) for row in names.made
    )


def _keep_counts(courses: Sequence[Course], tickets: Sequence[Ticket]) -> None:
    """How often the tool says that a ticket was reopened, where the rows of its log show less."""
    more = []
    for course, ticket in zip(courses, tickets, strict=True):
        if course.reopened > ticket.reopened:
            ticket.reopened = course.reopened
            more.append(ticket)
    Ticket.objects.bulk_update(more, ["reopened"])


def _history(course: Course, names: Names, source: str) -> History:
    organization = names.organizations.get(course.organization)
    name = course.requester or ("" if organization else course.organization)
    return History(
        requester=Requester(organization=organization, name=name[:150], email=_address(course.email)),
        queue=names.queue(course.queue),
        values={"subject": course.subject, **_rows(course.values, names)},
        body=course.body,
        opened_at=course.opened_at,
        origin=Origin(channel=course.channel, source=source, key=course.key),
        steps=list(_steps(course, names)),
    )


def _address(text: str) -> str:
    """An address that could be written to; nothing else leads anywhere."""
    try:
        validate_email(text)
    except ValidationError:
        return ""
    return text


def _steps(course: Course, names: Names) -> Iterator[Step]:
    for happened in course.steps:
        yield Step(
            at=happened.at,
            by=_actor(happened, names),
            is_ours=happened.is_ours,
            says=happened.says,
            is_note=happened.is_note,
            values=_rows(happened.values, names),
            priority=happened.priority,
            priority_reason=_("As in the tool that it comes from") if happened.priority else "",
        )


def _actor(happened: Happened, names: Names) -> Actor | None:
    """Whoever did it, by name: somebody whom the hub does not know has no rights here, and needs none."""
    if not happened.is_ours or not happened.who:
        return None
    user = names.agents.get(happened.who)
    return Actor(
        user_id=user.pk if user else None,
        name=user.name if user else happened.who,
        audience=Audience.STAFF.value,
        roles=frozenset(),
        led_user_ids=frozenset(),
        organization_id=None,
        policy=empty_policy(),
    )


def _rows(values: Mapping[str, Any], names: Names) -> dict[str, Any]:
    """The values with rows for names."""
    found = dict(values)
    if "queue" in found:
        found["queue"] = names.queue(found["queue"])
    if "category" in found:
        found["category"] = names.categories.get(found["category"])
    if "assignee" in found:
        found["assignee"] = names.agents.get(found["assignee"])
    return found
