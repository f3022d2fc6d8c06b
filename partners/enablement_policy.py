"""The success plans, practices and gemstones in force, with their words in the reader's language."""

from django.utils.translation import get_language

from common.policy_cache import active_policy, policy_of_version
from partners.rules.classification import label_in
from partners.rules.classification_packs import GemstonePolicy, Service
from partners.rules.practices import PracticePolicy
from partners.rules.success_plan_packs import PlanTemplate, SuccessPlanPolicy


def plans_in_force() -> SuccessPlanPolicy | None:
    """None while none is loaded. One statement."""
    found = active_policy("success_plans")
    return found.policy if found is not None and isinstance(found.policy, SuccessPlanPolicy) else None


def practices_in_force() -> PracticePolicy | None:
    """None while none is loaded. One statement."""
    found = active_policy("practices")
    return found.policy if found is not None and isinstance(found.policy, PracticePolicy) else None


def services_of(gemstone: str) -> tuple[Service, ...]:
    """What a gemstone promises; nothing where there is none. One statement."""
    found = active_policy("gemstones")
    policy = found.policy if found is not None and isinstance(found.policy, GemstonePolicy) else None
    return next((one.services for one in policy.gemstones if one.value == gemstone), ()) if policy else ()


def known_services() -> dict[str, Service]:
    """Every service that some gemstone promises, by id. One statement."""
    found = active_policy("gemstones")
    policy = found.policy if found is not None and isinstance(found.policy, GemstonePolicy) else None
    return {one.id: one for gemstone in policy.gemstones for one in gemstone.services} if policy else {}


def template_of(key: str, version: int | None) -> PlanTemplate | None:
    """The template of a plan as it was when the plan was made; None of a plan without one."""
    if version is None:
        return None
    policy = policy_of_version("success_plans", version)
    return policy.templates.get(key) if isinstance(policy, SuccessPlanPolicy) else None


def word(label: dict[str, str] | object) -> str:
    """A label of a policy in the reader's language."""
    return label_in(label, get_language() or "en")  # type: ignore[arg-type]
