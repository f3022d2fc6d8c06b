"""Incidents of the demo world: one that is over, with what was learned from it, and one that is going on."""

from datetime import datetime, timedelta

from django.db.models import F

from accounts.models import Notification
from accounts.rules.access import Actor
from common.models import Outbox
from hub.demo.incident_sayings import FINISHED, LEARNED, PREVENTED, RUNNING, Word
from hub.demo.people import Crew
from partners.models import Contact, Organization
from tickets.models import Incident, Queue, Ticket
from tickets.services import incident_parts, incidents, post_mortems
from tickets.services.incident_updates import Said, post

_LAUNCHED = ("post_launch", "live")


def have_incidents(*, crew: Crew, now: datetime) -> None:
    """Everything below."""
    affected = _affected(crew)
    if affected:
        _finished(affected[:3], crew=crew, now=now - timedelta(days=24))
        _running(affected[:2], crew=crew, now=now)
    # Nobody of the world is sent mail.
    Notification.objects.filter(mailed_at__isnull=True).update(mailed_at=F("created_at"))
    Outbox.objects.filter(done_at__isnull=True).update(done_at=now)


def _affected(crew: Crew) -> list[Organization]:
    """Launched organizations of the first TAM, those whose contacts sign in first."""
    rows = Organization.objects.filter(stage__in=_LAUNCHED, assignments__user=crew.users["tam"])
    found = list(rows.filter(assignments__ended_at__isnull=True).distinct().order_by("pk"))
    with_portal = set(Contact.objects.filter(user__isnull=False).values_list("organization_id", flat=True))
    return sorted(found, key=lambda one: (one.pk not in with_portal, one.pk))


def _finished(affected: list[Organization], *, crew: Crew, now: datetime) -> None:
    """Resolved after two hours and closed; the post-mortem was published within the week, and is shared."""
    senior, manager, tam = (crew.actors[key] for key in ("senior", "supportlead2", "tam"))
    incident = _declared(FINISHED, affected, by=senior, now=now, severity="s2", began=timedelta(minutes=22))
    for contact in Contact.objects.filter(organization__in=affected, user__isnull=False).order_by("pk"):
        incident_parts.subscribe(by=manager, incident=incident, contact=contact, now=now)
    _say(incident, FINISHED.updates, by=senior, now=now)
    incidents.move(by=senior, incident=incident, state="closed", now=now + timedelta(days=1))
    for title, due, side, owner in PREVENTED:
        for organization in affected[: 1 if side == "them" else 3]:
            post_mortems.add_action(
                by=tam,
                incident=incident,
                organization=organization,
                title=title,
                due_on=(now + timedelta(days=due)).date(),
                side=side,
                owner=crew.users[owner] if owner else None,
                now=now + timedelta(days=2),
            )
    post_mortems.write(by=senior, incident=incident, texts=LEARNED, now=now + timedelta(days=2))
    post_mortems.submit(by=senior, incident=incident, now=now + timedelta(days=3))
    post_mortems.publish(by=manager, incident=incident, now=now + timedelta(days=4))
    sections = ["summary", "impact", "root_cause", "prevention"]
    post_mortems.share(by=manager, incident=incident, sections=sections, now=now + timedelta(days=4))


def _running(affected: list[Organization], *, crew: Crew, now: datetime) -> None:
    """Declared an hour and a half ago; its next update is due by now."""
    begun = now - timedelta(minutes=95)
    incident = _declared(
        RUNNING, affected, by=crew.actors["support"], now=begun, severity="s1", began=timedelta(minutes=8)
    )
    _say(incident, RUNNING.updates, by=crew.actors["support"], now=begun)


def _declared(
    word: Word, affected: list[Organization], *, by: Actor, now: datetime, severity: str, began: timedelta
) -> Incident:
    """From a ticket of the first of them, if it has one that its declarer sees."""
    tickets = Ticket.objects.visible_to(by).filter(organization__in=affected, is_internal=False)
    first = tickets.select_related("queue", "organization").order_by("-opened_at").first()
    incident = incidents.declare(
        by=by,
        values={
            "title": word.title,
            "public_title": word.public_title,
            "summary": word.summary,
            "cause": word.cause,
            "started_at": now - began,
            "queue": Queue.objects.get(key="support"),
        },
        severity=severity,
        tickets=[first] if first is not None else [],
        takes_command=True,
        now=now,
    )
    for organization in affected:
        incident_parts.attach_organization(incident, organization, by=by, now=now)
    return incident


def _say(incident: Incident, updates: tuple[tuple[int, bool, str, str], ...], *, by: Actor, now: datetime) -> None:
    for minutes, is_public, state, body in updates:
        said = Said(body=body, is_public=is_public, state=state)
        incident.refresh_from_db()
        post(by=by, incident=incident, said=said, now=now + timedelta(minutes=minutes))
