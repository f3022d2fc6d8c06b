"""Who may call an endpoint: the rules of accounts/policies.py for the API. A read token never writes."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from django.http import Http404
from django.utils.translation import gettext as _
from rest_framework.exceptions import PermissionDenied
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from accounts.policies import AccessRule, CapabilityMissing, RuleKind, actor_of

if TYPE_CHECKING:
    # Only for types: the views read the permissions in settings, and would meet this room half built.
    from rest_framework.views import APIView


class StaffOnly(BasePermission):
    """The vendor's people who hold a role. To a contact the endpoint does not exist."""

    access_rule: ClassVar[AccessRule] = AccessRule(kind=RuleKind.STAFF)

    def has_permission(self, request: Request, view: "APIView") -> bool:
        actor = actor_of(request)
        if not actor.is_authenticated:
            return False
        if not actor.is_staff:
            raise Http404
        if not actor.roles:
            raise PermissionDenied(_("You hold no role yet. Ask an administrator for one."), code="no_role")
        return _token_allows(request)


class HasCapability(StaffOnly):
    """StaffOnly, and for each action one of the capabilities that the view asks for.

    The view says `required_capabilities = {"create": ("create_partner", "create_customer")}`, by action of a viewset or
    by lower-case method. What it does not name may be read by every colleague and written by nobody.
    """

    access_rule: ClassVar[AccessRule] = AccessRule(kind=RuleKind.CAPABILITY)

    def has_permission(self, request: Request, view: "APIView") -> bool:
        if not super().has_permission(request, view):
            return False
        wanted = self._wanted(request, view)
        if wanted is None:
            return request.method in SAFE_METHODS
        if actor_of(request).has_any(wanted):
            return True
        raise CapabilityMissing(frozenset(wanted))

    @staticmethod
    def _wanted(request: Request, view: "APIView") -> tuple[str, ...] | None:
        required: Mapping[str, tuple[str, ...]] = getattr(view, "required_capabilities", {})
        action: Any = getattr(view, "action", None)
        return required.get(action or "", required.get((request.method or "").lower()))


def _token_allows(request: Request) -> bool:
    """A session writes as its person may; a token of scope "read" only reads."""
    token = request.auth
    if token is None or request.method in SAFE_METHODS:
        return True
    if getattr(token, "scope", None) == "write":
        return True
    raise PermissionDenied(_('This token may only read. Make one with the scope "write".'), code="token_read_only")
