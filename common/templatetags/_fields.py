"""How a bound form field is drawn: which kind of control it is and how its help and errors are tied to it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from django import forms
from django.forms import BaseForm, BoundField
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from common.markup import joined, markup

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


def drawn(context: dict[str, Any], *, alert: SafeString) -> SafeString:
    """A control below its label; a box to check stands before it. `alert` is the mark of what is wrong."""
    notes = _notes(context, alert)
    if context["kind"] == "group":
        return render_to_string("components/field_group.html", context | {"notes": notes})
    bound, css = context["field"], f" {context['css']}" if context["css"] else ""
    if context["kind"] == "check":
        return markup(
            '<div class="field field-check{}"><div class="form-check">{}\n<label class="form-check-label" for="{}">{}'
            "</label></div>{}</div>",
            css,
            context["control"],
            bound.id_for_label,
            context["label"],
            notes,
        )
    return markup(
        '<div class="field{}"><label class="field-label{}" for="{}">{}{}</label>{}{}</div>',
        css,
        " visually-hidden" if context["hide_label"] else "",
        bound.id_for_label,
        context["label"],
        _required_mark(get_language() or "") if context["is_required"] else "",
        _with_suffix(context["control"], context["suffix"]),
        notes,
    )


def _with_suffix(control: SafeString, suffix: object) -> SafeString:
    if not suffix:
        return control
    return markup('<div class="field-joined">{}<span class="field-suffix">{}</span></div>', control, suffix)


@lru_cache(maxsize=16)
def _required_mark(_language: str) -> SafeString:
    return markup(' <span class="field-required" title="{}" aria-hidden="true">*</span>', _("Required"))


def _notes(context: Mapping[str, Any], alert: SafeString) -> SafeString:
    """What is wrong with a field, and the help that it has."""
    bound, help_text = context["field"], context["help_text"]
    errors = (
        markup(
            '<div class="field-error" id="{}_error">{}<span>{}</span></div>',
            bound.auto_id,
            alert,
            " ".join(bound.errors),
        )
        if bound.errors
        else ""
    )
    words = markup('<div class="field-help" id="{}_help">{}</div>', bound.auto_id, help_text) if help_text else ""
    return joined((errors, words))


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
