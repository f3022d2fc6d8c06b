"""The policy of incidents in force, and its words; and what the parts of a post-mortem are called outside."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from common.policy_cache import active_policy
from partners.rules.classification import label_in
from partners.rules.classification_packs import Label
from tickets.rules.incident_packs import IncidentPolicy

PACK = "incidents"
SECTION_WORDS: Mapping[str, str | Promise] = {
    "summary": _("Summary"),
    "timeline": _("Timeline"),
    "impact": _("Impact"),
    "root_cause": _("Root cause"),
    "factors": _("Contributing factors"),
    "went_well": _("What went well"),
    "prevention": _("What changes so that it does not happen again"),
}


def incident_policy() -> IncidentPolicy | None:
    """The severities in force; None while none are loaded. One statement."""
    found = active_policy(PACK)
    return found.policy if found is not None and isinstance(found.policy, IncidentPolicy) else None


def words_of(label: Label) -> str:
    """A label of the pack in the reader's language."""
    return label_in(label, get_language() or "en")
