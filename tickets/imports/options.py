"""How a file is to be read and what is made for names that nobody knows: kept with its run."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

import yaml
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.errors import DomainError
from tickets.imports.courses import kept

ORGANIZATIONS, QUEUES, CATEGORIES, AGENTS = "organizations", "queues", "categories", "agents"
KINDS = (ORGANIZATIONS, QUEUES, CATEGORIES, AGENTS)
MADE = (
    (ORGANIZATIONS, gettext_lazy("Organizations, as customers")),
    (QUEUES, gettext_lazy("Queues")),
    (CATEGORIES, gettext_lazy("Categories")),
    (AGENTS, gettext_lazy("Colleagues, without leave to sign in")),
)
_MOST_NAMES = 20_000
_MOST = 250


@dataclass(frozen=True, kw_only=True)
class Options:
    """`zone` is that of times without an offset. `create` names the kinds of which unknown names are made; the others
    stay empty. `known` says for each kind what a name of the file is in the hub: an external key or name of an
    organization, the key of a queue or category, the e-mail address of a colleague."""

    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))
    create: frozenset[str] = frozenset()
    known: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def as_data(self) -> dict[str, Any]:
        known = {kind: dict(names) for kind, names in self.known.items()}
        return {"zone": self.zone.key, "create": sorted(self.create), "known": known}

    def known_as(self, kind: str, name: str) -> str:
        """What a name of the file is called here: itself, if nothing else is said."""
        return self.known.get(kind, {}).get(name, name)


def options_of(data: Mapping[str, Any]) -> Options:
    """Read what `as_data` or a form says. Raises DomainError with `field`."""
    try:
        zone = ZoneInfo(str(data.get("zone") or "UTC"))
    except (ValueError, KeyError, OSError) as error:
        raise DomainError(_("There is no such time zone."), field="zone") from error
    create = frozenset(str(kind) for kind in data.get("create") or ())
    if not create <= set(KINDS):
        raise DomainError(_("There is no such kind of name."), field="create")
    return Options(zone=zone, create=create, known=_names(data.get("known") or {}))


def read_mapping(text: str) -> Mapping[str, Mapping[str, str]]:
    """The mapping that somebody wrote in YAML. Raises DomainError with `field` "mapping"."""
    try:
        # Texts alone: no dates or numbers that could be none, and nothing that multiplies.
        found = yaml.load(text, Loader=yaml.BaseLoader) if text.strip() else {}  # noqa: S506
    except (yaml.YAMLError, RecursionError) as error:
        raise DomainError(_("This is no YAML: %(error)s") % {"error": error}, field="mapping") from error
    return _names(found)


def _names(found: Any) -> Mapping[str, Mapping[str, str]]:
    wrong = _("Expected organizations, queues, categories or agents, each with names and what they are here.")
    if not isinstance(found, dict) or not set(found) <= set(KINDS):
        raise DomainError(wrong, field="mapping")
    known = {}
    for kind, names in found.items():
        if not isinstance(names, dict) or len(names) > _MOST_NAMES:
            raise DomainError(wrong, field="mapping")
        if not all(_is_name(name) and _is_name(value) for name, value in names.items()):
            raise DomainError(wrong, field="mapping")
        known[str(kind)] = {str(name): str(value) for name, value in names.items()}
    return known


def _is_name(value: Any) -> bool:
    """Whether this is a name that can be kept."""
    return isinstance(value, str) and 0 < len(value) <= _MOST and kept(value) == value
