"""How a ticket came into its queue, in words: the rule, what it asked, what each rule before it missed, why whom."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from tickets.choices import EventKind
from tickets.models import TicketEvent

_GIVEN: Mapping[str, str | Promise] = {
    "owner": gettext_lazy("It was given to the owner of the organization."),
    "skill": gettext_lazy("It was given to whoever knows this and has the fewest open tickets."),
    "load": gettext_lazy("It was given to whoever has the fewest open tickets."),
    "nobody_here": gettext_lazy("Nobody who serves the queue was there with room for it."),
}


@dataclass(frozen=True, kw_only=True)
class RoutingWords:
    """`rule` is the rule that counted; `holds` what it asked, `passed` why each before it did not fit."""

    rule: str
    holds: tuple[str, ...]
    passed: tuple[str, ...]
    given: str


def routing_words(events: Iterable[TicketEvent]) -> RoutingWords | None:
    """The words from the events of a ticket; None for one that was put where it is by hand. No statement."""
    created = next((event for event in events if event.kind == EventKind.CREATED), None)
    why: Mapping[str, Any] = created.data.get("routed") or {} if created is not None else {}
    if not why.get("rule"):
        return None
    label: Mapping[str, str] = why.get("label") or {}
    return RoutingWords(
        rule=label.get(get_language() or "en") or label.get("en") or why["rule"],
        holds=tuple(f"{fact}: {', '.join(values)}" for fact, values in why.get("holds", ())),
        passed=tuple(_passed(*entry) for entry in why.get("passed", ())),
        given=str(_GIVEN.get(why.get("given", ""), "")),
    )


def _passed(rule: str, fact: str, values: list[str]) -> str:
    words = {"rule": rule, "fact": fact, "values": ", ".join(values)}
    if not values:
        return _("Not “%(rule)s”: its queue is not there.") % words
    return _("Not “%(rule)s”: %(fact)s is none of %(values)s.") % words
