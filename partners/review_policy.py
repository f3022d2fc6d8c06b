"""The policy of reviews in force, and its words in the reader's language."""

from django.utils.translation import get_language

from common.policy_cache import active_policy
from partners import cadence_policy
from partners.rules.classification import label_in
from partners.rules.review_packs import ReviewKind, ReviewPolicy

PACK = "reviews"


def policy_in_force() -> ReviewPolicy | None:
    """The policy of today; None while none is loaded. One statement."""
    found = active_policy(PACK)
    return found.policy if found is not None and isinstance(found.policy, ReviewPolicy) else None


def kind_of(policy: ReviewPolicy | None, kind: str) -> ReviewKind | None:
    """How reviews of a kind are made; None for one that the policy dropped."""
    return policy.kinds.get(kind) if policy is not None else None


def kind_label(policy: ReviewPolicy | None, kind: str) -> str:
    """The word for a kind of review."""
    known = kind_of(policy, kind)
    return label_in(known.label, get_language() or "en") if known else cadence_policy.kind_label(None, kind)


def draft(known: ReviewKind | None, name: str) -> str:
    """The draft `agenda` or `follow_up` in the language in force, with its placeholders."""
    return label_in(getattr(known, name), get_language() or "en") if known is not None else ""
