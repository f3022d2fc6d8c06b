"""Parts of the shell that are the same for many pages, rendered once in a process.

A part depends on the language, on the theme, on the vendor's name, and where it shows the menu, on the menu's entries
and the current one. It must show nothing else: no person, no count, no token.
"""

from collections.abc import Iterable, Mapping
from threading import Lock
from typing import Any

from django import template
from django.template import Context
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language

register = template.Library()

_MOST = 500
_parts: dict[tuple[Any, ...], SafeString] = {}
_lock = Lock()


@register.simple_tag(takes_context=True)
def shell_part(context: Context, name: str) -> SafeString:
    """The part of `templates/components/<name>.html`, made anew only for a menu or language not seen before."""
    brand: Mapping[str, str] = context.get("brand") or {}
    navigation: Iterable[Mapping[str, Any]] = context.get("navigation") or ()
    theme = context.get("theme", "")
    key = (name, get_language(), theme, tuple(brand.values()), _signature(navigation))
    found = _parts.get(key)
    if found is None:
        found = render_to_string(f"components/{name}.html", {"brand": brand, "navigation": navigation, "theme": theme})
        with _lock:
            if len(_parts) >= _MOST:
                _parts.clear()
            _parts[key] = found
    return found


def _signature(navigation: Iterable[Mapping[str, Any]]) -> tuple[Any, ...]:
    return tuple((str(section["label"]), _entries(section["items"])) for section in navigation)


def _entries(items: Iterable[Mapping[str, Any]]) -> tuple[tuple[str, str, bool], ...]:
    return tuple((str(item["label"]), item["url"], bool(item.get("is_active"))) for item in items)
