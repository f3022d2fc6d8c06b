"""The policies of tiers, segments and gemstones that are in force, with the rates of a day."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import get_language

from common.policy_cache import active_policies, policy_of_version
from partners.rules.classification import ClassificationPolicy, label_in, values_of

PACKS = ("tiers", "segments", "gemstones", "rates")


@dataclass(frozen=True, kw_only=True)
class PolicyInForce:
    """The parsed policies, and the versions by which a stored value is known to be of today."""

    policy: ClassificationPolicy
    versions: dict[str, Any]

    def label(self, dimension: str, value: int | str | None) -> str:
        """The word for a value in the reader's language; "" for none, itself for one that the policy dropped."""
        if value is None or value == "":
            return ""
        label = values_of(self.policy, dimension).get(value)
        return label_in(label, get_language() or "en") if label else str(value)


def policy_in_force(on: date) -> PolicyInForce:
    """The policies in force; `versions` holds the day of the newest rate too: a dated one counts without a load."""
    found = active_policies(*PACKS)
    # The parser of each kind is registered in policy_packs.
    policy = ClassificationPolicy(**{name: active.policy for name, active in found.items()})  # type: ignore[arg-type]
    versions: dict[str, Any] = {name: active.version for name, active in sorted(found.items())}
    if policy.rates:
        days = [rate.on for rates in policy.rates.rates.values() for rate in rates if rate.on <= on]
        versions["rates_on"] = max(days).isoformat() if days else None
    return PolicyInForce(policy=policy, versions=versions)


def policy_of_versions(versions: Mapping[str, Any]) -> ClassificationPolicy:
    """The policies of these versions, in force or not: what was submitted under them is decided by them.

    One statement a pack. Raises PolicyVersion.DoesNotExist, and PackError for one that this release cannot read.
    """
    found = {name: policy_of_version(name, versions[name]) for name in PACKS if name in versions}
    # The parser of each kind is registered in policy_packs.
    return ClassificationPolicy(**found)  # type: ignore[arg-type]
