"""Who sees what of incidents: made of the one policy, as tickets are (roles-and-access.md, Support and Portal).

An incident is seen by whoever sees every ticket, by those whose teams serve its queue, and by those who may see an
organization that it affects or a ticket that hangs on it. Which organizations are affected, each reader sees of those
alone that are theirs: at the desk these are organizations with a ticket in one's queues. A contact sees an incident
that affects the open organization once something has been said of it in public.
"""

from typing import TYPE_CHECKING, Any, Self

from django.apps import apps
from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from accounts.rules.access import Right, visibility_terms
from partners.querysets import opened_by
from tickets.incident_choices import OPEN_INCIDENTS
from tickets.querysets import sees_every_ticket, served_by

if TYPE_CHECKING:
    from accounts.rules.access import Actor


def _rows(model: str) -> Any:
    return apps.get_model("tickets", model)._default_manager.all()


def organizations_of(actor: "Actor", field: str = "organization_id") -> Q:
    """Rows whose `field` names an organization that this colleague, or a contact of it, may see."""
    if actor.is_contact:
        return Q(**{field: actor.organization_id}) if actor.organization_id else Q(pk__in=[])
    reach = Q(pk__in=[])
    terms = visibility_terms(actor, Right.SEE)
    if not terms.is_empty:
        reach |= Q(**{f"{field}__in": opened_by(terms, with_summary=False)})
    if actor.has("see_queue_tickets") and actor.team_ids:
        waiting = _rows("Ticket").filter(queue_id__in=served_by(actor.team_ids), organization__isnull=False)
        reach |= Q(**{f"{field}__in": waiting.order_by().values("organization_id")})
    return reach


class IncidentQuerySet(models.QuerySet[Any]):
    def visible_to(self, actor: "Actor") -> Self:
        """Incidents that `actor` sees today."""
        if not actor.is_authenticated:
            return self.none()
        affected = _rows("IncidentOrganization").visible_to(actor).order_by()
        if actor.is_contact:
            return self.filter(pk__in=affected.values("incident_id"), published_at__isnull=False)
        if sees_every_ticket(actor):
            return self
        linked = _rows("IncidentTicket").visible_to(actor).order_by()
        reach = Q(pk__in=affected.values("incident_id")) | Q(pk__in=linked.values("incident_id"))
        if actor.has("see_queue_tickets") and actor.team_ids:
            reach |= Q(queue_id__in=served_by(actor.team_ids))
        return self.filter(reach)

    def unresolved(self) -> Self:
        return self.filter(state__in=OPEN_INCIDENTS)

    def affecting(self, organization_id: int) -> Self:
        affected = _rows("IncidentOrganization").filter(incident=OuterRef("pk"), organization_id=organization_id)
        return self.filter(Exists(affected))


class AffectedQuerySet(models.QuerySet[Any]):
    """Rows of an organization within an incident: for those who may see that organization."""

    def visible_to(self, actor: "Actor") -> Self:
        if not actor.is_authenticated:
            return self.none()
        if actor.is_staff and sees_every_ticket(actor):
            return self
        return self.filter(organizations_of(actor))


class IncidentPartQuerySet(models.QuerySet[Any]):
    """Rows of an incident that go with it; contacts see none of them."""

    def visible_to(self, actor: "Actor") -> Self:
        if not actor.is_staff:
            return self.none()
        if sees_every_ticket(actor):
            return self
        return self._within(actor)

    def _within(self, actor: "Actor") -> Self:
        return self.filter(incident__in=_rows("Incident").visible_to(actor))


class NamingPartQuerySet(IncidentPartQuerySet):
    """The same where a row may name an organization: it is seen by those alone who may see that one."""

    def _within(self, actor: "Actor") -> Self:
        return super()._within(actor).filter(Q(organization__isnull=True) | organizations_of(actor))


class EntryQuerySet(NamingPartQuerySet):
    def visible_to(self, actor: "Actor") -> Self:
        """Entries of visible incidents; a contact sees the public ones."""
        if actor.is_contact:
            return self._within(actor).filter(is_public=True)
        return super().visible_to(actor)


class PostMortemQuerySet(IncidentPartQuerySet):
    def visible_to(self, actor: "Actor") -> Self:
        """Of visible incidents; a contact sees one that is shared with the affected."""
        if actor.is_contact:
            return self._within(actor).filter(shared_at__isnull=False)
        return super().visible_to(actor)


class PostMortemPartQuerySet(models.QuerySet[Any]):
    """Versions and actions of a post-mortem that go with it; contacts see none of them."""

    def visible_to(self, actor: "Actor") -> Self:
        if not actor.is_staff:
            return self.none()
        if sees_every_ticket(actor):
            return self
        return self._within(actor)

    def _within(self, actor: "Actor") -> Self:
        return self.filter(post_mortem__in=_rows("PostMortem").visible_to(actor))


class VersionQuerySet(PostMortemPartQuerySet):
    def visible_to(self, actor: "Actor") -> Self:
        """All of visible post-mortems; a contact reads the one that was shared, part by part."""
        if actor.is_contact:
            return self._within(actor).filter(number=F("post_mortem__shared_number"))
        return super().visible_to(actor)


class ActionQuerySet(PostMortemPartQuerySet):
    def _within(self, actor: "Actor") -> Self:
        return super()._within(actor).filter(organizations_of(actor))
