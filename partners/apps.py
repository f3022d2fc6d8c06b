from django.apps import AppConfig


class PartnersConfig(AppConfig):
    name = "partners"
    verbose_name = "Organizations"

    def ready(self) -> None:
        from partners import (
            capacity_offers,
            enablement_checks,
            export_offers,
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
            growth_records,
            people_hooks,
            release_notes,  # noqa: F401 - registers the handler of its mail
            survey_mail,  # noqa: F401 - registers the handler of its mail
            survey_records,
        )

        first = (panels, targets, palette, work_offers, work_panels, handoff_offers, gate_offers, capacity_offers)
        then = (people_checks, people_offers, feedback_sources, review_offers, survey_panels, export_offers)
        for room in (*first, *then):
            room.offer()
        gate_checks.register_own()
        enablement_checks.register_own()
        betas.register_check()
        handoff_sources.register_own()
        policy_packs.register()
        routine_facts.register_own()
        for keeper in (enablement_records, feedback_records, growth_records, people_hooks, survey_records):
            keeper.register()
