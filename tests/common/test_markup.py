"""Markup: escaped once, safe texts as they are, lazy ones too."""

import pytest
from django.utils.functional import lazystr
from django.utils.html import format_html
from django.utils.safestring import mark_safe

from common.markup import joined, markup

HOSTILE = ["<script>alert(1)</script>", '" onclick="x', "a & b", "it's", "{0}", "{name}", "%s", "", 5, None]


@pytest.mark.parametrize("value", HOSTILE)
def test_it_says_what_django_says(value: object) -> None:
    assert markup('<b title="{}">{}</b>', value, value) == format_html('<b title="{}">{}</b>', value, value)


def test_safe_and_lazy_values() -> None:
    assert markup("<i>{}</i>", mark_safe("<b>x</b>")) == "<i><b>x</b></i>"
    assert markup("<i>{}</i>", lazystr("<b>")) == "<i>&lt;b&gt;</i>"
    assert joined([mark_safe("<b>"), "<b>"]) == "<b>&lt;b&gt;"
    assert hasattr(markup("{}", "x"), "__html__")
