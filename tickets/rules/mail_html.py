"""The text of an HTML mail: no script, no style, no markup; quoted passages marked as plain mail marks them. Pure."""

import re
from html.parser import HTMLParser

import nh3

MOST_HTML = 256 * 1024
MOST_TAGS = 10_000
"""Elements within elements cost the square of their depth."""
_BLOCKS = {"p", "div", "li", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "pre", "ul", "ol", "table", "blockquote"}
_TAGS = _BLOCKS | {"br", "hr"}
_BLANK = re.compile(r"\n{3,}")
_SPACE = re.compile(r"[ \t\r\f\v\xa0]+")
_MOST_QUOTES = 5


def text_of_html(html: str) -> str:
    """The text that a reader would see. What is longer, or has more tags, than any letter of a person is cut there."""
    pieces = html[:MOST_HTML].split("<", MOST_TAGS + 1)[: MOST_TAGS + 1]
    safe = nh3.clean(
        "<".join(pieces),
        tags=_TAGS,
        attributes={},
        clean_content_tags={"script", "style", "title", "head", "template", "noscript"},
    )
    reader = _Reader()
    reader.feed(safe)
    reader.close()
    return _BLANK.sub("\n\n", "\n".join(line.rstrip() for line in "".join(reader.out).split("\n"))).strip()


class _Reader(HTMLParser):
    """Blocks become lines, list items get a dash, quotes their marks."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.out: list[str] = []
        self.quotes = 0
        self.at_start = True

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._break(tag)
        if tag == "blockquote":
            self.quotes += 1
        if tag == "li":
            self._say("- ")

    def handle_endtag(self, tag: str) -> None:
        if tag == "blockquote":
            self.quotes = max(self.quotes - 1, 0)
        self._break(tag)

    def handle_data(self, data: str) -> None:
        text = _SPACE.sub(" ", data.replace("\n", " "))
        self._say(text.lstrip() if self.at_start else text)

    def _say(self, text: str) -> None:
        if not text:
            return
        if self.at_start and self.quotes:
            self.out.append("> " * min(self.quotes, _MOST_QUOTES))
        self.out.append(text)
        self.at_start = False

    def _break(self, tag: str) -> None:
        if tag == "br" or (tag in _TAGS and not self.at_start):
            self.out.append("\n")
            self.at_start = True
        elif tag in ("p", "table", "hr"):
            self.out.append("\n")
