"""Templates are small, do not compute, and keep the content security policy."""

import re
from pathlib import Path

import pytest

from common.templatetags.help import page_help

ROOT = Path(__file__).resolve().parents[2] / "templates"
TEMPLATES = sorted(ROOT.rglob("*.html"))
MAX_PAGE = 150
MAX_FRAGMENT = 60

FORBIDDEN = {
    "inline script": re.compile(r"<script(?![^>]*\bsrc=)(?![^>]*type=\"application/json\")", re.IGNORECASE),
    "inline style": re.compile(r"<style|\sstyle=", re.IGNORECASE),
    "inline handler": re.compile(r"\son(?:click|change|submit|load|input|key\w+)=", re.IGNORECASE),
    "unescaped text": re.compile(r"\|\s*safe\b|autoescape off"),
    "a query": re.compile(r"\.objects\b|\.all\b(?!\w)|_set\b"),
    "an outside address": re.compile(r"(?:src|href)=\"(?:https?:)?//"),
}


def _name(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", TEMPLATES, ids=_name)
def test_template_is_small(path: Path) -> None:
    limit = MAX_FRAGMENT if path.name.startswith("_") else MAX_PAGE
    assert len(path.read_text().splitlines()) <= limit


@pytest.mark.parametrize("path", TEMPLATES, ids=_name)
@pytest.mark.parametrize("what", FORBIDDEN)
def test_template_holds_nothing_forbidden(path: Path, what: str) -> None:
    found = FORBIDDEN[what].findall(path.read_text())
    assert found == []


@pytest.mark.parametrize("path", TEMPLATES, ids=_name)
def test_template_decides_nothing_by_role(path: Path) -> None:
    """Who may do what is decided in views and policies; a template shows what it is given."""
    found = re.findall(
        r"{% (?:el)?if [^%]*(?:\broles?\s*(?:==|in\b)|\bactor\.has|is_superuser)[^%]*%}", path.read_text()
    )
    assert found == []


def test_each_help_stands_on_a_page_and_each_page_has_its_own() -> None:
    written = {f"{path.parent.parent.name}/{path.stem.removeprefix('_')}" for path in ROOT.glob("*/help/_*.html")}
    pages = [path.read_text() for path in TEMPLATES if path.parent.name != "help"]
    asked = {name for text in pages for name in re.findall(r'{% page_help "([^"]+)" %}', text)}
    assert written == asked
    for name in written:
        assert page_help(name).count("<li>") > 1
