"""The documentation in force: the texts are policy, their keeping is rows of Guide."""

from django.utils.translation import get_language

from common.policy_cache import active_policy
from partners.rules.classification import label_in
from partners.rules.classification_packs import Label
from partners.rules.guides import GuidePolicy

PACK = "guides"
NOTHING = GuidePolicy(version=0, sections=())


def policy_in_force() -> GuidePolicy:
    """The guides of today; none while no pack is loaded. One statement."""
    found = active_policy(PACK)
    return found.policy if found is not None and isinstance(found.policy, GuidePolicy) else NOTHING


def words(label: Label) -> str:
    """A text of the pack in the reader's language."""
    return label_in(label, get_language() or "en") if label else ""
