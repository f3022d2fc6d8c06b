"""The kinds of policy packs that partners reads, made known to the loader."""

from common.jobs import enqueue_on_commit
from common.packs import register_pack_kind
from common.services.policies import PolicyActivated, on_policy_activated
from partners.classification_policy import PACKS
from partners.rules import classification_packs as packs
from partners.rules import journey_packs
from partners.working_packs import register_working_packs

_TEXT_KEYS = ("en", "de")


def register() -> None:
    """Called once, when the app is ready."""
    common_keys = ("currency", "applies_to", "id", "value", "label", *_TEXT_KEYS)
    register_pack_kind(
        "tiers", packs.parse_tiers, keys=(*common_keys, "tiers", "ccv_at_least", "ccv_share_of_lrp_percent")
    )
    register_pack_kind(
        "segments",
        packs.parse_segments,
        keys=(*common_keys, "arr_segments", "engagement_tiers", "tam", "arr_at_least", "editions"),
    )
    register_pack_kind(
        "gemstones",
        packs.parse_gemstones,
        keys=(*common_keys, "gemstones", "engagement_tiers", "market_segments", "onboarding_days", "services"),
    )
    register_pack_kind("rates", packs.parse_rates, keys=("reporting_currency", "rates", "currency", "on", "rate"))
    register_working_packs()
    register_pack_kind("partner_journey", journey_packs.parse_partner_journey, keys=journey_packs.KEYS)
    register_pack_kind("customer_journey", journey_packs.parse_customer_journey, keys=journey_packs.KEYS)
    on_policy_activated(reclassify)


def reclassify(event: PolicyActivated) -> None:
    """Have every organization classified anew once another version of these packs is in force."""
    if event.policy.name in PACKS:
        enqueue_on_commit("partners.reclassify")
