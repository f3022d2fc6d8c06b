"""Django admin as a first-class tool: the product's name, and entry for the admin role only."""

from django.contrib.admin import AdminSite
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _


class HubAdminSite(AdminSite):
    site_header = _("Onboarding Hub administration")
    site_title = _("Onboarding Hub administration")
    index_title = _("People, owners and policies")
    site_url = "/"

    def has_permission(self, request: HttpRequest) -> bool:
        """The admin role, on a session (never a token)."""
        actor = getattr(request, "actor", None)
        return bool(actor and "admin" in actor.roles and getattr(request, "api_token", None) is None)
