"""PURE: which roles a single sign-on provider gives, out of the claims it makes (roles-and-access.md, Signing in).

What the map does not name gives nothing: there is no default role.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from accounts.choices import USER_ROLES

# A provider may list every group of a large company; nobody means thousands of roles.
_MOST_VALUES = 1_000


class RoleMapError(ValueError):
    """An entry of the role map cannot be read; the text names it."""


def parse_role_map(entries: Iterable[str]) -> Mapping[str, frozenset[str]]:
    """Read entries `claim value=role`; several roles for one value add up.

    Raises RoleMapError for an entry without both sides, or with a role that does not exist.
    """
    found: dict[str, set[str]] = {}
    for entry in entries:
        # The value may hold "=" itself (a directory name such as "cn=tam,ou=hub"); a role never does.
        value, equals, role = (part.strip() for part in entry.rpartition("="))
        if not equals or not value or not role:
            raise RoleMapError(f"'{entry}' is not of the form claim=role")
        if role not in USER_ROLES:
            raise RoleMapError(f"'{entry}' names a role that does not exist: {role}")
        found.setdefault(value, set()).add(role)
    return {value: frozenset(roles) for value, roles in found.items()}


def roles_from_claims(
    claims: Iterable[Mapping[str, Any]], *, claim: str, role_map: Mapping[str, frozenset[str]]
) -> frozenset[str]:
    """The roles that the first of `claims` (user info, then ID token) which carries `claim` gives by `role_map`.

    `claim` may lead into nested objects by dots ("realm_access.roles"), unless a claim of the whole name is there. It
    holds a text or a list of texts; anything else gives nothing.
    """
    for source in claims:
        held = _values(source, claim)
        if held is not None:
            return frozenset(role for value in held for role in role_map.get(value, ()))
    return frozenset()


def _values(source: Mapping[str, Any], claim: str) -> list[str] | None:
    """The texts of a claim; None where the source does not carry it."""
    found: Any = source.get(claim)
    if found is None:
        found = source
        for step in claim.split("."):
            if not isinstance(found, Mapping) or step not in found:
                return None
            found = found[step]
    if isinstance(found, str):
        return [found]
    if isinstance(found, list):
        return [value for value in found[:_MOST_VALUES] if isinstance(value, str)]
    return []
