"""Reports that are pages of their own and no list of figures of a pack, for the gallery."""

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.rules.access import Actor


def own_pages(actor: Actor) -> list[dict[str, str]]:
    """Those that `actor` may open: what each is called, what it is about, where it is."""
    return [
        {
            "label": _("Surveys"),
            "about": _("Satisfaction, recommending and answers with their intervals; surveys of other houses"),
            "url": reverse("reports:survey_report"),
        },
        {
            "label": _("Policy quality"),
            "about": _("Alarms that were right, overrides, waivers, pauses not earned, steps that reached nobody"),
            "url": reverse("reports:policy_quality"),
        },
        {
            "label": _("Capacity"),
            "about": _("Hours wanted against hours there are, eight weeks ahead, by person and by team"),
            "url": reverse("partners:capacity"),
        },
    ]
