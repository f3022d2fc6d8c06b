from django.apps import AppConfig


class HealthConfig(AppConfig):
    name = "health"
    verbose_name = "Health"

    def ready(self) -> None:
        from common.services.policies import on_policy_activated
        from health import (
            home_panels,
            notices,  # noqa: F401 - registers its kinds
            organization_offers,
            palette,
            policy_packs,
        )
        from health.services import metrics

        policy_packs.register()
        home_panels.offer()
        organization_offers.offer()
        palette.offer()
        on_policy_activated(metrics.on_activated)
