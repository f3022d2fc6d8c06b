from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class HubConfig(AppConfig):
    name = "hub"
    verbose_name = "Hub"

    def ready(self) -> None:
        from common.packs import register_pack_kind
        from hub import celery, checks, logs, retention_pack  # noqa: F401

        logs.configure()
        register_pack_kind(retention_pack.KIND, retention_pack.parse_retention, keys=("days", *retention_pack.KEYS))


class HubAdminConfig(AdminConfig):
    default_site = "hub.admin_site.HubAdminSite"
