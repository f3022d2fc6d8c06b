from django.apps import AppConfig


class PartnersConfig(AppConfig):
    name = "partners"
    verbose_name = "Organizations"

    def ready(self) -> None:
        from partners import palette, panels, policy_packs, targets
        from partners.services import people_hooks

        panels.offer()
        targets.offer()
        palette.offer()
        policy_packs.register()
        people_hooks.register()
