"""Reading a file of articles, one JSON object a line, with every fault at its line. Pure.

The objects have `path`, `lang`, `category`, `title` and `body_md`, as those of the help center that the first import is
for: Markdown for Jekyll, with marks of kramdown and Liquid, and some HTML.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from html import unescape
from typing import Any

FIELDS = ("path", "lang", "category", "title", "body_md")
MAX_TITLE = 200
MAX_BYTES = 32 * 1024


@dataclass(frozen=True, kw_only=True)
class FileText:
    """One text of a file: `key` is the same for all languages of an article; `body` is plain Markdown."""

    line: int
    key: str
    language: str
    category: str
    title: str
    body: str


@dataclass(frozen=True, kw_only=True)
class Fault:
    """What is wrong with a line, counted from 1."""

    line: int
    message: str


@dataclass(frozen=True, kw_only=True)
class ArticleFile:
    """What a file holds. With faults nothing of it is taken."""

    texts: tuple[FileText, ...]
    faults: tuple[Fault, ...]


def parse_file(lines: Iterable[str], *, languages: Iterable[str]) -> ArticleFile:
    """The texts of a file and the faults of its lines. Empty lines are passed over."""
    texts: list[FileText] = []
    faults: list[Fault] = []
    seen: dict[tuple[str, str], int] = {}
    known = frozenset(languages)
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        found = _text(number, line, known)
        if isinstance(found, Fault):
            faults.append(found)
            continue
        first = seen.setdefault((found.key, found.language), number)
        if first != number:
            faults.append(Fault(line=number, message=f"the same article and language as in line {first}"))
            continue
        texts.append(found)
    return ArticleFile(texts=tuple(texts), faults=tuple(faults))


def _text(number: int, line: str, languages: frozenset[str]) -> FileText | Fault:
    try:
        row = json.loads(line)
    except ValueError as error:
        return Fault(line=number, message=f"is no JSON: {error}")
    if not isinstance(row, Mapping):
        return Fault(line=number, message="is no object")
    if wrong := _wrong(row, languages):
        return Fault(line=number, message=wrong)
    return FileText(
        line=number,
        key=re.sub(r"[._]+[a-z]{2}(\.md)?$", "", row["path"]),
        language=row["lang"],
        category=row["category"].strip(),
        title=unescape(row["title"]).strip(),
        body=markdown_of(row["body_md"]),
    )


def _wrong(row: Mapping[str, Any], languages: frozenset[str]) -> str:
    """What is wrong with a row, or nothing."""
    for name in FIELDS:
        if name not in row:
            return f"{name} is missing"
        if not isinstance(row[name], str):
            return f"{name} must be a text"
        if not row[name].strip():
            return f"{name} is empty"
        if "\0" in row[name]:
            return f"{name} holds a character that cannot be kept"
    if row["lang"] not in languages:
        return f"lang must be one of {', '.join(sorted(languages))}, is {row['lang']!r}"
    if len(row["title"]) > MAX_TITLE:
        return f"title is longer than {MAX_TITLE} characters"
    if len(row["path"]) > 240:
        return "path is longer than 240 characters"
    if not re.search(r"[a-z0-9]", row["category"].lower()):
        return "category has no letter"
    if len(row["body_md"].encode()) > MAX_BYTES:
        return "body_md is longer than 32 KiB"
    if not markdown_of(row["body_md"]):
        return "body_md says nothing"
    return ""


_LIQUID = re.compile(r"\{%.*?%\}", re.DOTALL)
_OUTPUT = re.compile(r"\{\{.*?\}\}", re.DOTALL)
_KRAMDOWN = re.compile(r"\{:[^}]*\}")
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_DROPPED = re.compile(r"<(script|style|noscript|button)\b.*?</\1\s*>", re.DOTALL | re.IGNORECASE)
_HEADING = re.compile(r"<h([1-6])\b[^>]*>(.*?)</h\1\s*>", re.DOTALL | re.IGNORECASE)
_ANCHOR = re.compile(r"<a\b[^>]*?href=[\"']([^\"']*)[\"'][^>]*>(.*?)</a\s*>", re.DOTALL | re.IGNORECASE)
_STRONG = re.compile(r"<(strong|b)\b[^>]*>(.*?)</\1\s*>", re.DOTALL | re.IGNORECASE)
_ITEM = re.compile(r"<li\b[^>]*>\s*", re.IGNORECASE)
_BREAK = re.compile(r"</?(?:p|div|ul|ol|li|br|hr|section)\b[^>]*>", re.IGNORECASE)
_TAG = re.compile(r"</?[a-z][^<>]*>", re.IGNORECASE)
_AUTOLINK = re.compile(r"<(https?://[^<>\s]+)>")
_INDENT = re.compile(r"^[ \t]{4,}(?=\S)", re.MULTILINE)
_BLANKS = re.compile(r"\n{3,}")


def markdown_of(text: str) -> str:
    """The text as plain Markdown: marks of Jekyll are left out, HTML is said in Markdown as far as it can be."""
    text = _KRAMDOWN.sub("", _OUTPUT.sub("", _LIQUID.sub("", _COMMENT.sub("", text))))
    has_html = bool(_TAG.search(text))
    text = _DROPPED.sub("", _AUTOLINK.sub(r"\1", text))
    text = _HEADING.sub(lambda match: f"\n\n{'#' * int(match[1])} {match[2].strip()}\n\n", text)
    text = _ANCHOR.sub(lambda match: f"[{' '.join(match[2].split())}]({match[1]})", text)
    text = _STRONG.sub(r"**\2**", text)
    text = _TAG.sub("", _BREAK.sub("\n", _ITEM.sub("\n- ", text)))
    if has_html:
        # HTML is indented as it nests; in Markdown that would be code.
        text = _INDENT.sub("", text)
    lines = "\n".join(line.rstrip() for line in unescape(text).splitlines())
    return _BLANKS.sub("\n\n", lines).strip()
