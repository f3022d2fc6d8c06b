"""The KPIs and reports in force."""

from common.policy_cache import active_policy
from reports.rules.kpi_packs import KpiPolicy

PACK = "kpis"


def policy_in_force() -> KpiPolicy | None:
    """The figures and reports of today; None while none are loaded. One statement."""
    found = active_policy(PACK)
    return found.policy if found is not None and isinstance(found.policy, KpiPolicy) else None
