"""Where staff must have a second factor, a session without one leads to its set-up and nowhere else."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.policies import API_PREFIX
from accounts.services.second_factor import is_second_factor_due

_SETUP = "mfa_index"
# What somebody needs on the way to a second factor, and the way out.
_OPEN = frozenset({"account_logout", "account_reauthenticate", "account_change_password", "account_set_password"})


class SecondFactorMiddleware:
    """Stands behind the actor. API tokens pass: they were made by somebody who had come this far."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponseBase | None:
        """Stand in for the page where the second factor is due."""
        user, match = request.user, request.resolver_match
        if not isinstance(user, User) or getattr(request, "api_token", None) is not None:
            return None
        name = (match.url_name if match else "") or ""
        if name in _OPEN or name.startswith("mfa_") or not is_second_factor_due(user):
            return None
        return _sent_to_setup(request)


def _sent_to_setup(request: HttpRequest) -> HttpResponseBase:
    title = _("Set up a second factor first: an authenticator app or a passkey.")
    if request.path_info.startswith(API_PREFIX):
        body = {"type": "about:blank", "title": title, "status": 403, "code": "second_factor_due"}
        return JsonResponse(body, status=403, content_type="application/problem+json")
    if request.headers.get("HX-Request") == "true":
        return HttpResponse(status=403, headers={"HX-Redirect": reverse(_SETUP)})
    return redirect(_SETUP)
