"""Django admin as a first-class tool: the product's name, entry for the admin role only, and our own rows alone."""

from collections.abc import Iterable
from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.auth.views import redirect_to_login
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

from accounts.policies import CapabilityMissing, actor_of

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

    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """There is one door: a form of its own would pass limits, second factors and single sign-on by.

        Colleagues without the right are told so; to a contact the site does not exist.
        """
        actor = actor_of(request)
        if not actor.is_authenticated:
            return redirect_to_login(self._page_after(request))
        if not actor.is_staff:
            raise Http404
        if not self.has_permission(request):
            raise CapabilityMissing(frozenset({"use_admin"}))
        return redirect("admin:index")

    def logout(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:  # type: ignore[override]
        return redirect("account_logout")

    def password_change(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:  # type: ignore[override]
        """The page that ends the other sessions and tells the person."""
        return redirect("account_change_password")

    def password_change_done(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:  # type: ignore[override]
        return redirect("mfa_index")

    @staticmethod
    def _page_after(request: HttpRequest) -> str:
        asked = request.GET.get("next", "")
        is_ours = url_has_allowed_host_and_scheme(asked, allowed_hosts={request.get_host()})
        return asked if is_ours else reverse("admin:index")

    def register(
        self, model_or_iterable: type[Model] | Iterable[type[Model]], admin_class: Any = None, **options: Any
    ) -> None:
        """Take up what may be seen here; what libraries offer of their own is passed over."""
        offered = [model_or_iterable] if isinstance(model_or_iterable, type) else list(model_or_iterable)
        shown = [model for model in offered if model._meta.app_label not in HIDDEN_APPS]
        if shown:
            super().register(shown, admin_class, **options)
