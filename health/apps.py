from django.apps import AppConfig


class HealthConfig(AppConfig):
    name = "health"
    verbose_name = "Health"

    def ready(self) -> None:
        from common.services.policies import on_policy_activated
        from health import policy_packs
        from health.services import metrics

        policy_packs.register()
        on_policy_activated(metrics.on_activated)
