"""From the access pack (policies/default/access.yaml) to an AccessPolicy that no guard refuses. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from accounts.choices import KINDS, PARTICIPANT_ROLES, STAGES_BY_KIND, SUPPORT_ROLES, Kind, Role
from accounts.rules.access_types import AccessPolicy, FieldClass, Right
from accounts.rules.roles import ADMIN_KEEPS, CAPABILITIES, may_own
from common.packs import PackError

_LETTERS: Mapping[str, Right] = {"S": Right.SEE, "W": Right.WORK, "X": Right.SIGN}
_KEYS = ("rights", "see_all", "work_all", "leads", "participants", "fields", "capabilities")
_CREATES: Mapping[str, str] = {Kind.PARTNER: "create_partner", Kind.CUSTOMER: "create_customer"}

Rights = dict[tuple[str, str, str], frozenset[Right]]


def parse_access(body: Mapping[str, Any], *, version: int) -> AccessPolicy:
    """Read and check an access pack; a capability that it does not name belongs to nobody.

    Raises PackError with the path of the entry at fault, for example "rights.partner.tam.gate_3".
    """
    known = _mapping(body, "")
    _refuse_unknown(known, _KEYS, "")
    roles = {role.value for role in Role}
    policy = AccessPolicy(
        version=version,
        rights=MappingProxyType(_rights(_mapping(_required(known, "rights"), "rights"))),
        capabilities=MappingProxyType(_capabilities(_mapping(_required(known, "capabilities"), "capabilities"))),
        field_classes=MappingProxyType(_fields(_mapping(_required(known, "fields"), "fields"))),
        see_all=_roles(_required(known, "see_all"), "see_all", roles),
        work_all=_roles(_required(known, "work_all"), "work_all", roles),
        lead_roles=_roles(_required(known, "leads"), "leads", roles),
        participant_roles=_roles(_required(known, "participants"), "participants", PARTICIPANT_ROLES),
    )
    _guard(policy)
    return policy


def _rights(tables: Mapping[str, Any]) -> Rights:
    _refuse_unknown(tables, KINDS, "rights")
    rights: Rights = {}
    for kind, table in tables.items():
        for role, row in _mapping(table, f"rights.{kind}").items():
            path = f"rights.{kind}.{role}"
            if not may_own(role, kind):
                raise PackError(path, f"{role!r} is not a role that may own a {kind}")
            cells = _mapping(row, path)
            _refuse_unknown(cells, STAGES_BY_KIND[kind], path)
            rights.update({(role, kind, stage): _cell(letters, f"{path}.{stage}") for stage, letters in cells.items()})
    return rights


def _cell(letters: object, path: str) -> frozenset[Right]:
    """One cell of the table. Who signs also works and who works also sees: a cell reads S, SW or SWX."""
    if letters not in ("S", "SW", "SWX"):
        raise PackError(path, f"expected S, SW or SWX, found {letters!r}; leave the stage out for no right")
    return frozenset(_LETTERS[letter] for letter in str(letters))


def _fields(entries: Mapping[str, Any]) -> dict[FieldClass, frozenset[str]]:
    """The two classes that a pack may give to some roles, and the two that come with seeing."""
    narrow = (FieldClass.COMMERCIAL, FieldClass.ANSWERS)
    _refuse_unknown(entries, narrow, "fields")
    roles = frozenset(role.value for role in Role)
    fields = {
        FieldClass.GENERAL: roles - SUPPORT_ROLES,
        FieldClass.SUMMARY: (roles - SUPPORT_ROLES) | PARTICIPANT_ROLES,
    }
    for field_class in narrow:
        path = f"fields.{field_class}"
        fields[field_class] = _roles(_required(entries, field_class, "fields"), path, roles)
        if refused := sorted(fields[field_class] & SUPPORT_ROLES):
            raise PackError(path, f"support roles never read these fields: {', '.join(refused)}")
    return fields


def _capabilities(entries: Mapping[str, Any]) -> dict[str, frozenset[str]]:
    """Turn capability -> roles, as people read it, into role -> capabilities, as code asks."""
    _refuse_unknown(entries, CAPABILITIES, "capabilities")
    roles = {role.value for role in Role}
    held: dict[str, set[str]] = {}
    for capability, holders in entries.items():
        for role in _roles(holders, f"capabilities.{capability}", roles):
            held.setdefault(role, set()).add(capability)
    return {role: frozenset(capabilities) for role, capabilities in held.items()}


def _guard(policy: AccessPolicy) -> None:
    """Refuse a version that would lock everybody out or let an admin sign."""
    for name, roles in (("see_all", policy.see_all), ("work_all", policy.work_all)):
        if Role.ADMIN not in roles:
            raise PackError(name, "the admin role must stay in this list")
    if blind := sorted(policy.work_all - policy.see_all):
        raise PackError("work_all", f"who works everywhere must see everywhere: {', '.join(blind)}")
    for capability in sorted(ADMIN_KEEPS - policy.capabilities.get(Role.ADMIN, frozenset())):
        raise PackError(f"capabilities.{capability}", "the admin role must keep this capability")
    for kind, capability in _CREATES.items():
        if not policy.roles_with(capability):
            raise PackError(f"capabilities.{capability}", f"at least one role must be able to create a {kind}")


def _roles(value: object, path: str, allowed: Iterable[str]) -> frozenset[str]:
    """A list of role names out of `allowed`, each once."""
    if not isinstance(value, Sequence) or isinstance(value, str):
        raise PackError(path, "expected a list of roles")
    names = [str(name) for name in value]
    if unknown := sorted(set(names) - set(allowed)):
        raise PackError(path, f"unknown role: {', '.join(unknown)}")
    if len(names) != len(set(names)):
        raise PackError(path, "a role stands here twice")
    return frozenset(names)


def _mapping(value: object, path: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping) or not all(isinstance(key, str) for key in value):
        raise PackError(path, "expected a mapping of names")
    return value


def _required(entries: Mapping[str, Any], key: str, path: str = "") -> object:
    if key not in entries:
        raise PackError(f"{path}.{key}".lstrip("."), "is missing")
    return entries[key]


def _refuse_unknown(entries: Mapping[str, Any], allowed: Iterable[str], path: str) -> None:
    if unknown := sorted(set(entries) - set(allowed)):
        raise PackError(f"{path}.{unknown[0]}".lstrip("."), f"unknown name; known are: {', '.join(sorted(allowed))}")
