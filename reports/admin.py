"""What the administration site shows of reports: logins of the reporting schema, which a command gives."""

from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest

from accounts.admin.base import ServiceAdmin
from reports.models import ReportingLogin


@admin.register(ReportingLogin)
class ReportingLoginAdmin(ServiceAdmin):
    """To look at: `manage.py reporting` makes logins and takes them back."""

    list_display = ("role_name", "user", "granted_at", "revoked_at")
    list_select_related: ClassVar = ["user"]
    list_filter: ClassVar = [("revoked_at", admin.EmptyFieldListFilter)]
    search_fields: ClassVar = ["role_name", "user__name", "user__email"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
