from django.apps import AppConfig


class PartnersConfig(AppConfig):
    name = "partners"
    verbose_name = "Organizations"

    def ready(self) -> None:
        from partners import (
            enablement_checks,
            feedback_sources,
            gate_checks,
            gate_offers,
            handoff_offers,
            palette,
            panels,
            people_checks,
            people_offers,
            policy_packs,
            review_offers,
            routine_facts,
            survey_panels,
            targets,
            work_offers,
            work_panels,
        )
        from partners.selectors import handoff_sources
        from partners.services import (
            betas,
            enablement_records,
            feedback_records,
            people_hooks,
            release_notes,  # noqa: F401 - registers the handler of its mail
            survey_mail,  # noqa: F401 - registers the handler of its mail
            survey_records,
        )

        panels.offer()
        targets.offer()
        palette.offer()
        work_offers.offer()
        work_panels.offer()
        handoff_offers.offer()
        gate_offers.offer()
        gate_checks.register_own()
        enablement_checks.register_own()
        enablement_records.register()
        people_checks.offer()
        people_offers.offer()
        feedback_sources.offer()
        betas.register_check()
        feedback_records.register()
        handoff_sources.register_own()
        policy_packs.register()
        routine_facts.register_own()
        review_offers.offer()
        people_hooks.register()
        survey_panels.offer()
        survey_records.register()
