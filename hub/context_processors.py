"""What every page's shell needs: navigation, unread count, theme, brand. Lazy, so that error pages stay free of it."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from accounts.models import Notification
from hub.navigation import navigation_for

_THEMES = frozenset({"light", "dark"})


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context of base.html and base_portal.html."""
    actor = getattr(request, "actor", None)
    theme = request.COOKIES.get("theme", "")

    def unread_count() -> int:
        if actor is None or actor.user_id is None:
            return 0
        # Bounded: "99+" is all that the bell shows.
        return Notification.objects.visible_to(actor).unread()[:100].count()

    return {
        "actor": actor,
        "navigation": SimpleLazyObject(lambda: navigation_for(request)),
        "unread_count": SimpleLazyObject(unread_count),
        "theme": theme if theme in _THEMES else "",
        "brand": {"name": settings.BRAND_NAME, "color": settings.BRAND_COLOR, "logo_url": settings.BRAND_LOGO_URL},
        "app_version": settings.APP_VERSION,
        "request_id": getattr(request, "request_id", ""),
    }
