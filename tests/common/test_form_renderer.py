"""Controls drawn without templates say what Django's templates say, to the letter but for empty lines."""

from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from django import forms
from django.forms.renderers import DjangoTemplates
from django.utils import translation
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy

from common.form_renderer import QuickRenderer

NASTY = "<b>\"&'é"
CHOICES = [
    ("", gettext_lazy("None")),
    (1, 1234567),
    ("x", NASTY),
    (SafeString("&amp;"), SafeString("<i>safe</i>")),
    (NASTY, [("y", "Why"), ("z", gettext_lazy("Open"))]),
]
ATTRIBUTES = {"class": NASTY, "required": True, "disabled": False, "rows": 3, "data-safe": SafeString("&amp;")}


@pytest.mark.parametrize(
    ("widget", "values"),
    [
        (forms.TextInput, [None, "", "text", NASTY, 1234.5, SafeString("&amp;"), gettext_lazy("Open")]),
        (forms.NumberInput, [None, 0, 1234567]),
        (forms.EmailInput, [NASTY]),
        (forms.URLInput, ["https://a.example/?a=1&b=2"]),
        (forms.SearchInput, ["a"]),
        (forms.TelInput, ["+49 1"]),
        (forms.ColorInput, ["#ffffff"]),
        (forms.PasswordInput, ["secret"]),
        (forms.HiddenInput, [NASTY, None, 1234567]),
        (forms.DateInput, [date(2026, 3, 2), "soon", None]),
        (forms.TimeInput, ["10:00"]),
        (forms.DateTimeInput, [datetime(2026, 3, 2, 10, tzinfo=UTC), None]),
        (forms.FileInput, [None, "a.txt"]),
        (forms.ClearableFileInput, [None, SimpleNamespace(url="/a?b&c")]),
        (forms.CheckboxInput, [True, False, None, "on", NASTY]),
        (forms.Textarea, [None, "", "two\nlines", NASTY]),
        (forms.Select, [None, "", 1, "1", "x", "z", NASTY]),
        (forms.SelectMultiple, [None, [], ["x", "z"], [1]]),
        (forms.NullBooleanSelect, [None, True]),
        (forms.RadioSelect, ["x"]),
    ],
)
def test_to_the_letter(widget: type[forms.Widget], values: list[Any]) -> None:
    control = widget()
    if isinstance(control, forms.Select | forms.RadioSelect) and not control.choices:
        control.choices = CHOICES
    for language in ("en", "de"):
        with translation.override(language):
            for value in values:
                for attrs in (None, {"id": "id_a", **ATTRIBUTES}):
                    drawn, wanted = (
                        control.render("a[]", value, attrs, renderer)
                        for renderer in (QuickRenderer(), DjangoTemplates())
                    )
                    assert drawn.replace("\n\n", "\n") == wanted.replace("\n\n", "\n")
                    assert isinstance(drawn, SafeString)
