"""Parts of the shell: made once, and never another person's."""

from typing import Any

import pytest
from django.template import Context, Template
from django.utils.translation import override

from common.templatetags import shell


def drawn(name: str, **context: Any) -> str:
    return Template('{% shell_part "' + name + '" %}').render(Context(context))


def menu(*urls: str, active: str = "") -> list[dict[str, Any]]:
    items = [{"label": url, "url": url, "icon": "home", "key": "", "is_active": url == active} for url in urls]
    return [{"label": "Work", "items": items}]


def test_each_menu_gets_its_own_sidebar() -> None:
    mine, theirs = drawn("sidebar", navigation=menu("/a/")), drawn("sidebar", navigation=menu("/a/", "/secret/"))
    assert "/secret/" not in mine
    assert "/secret/" in theirs
    assert drawn("sidebar", navigation=menu("/a/")) == mine


def test_the_current_entry_and_the_vendor_are_part_of_the_key() -> None:
    assert 'aria-current="page"' in drawn("sidebar", navigation=menu("/a/", active="/a/"))
    assert 'aria-current="page"' not in drawn("sidebar", navigation=menu("/a/"))
    assert "Acme" in drawn("sidebar", brand={"name": "Acme"}, navigation=menu("/a/"))
    assert "Acme" not in drawn("sidebar", brand={"name": "Other"}, navigation=menu("/a/"))


def test_languages_do_not_mix() -> None:
    drawn("keys_help")
    before = len(shell._parts)
    with override("de"):
        drawn("keys_help")
    assert len(shell._parts) == before + 1


def test_a_part_is_rendered_once(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn("palette")
    monkeypatch.setattr(shell, "render_to_string", None)
    assert "palette" in drawn("palette")


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shell, "_MOST", 3)
    for number in range(10):
        drawn("sidebar", navigation=menu(f"/{number}/"))
    assert len(shell._parts) <= 3
