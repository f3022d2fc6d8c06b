"""How a bound form field is drawn: which kind of control it is and how its help and errors are tied to it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.forms import BaseForm, BoundField

_GROUPS = (forms.RadioSelect, forms.CheckboxSelectMultiple)
_BARE = (*_GROUPS, forms.MultiWidget, forms.SplitDateTimeWidget)


def control_kind(widget: forms.Widget) -> str:
    """The way a widget is laid out: check, group, select, file or text."""
    if isinstance(widget, forms.CheckboxInput):
        return "check"
    if isinstance(widget, _GROUPS):
        return "group"
    if isinstance(widget, (forms.Select, forms.SelectMultiple)):
        return "select"
    if isinstance(widget, forms.FileInput):
        return "file"
    return "text"


def field_context(bound: BoundField, options: dict[str, Any]) -> dict[str, Any]:
    """What one bound field is drawn from; unknown options raise TypeError."""
    unknown = set(options) - {"label", "help", "hide_label", "suffix", "css"}
    if unknown:
        raise TypeError(f"field takes no option {', '.join(sorted(unknown))}")
    widget = bound.field.widget
    kind = control_kind(widget)
    help_text = options.get("help") or bound.help_text
    described_by = " ".join(
        part
        for part, is_there in (
            (f"{bound.auto_id}_help", help_text),
            (f"{bound.auto_id}_error", bound.errors),
        )
        if is_there
    )
    attributes: dict[str, Any] = {}
    if not isinstance(widget, _BARE):
        attributes["class"] = control_css(widget, kind=kind, is_invalid=bool(bound.errors))
        if described_by:
            attributes["aria-describedby"] = described_by
    return {
        "field": bound,
        "kind": kind,
        "control": bound.as_widget(attrs=attributes),
        "label": options.get("label") or bound.label,
        "help_text": help_text,
        "described_by": described_by,
        "is_required": bound.field.required and kind != "check",
        "hide_label": options.get("hide_label", False),
        "suffix": options.get("suffix", ""),
        "css": options.get("css", ""),
    }


def control_css(widget: forms.Widget, *, kind: str, is_invalid: bool) -> str:
    """The classes of a control, after those that the form gave it."""
    base = {"check": "form-check-input", "select": "form-select"}.get(kind, "form-control")
    own = str(widget.attrs.get("class", ""))
    return " ".join(filter(None, (own, base, "is-invalid" if is_invalid else "")))


def error_summary(form: BaseForm) -> dict[str, Any]:
    """Errors of the whole form and of hidden fields as text, errors of visible fields as (id, label, text) links."""
    texts = list(form.non_field_errors())
    links: list[dict[str, str]] = []
    for bound in form:
        if bound.is_hidden:
            texts.extend(bound.errors)
            continue
        # A group of radios has no element with the field's own id: its first choice has "_0".
        target = f"{bound.auto_id}_0" if isinstance(bound.field.widget, _BARE) else bound.auto_id
        links.extend({"target": target, "label": str(bound.label), "text": str(error)} for error in bound.errors)
    return {"texts": texts, "links": links, "count": len(texts) + len(links)}
