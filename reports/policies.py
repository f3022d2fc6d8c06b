"""The KPIs and reports in force."""

from functools import lru_cache

from common.policy_cache import policy_of_id, versions_of_kind
from reports.rules.kpi_packs import KpiPack, KpiPolicy, merged

KIND = "kpis"


def policy_in_force() -> KpiPolicy:
    """The figures and reports of today, of all packs `kpis.<area>`; empty while none are loaded. One statement."""
    return _merged(versions_of_kind(KIND))


@lru_cache(maxsize=16)
def _merged(versions: tuple[tuple[int, str], ...]) -> KpiPolicy:
    """Versions never change, so what they come to together is made once in a process."""
    packs = (policy_of_id(*version) for version in versions)
    return merged(pack for pack in packs if isinstance(pack, KpiPack))
