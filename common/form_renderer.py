"""Draws the controls of forms without templates: inputs, texts and choices, of which a page has a dozen.

The same markup as Django's own templates of these widgets, which took a fifth of the page of a ticket; all other
widgets are left to them. Set as FORM_RENDERER.
"""

from collections.abc import Callable, Mapping
from typing import Any

from django.forms.renderers import DjangoTemplates
from django.http import HttpRequest
from django.utils.formats import localize
from django.utils.safestring import SafeString

from common.markup import joined, markup

Widget = Mapping[str, Any]


class QuickRenderer(DjangoTemplates):
    """Django's own, but for the widgets that are drawn here."""

    def render(self, template_name: str, context: dict[str, Any], request: HttpRequest | None = None) -> SafeString:
        """The markup of a widget."""
        draw, widget = _DRAWN.get(template_name), context.get("widget", {})
        # A file that is there already comes with a link and a box to take it away.
        if draw is None or widget.get("is_initial"):
            return SafeString(super().render(template_name, context, request))
        return draw(widget)


def _attributes(widget: Widget) -> SafeString:
    """Those that are not false, without a value where they are true."""
    return joined(
        markup(" {}", name) if value is True else markup(' {}="{}"', name, value)
        for name, value in widget["attrs"].items()
        if value is not False
    )


def _input(widget: Widget) -> SafeString:
    value = widget["value"]
    shown = "" if value is None else markup(' value="{}"', value)
    return markup('<input type="{}" name="{}"{}{}>', widget["type"], widget["name"], shown, _attributes(widget))


def _file(widget: Widget) -> SafeString:
    return _input({**widget, "value": None})


def _textarea(widget: Widget) -> SafeString:
    value = widget["value"]
    return markup(
        '<textarea name="{}"{}>\n{}</textarea>', widget["name"], _attributes(widget), _shown(value) if value else ""
    )


def _select(widget: Widget) -> SafeString:
    groups = (_group(name, options) for name, options, _index in widget["optgroups"])
    return markup('<select name="{}"{}>{}\n</select>', widget["name"], _attributes(widget), joined(groups))


def _group(name: Any, options: list[Widget]) -> SafeString:
    drawn = joined(markup("\n  {}", _option(option)) for option in options)
    return markup('\n  <optgroup label="{}">{}\n  </optgroup>', _shown(name), drawn) if name else drawn


def _option(option: Widget) -> SafeString:
    return markup('<option value="{}"{}>{}</option>', option["value"], _attributes(option), _shown(option["label"]))


def _shown(value: Any) -> Any:
    """As a template shows it: numbers and moments in the ways of the language."""
    return value if isinstance(value, str) else localize(value)


_INPUTS = ("text", "number", "email", "url", "color", "search", "tel", "password", "hidden", "date", "time", "datetime")
_WIDGETS = "django/forms/widgets/"
_DRAWN: Mapping[str, Callable[[Widget], SafeString]] = {
    **{f"{_WIDGETS}{kind}.html": _input for kind in (*_INPUTS, "input", "file", "checkbox")},
    f"{_WIDGETS}clearable_file_input.html": _file,
    f"{_WIDGETS}textarea.html": _textarea,
    f"{_WIDGETS}select.html": _select,
}
