"""What a page is for and how its numbers come about, on the page itself."""

from django import template
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from common.markup import joined, markup
from partners.help_words import HELP

register = template.Library()


@register.simple_tag
def how_it_works(page: str) -> SafeString:
    """Three paragraphs that open without scripts. Raises KeyError for a page without words of its own."""
    found = HELP[page]
    parts = ((_("What it is for"), found.purpose), (_("How it counts"), found.numbers), (_("What to do"), found.todo))
    return markup(
        '<details class="disclosure"><summary>{}</summary><div class="disclosure-body">{}</div></details>',
        _("How this works"),
        joined(markup("<p><strong>{}.</strong> {}</p>", title, words) for title, words in parts),
    )
