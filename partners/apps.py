from django.apps import AppConfig


class PartnersConfig(AppConfig):
    name = "partners"
    verbose_name = "Organizations"

    def ready(self) -> None:
        from partners import gate_checks, palette, panels, policy_packs, targets, work_offers
        from partners.selectors import handoff_sources
        from partners.services import people_hooks

        panels.offer()
        targets.offer()
        palette.offer()
        work_offers.offer()
        gate_checks.register_own()
        handoff_sources.register_own()
        policy_packs.register()
        people_hooks.register()
