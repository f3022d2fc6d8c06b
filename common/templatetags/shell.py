"""Parts of the shell that are the same for many pages, rendered once in a process.

A part depends on the language, on the theme, on the vendor's name, where it counts on the count, and where it shows the
menu on the menu's entries and the current one. What differs beyond that (a person's name, the page's address, a token)
is given as a gap: the text around the gaps is kept, the values never are.
"""

import re
from collections.abc import Iterable, Mapping
from threading import Lock
from typing import Any

from django import template
from django.template import Context
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from common.markup import escaped

register = template.Library()

_MOST = 500
_WITH_MENU = frozenset({"sidebar", "keys_help"})
# Text and names of gaps in turn.
_parts: dict[tuple[Any, ...], list[str]] = {}
_lock = Lock()
# No text of ours holds characters for private use, and escaping leaves them alone.
_GAP = re.compile("\ue000(\\w+)\ue001")


@register.simple_tag(takes_context=True)
def shell_part(context: Context, name: str, count: int = 0, **gaps: Any) -> SafeString:
    """The part of `templates/components/<name>.html`, made anew only for a menu or language not seen before.

    Each gap is a variable of the template; it is filled as it is and passes no filter there. `count` is a small number.
    """
    brand: Mapping[str, str] = context.get("brand") or {}
    navigation: Iterable[Mapping[str, Any]] = (context.get("navigation") or ()) if name in _WITH_MENU else ()
    # A lazy number is no number yet.
    theme, count = context.get("theme", ""), count + 0
    key = (name, get_language(), theme, tuple(brand.values()), _signature(navigation), count, tuple(gaps))
    found = _parts.get(key)
    if found is None:
        around = {gap: f"\ue000{gap}\ue001" for gap in gaps}
        values = {"brand": brand, "navigation": navigation, "theme": theme, "count": count, **around}
        found = _GAP.split(render_to_string(f"components/{name}.html", values))
        with _lock:
            if len(_parts) >= _MOST:
                _parts.clear()
            _parts[key] = found
    return SafeString("".join([escaped(gaps[text]) if place % 2 else text for place, text in enumerate(found)]))


def _signature(navigation: Iterable[Mapping[str, Any]]) -> tuple[Any, ...]:
    return tuple((str(section["label"]), _entries(section["items"])) for section in navigation)


def _entries(items: Iterable[Mapping[str, Any]]) -> tuple[tuple[str, str, bool], ...]:
    return tuple((str(item["label"]), item["url"], bool(item.get("is_active"))) for item in items)
