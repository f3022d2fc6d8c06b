"""The KPIs and reports in force."""

from common.policy_cache import policies_of_kind
from reports.rules.kpi_packs import KpiPack, KpiPolicy, merged

KIND = "kpis"


def policy_in_force() -> KpiPolicy:
    """The figures and reports of today, of all packs `kpis.<area>`; empty while none are loaded. One statement."""
    return merged(pack for pack in policies_of_kind(KIND) if isinstance(pack, KpiPack))
