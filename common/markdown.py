"""Markdown as people and policies write it, as safe HTML (security.md 10): no HTML of theirs, few tags, capped."""

from functools import lru_cache

import nh3
from django.utils.safestring import SafeString
from markdown_it import MarkdownIt

MAX_BYTES = 32 * 1024
_TAGS = {
    "p", "br", "hr", "h2", "h3", "h4", "ul", "ol", "li", "strong", "em", "del", "code", "pre", "blockquote", "a",
    "table", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip
_READER = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])


# Guides are read by many and change with a policy version: the same text is rendered once in a process.
@lru_cache(maxsize=256)
def rendered(text: str) -> SafeString:
    """The HTML of a Markdown text; headings begin at the second level, links open with no referrer.

    What is longer than 32 KiB is cut there. Only http, https and mailto addresses become links.
    """
    cut = text.encode()[:MAX_BYTES].decode(errors="ignore")
    html = _READER.render(cut).replace("<h1>", "<h2>").replace("</h1>", "</h2>")
    safe = nh3.clean(
        html,
        tags=_TAGS,
        attributes={"a": {"href", "title"}, "ol": {"start"}},
        # Wider than the page they scroll, and who has no mouse scrolls what has the focus.
        set_tag_attribute_values={"table": {"tabindex": "0"}, "pre": {"tabindex": "0"}},
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer",
    )
    return SafeString(safe)
