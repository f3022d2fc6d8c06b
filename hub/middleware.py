"""What every request passes: health answers, one transaction, the actor and its scope."""

from collections.abc import Callable
from zoneinfo import ZoneInfo

import structlog
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone, translation

from accounts.actors import actor_for, anonymous
from accounts.api.authentication import bearer_token, unauthorized
from accounts.models import ApiToken, User
from accounts.policies import API_PREFIX
from accounts.services.activity import Origin, reset_origin, set_origin
from accounts.services.tokens import authenticate_token
from common.client_address import client_address
from common.scope import set_scope
from hub.health import health_answer
from partners.scope import open_organization_id
from tickets.scope import scope_of

Handler = Callable[[HttpRequest], HttpResponseBase]
_DOORS = {"/api/": "api", "/admin/": "admin"}


def health_middleware(get_response: Handler) -> Handler:
    """Answer /healthz and /readyz before sessions, hosts and transactions: probes know none of them."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        return health_answer(request.path) or get_response(request)

    return middleware


def error_id_middleware(get_response: Handler) -> Handler:
    """Give the request's id to the pages and to the caller, so that a report can be found in the log."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        request.request_id = structlog.contextvars.get_contextvars().get("request_id", "")  # type: ignore[attr-defined]
        response = get_response(request)
        response["X-Request-ID"] = request.request_id  # type: ignore[attr-defined]
        return response

    return middleware


class TransactionMiddleware:
    """One transaction per request, outermost of all that touches the database; ATOMIC_REQUESTS nests the view in it."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        with transaction.atomic():
            response = self.get_response(request)
            if response.status_code >= 500:
                transaction.set_rollback(True)
        return response


def _origin_of(request: HttpRequest) -> Origin:
    """What the audit trail notes of a request: by which door, from which address, under which id."""
    via = next((via for prefix, via in _DOORS.items() if request.path.startswith(prefix)), "web")
    address = client_address(request.META, proxy_count=settings.TRUSTED_PROXY_COUNT)
    return Origin(via=via, address=address, request_id=getattr(request, "request_id", ""))


class ActorMiddleware:
    """Find out who asks (session or bearer token), set the database's scope, the language and the time zone."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        token: ApiToken | None = None
        # Tokens are for the API alone: pages check no token's scope, and a read token must not post their forms.
        raw = bearer_token(request) if request.path_info.startswith(API_PREFIX) else None
        if raw:
            token = authenticate_token(raw=raw, now=timezone.now())
            if token is None:
                return unauthorized()
            request.user = token.user
        request.api_token = token  # type: ignore[attr-defined]
        origin = set_origin(_origin_of(request))
        try:
            self._enter(request)
            return self.get_response(request)
        finally:
            reset_origin(origin)
            timezone.deactivate()

    @staticmethod
    def _enter(request: HttpRequest) -> None:
        user = request.user
        if not isinstance(user, User):
            request.user = AnonymousUser()
            request.actor = anonymous()  # type: ignore[attr-defined]
            return
        chosen = request.session.get("organization") if user.audience == "contact" else None
        organization_id = open_organization_id(user, chosen) if user.audience == "contact" else None
        actor = actor_for(user, organization_id=organization_id)
        request.actor = actor  # type: ignore[attr-defined]
        set_scope(scope_of(actor))
        structlog.contextvars.bind_contextvars(user_id=user.pk)
        timezone.activate(ZoneInfo(user.timezone))
        if user.language in dict(settings.LANGUAGES):
            translation.activate(user.language)
            request.LANGUAGE_CODE = user.language
