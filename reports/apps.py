from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "reports"
    verbose_name = "Reports"

    def ready(self) -> None:
        from common.packs import register_pack_kind
        from reports import (
            export_offers,
            notices,  # noqa: F401 - registers its kinds
        )
        from reports.rules import kpi_packs

        export_offers.offer()
        register_pack_kind("kpis", kpi_packs.parse_kpis, keys=kpi_packs.KEYS)
