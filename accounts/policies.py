"""Who may open a page: decorators that stamp a view with its rule and enforce it. No view goes without a stamp.

They decide by the actor of the request (hub/middleware.py) and never by rows: which organizations a page shows,
`visible_to` and `decide` say inside it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext as _

from accounts.labels import any_of, capability_words
from accounts.rules.access import Actor
from accounts.rules.roles import CAPABILITIES

View = Callable[..., HttpResponseBase]
# Returns the answer that stands in for the page, or None to let the request in; raises Http404 and PermissionDenied.
Gate = Callable[[HttpRequest, Actor], HttpResponseBase | None]

API_PREFIX = "/api/"


class RuleKind(StrEnum):
    PUBLIC = "public"
    SIGNED_IN = "signed_in"
    STAFF = "staff"
    CAPABILITY = "capability"
    PORTAL = "portal"
    ADMIN = "admin"


@dataclass(frozen=True, kw_only=True)
class AccessRule:
    """The stamp of a view: what kind of page it is; `capabilities` are those of which one is enough."""

    kind: RuleKind
    capabilities: frozenset[str] = frozenset()


class CapabilityMissing(PermissionDenied):
    """A person inside lacks the right for this page. `capabilities` are those of which one would do."""

    def __init__(self, capabilities: frozenset[str]) -> None:
        words = any_of(capability_words(capability) for capability in sorted(capabilities))
        super().__init__(_("This is for people who may %(words)s.") % {"words": words})
        self.capabilities = capabilities


def actor_of(request: Any) -> Actor:
    """The actor that the middleware found; also of a DRF request. Raises ImproperlyConfigured where it did not run."""
    actor = getattr(request, "actor", None)
    if not isinstance(actor, Actor):
        raise ImproperlyConfigured("The request has no actor: is hub.middleware.ActorMiddleware in MIDDLEWARE?")
    return actor


def public_page(view: View) -> View:
    """For everybody, signed in or not."""
    return _guarded(view, AccessRule(kind=RuleKind.PUBLIC), lambda request, actor: None)


def signed_in_page(view: View) -> View:
    """For everybody who is signed in, contacts and people without a role included: profile, sign-out, no-role page."""
    return _guarded(view, AccessRule(kind=RuleKind.SIGNED_IN), _require_sign_in)


def staff_page(view: View) -> View:
    """For the vendor's people who hold a role. To a contact the page does not exist."""
    return _guarded(view, AccessRule(kind=RuleKind.STAFF), _require_staff)


def capability_required(*capabilities: str) -> Callable[[View], View]:
    """For the vendor's people who hold one of `capabilities`. Raises ValueError for one that rules/roles.py lacks."""
    if unknown := sorted(set(capabilities) - set(CAPABILITIES)):
        raise ValueError(f"unknown capabilities: {', '.join(unknown)}")
    if not capabilities:
        raise ValueError("name at least one capability")
    rule = AccessRule(kind=RuleKind.CAPABILITY, capabilities=frozenset(capabilities))

    def decorate(view: View) -> View:
        return _guarded(view, rule, _requirement(rule.capabilities))

    return decorate


def portal_page(view: View) -> View:
    """For a contact with an organization open. To the vendor's people the page does not exist."""
    return _guarded(view, AccessRule(kind=RuleKind.PORTAL), _require_portal)


def admin_page(view: View) -> View:
    """For the administration site and the pages that belong to it."""
    rule = AccessRule(kind=RuleKind.ADMIN, capabilities=frozenset({"use_admin"}))
    return _guarded(view, rule, _requirement(rule.capabilities))


def stamp(view: Any, rule: AccessRule) -> Any:
    """Stamp a view of another package that enforces its rule itself (sign-in pages), so that the walk knows it."""
    view.access_rule = rule
    return view


def _guarded(view: View, rule: AccessRule, gate: Gate) -> View:
    @wraps(view)
    def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        answer = gate(request, actor_of(request))
        return view(request, *args, **kwargs) if answer is None else answer

    stamped: Any = wrapper
    stamped.access_rule = rule
    return wrapper


def _require_sign_in(request: HttpRequest, actor: Actor) -> HttpResponseBase | None:
    return None if actor.is_authenticated else _sign_in_first(request)


def _require_staff(request: HttpRequest, actor: Actor) -> HttpResponseBase | None:
    if not actor.is_authenticated:
        return _sign_in_first(request)
    if not actor.is_staff:
        raise Http404
    return None if actor.roles else _nothing_open(request)


def _require_portal(request: HttpRequest, actor: Actor) -> HttpResponseBase | None:
    if not actor.is_authenticated:
        return _sign_in_first(request)
    if not actor.is_contact:
        raise Http404
    return None if actor.organization_id is not None else _nothing_open(request)


def _requirement(capabilities: frozenset[str]) -> Gate:
    def require(request: HttpRequest, actor: Actor) -> HttpResponseBase | None:
        answer = _require_staff(request, actor)
        if answer is None and not actor.has_any(capabilities):
            raise CapabilityMissing(capabilities)
        return answer

    return require


def _sign_in_first(request: HttpRequest) -> HttpResponseBase:
    """Send a page to sign-in and back; answer 401 to the API, and to htmx with the page it should leave to."""
    if request.path_info.startswith(API_PREFIX):
        body = {"type": "about:blank", "title": _("Not signed in"), "status": 401, "code": "not_signed_in"}
        return JsonResponse(body, status=401, content_type="application/problem+json")
    if request.headers.get("HX-Request") == "true":
        answer = HttpResponse(status=401)
        answer["HX-Redirect"] = f"{resolve_url(settings.LOGIN_URL)}?{urlencode({'next': _page_of(request)})}"
        return answer
    return redirect_to_login(request.get_full_path())


def _nothing_open(request: HttpRequest) -> HttpResponseBase:
    """To the page that says so and whom to ask; a fragment makes the whole page go there."""
    if request.headers.get("HX-Request") == "true":
        answer = HttpResponse(status=403)
        answer["HX-Redirect"] = resolve_url("accounts:no_role")
        return answer
    return redirect("accounts:no_role")


def _page_of(request: HttpRequest) -> str:
    """The page that an htmx request came from, if it is one of ours: a fragment is no place to return to."""
    current = request.headers.get("HX-Current-URL", "")
    if not url_has_allowed_host_and_scheme(current, allowed_hosts={request.get_host()}):
        return "/"
    parts = urlsplit(current)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path
