from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = "People and access"

    def ready(self) -> None:
        from accounts import (
            calendar_admin,  # noqa: F401 - its page in the administration site
            checks,  # noqa: F401 - registers them
            notices,  # noqa: F401 - registers its kinds
            panels,
            policy_packs,
            sign_in_events,
            targets,
        )
        from accounts.services import digests  # noqa: F401 - registers the handlers of its mails

        panels.offer()
        policy_packs.register()
        targets.offer()
        sign_in_events.connect()
