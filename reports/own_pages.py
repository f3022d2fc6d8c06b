"""Reports that are pages of their own and no list of figures of a pack, for the gallery."""

from django.urls import reverse
from django.utils.translation import gettext as _

from reports.own_reports import OWN


def own_pages() -> list[dict[str, str]]:
    """What each is called, what it is about, where it is."""
    found = [
        {"label": str(one.label), "about": str(one.about), "url": reverse("reports:report", args=[one.id])}
        for one in OWN.values()
    ]
    capacity = {
        "label": _("Capacity"),
        "about": _("Hours wanted against hours there are, eight weeks ahead, by person and by team"),
        "url": reverse("partners:capacity"),
    }
    return [*found, capacity]
