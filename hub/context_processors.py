"""What every page's shell needs: navigation, unread count, theme, brand. Lazy, so that error pages stay free of it."""

from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from accounts.models import Notification, User
from accounts.rules.access import Actor
from accounts.services.second_factor import is_second_factor_due
from common import composed
from hub.navigation import navigation_for

_THEMES = frozenset({"light", "dark"})
# "99+" is all that the bell shows.
_MOST = 100


def _unread(actor: Actor) -> "QuerySet[Any, Any]":
    return Notification.objects.visible_to(actor).unread().order_by().values_list("pk")[:_MOST]


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context of base.html and base_portal.html."""
    actor = getattr(request, "actor", None)
    theme = request.COOKIES.get("theme", "")

    def unread_count() -> int:
        if actor is None or actor.user_id is None:
            return 0
        return len(composed.fetch(_unread, actor))

    def page_shell() -> str:
        """The frame around pages that everybody has (one's own account); a narrow one where nothing else is open."""
        if actor is None or not actor.is_authenticated or (actor.is_staff and not actor.active_roles):
            return "base_auth.html"
        if actor.is_contact:
            return "base_portal.html"
        is_due = isinstance(request.user, User) and is_second_factor_due(request.user)
        return "base_auth.html" if is_due else "base.html"

    return {
        "actor": actor,
        "page_shell": page_shell,
        "navigation": SimpleLazyObject(lambda: navigation_for(request)),
        "unread_count": SimpleLazyObject(unread_count),
        "theme": theme if theme in _THEMES else "",
        "brand": {"name": settings.BRAND_NAME, "color": settings.BRAND_COLOR, "logo_url": settings.BRAND_LOGO_URL},
        "app_version": settings.APP_VERSION,
        "request_id": getattr(request, "request_id", ""),
    }
