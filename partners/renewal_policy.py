"""The policy of renewals in force."""

from django.utils.translation import get_language

from common.policy_cache import active_policy
from partners.rules.classification import label_in
from partners.rules.renewals import RenewalPolicy

PACK = "renewals"
NOTHING = RenewalPolicy(version=0, verdict_before_days=90, ask_every_days=7, leave_from_reasons=3, signals=())
"""Without a pack: the machine knows no signals and says nothing, owners are asked by what journey.md says."""


def renewal_policy() -> RenewalPolicy:
    """What counts today. One statement."""
    found = active_policy(PACK)
    return found.policy if found is not None and isinstance(found.policy, RenewalPolicy) else NOTHING


def signal_label(policy: RenewalPolicy, code: str) -> str:
    """The words of a signal in the reader's language; its code where the policy dropped it."""
    found = next((signal.label for signal in policy.signals if signal.id == code), None)
    return label_in(found, get_language() or "en") if found else code
