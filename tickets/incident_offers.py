"""What incidents offer to the rest of the house: how notices open them, what the palette finds, panels, effects."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.rules.access import Actor
from common.palette import PaletteItem, register_finder
from common.panels import Panel, register
from common.targets import register_target
from partners.choices import EntryKind
from partners.selectors.timeline import TimelineLine
from partners.services.erasure import register_places
from partners.services.person_records import register_part
from partners.story_rows import register_link
from tickets import incident_panels
from tickets.models import Incident
from tickets.selectors.incidents import found_incidents
from tickets.services import (
    incident_hooks,  # noqa: F401 - registers the handler of entries
    incident_mails,  # noqa: F401 - registers the handler of mails
    incident_personal,
)


def offer() -> None:
    """Called once, when the app is ready. A notice of an incident is told to those alone who may still open it."""
    register_target("incident", _incident, guards_notices=True)
    register_link(EntryKind.INCIDENT, _line)
    register_target("postmortem", _post_mortem, guards_notices=True)
    register_finder("incidents", _("Incidents"), _items)
    register_part("incident_subscriptions", incident_personal.subscriptions)
    register_places(incident_personal.places)
    for key, slot, title, template, load in (
        ("incidents", "home", _("Incidents"), "_incidents", incident_panels.home),
        ("incidents", "organization", _("Incidents"), "_organization_incidents", incident_panels.of_organization),
        ("portal_incidents", "portal", _("Incidents"), "_portal_incidents", incident_panels.portal),
    ):
        register(
            Panel(
                key=key,
                slot=slot,
                title=title,
                template=f"tickets/panels/{template}.html",
                load=load,
                wide=slot == "home",
                icon="flame",
            )
        )


def _incident(actor: Actor, pk: int) -> str | None:
    found = Incident.objects.visible_to(actor).filter(pk=pk).values_list("number", flat=True).first()
    if found is None:
        return None
    return reverse("tickets:portal_incident" if actor.is_contact else "tickets:incident", args=[found])


def _line(line: TimelineLine) -> str:
    number = line.data.get("number")
    return reverse("tickets:incident", args=[number]) if isinstance(number, int) else ""


def _post_mortem(actor: Actor, pk: int) -> str | None:
    """Commitments say by it where they were made."""
    rows = Incident.objects.visible_to(actor).filter(post_mortem=pk)
    found = rows.values_list("number", flat=True).first() if actor.is_staff else None
    return reverse("tickets:post_mortem", args=[found]) if found is not None else None


def _items(actor: Actor, text: str, limit: int) -> list[PaletteItem]:
    """Incidents of that number ("INC-12"), or with these words in their title."""
    if not actor.is_staff:
        return []
    return [
        PaletteItem(
            label=f"INC-{incident.number} {incident.title}",
            url=reverse("tickets:incident", args=[incident.number]),
            icon="flame",
            hint=f"{incident.get_severity_display()} · {incident.get_state_display()}",
        )
        for incident in found_incidents(actor, text, limit=limit)
    ]
