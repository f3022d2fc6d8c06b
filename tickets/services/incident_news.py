"""Telling people of incidents: colleagues by notices, affected organizations on their timeline. Sees all organizations.

Who does not see the incident is told nothing of it: neither when the notice is put up nor when it is mailed.
"""

from collections.abc import Iterable
from datetime import datetime

from django.utils.translation import gettext as _

from accounts.rules.access import Actor
from accounts.services.notifications import NoticeKind, notify
from partners.choices import EntryKind as StoryKind
from partners.models import Assignment, Organization
from partners.services import timeline
from partners.services.audience import owners_who_see
from partners.work_permissions import policy_in_force
from tickets import notices
from tickets.incident_choices import IncidentState
from tickets.models import Incident, IncidentEntry, IncidentOrganization, IncidentSubscriber
from tickets.selectors.incident_readers import actors_who_see_incident
from tickets.selectors.told import OWNERS, Whose, places_of


def tell_declared(incident: Incident, entry: IncidentEntry, *, by: Actor | None, now: datetime) -> None:
    """Support managers, and who leads the teams of its queue."""
    _notify(incident, entry, _("%(severity)s declared: %(title)s"), desk_leads(incident, now), by=by, now=now)


def tell_affected(
    incident: Incident, organization: Organization, entry: IncidentEntry, *, by: Actor | None, now: datetime
) -> None:
    """The organization's owners; and its story says so."""
    title = _("%(severity)s affects %(name)s: %(title)s")
    owners = _owners([organization.pk]) & owners_who_see(organization, policy_in_force())
    _notify(incident, entry, title, owners, by=by, now=now, name=organization.name)
    _story(incident, [organization], _("Affected by an incident: %(title)s"), by=by, now=now)


def tell_worse(incident: Incident, entry: IncidentEntry, *, by: Actor, now: datetime) -> None:
    """Everybody concerned, when the severity rises."""
    people = {*desk_leads(incident, now), *_owners(affected_ids(incident)), *_following(incident)}
    _notify(incident, entry, _("Now %(severity)s: %(title)s"), people, by=by, now=now, body=entry.body)


def tell_commander(incident: Incident, entry: IncidentEntry, *, by: Actor, now: datetime) -> None:
    """Whoever was put in charge."""
    people = [incident.commander_id or 0]
    _notify(incident, entry, _("You are in charge of %(severity)s: %(title)s"), people, by=by, now=now)


def tell_moved(incident: Incident, entry: IncidentEntry, *, by: Actor, now: datetime) -> None:
    """Those who follow it; that it is over, or open again, stands in the stories of those whom it affects."""
    words = {
        IncidentState.RESOLVED: _("Resolved: %(title)s"),
        IncidentState.CLOSED: _("Closed: %(title)s"),
    }.get(IncidentState(incident.state), _("%(state)s: %(title)s"))
    is_again = incident.state == IncidentState.INVESTIGATING and incident.reopened > 0 and incident.resolved_at is None
    people = {*_following(incident), *(desk_leads(incident, now) if is_again else ())}
    _notify(incident, entry, words, people, by=by, now=now, kind=notices.INCIDENT_UPDATES, body=entry.body)
    if incident.state == IncidentState.RESOLVED or entry.changes.get("state", [""])[0] in ("resolved", "closed"):
        sentence = _("Incident resolved: %(title)s") if incident.resolved_at else _("Incident open again: %(title)s")
        if incident.state != IncidentState.CLOSED:
            rows = Organization.objects.filter(pk__in=affected_ids(incident)).order_by("pk")
            _story(incident, rows, sentence, by=by, now=now)


def tell_update(incident: Incident, entry: IncidentEntry, *, by: Actor | None, now: datetime) -> None:
    """Colleagues who follow it."""
    title = _("Public update on %(title)s") if entry.is_public else _("Update on %(title)s")
    body = " ".join(entry.body.split())
    _notify(incident, entry, title, _following(incident), by=by, now=now, kind=notices.INCIDENT_UPDATES, body=body)


def tell_post_mortem(incident: Incident, *, key: str, title: str, people: Iterable[int], now: datetime) -> int:
    """Something waits for these people on the post-mortem of an incident; how many notices are new."""
    return notify(
        user_ids=who_see(incident, people),
        kind=notices.POST_MORTEMS,
        title=title % _words(incident),
        key=key,
        now=now,
        target_type="incident",
        target_id=incident.pk,
    )


def story_of_post_mortem(incident: Incident, *, by: Actor, now: datetime) -> None:
    """That what was learned is published stands in the stories of those whom it affected."""
    rows = Organization.objects.filter(pk__in=affected_ids(incident)).order_by("pk")
    _story(incident, rows, _("Post-mortem published: %(title)s"), by=by, now=now)


def desk_leads(incident: Incident, now: datetime) -> set[int]:
    """Support managers and the leads of the teams that serve its queue."""
    places = places_of([Whose(queue_id=incident.queue_id)], now, with_on_call=False)
    return {*places.managers, *places.leads.get(incident.queue_id, ())}


def who_see(incident: Incident, people: Iterable[int | None]) -> set[int]:
    """Those of them who see it today: an inbox shows what is in it, whoever may open the incident later."""
    return set(actors_who_see_incident(incident.pk, [user_id for user_id in people if user_id]))


def affected_ids(incident: Incident) -> list[int]:
    rows = IncidentOrganization.objects.filter(incident=incident).order_by("organization_id")
    return list(rows.values_list("organization_id", flat=True))


def _owners(organization_ids: Iterable[int]) -> set[int]:
    rows = Assignment.objects.active().filter(organization_id__in=list(organization_ids), role__in=OWNERS)
    return set(rows.values_list("user_id", flat=True))


def _following(incident: Incident) -> set[int]:
    rows = IncidentSubscriber.objects.filter(incident=incident, user__isnull=False).values_list("user_id", flat=True)
    return {*(user_id for user_id in rows if user_id is not None), *filter(None, [incident.commander_id])}


def _notify(
    incident: Incident,
    entry: IncidentEntry,
    sentence: str,
    people: Iterable[int],
    *,
    by: Actor | None,
    now: datetime,
    kind: NoticeKind = notices.INCIDENTS,
    body: str = "",
    name: str = "",
) -> None:
    notify(
        user_ids=who_see(incident, people) - {by.user_id if by else None},
        kind=kind,
        title=sentence % (_words(incident) | {"name": name}),
        body=body,
        key=f"incident:{entry.pk}",
        now=now,
        target_type="incident",
        target_id=incident.pk,
    )


def _words(incident: Incident) -> dict[str, str]:
    return {
        "title": f"INC-{incident.number} {incident.title}",
        "severity": str(incident.get_severity_display()),
        "state": str(incident.get_state_display()),
    }


def _story(
    incident: Incident, organizations: Iterable[Organization], sentence: str, *, by: Actor | None, now: datetime
) -> None:
    timeline.push_many(
        timeline.line(
            organization=organization,
            kind=StoryKind.INCIDENT,
            title=sentence % _words(incident),
            at=now,
            by=by,
            data={"number": incident.number, "severity": incident.severity, "state": incident.state},
            target=incident,
        )
        for organization in organizations
    )
