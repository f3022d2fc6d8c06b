"""Claims to roles, by tables."""

from typing import Any

import pytest

from accounts.rules.sso import RoleMapError, parse_role_map, roles_from_claims

MAP = parse_role_map(["hub-tam=tam", "hub-admins=admin", "hub-admins=manager", "cn=pam,ou=hub=pam"])


@pytest.mark.parametrize(
    ("claim", "sources", "roles"),
    [
        ("roles", [{"roles": ["hub-tam"]}], {"tam"}),
        ("roles", [{"roles": "hub-tam"}], {"tam"}),
        ("roles", [{"roles": ["hub-tam", "hub-admins"]}], {"tam", "admin", "manager"}),
        ("roles", [{"roles": ["cn=pam,ou=hub"]}], {"pam"}),
        # What nobody mapped gives nothing, the names of our own roles included.
        ("roles", [{"roles": ["admin", "tam", "Hub-Tam", "unknown"]}], set()),
        ("roles", [{"roles": []}], set()),
        ("roles", [{}], set()),
        ("roles", [], set()),
        ("roles", [{"roles": {"hub-tam": True}}], set()),
        ("roles", [{"roles": [["hub-tam"], 7, None]}], set()),
        ("roles", [{"roles": "hub-tam hub-admins"}], set()),
        # A source that carries the claim decides, even if it says "none"; the next is asked only without it.
        ("roles", [{"roles": []}, {"roles": ["hub-tam"]}], set()),
        ("roles", [{"sub": "1"}, {"roles": ["hub-tam"]}], {"tam"}),
        ("realm_access.roles", [{"realm_access": {"roles": ["hub-tam"]}}], {"tam"}),
        ("realm_access.roles", [{"realm_access": "hub-tam"}], set()),
        ("https://hub.example/roles", [{"https://hub.example/roles": ["hub-tam"]}], {"tam"}),
    ],
)
def test_claims_give_the_roles_that_are_mapped(claim: str, sources: list[dict[str, Any]], roles: set[str]) -> None:
    assert roles_from_claims(sources, claim=claim, role_map=MAP) == roles


@pytest.mark.parametrize("entry", ["tam", "=tam", "hub-tam=", "hub-tam=boss", " = "])
def test_a_map_that_cannot_be_read_is_refused(entry: str) -> None:
    with pytest.raises(RoleMapError, match=r"form claim=role|does not exist"):
        parse_role_map(["hub-tam=tam", entry])


def test_an_empty_map_gives_nobody_a_role() -> None:
    assert roles_from_claims([{"roles": ["admin"]}], claim="roles", role_map=parse_role_map([])) == frozenset()
