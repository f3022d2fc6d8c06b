"""What the palette finds of organizations and their contacts."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.labels import kind_label, stage_label
from accounts.rules.access import Actor
from common.palette import PaletteItem, register_finder
from partners.search import find


def _items(actor: Actor, text: str, limit: int) -> list[PaletteItem]:
    """Organizations and contacts that `actor` may see, best first; a contact leads to its organization's people."""
    items = []
    for hit in find(actor, text, limit=limit):
        is_organization = hit.kind == "organization"
        page = "partners:organization" if is_organization else "partners:organization_people"
        where = f"{kind_label(hit.organization_kind)} · {stage_label(hit.stage)}"
        items.append(
            PaletteItem(
                label=hit.name,
                url=reverse(page, args=[hit.organization_id]),
                icon="building" if is_organization else "user",
                hint=where if is_organization else hit.organization_name,
            )
        )
    return items


def offer() -> None:
    """Register the finder; called once from AppConfig.ready()."""
    register_finder("organizations", _("Organizations and contacts"), _items)
