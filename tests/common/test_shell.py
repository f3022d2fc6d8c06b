"""Parts of the shell: made once, and never another person's."""

from typing import Any

import pytest
from django.template import Context, Template
from django.utils.safestring import mark_safe
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


def test_the_bell_counts() -> None:
    page = Template("{% shell_part 'bell' count=count swap='' %}")
    assert "Notifications, 0 unread" in page.render(Context({"count": 0}))
    assert ">7</span>" in page.render(Context({"count": 7}))
    assert ">99+</span>" in page.render(Context({"count": 100}))
    assert "bell-count" not in page.render(Context({"count": 0}))


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


def test_what_fills_a_gap_is_escaped_and_not_kept() -> None:
    page = Template("{% shell_part 'account_menu' mark=mark person=person email=email token=token %}")
    values = {"mark": mark_safe("<i>A</i>"), "person": "Ada <b>", "email": 'a"@example.com', "token": "secret-1"}
    first = page.render(Context(values))
    assert "<i>A</i>" in first
    assert "Ada &lt;b&gt;" in first
    assert "a&quot;@example.com" in first
    second = page.render(Context({**values, "person": "Eve", "token": "secret-2"}))
    assert second == first.replace("Ada &lt;b&gt;", "Eve").replace("secret-1", "secret-2")
    kept = [text for key, part in shell._parts.items() if key[0] == "account_menu" for text in part]
    assert not any("secret" in text or "Ada" in text or "Eve" in text for text in kept)


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shell, "_MOST", 3)
    for number in range(10):
        drawn("sidebar", navigation=menu(f"/{number}/"))
    assert len(shell._parts) <= 3
