"""The policy of alerts in force, and its words in the reader's language."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Subquery
from django.utils.translation import get_language

from common.models import PolicyVersion
from common.policy_cache import active_policy, policy_of_id
from health.rules.alert_packs import AlertPolicy
from partners.rules.classification import label_in

PACK = "alerts"


def alert_policy() -> AlertPolicy | None:
    """The rules in force; None while none are loaded. One statement."""
    found = active_policy(PACK)
    return found.policy if found is not None and isinstance(found.policy, AlertPolicy) else None


def rule_label(policy: AlertPolicy | None, rule: str) -> str:
    """What a rule is called; its id for one that is no longer in the pack."""
    found = policy.rules.get(rule) if policy is not None else None
    return label_in(found.label, get_language() or "en") if found is not None else rule.replace("_", " ")


def pack_columns() -> dict[str, Subquery]:
    """Columns by which a statement reads along which version is in force; `policy_of_row` makes the policy of them."""
    active = PolicyVersion.objects.filter(name=PACK, is_active=True)
    return {"pack_id": Subquery(active.values("pk")[:1]), "pack_checksum": Subquery(active.values("checksum")[:1])}


def policy_of_row(row: Mapping[str, Any]) -> AlertPolicy | None:
    """The policy that `pack_columns` names; no statement once a process knows it."""
    found = policy_of_id(row["pack_id"], row["pack_checksum"]) if row["pack_id"] is not None else None
    return found if isinstance(found, AlertPolicy) else None
