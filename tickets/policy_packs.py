"""The kinds of policy packs that tickets reads, made known to the loader."""

from common.packs import register_pack_kind
from tickets.rules import automation, incident_packs, quality, routing, sla_packs


def register() -> None:
    """Called once, when the app is ready."""
    register_pack_kind("sla", sla_packs.parse_sla, keys=sla_packs.KEYS)
    register_pack_kind("routing", routing.parse_routing, keys=routing.KEYS)
    register_pack_kind("quality", quality.parse_quality, keys=quality.KEYS)
    register_pack_kind("automation", automation.parse_automation, keys=automation.KEYS)
    register_pack_kind("incidents", incident_packs.parse_incidents, keys=incident_packs.KEYS)
