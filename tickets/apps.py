from django.apps import AppConfig


class TicketsConfig(AppConfig):
    name = "tickets"
    verbose_name = "Tickets"

    def ready(self) -> None:
        from tickets import (
            article_palette,
            article_targets,
            export_offers,
            feedback_links,
            gate_checks,
            home_panels,
            impacts,
            incident_offers,
            notices,  # noqa: F401 - registers its kinds
            organization_offers,
            palette,
            policy_packs,
            portal_panels,
            quality_targets,
            review_sections,
            survey_offers,
            targets,
        )
        from tickets.services import (
            happenings,  # noqa: F401 - registers the handler of events
            messages,  # noqa: F401 - registers the handler of replies that wait
            personal,
        )

        policy_packs.register()
        article_targets.offer()
        article_palette.offer()
        export_offers.offer()
        personal.register()
        targets.offer()
        survey_offers.offer()
        feedback_links.offer()
        quality_targets.offer()
        impacts.offer()
        incident_offers.offer()
        organization_offers.offer()
        gate_checks.offer()
        review_sections.offer()
        home_panels.offer()
        palette.offer()
        portal_panels.offer()
