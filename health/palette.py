"""What the palette finds of health: its pages, and the receipt of an organization by its name."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.rules.access import Actor
from common.palette import PaletteItem, register_finder

_PAGES = (
    (gettext_lazy("Health of all organizations"), "health:portfolio", "layout-board"),
    (gettext_lazy("Organizations at risk"), "health:at_risk", "alert-triangle"),
    (gettext_lazy("Moves of the week"), "health:moves", "arrows-sort"),
)
_LAB = (gettext_lazy("Scorecard lab"), "health:lab", "clipboard-list")


def _items(actor: Actor, text: str, limit: int) -> list[PaletteItem]:
    """The pages whose name holds the text; no statement."""
    if not actor.is_staff or not actor.active_roles:
        return []
    wanted = text.strip().lower()
    return [
        PaletteItem(label=str(label), url=reverse(url_name), icon=icon, hint=_("Health"))
        for label, url_name, icon in (*_PAGES, *((_LAB,) if actor.has("manage_policies") else ()))
        if len(wanted) > 1 and wanted in str(label).lower()
    ][:limit]


def offer() -> None:
    """Register the finder; called once from AppConfig.ready()."""
    register_finder("health", gettext_lazy("Health"), _items)
