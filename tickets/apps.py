from django.apps import AppConfig


class TicketsConfig(AppConfig):
    name = "tickets"
    verbose_name = "Tickets"

    def ready(self) -> None:
        from tickets import (
            impacts,
            notices,  # noqa: F401 - registers its kinds
            policy_packs,
            portal_panels,
            targets,
        )
        from tickets.services import messages  # noqa: F401 - registers the handler of replies that wait

        policy_packs.register()
        targets.offer()
        impacts.offer()
        portal_panels.offer()
