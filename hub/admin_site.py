"""Django admin as a first-class tool: the product's name, entry for the admin role only, and our own rows alone."""

from collections.abc import Iterable
from typing import Any

from django.contrib.admin import AdminSite
from django.db.models import Model
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

# Tables of the libraries for signing in hold secrets and have use cases of their own; nobody writes them by hand.
HIDDEN_APPS = frozenset({"account", "auth", "mfa", "socialaccount", "usersessions"})


class HubAdminSite(AdminSite):
    site_header = _("Onboarding Hub administration")
    site_title = _("Onboarding Hub administration")
    index_title = _("People, owners and policies")
    site_url = "/"

    def has_permission(self, request: HttpRequest) -> bool:
        """The admin role, on a session (never a token)."""
        actor = getattr(request, "actor", None)
        return bool(actor and "admin" in actor.roles and getattr(request, "api_token", None) is None)

    def register(
        self, model_or_iterable: type[Model] | Iterable[type[Model]], admin_class: Any = None, **options: Any
    ) -> None:
        """Take up what may be seen here; what libraries offer of their own is passed over."""
        offered = [model_or_iterable] if isinstance(model_or_iterable, type) else list(model_or_iterable)
        shown = [model for model in offered if model._meta.app_label not in HIDDEN_APPS]
        if shown:
            super().register(shown, admin_class, **options)
