"""What a rule of automation does to a ticket, found out before it is done: for its dry run and for the rule itself."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from common.errors import DomainError
from common.templatetags.format import DASH
from partners.rules.classification import label_in
from tickets.choices import Level, Priority, TicketStatus
from tickets.models import Macro, Queue, Ticket
from tickets.rules import workflow
from tickets.rules.automation import AutomationRule
from tickets.rules.macro_texts import filled
from tickets.selectors.history import label_of

_CHOICES: Mapping[str, Mapping[Any, Any]] = {
    "status": dict(TicketStatus.choices),
    "priority": dict(Priority.choices),
    "impact": dict(Level.choices),
    "urgency": dict(Level.choices),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Text:
    """Something that a rule writes on a ticket: an internal note, or an automatic reply to the partner."""

    body: str
    is_note: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Effect:
    """What a rule does to one ticket. `values` are set on it; a priority of the macro comes with its reason."""

    values: Mapping[str, Any]
    priority: tuple[str, str] | None
    texts: tuple[Text, ...]
    macro_id: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Named:
    """What rules name: everybody's macros by name, of which several may share one, and queues by key."""

    macros: Mapping[str, Sequence[Macro]]
    queues: Mapping[str, Queue]

    def macro(self, name: str) -> Macro:
        """The macro of this name. Raises DomainError: none, several, or one that a rule cannot use."""
        found = self.macros.get(name, ())
        if not found:
            raise DomainError(_("Everybody has no macro %(name)s.") % {"name": name}, field="macro")
        if len(found) > 1:
            raise DomainError(_("Several macros of everybody are called %(name)s.") % {"name": name}, field="macro")
        if found[0].changes.get("assign_me"):
            words = _("The macro %(name)s assigns the ticket to whoever uses it, and a rule is nobody.")
            raise DomainError(words % {"name": name}, field="macro")
        return found[0]

    def queue(self, key: str) -> Queue:
        """The queue of this key. Raises DomainError."""
        if key not in self.queues:
            raise DomainError(_("There is no queue %(key)s.") % {"key": key}, field="queue")
        return self.queues[key]


def named_by(rules: Iterable[AutomationRule]) -> Named:
    """What these rules name, as far as it is there: two statements, none for rules that name nothing."""
    asked = list(rules)
    macros: dict[str, list[Macro]] = defaultdict(list)
    if names := {rule.macro for rule in asked if rule.macro}:
        for macro in Macro.objects.filter(name__in=names, owner__isnull=True, archived_at__isnull=True):
            macros[macro.name].append(macro)
    keys = {rule.values["queue"] for rule in asked if "queue" in rule.values}
    keys |= {macro.changes["queue"] for found in macros.values() for macro in found if macro.changes.get("queue")}
    queues = Queue.objects.filter(key__in=keys, archived_at__isnull=True) if keys else ()
    return Named(macros=macros, queues={queue.key: queue for queue in queues})


def effect_of(rule: AutomationRule, ticket: Ticket, named: Named) -> Effect:
    """What the rule does to this ticket; what its macro changes yields to what it sets itself. Raises DomainError."""
    macro = named.macro(rule.macro) if rule.macro else None
    changes: Mapping[str, Any] = macro.changes if macro is not None else {}
    values = {name: changes[name] for name in ("status", "queue") if changes.get(name)} | dict(rule.values)
    if "queue" in values:
        values["queue"] = named.queue(values["queue"])
    wanted = dict.fromkeys([*ticket.tags, *changes.get("add_tags", ()), *rule.tags])
    tags = [tag for tag in wanted if tag not in rule.untag]
    if tags != ticket.tags:
        values["tags"] = tags
    is_ranked = macro is not None and changes.get("priority") and changes["priority"] != ticket.priority
    reason = _("Macro: %(name)s") % {"name": rule.macro}
    return Effect(
        values=values,
        priority=(changes["priority"], reason) if is_ranked else None,
        texts=tuple(_texts(rule, ticket, macro)),
        macro_id=macro.pk if macro is not None else None,
    )


def _texts(rule: AutomationRule, ticket: Ticket, macro: Macro | None) -> Iterable[Text]:
    if macro is not None and macro.body:
        requester = ticket.contact.name if ticket.contact else ticket.requester_name or ticket.requester_email
        yield Text(body=filled(macro.body, number=ticket.number, requester=requester), is_note=macro.is_note)
    if rule.note:
        yield Text(body=rule.note, is_note=True)


@dataclass(frozen=True, kw_only=True, slots=True)
class Foreseen:
    """A rule on a ticket in words: what it would change, write and tell, or why it could not."""

    ticket: Ticket
    rule: AutomationRule
    words: tuple[str, ...]
    fault: str


def foreseen(rule: AutomationRule, ticket: Ticket, named: Named) -> Foreseen:
    """What the rule would do to the ticket as it stands now. Writes and asks nothing."""
    try:
        effect = effect_of(rule, ticket, named)
        _refuse(effect, ticket)
    except DomainError as error:
        return Foreseen(ticket=ticket, rule=rule, words=(), fault=error.message)
    changed = {name: value for name, value in effect.values.items() if getattr(ticket, name) != value}
    words = [_change_words(ticket, name, value) for name, value in changed.items()]
    if effect.priority is not None:
        words.append(_change_words(ticket, "priority", effect.priority[0]))
    for text in effect.texts:
        kind = _("Internal note") if text.is_note else _("Reply to the partner")
        words.append(f"{kind}: {text.body}")
    words += [_("Tells %(whom)s") % {"whom": told.replace("_", " ")} for told in rule.tell]
    return Foreseen(ticket=ticket, rule=rule, words=tuple(words), fault="")


def holes(rules: Iterable[AutomationRule], named: Named) -> list[tuple[str, str]]:
    """Rules that name what there is not, each with what is wrong: they would fail on every ticket."""
    found = []
    for rule in rules:
        try:
            macro = named.macro(rule.macro) if rule.macro else None
            for key in filter(None, (rule.values.get("queue"), macro.changes.get("queue") if macro else None)):
                named.queue(key)
        except DomainError as error:
            found.append((title_of(rule), error.message))
    return found


def title_of(rule: AutomationRule) -> str:
    """What a rule is called, in the reader's language where the pack has it."""
    return label_in(rule.label, get_language() or "en") or rule.id


def _refuse(effect: Effect, ticket: Ticket) -> None:
    if ticket.status == TicketStatus.CLOSED or ticket.merged_into_id is not None:
        raise DomainError(_("The ticket is closed."))
    if ticket.is_internal and any(not text.is_note for text in effect.texts):
        raise DomainError(_("This ticket is not for the partner: leave a note."), code="internal")
    status = effect.values.get("status", ticket.status)
    if status != ticket.status and not workflow.may_move(ticket.status, status):
        raise DomainError(_("This status does not follow the present one."), field="status", code="status")


def _change_words(ticket: Ticket, name: str, value: Any) -> str:
    before, after = (_word(name, one) for one in (getattr(ticket, name), value))
    return f"{label_of(name)}: {before} → {after}"


def _word(name: str, value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(value) or DASH
    return str(_CHOICES.get(name, {}).get(value, value))
