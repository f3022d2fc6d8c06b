"""Who calls the API: the middleware has found out (session or bearer token); DRF takes it over here."""

import json
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from rest_framework.authentication import SessionAuthentication
from rest_framework.request import Request


def bearer_token(request: HttpRequest) -> str | None:
    """The secret of an `Authorization: Bearer` header, if there is one."""
    scheme, _space, secret = request.headers.get("Authorization", "").partition(" ")
    return secret.strip() if scheme.lower() == "bearer" and secret.strip() else None


def unauthorized() -> HttpResponse:
    """The one answer to every bearer token that does not hold: unknown, expired, revoked, or of a dismissed person."""
    body = {
        "type": "about:blank",
        "title": _("Not signed in"),
        "status": 401,
        "code": "token_invalid",
        "detail": _("The token is unknown, expired or revoked. Make a new one on your profile page."),
    }
    response = HttpResponse(json.dumps(body), status=401, content_type="application/problem+json")
    response["WWW-Authenticate"] = 'Bearer realm="hub"'
    return response


class ActorAuthentication(SessionAuthentication):
    """Takes the request's user. A session has to pass the CSRF check for writes, a token does not."""

    def authenticate(self, request: Request) -> tuple[Any, Any] | None:
        inner = request._request
        user = getattr(inner, "user", None)
        if user is None or not user.is_authenticated:
            return None
        token = getattr(inner, "api_token", None)
        if token is None:
            self.enforce_csrf(request)
        return user, token

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="hub"'
