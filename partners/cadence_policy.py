"""The cadence in force, and what its kinds of touchpoint are called."""

from typing import Any

from django.db.models import F, Func, JSONField, Subquery
from django.utils.translation import get_language

from common.models import PolicyVersion
from common.policy_cache import active_policy, policy_of_row
from partners.rules.cadence_packs import CadencePolicy
from partners.rules.classification import label_in

PACK = "cadence"


def policy_in_force() -> CadencePolicy | None:
    """The cadence of today; None while none is loaded. One statement."""
    found = active_policy(PACK)
    return found.policy if found is not None and isinstance(found.policy, CadencePolicy) else None


# The version in force as one column of another statement: its id and its checksum.
IN_FORCE = Subquery(
    PolicyVersion.objects.filter(name=PACK, is_active=True).values(
        found=Func(F("pk"), F("checksum"), function="jsonb_build_array", output_field=JSONField())
    )[:1]
)


def read_along(found: list[Any] | None) -> CadencePolicy | None:
    """The cadence that the column IN_FORCE names; None while none is loaded."""
    policy = policy_of_row(*found) if found else None
    return policy if isinstance(policy, CadencePolicy) else None


def kind_label(policy: CadencePolicy | None, kind: str) -> str:
    """The word for a kind of touchpoint in the reader's language; its name for one that the policy dropped."""
    known = policy.touchpoints.get(kind) if policy else None
    return label_in(known.label, get_language() or "en") if known else kind.replace("_", " ").capitalize()


def kind_choices(policy: CadencePolicy | None) -> list[tuple[str, str]]:
    """The kinds that people may arrange by hand: those at which they meet."""
    kinds = policy.touchpoints.values() if policy else ()
    return [(kind.id, kind_label(policy, kind.id)) for kind in kinds if kind.is_meeting]
