"""Every URL carries the rule of who may open it."""

from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.urls import path

from accounts.policies import AccessRule
from hub import checks


def _all_urls() -> list[tuple[str, Any]]:
    return list(checks.url_patterns())


def test_the_walk_reaches_the_pages() -> None:
    assert len(_all_urls()) > 40


def test_every_url_has_a_rule() -> None:
    without = [
        pattern
        for pattern, entry in _all_urls()
        if not pattern.startswith(tuple(checks.GATED_SUBTREES)) and checks.access_rule_of(entry.callback) is None
    ]
    assert without == []


def test_rules_are_rules() -> None:
    rules = [checks.access_rule_of(entry.callback) for _pattern, entry in _all_urls()]
    assert all(rule is None or isinstance(rule, AccessRule) for rule in rules)


def test_a_view_without_a_rule_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    def bare(request: HttpRequest) -> HttpResponse:
        return HttpResponse()

    monkeypatch.setattr(checks, "url_patterns", lambda: [("bare/", path("bare/", bare))])
    assert [error.id for error in checks.every_url_has_a_rule(None)] == ["hub.E001"]
