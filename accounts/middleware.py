"""What a session passes: a note that it is in use, and the second factor where staff must have one."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.policies import API_PREFIX
from accounts.services import sessions
from accounts.services.second_factor import is_second_factor_due
from accounts.sign_in_events import SEEN_KEY
from common.client_address import client_address

_SEEN_EVERY_SECONDS = 300
_SETUP = "mfa_index"
# What somebody needs on the way to a second factor, and the way out.
_OPEN = frozenset({"account_logout", "account_reauthenticate", "account_change_password", "account_set_password"})


class SessionSeenMiddleware:
    """Notes that a session is in use, once in a while: to note it with every click would make reading a write."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        is_session = request.user.is_authenticated and getattr(request, "api_token", None) is None
        seen_at = request.session.get(SEEN_KEY) if is_session else None
        if seen_at is not None:
            now = timezone.now()
            if now.timestamp() - seen_at > _SEEN_EVERY_SECONDS:
                request.session[SEEN_KEY] = now.timestamp()
                address = client_address(request.META, proxy_count=settings.TRUSTED_PROXY_COUNT)
                sessions.note_seen(session_key=request.session.session_key or "", address=address, now=now)
        return self.get_response(request)


class SecondFactorMiddleware:
    """Stands behind the actor, before sessions and tokens alike: a token may be older than the setting."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponseBase | None:
        """Stand in for the page where the second factor is due."""
        user, match = request.user, request.resolver_match
        if not isinstance(user, User):
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
