"""Help that stands on the page that it is about: texts of ours that are the same for everybody.

A text is a template without context, `templates/<app>/help/_<name>.html`: a heading and what there is to know. It is
rendered once in a process for each language.
"""

from functools import lru_cache

from django import template
from django.conf import settings
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from common.markup import markup
from common.templatetags.ui import icon

register = template.Library()


@register.simple_tag
def page_help(name: str) -> SafeString:
    """The help `<app>/<name>`, folded up."""
    make = _made.__wrapped__ if settings.DEBUG else _made
    return make(name, get_language() or "")


@register.simple_block_tag
def help_text(content: SafeString, title: str) -> SafeString:
    """The frame of a help: its heading is what one opens it by."""
    return markup(
        '<details class="panel panel-quiet disclosure"><summary>{}{}</summary>'
        '<div class="disclosure-body prose">{}</div></details>',
        icon("help"),
        title,
        content,
    )


@lru_cache(maxsize=500)
def _made(name: str, language: str) -> SafeString:
    app, _slash, part = name.partition("/")
    return SafeString(render_to_string(f"{app}/help/_{part}.html"))
