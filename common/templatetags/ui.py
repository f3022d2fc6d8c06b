"""The components of the interface as template tags.

Small marks that lists repeat by the hundred (icon, chip, monogram, progress) are strings made in Python;
larger components render a template from `templates/components/`. No tag knows a domain word: the page chooses tone
and icon.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping
from datetime import timedelta
from functools import cache, lru_cache
from typing import Any

from django import template
from django.forms import BaseForm, BoundField
from django.http import QueryDict
from django.template import Context
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from common.addresses import address as address_of
from common.markup import joined, markup
from common.sent_once import FIELD, new_key
from common.templatetags import _fields as fields
from common.templatetags.format import spell_duration, spell_percent

register = template.Library()

TONES = frozenset({"neutral", "accent", "info", "success", "warning", "danger", "purple", "teal"})
MONOGRAM_HUES = 8
CURSOR_PARAM = "cursor"
_STEP_ICONS = {"done": "check", "blocked": "lock"}
EMPTY_ICONS = {"empty": "inbox", "filtered": "filter-off", "forbidden": "lock", "broken": "plug-connected-x"}


@cache
def sprite_url() -> str:
    """The address of the icon sprite; looked up once, since pages draw hundreds of icons."""
    return static("img/icons.svg")


@register.simple_tag
def icon(name: str, size: str = "", label: str = "") -> SafeString:
    """An icon of the sprite, sizes "sm", "" and "lg"; decorative unless it gets a label."""
    return _icon(str(name), size, str(label))


# The same few hundred marks stand on every page; each is made once in a process.
@lru_cache(maxsize=1024)
def _icon(name: str, size: str, label: str) -> SafeString:
    css = f"icon icon-{size}" if size else "icon"
    if label:
        return markup(
            '<svg class="{}" role="img" aria-label="{}"><use href="{}#{}"/></svg>', css, label, sprite_url(), name
        )
    return markup('<svg class="{}" aria-hidden="true"><use href="{}#{}"/></svg>', css, sprite_url(), name)


@register.simple_tag
def address(url_name: str, *ids: object) -> SafeString:
    """What `url` gives for an address with nothing but public ids in it, looked up once in a process."""
    return SafeString(address_of(url_name, *ids))


@register.simple_tag
def chip(text: object, tone: str = "neutral", icon: str = "", title: str = "", dot: bool = False) -> SafeString:
    """A word with a tone: state, band, tier. Color never stands alone; an unknown tone is neutral."""
    return _chip(str(text), tone, icon, str(title), dot)


@lru_cache(maxsize=4096)
def _chip(text: str, tone: str, icon: str, title: str, dot: bool) -> SafeString:
    mark: SafeString | str = ""
    if icon:
        mark = icon_mark(icon)
    elif dot:
        mark = mark_safe('<span class="chip-dot" aria-hidden="true"></span>')
    hint = markup(' title="{}"', title) if title else ""
    return markup(
        '<span class="chip chip-{}"{}>{}<span class="chip-text">{}</span></span>',
        tone if tone in TONES else "neutral",
        hint,
        mark,
        text,
    )


@lru_cache(maxsize=512)
def icon_mark(name: str) -> SafeString:
    """The small decorative icon that stands inside chips and tiles."""
    return markup('<svg class="icon icon-sm" aria-hidden="true"><use href="{}#{}"/></svg>', sprite_url(), name)


def initials(name: str) -> str:
    """One or two letters for a person or company: first and last word, "?" for an empty name."""
    words = [word for word in name.replace("-", " ").split() if word[0].isalnum()]
    if not words:
        return "?"
    letters = words[0][0] if len(words) == 1 else words[0][0] + words[-1][0]
    return letters.upper()


@register.simple_tag
def avatar(name: object, size: str = "", shape: str = "") -> SafeString:
    """A monogram in a color that stays with the name; decorative, the name stands beside it. Square for companies."""
    return _avatar(str(name), size, shape)


@lru_cache(maxsize=4096)
def _avatar(text: str, size: str, shape: str) -> SafeString:
    css = f"monogram hue-{zlib.crc32(text.encode()) % MONOGRAM_HUES}"
    for part in filter(None, (size, shape)):
        css += f" monogram-{part}"
    return markup('<span class="{}" aria-hidden="true">{}</span>', css, initials(text))


@register.simple_tag
def person(name: object, hint: object = "", url: str = "", size: str = "sm") -> SafeString:
    """A monogram with the name beside it, optionally with a second line and a link."""
    second = markup('<span class="person-hint">{}</span>', hint) if hint else ""
    label = markup('<a href="{}">{}</a>', url, name) if url else markup("{}", name)
    return markup(
        '<span class="person">{}<span class="person-text"><span class="person-name">{}</span>{}</span></span>',
        avatar(name, size),
        label,
        second,
    )


@register.simple_tag
def stat(label: object, value: object, hint: object = "", url: str = "", tone: str = "", icon: str = "") -> SafeString:
    """One number with its name and a line of context; a link when it opens the rows behind it."""
    tag = mark_safe("a") if url else mark_safe("div")
    link = markup(' href="{}"', url) if url else ""
    return markup(
        '<{0} class="stat{1}"{2}><span class="stat-label">{3}{4}</span><span class="stat-value">{5}</span>{6}</{0}>',
        tag,
        f" stat-{tone}" if tone in TONES else "",
        link,
        icon_mark(icon) if icon else "",
        label,
        value,
        markup('<span class="stat-hint">{}</span>', hint) if hint else "",
    )


@register.simple_tag
def progress(value: float, max: float = 100, label: str = "", tone: str = "", show: bool = True) -> SafeString:
    """A native progress bar with its share in words beside it; `label` names it for screen readers."""
    share = 0 if max <= 0 else value / max
    bar = markup(
        '<progress class="bar{}" value="{}" max="{}" aria-label="{}"></progress>',
        f" bar-{tone}" if tone in TONES else "",
        value,
        max if max > 0 else 1,
        label or _("Progress"),
    )
    words = markup('<span class="bar-share">{}</span>', spell_percent(share)) if show else ""
    return markup('<span class="bar-line">{}{}</span>', bar, words)


@register.simple_tag
def kbd(*keys: str) -> SafeString:
    """Keys to press together."""
    return markup('<span class="keys">{}</span>', joined(markup("<kbd>{}</kbd>", key) for key in keys))


@register.simple_tag
def duration(value: float | timedelta | None, title: str = "") -> SafeString:
    """A length of time in its two largest units; takes seconds or a timedelta, an em dash for None."""
    hint = markup(' title="{}"', title) if title else ""
    return markup('<span class="duration"{}>{}</span>', hint, spell_duration(value))


@register.simple_tag
def column_head(label: object, url: str = "", direction: str = "", css: str = "") -> SafeString:
    """A heading cell of a data table; with a url it sorts, `direction` is "ascending", "descending" or empty."""
    attributes = markup(' class="{}"', css) if css else mark_safe("")
    if not url:
        return markup('<th scope="col"{}>{}</th>', attributes, label)
    if direction:
        attributes = markup('{} aria-sort="{}"', attributes, direction)
    arrow = {"ascending": "arrow-up", "descending": "arrow-down"}.get(direction, "arrows-sort")
    return markup('<th scope="col"{}><a class="sort" href="{}">{}{}</a></th>', attributes, url, label, icon_mark(arrow))


@register.simple_block_tag
def panel(content: SafeString, **options: Any) -> SafeString:
    """A card with a header: title, hint, icon, count, url and url_label for its action, flush for tables, id, css."""
    css, part_id = options.get("css"), options.get("id")
    return markup(
        '<section class="panel{}"{}>{}<div class="{}">{}</div></section>',
        f" {css}" if css else "",
        markup(' id="{}"', part_id) if part_id else "",
        _panel_head(options) if options.get("title") else "",
        "panel-flush" if options.get("flush") else "panel-body",
        content,
    )


def _panel_head(options: Mapping[str, Any]) -> SafeString:
    count, hint, url, mark = (options.get(name) for name in ("count", "hint", "url", "icon"))
    return markup(
        '<header class="panel-head"><h2 class="panel-title">{}{}{}</h2>{}{}</header>',
        icon(mark) if mark else "",
        options["title"],
        markup('<span class="count">{}</span>', count) if count not in (None, "") else "",
        markup('<span class="panel-hint">{}</span>', hint) if hint else "",
        markup('<a class="panel-action" href="{}">{}</a>', url, options.get("url_label") or _("Show all"))
        if url
        else "",
    )


@register.simple_block_tag
def menu(content: SafeString, label: str, icon: str = "", css: str = "btn btn-sm", side: str = "end") -> SafeString:
    """A drop-down of `menu-item` links and buttons that opens without scripts. With an icon the label is not seen."""
    return markup(
        '<details class="menu menu-{}"><summary class="{}"{}>{}</summary><div class="menu-list">{}</div></details>',
        side,
        css,
        markup(' aria-label="{}"', label) if icon else "",
        _icon(icon, "", "") if icon else joined((label, icon_mark("chevron-down"))),
        content,
    )


@register.simple_tag
def field(bound: BoundField, **options: Any) -> SafeString:
    """A form field whole: label, required mark, control, help and errors tied together for screen readers.

    Options: label, help, hide_label, suffix, css. The control keeps its own attributes.
    """
    return fields.drawn(fields.field_context(bound, options), alert=icon("alert-circle", "sm"))


@register.inclusion_tag("components/form_errors.html")
def form_errors(form: BaseForm) -> dict[str, Any]:
    """What stops the form, at its head: the errors of the whole form, then a link to every field with one."""
    return fields.error_summary(form)


@register.inclusion_tag("components/empty_state.html")
def empty_state(title: str, text: str = "", variant: str = "empty", icon: str = "", **options: Any) -> dict[str, Any]:
    """A place without rows that says why and what to do: variant empty, filtered, forbidden or broken.

    Options: action_url, action_label, second_url, second_label, compact.
    """
    kind = variant if variant in EMPTY_ICONS else "empty"
    return {"title": title, "text": text, "variant": kind, "icon": icon or EMPTY_ICONS[kind], **options}


@register.inclusion_tag("components/pagination.html", takes_context=True)
def pagination(context: Context, page: object, summary: object = "", param: str = CURSOR_PARAM) -> dict[str, Any]:
    """Previous and next of a keyset page: the cursors `previous` and `next` put into this address, or whole urls.

    `summary` says what is shown ("1-50 of 312"); a page may bring previous_url, next_url and summary itself.
    """
    return {
        "previous_url": _page_url(context, page, "previous", param),
        "next_url": _page_url(context, page, "next", param),
        "summary": summary or (page.get("summary") if isinstance(page, Mapping) else getattr(page, "summary", "")),
    }


def _page_url(context: Context, page: object, side: str, param: str) -> str:
    url = page.get(f"{side}_url") if isinstance(page, Mapping) else getattr(page, f"{side}_url", "")
    cursor = getattr(page, side, "")
    if url or not isinstance(cursor, str) or not cursor:
        return url or ""
    request = context.get("request")
    query = request.GET.copy() if request is not None else QueryDict(mutable=True)
    query[param] = cursor
    return f"?{query.urlencode()}"


@register.simple_tag
def tabs(items: Iterable[Any], label: str = "") -> SafeString:
    """Tabs that are links: items with label, url, is_active and, if there, icon and count."""
    return markup(
        '<nav class="tabs" aria-label="{}">{}</nav>', label or _("Sections"), joined(_tab(item) for item in items)
    )


def _tab(item: Any) -> SafeString:
    mark, count = _of(item, "icon"), _of(item, "count")
    return markup(
        '<a class="tab" href="{}"{}>{}{}{}</a>',
        _of(item, "url"),
        mark_safe(' aria-current="page"') if _of(item, "is_active") else "",
        icon(mark) if mark else "",
        _of(item, "label"),
        markup('<span class="count">{}</span>', count) if count not in (None, "") else "",
    )


def _of(item: Any, name: str) -> Any:
    """As templates read it: of a mapping or of an object, None where there is none."""
    return item.get(name) if isinstance(item, Mapping) else getattr(item, name, None)


@register.simple_tag
def steps(items: Iterable[Any], label: str = "") -> SafeString:
    """A path in order: items with label, state (done, current, blocked, todo) and, if there, hint and url."""
    words = {"done": _("done"), "blocked": _("blocked")}
    drawn = joined(_step(item, number, words) for number, item in enumerate(items, start=1))
    return markup('<ol class="stepper" aria-label="{}">{}</ol>', label or _("Steps"), drawn)


def _step(item: Any, number: int, words: Mapping[str, str]) -> SafeString:
    state, url, hint = (_of(item, name) for name in ("state", "url", "hint"))
    name = '<a class="stepper-label" href="{1}">{0}</a>' if url else '<span class="stepper-label">{0}</span>'
    return markup(
        '<li class="stepper-step stepper-{}"{}><span class="stepper-mark" aria-hidden="true">{}</span>'
        ' <span class="stepper-text">{} {} {}</span></li>',
        state,
        mark_safe(' aria-current="step"') if state == "current" else "",
        icon_mark(_STEP_ICONS[state]) if state in _STEP_ICONS else number,
        markup(name, _of(item, "label"), url),
        markup('<span class="visually-hidden">{}</span>', words[state]) if state in words else "",
        markup('<span class="stepper-hint">{}</span>', hint) if hint else "",
    )


@register.inclusion_tag("components/breadcrumbs.html")
def breadcrumbs(items: Iterable[object]) -> dict[str, Any]:
    """The way back up: items with label and url (the page itself is the heading below and not repeated)."""
    return {"items": items}


@register.inclusion_tag("components/confirm_button.html", takes_context=True)
def confirm_button(context: Context, url: str, label: str, **options: Any) -> dict[str, Any]:
    """A button that asks before it posts to `url`; opens without JavaScript, a dialog with it.

    Options: title, text, confirm_label, icon, tone ("danger" unless told), css, name and value of a hidden input.
    """
    return {"csrf_token": context.get("csrf_token"), "url": url, "label": label, "tone": "danger", **options}


@register.simple_tag(takes_context=True)
def toasts(context: Context) -> SafeString:
    """The messages of this response; `extra_tags="undo:/url/"` gives one an undo button that posts to that address.

    Who undoes stays on the page, if it is one that can be opened again.
    """
    rows = [toast_row(message) for message in context.get("messages") or ()]
    if not rows:
        return _no_toasts(get_language())
    request = context.get("request")
    back = request.get_full_path() if request is not None and request.method == "GET" else ""
    known = {"rows": rows, "back": back, "csrf_token": context.get("csrf_token")}
    return render_to_string("components/toasts.html", known)


@lru_cache(maxsize=64)
def _no_toasts(language: str | None) -> SafeString:
    """The place for messages that come later, in the language in force."""
    return render_to_string("components/toasts.html", {"rows": ()})


def toast_row(message: Any) -> Mapping[str, str]:
    """Tone, icon, text and undo address of one message of django.contrib.messages."""
    tone = {"success": "success", "warning": "warning", "error": "danger"}.get(message.level_tag, "info")
    mark = {"success": "circle-check", "warning": "alert-triangle", "danger": "alert-circle"}.get(tone, "info-circle")
    extra = message.extra_tags or ""
    undo_url = extra.removeprefix("undo:") if extra.startswith("undo:/") else ""
    return {"tone": tone, "icon": mark, "text": str(message.message), "undo_url": undo_url}


@register.simple_tag(takes_context=True)
def sent_key(context: Context) -> SafeString:
    """The hidden field by which a form that is sent twice makes one thing (common/sent_once.py)."""
    return markup('<input type="hidden" name="{}" value="{}">', FIELD, new_key(context["request"]))
