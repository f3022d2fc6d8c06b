"""Why a ticket falls under its service level policy, in words (sla.md, first lines)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.labels import kind_label, role_short_label
from tickets.models import Ticket

_FACTS: Mapping[str, str | Promise] = {
    "technical_escalation": gettext_lazy("It is a technical escalation"),
    "owner_role": gettext_lazy("The organization has a %(values)s"),
    "kind": gettext_lazy("The organization is a %(values)s"),
    "arr_segment": gettext_lazy("The organization is in the segment %(values)s"),
    "queue": gettext_lazy("It is in the queue %(values)s"),
    "category": gettext_lazy("Its category is %(values)s"),
}
_NOT: Mapping[str, str | Promise] = {
    "technical_escalation": gettext_lazy("it is no technical escalation"),
    "owner_role": gettext_lazy("the organization has no %(values)s"),
    "kind": gettext_lazy("the organization is no %(values)s"),
    "arr_segment": gettext_lazy("the organization is not in the segment %(values)s"),
    "queue": gettext_lazy("it is not in the queue %(values)s"),
    "category": gettext_lazy("its category is not %(values)s"),
}


@dataclass(frozen=True, kw_only=True)
class PolicyWords:
    """`holds` is what made it match; `passed` says of each policy before it what was missing."""

    name: str
    version: int | None
    holds: tuple[str, ...]
    passed: tuple[str, ...]


def policy_words(ticket: Ticket, version: int | None) -> PolicyWords | None:
    """The words, None for a ticket that was opened while no policy was in force. No statement."""
    if not ticket.sla_policy:
        return None
    reason = ticket.sla_reason or {}
    holds = tuple(str(_FACTS[fact]) % {"values": _values(fact, values)} for fact, values, _found in reason["holds"])
    passed = tuple(
        _("Not “%(policy)s”: %(why)s.")
        % {"policy": policy_name(policy), "why": str(_NOT[fact]) % {"values": _values(fact, values)}}
        for policy, fact, values, _found in reason["passed"]
    )
    return PolicyWords(
        name=policy_name(ticket.sla_policy),
        version=version,
        holds=holds or (_("No special one fits: this one is for everybody."),),
        passed=passed,
    )


def policy_name(key: str) -> str:
    """A policy as people say it, from its key."""
    return key.replace("_", " ").capitalize()


def _values(fact: str, values: Sequence[Any]) -> str:
    words = {"owner_role": role_short_label, "kind": kind_label}.get(fact, str)
    return ", ".join(str(words(value)) for value in values)
