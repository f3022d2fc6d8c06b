from django.apps import AppConfig


class PartnersConfig(AppConfig):
    name = "partners"
    verbose_name = "Organizations"

    def ready(self) -> None:
        from partners import panels, policy_packs

        panels.offer()
        policy_packs.register()
