"""Targets open in the reader's scope, or not at all."""

import pytest

from common import targets


@pytest.fixture
def _boats(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(targets, "_resolvers", {})
    targets.register_target("boat", lambda actor, pk: f"/boats/{pk}/" if actor == "captain" else None)


@pytest.mark.usefixtures("_boats")
@pytest.mark.parametrize(
    ("actor", "target_type", "target_id", "expected"),
    [
        ("captain", "boat", 7, "/boats/7/"),
        ("stowaway", "boat", 7, None),
        ("captain", "boat", None, None),
        ("captain", "plane", 7, None),
        ("captain", "", 7, None),
    ],
)
def test_resolving(actor: str, target_type: str, target_id: int | None, expected: str | None) -> None:
    assert targets.resolve_target(actor, target_type, target_id) == expected
