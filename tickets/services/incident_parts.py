"""Use cases around an incident: which tickets tell of it, whom it affects, who follows it."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.rules.access import Actor
from common.errors import DomainError, Missing
from common.scope import Scope, scoped
from partners.models import Contact, Organization
from tickets.incident_choices import EntryKind
from tickets.incident_querysets import organizations_of
from tickets.models import (
    Incident,
    IncidentEntry,
    IncidentOrganization,
    IncidentSubscriber,
    IncidentTicket,
    PreventionAction,
    Ticket,
)
from tickets.querysets import sees_every_ticket
from tickets.selectors.incident_readers import sees_incident
from tickets.selectors.portal import own_contact
from tickets.services import incident_news, incident_plays
from tickets.services.incident_locking import enter, lock_incident, record, require_lead, save

MOST_SUBSCRIBERS = 200


@transaction.atomic
def link_ticket(*, by: Actor, incident: Incident, ticket: Ticket, now: datetime) -> IncidentTicket:
    """Say that a ticket tells of this incident; its organization is affected then.

    Raises NotAllowed, Missing, DomainError "linked".
    """
    locked = lock_incident(by, incident)
    require_lead(by)
    require_seen(by, tickets=[ticket])
    if IncidentTicket.objects.filter(incident=locked, ticket=ticket).exists():
        raise DomainError(_("This ticket is linked already."), field="ticket", code="linked")
    with scoped(Scope.all()):
        link = attach_ticket(locked, ticket, by=by, now=now)
        save(locked, ())
    return link


@transaction.atomic
def unlink_ticket(*, by: Actor, incident: Incident, ticket: Ticket, now: datetime) -> None:
    """Take a ticket away; its organization stays affected until it is taken away. Raises NotAllowed, Missing."""
    locked = lock_incident(by, incident)
    require_lead(by)
    require_seen(by, tickets=[ticket])
    with scoped(Scope.all()):
        gone, _rows = IncidentTicket.objects.filter(incident=locked, ticket=ticket).delete()
        if not gone:
            raise Missing(_("This ticket is not linked."))
        changes = {"ticket": [ticket.number, None]}
        enter(locked, EntryKind.TICKET, by=by, now=now, organization=ticket.organization, changes=changes)
        save(locked, ())
        record(by, "ticket_unlinked", locked, now, changes)


@transaction.atomic
def add_organization(*, by: Actor, incident: Incident, organization: Organization, now: datetime) -> None:
    """Say that an organization is affected. Raises NotAllowed, Missing, DomainError "affected"."""
    locked = lock_incident(by, incident)
    require_lead(by)
    require_seen(by, organizations=[organization])
    with scoped(Scope.all()):
        if not attach_organization(locked, organization, by=by, now=now):
            raise DomainError(_("It is affected already."), field="organization", code="affected")
        save(locked, ())


@transaction.atomic
def remove_organization(*, by: Actor, incident: Incident, organization: Organization, now: datetime) -> None:
    """Say that it was not affected after all; its contacts follow no longer. A play that began goes on.

    Raises NotAllowed, Missing, DomainError while a ticket of it is linked, or something is to be promised to it.
    """
    locked = lock_incident(by, incident)
    require_lead(by)
    require_seen(by, organizations=[organization])
    with scoped(Scope.all()):
        if IncidentTicket.objects.filter(incident=locked, organization=organization).exists():
            raise DomainError(_("Take its tickets away first."), code="tickets")
        waiting = PreventionAction.objects.filter(organization=organization, commitment__isnull=True)
        if waiting.filter(post_mortem__incident=locked).exists():
            raise DomainError(_("Take its actions out of the post-mortem first."), code="actions")
        gone, _rows = IncidentOrganization.objects.filter(incident=locked, organization=organization).delete()
        if not gone:
            raise Missing(_("This organization is not affected."))
        IncidentSubscriber.objects.filter(incident=locked, organization=organization).delete()
        changes = {"organization": [organization.name, None]}
        enter(locked, EntryKind.ORGANIZATION, by=by, now=now, organization=organization, changes=changes)
        save(locked, ())
        record(by, "organization_removed", locked, now, {"organization": [organization.pk, None]})


@transaction.atomic
def subscribe(
    *, by: Actor, incident: Incident, user: User | None = None, contact: Contact | None = None, now: datetime
) -> None:
    """Let a colleague, or a contact of an affected organization, be told of updates. A contact subscribes themselves.

    Raises NotAllowed, Missing, DomainError with `field`.
    """
    if by.is_contact:
        contact = _own_contact(by, incident)
        locked = Incident.objects.get(pk=incident.pk)
    else:
        locked = lock_incident(by, incident)
        if user is None or user.pk != by.user_id:
            require_lead(by)
    if user is not None and user.pk != by.user_id and not sees_incident(locked.pk, user):
        raise DomainError(_("%(name)s does not see this incident.") % {"name": user.name}, field="user")
    with scoped(Scope.all()):
        if contact is not None:
            _check_contact(locked, contact, by)
        if IncidentSubscriber.objects.filter(incident=locked).count() >= MOST_SUBSCRIBERS:
            raise DomainError(_("Up to %(count)s people follow an incident.") % {"count": MOST_SUBSCRIBERS})
        _row, is_new = IncidentSubscriber.objects.get_or_create(
            incident=locked,
            user=user,
            contact=contact,
            defaults={"added_at": now, "organization_id": contact.organization_id if contact else None},
        )
        if is_new:
            record(by, "subscribed", locked, now, {"subscriber": [None, _who(user, contact)]})


@transaction.atomic
def unsubscribe(
    *, by: Actor, incident: Incident, user_id: int | None = None, contact_id: int | None = None, now: datetime
) -> None:
    """Stop telling somebody: oneself, or anybody for those who lead incidents. Raises NotAllowed, Missing."""
    if by.is_contact:
        user_id, contact_id = None, _own_contact(by, incident).pk
    elif user_id != by.user_id or user_id is None:
        require_lead(by)
    if not by.is_contact:
        lock_incident(by, incident)
    rows = IncidentSubscriber.objects.filter(incident_id=incident.pk)
    if not by.is_contact:
        rows = rows.visible_to(by)
    rows = rows.filter(contact_id=contact_id) if contact_id is not None else rows.filter(user_id=user_id)
    with scoped(Scope.all()):
        gone, _rows = rows.delete()
        if not gone:
            raise Missing(_("This person does not follow the incident."))
        who = {"user": user_id} if user_id is not None else {"contact": contact_id}
        record(by, "unsubscribed", incident, now, {"subscriber": [who, None]})


def require_seen(
    by: Actor | None, *, tickets: Sequence[Ticket] = (), organizations: Sequence[Organization] = ()
) -> None:
    """Raise Missing if one of these is not there for `by`; the hub sees all."""
    if by is None:
        return
    wanted = {ticket.pk for ticket in tickets}
    if len(set(Ticket.objects.visible_to(by).filter(pk__in=wanted).values_list("pk", flat=True))) != len(wanted):
        raise Missing(_("This ticket does not exist, or it is not yours."))
    if any(not may_name(by, organization.pk) for organization in organizations):
        raise Missing(_("This organization does not exist, or it is not yours."))


def may_name(by: Actor, organization_id: int) -> bool:
    """Whether a colleague may say that this organization is affected: one that they open, or know at the desk."""
    if sees_every_ticket(by):
        return True
    with scoped(Scope.all()):
        return Organization.objects.filter(organizations_of(by, field="pk"), pk=organization_id).exists()


def attach_ticket(incident: Incident, ticket: Ticket, *, by: Actor | None, now: datetime) -> IncidentTicket:
    """Link a ticket to a locked incident. Sees all organizations."""
    link, is_new = IncidentTicket.objects.get_or_create(
        incident=incident,
        ticket=ticket,
        defaults={
            "organization_id": ticket.organization_id,
            "linked_at": now,
            "linked_by_id": by.user_id if by else None,
        },
    )
    if is_new:
        changes = {"ticket": [None, ticket.number]}
        enter(incident, EntryKind.TICKET, by=by, now=now, organization=ticket.organization, changes=changes)
        record(by, "ticket_linked", incident, now, changes)
    if ticket.organization is not None:
        attach_organization(incident, ticket.organization, by=by, now=now)
    return link


def attach_organization(incident: Incident, organization: Organization, *, by: Actor | None, now: datetime) -> bool:
    """Count an organization as affected by a locked incident; False where it was. Sees all organizations."""
    _row, is_new = IncidentOrganization.objects.get_or_create(
        incident=incident,
        organization=organization,
        defaults={"added_at": now, "added_by_id": by.user_id if by else None},
    )
    if is_new:
        changes = {"organization": [None, organization.name]}
        entry = enter(incident, EntryKind.ORGANIZATION, by=by, now=now, organization=organization, changes=changes)
        record(by, "organization_added", incident, now, {"organization": [None, organization.pk]})
        incident_plays.begin(incident, now=now)
        incident_news.tell_affected(incident, organization, entry, by=by, now=now)
    return is_new


def last_said_at(incident: Incident) -> datetime | None:
    """When the last update was that counts: a public one where somebody is affected, any else."""
    rows = IncidentEntry.objects.filter(incident=incident, kind=EntryKind.UPDATE)
    if IncidentOrganization.objects.filter(incident=incident).exists():
        rows = rows.filter(is_public=True)
    return rows.order_by("-at", "-pk").values_list("at", flat=True).first()


def _own_contact(by: Actor, incident: Incident) -> Contact:
    """The contact who asks, of an organization that the incident affects. Raises Missing."""
    found = own_contact(by) if Incident.objects.visible_to(by).filter(pk=incident.pk).exists() else None
    if found is None:
        raise Missing(_("This incident does not exist, or it is not yours."))
    return found


def _check_contact(incident: Incident, contact: Contact, by: Actor) -> None:
    is_here = IncidentOrganization.objects.filter(incident=incident, organization_id=contact.organization_id).exists()
    if not is_here or contact.archived_at is not None:
        raise DomainError(_("Choose a contact of an affected organization."), field="contact", code="foreign_contact")
    if not by.is_contact and not may_name(by, contact.organization_id):
        raise Missing(_("This organization does not exist, or it is not yours."))
    if not contact.email:
        raise DomainError(_("This contact has no e-mail address."), field="contact", code="no_address")


def _who(user: User | None, contact: Contact | None) -> dict[str, int]:
    """People outside are named by their id: the trail is never changed."""
    return {"user": user.pk} if user is not None else {"contact": contact.pk if contact else 0}


def organization_of(row: IncidentOrganization | None) -> Organization | None:
    """The organization of a row that its reader sees; people at the desk open none themselves (ADR 0023)."""
    if row is None:
        return None
    with scoped(Scope.all()):
        return Organization.objects.filter(pk=row.organization_id).first()
