"""The policy of handoffs: the one in force for new ones, the one that a handoff began with for those under way."""

from collections.abc import Iterable

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from common.errors import DomainError
from common.policy_cache import active_policy, policy_of_version
from partners.models import Handoff
from partners.rules.classification import label_in
from partners.rules.classification_packs import Label
from partners.rules.handoff_packs import HandoffKind, HandoffPolicy

PACK = "handoffs"


def policy_in_force() -> HandoffPolicy:
    """The handoffs of today. One statement. Raises DomainError "no_policy" while none is loaded."""
    found = active_policy(PACK)
    if found is None or not isinstance(found.policy, HandoffPolicy):
        raise DomainError(_("No handoffs have been set up: an administrator loads their policy."), code="no_policy")
    return found.policy


def policy_of(handoff: Handoff) -> HandoffPolicy:
    """The policy that `handoff` began with. One statement."""
    found = policy_of_version(PACK, handoff.policy_version)
    if not isinstance(found, HandoffPolicy):
        raise TypeError(f"version {handoff.policy_version} of {PACK} holds no handoffs")
    return found


def contract_of(handoff: Handoff) -> HandoffKind:
    """What `handoff` is held to. One statement."""
    return policy_of(handoff).kinds[handoff.kind]


def words(label: Label) -> str:
    """A label of the pack in the reader's language."""
    return label_in(label, get_language() or "en")


def labels(handoffs: Iterable[Handoff]) -> dict[str, str]:
    """What the kinds of these handoffs are called, by the policy in force; its name for one that it dropped."""
    found = active_policy(PACK)
    policy = found.policy if found else None
    known = policy.kinds if isinstance(policy, HandoffPolicy) else {}
    return {row.kind: words(known[row.kind].label) if row.kind in known else row.kind for row in handoffs}
