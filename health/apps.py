from django.apps import AppConfig


class HealthConfig(AppConfig):
    name = "health"
    verbose_name = "Health"

    def ready(self) -> None:
        from common.services.policies import on_policy_activated
        from health import (
            adoption_offers,
            alert_notices,  # noqa: F401 - registers its kinds
            alert_offers,
            alert_tasks,  # noqa: F401 - Celery finds rooms called `tasks` alone
            exported,
            gate_checks,
            home_panels,
            lab_tasks,  # noqa: F401 - Celery finds rooms called `tasks` alone
            notices,  # noqa: F401 - registers its kinds
            objective_values,
            organization_offers,
            palette,
            past_bands,
            policy_packs,
            prediction_panels,
            prediction_tasks,  # noqa: F401 - Celery finds rooms called `tasks` alone
            renewal_signals,
            review_sections,
            routine_facts,
        )
        from health.collectors import (  # noqa: F401 - register theirs
            adoption,
            enablement,
            organizations,
            renewals,
            scores,
            support,
        )
        from health.services import lab, metrics, personal

        policy_packs.register()
        personal.register()
        gate_checks.offer()
        review_sections.offer()
        renewal_signals.offer()
        routine_facts.register_own()
        alert_offers.offer()
        home_panels.offer()
        organization_offers.offer()
        objective_values.offer()
        palette.offer()
        past_bands.offer()
        adoption_offers.offer()
        prediction_panels.offer()
        exported.offer()
        on_policy_activated(metrics.on_activated)
        on_policy_activated(lab.on_activated)
