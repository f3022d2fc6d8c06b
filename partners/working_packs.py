"""The packs that say how people work with an organization, with the order in which an export writes their keys."""

from typing import Any

from common.packs import register_pack_kind
from partners.rules.cadence_packs import parse_cadence
from partners.rules.capacity_packs import parse_capacity
from partners.rules.guides import parse_guides
from partners.rules.handoff_packs import parse_handoffs
from partners.rules.interaction_packs import KEYS as INTERACTION_KEYS
from partners.rules.interaction_packs import parse_interactions
from partners.rules.plays import parse_plays
from partners.rules.practices import KEYS as PRACTICE_KEYS
from partners.rules.practices import parse_practices
from partners.rules.record_packs import KEYS as RECORD_KEYS
from partners.rules.record_packs import parse_record
from partners.rules.renewals import KEYS as RENEWAL_KEYS
from partners.rules.renewals import parse_renewals
from partners.rules.review_packs import KEYS as REVIEW_KEYS
from partners.rules.review_packs import parse_reviews
from partners.rules.routines import KEYS as ROUTINE_KEYS
from partners.rules.routines import parse_routines
from partners.rules.success_plan_packs import KEYS as SUCCESS_PLAN_KEYS
from partners.rules.success_plan_packs import parse_success_plans
from partners.rules.surveys import KEYS as SURVEY_KEYS
from partners.rules.surveys import parse_surveys

_PLAIN: tuple[tuple[str, Any, tuple[str, ...]], ...] = (
    ("interactions", parse_interactions, INTERACTION_KEYS),
    ("customer_record", parse_record, RECORD_KEYS),
    ("success_plans", parse_success_plans, SUCCESS_PLAN_KEYS),
    ("practices", parse_practices, PRACTICE_KEYS),
    ("routines", parse_routines, ROUTINE_KEYS),
    ("surveys", parse_surveys, SURVEY_KEYS),
    ("renewals", parse_renewals, ("id", "label", "en", "de", *RENEWAL_KEYS)),
    ("reviews", parse_reviews, ("id", "label", *REVIEW_KEYS, "en", "de")),
)


def register_working_packs() -> None:
    """Called once, when the app is ready."""
    texts = ("id", "label", "hint", "en", "de")
    register_pack_kind(
        "cadence",
        parse_cadence,
        keys=(
            *texts, "touchpoints", "rules", "basis", "kinds", "stages", "arr_segments", "gemstones", "audience",
            "minutes", "preparation_minutes", "kept_by_contact", "is_meeting", "executive_relationships", "series",
            "touchpoint", "owner_roles", "anchors", "steps", "from_months", "every_days", "every_months",
        ),
    )  # fmt: skip
    register_pack_kind(
        "handoffs",
        parse_handoffs,
        keys=(
            *texts, "accept_within_days", "items", "handoffs", "gathers", "kinds", "stages", "from_roles", "to_roles",
            "same_role", "required_items", "optional_items", "meetings", "shadow_days", "confirms_launch",
        ),
    )  # fmt: skip
    register_pack_kind(
        "plays",
        parse_plays,
        keys=(
            *texts, "plays", "when", "starters", "kinds", "stages", "measures", "review_after_days", "steps",
            "owner_role", "day", "after", "court", "needs_evidence", "is_required", "outcomes", "is_good",
        ),
    )  # fmt: skip
    register_pack_kind(
        "capacity",
        parse_capacity,
        keys=(
            *texts, "healthy_percent", "risk_hours", "review_touchpoints", "renewals", "weeks_before", "hours",
            "roles", "role", "hours_per_week", "gate_work_hours", "portfolios", "needs_role", "arr_segment",
            "count", "arr", "from", "to",
        ),
    )  # fmt: skip
    register_pack_kind(
        "guides",
        parse_guides,
        keys=(
            *texts, "sections", "title", "kinds", "stage", "phase", "roles", "guides", "owner_role", "review_days",
            "body", "link",
        ),
    )  # fmt: skip
    for name, parse, keys in _PLAIN:
        register_pack_kind(name, parse, keys=keys)
