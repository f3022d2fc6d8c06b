"""Another version of the service levels: first responses to high tickets of a TAM's organizations are sooner."""

from copy import deepcopy
from datetime import datetime
from typing import Any

from common.models import PolicyVersion
from common.packs import PackSource
from common.services.policies import load_packs


def tighter_body(hours: int = 1) -> dict[str, Any]:
    """The policies in force with so many hours there."""
    said: dict[str, Any] = deepcopy(PolicyVersion.objects.get(name="sla", is_active=True).body)
    said["policies"][1]["targets"]["high"]["first_response"]["amount"] = hours
    return said


def load_tighter(now: datetime, hours: int = 1) -> PolicyVersion:
    """Put it in force."""
    source = PackSource(
        name="sla", kind="sla", body=tighter_body(hours), checksum=f"test {hours}", path="sla.yaml", lines={}
    )
    load_packs(sources=[source], now=now)
    return PolicyVersion.objects.get(name="sla", is_active=True)
