"""The customer record in force, and what its keys are called."""

from django.utils.translation import get_language

from common.policy_cache import active_policy
from partners.rules.classification import label_in
from partners.rules.record_packs import RecordKey, RecordPolicy

PACK = "customer_record"


def policy_in_force() -> RecordPolicy | None:
    """The record of today; None while none is loaded. One statement."""
    found = active_policy(PACK)
    return found.policy if found is not None and isinstance(found.policy, RecordPolicy) else None


def key_label(key: RecordKey) -> str:
    """What a key is called in the reader's language."""
    return label_in(key.label, get_language() or "en")


def key_help(key: RecordKey) -> str:
    """What belongs there; empty where the policy says nothing."""
    return label_in(key.help, get_language() or "en") if key.help else ""
