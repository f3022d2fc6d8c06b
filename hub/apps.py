from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class HubConfig(AppConfig):
    name = "hub"
    verbose_name = "Hub"

    def ready(self) -> None:
        from hub import celery, checks, logs  # noqa: F401

        logs.configure()


class HubAdminConfig(AdminConfig):
    default_site = "hub.admin_site.HubAdminSite"
