from django.apps import AppConfig


class PartnersConfig(AppConfig):
    name = "partners"
    verbose_name = "Organizations"

    def ready(self) -> None:
        from partners import palette, panels, policy_packs

        panels.offer()
        palette.offer()
        policy_packs.register()
