"""What lists of tickets may be narrowed by: one closed vocabulary for pages, counters, exports and programs.

Values of one criterion widen each other, criteria narrow each other. A list that names no status shows what is not
solved. What means nothing is named, not silently dropped.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db.models import Exists, Func, IntegerField, OuterRef, Q, Value
from django.utils.functional import Promise
from django.utils.timezone import get_default_timezone
from django.utils.translation import gettext_lazy as _

from accounts.rules.access import Actor
from common.listing import ListQuery
from tickets.choices import FINISHED, UNSOLVED, Channel, Priority, TicketKind, TicketStatus, Tier
from tickets.matching import cleaned, matching
from tickets.querysets import TicketQuerySet, served_by
from tickets.rules.figures import WEEK, month_bounds

ME, NOBODY, OWN = "me", "none", "mine"
TEXT, STATUS, ANY = "q", "status", "any"
MAX_VALUES = 30
MAX_HOURS = 24 * 31
_MAX_KEY = 60

Choices = tuple[tuple[str, str | Promise], ...]


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Who asks, and when."""

    actor: Actor
    now: datetime


@dataclass(frozen=True, kw_only=True)
class Criterion:
    """One thing to narrow by. `read` gives the value in its one spelling, None for one that means nothing.

    `choices` is the closed list of values, empty where they are free.
    """

    key: str
    label: str | Promise
    condition: Callable[[tuple[str, ...], Asked], Q]
    read: Callable[[str], str | None]
    choices: Choices = ()

    def word(self, value: str) -> str:
        """The value as people read it."""
        return str(dict(self.choices).get(value, value))


def _one_of(choices: Choices) -> Callable[[str], str | None]:
    known = {str(value) for value, _label in choices}
    return lambda text: text if text in known else None


def _field(key: str, label: Promise, choices: Choices) -> Criterion:
    return Criterion(
        key=key,
        label=label,
        choices=choices,
        read=_one_of(choices),
        condition=lambda values, asked: Q(**{f"{key}__in": values}),
    )


def _switch(key: str, label: Promise, condition: Callable[[Asked], Q]) -> Criterion:
    choices: Choices = (("1", _("yes")),)
    return Criterion(
        key=key,
        label=label,
        choices=choices,
        read=_one_of(choices),
        condition=lambda values, asked: condition(asked),
    )


def _read_key(text: str) -> str | None:
    return text if 0 < len(text) <= _MAX_KEY and text.isprintable() else None


def _read_id(text: str) -> str | None:
    try:
        return str(UUID(text))
    except ValueError:
        return None


def _read_person(text: str) -> str | None:
    return text if text in (ME, NOBODY) else _read_id(text)


def _read_hours(text: str) -> str | None:
    return str(int(text)) if text.isascii() and text.isdecimal() and 0 < int(text[:6]) <= MAX_HOURS else None


def _in_queue(values: tuple[str, ...], asked: Asked) -> Q:
    keys = [value for value in values if value != OWN]
    found = Q(queue__key__in=keys) if keys else Q(pk__in=[])
    return found | Q(queue_id__in=served_by(asked.actor.team_ids)) if OWN in values else found


def _assigned(values: tuple[str, ...], asked: Asked) -> Q:
    people = [value for value in values if value not in (ME, NOBODY)]
    found = Q(assignee__public_id__in=people) if people else Q(pk__in=[])
    if ME in values:
        found |= Q(assignee_id=asked.actor.user_id or 0)
    return found | Q(assignee__isnull=True) if NOBODY in values else found


class OrganizationPk(Func):
    """The internal id of an organization that the reader may know of, at the desk too (ADR 0023)."""

    function = "tickets_organization_pk"
    template = "%(function)s(%(expressions)s::uuid)"
    output_field = IntegerField()


def _of_organization(values: tuple[str, ...], asked: Asked) -> Q:
    found = Q()
    for value in values:
        found |= Q(organization_id=OrganizationPk(Value(value)))
    return found


def _month(key: str, label: Promise, field: str) -> Criterion:
    """Tickets by the month of one of their moments, in the zone of reports."""

    def condition(values: tuple[str, ...], asked: Asked) -> Q:
        found = Q(pk__in=[])
        for value in values:
            if bounds := month_bounds(value, get_default_timezone()):
                found |= Q(**{f"{field}__gte": bounds[0], f"{field}__lt": bounds[1]})
        return found

    def read(text: str) -> str | None:
        return text if month_bounds(text, get_default_timezone()) else None

    return Criterion(key=key, label=label, condition=condition, read=read)


def _first_contact(values: tuple[str, ...], asked: Asked) -> Q:
    """First solves of which it is known how they turned out, and those that needed one answer (sla.md R17)."""
    counted = Q(first_solved_at__lt=asked.now - WEEK)
    if ANY in values or {"yes", "no"} <= set(values):
        return counted
    within = OuterRef("first_solved_at") + Value(WEEK)
    events = apps.get_model("tickets", "TicketEvent")._default_manager.filter(
        ticket_id=OuterRef("pk"), at__gt=OuterRef("first_solved_at"), at__lte=within
    )
    finished = [status.value for status in FINISHED]
    opened_again = events.filter(changes__status__0__in=finished).exclude(changes__status__1__in=finished)
    at_once = Q(replies=1, escalated_at__isnull=True) & (Q(reopened=0) | ~Q(Exists(opened_again)))
    return counted & (at_once if "yes" in values else ~at_once)


def _within(values: tuple[str, ...], asked: Asked) -> Q:
    return Q(breaches_at__lt=asked.now + timedelta(hours=min(int(value) for value in values)), status__in=UNSOLVED)


CRITERIA: tuple[Criterion, ...] = (
    Criterion(
        key="queue",
        label=_("Queue"),
        choices=((OWN, _("Mine")),),
        read=_read_key,
        condition=_in_queue,
    ),
    _field(STATUS, _("Status"), (*TicketStatus.choices, (ANY, _("Any")))),
    _field("priority", _("Priority"), tuple(Priority.choices)),
    Criterion(
        key="assignee",
        label=_("Assignee"),
        choices=((ME, _("Me")), (NOBODY, _("Nobody"))),
        read=_read_person,
        condition=_assigned,
    ),
    Criterion(
        key="category",
        label=_("Category"),
        read=_read_key,
        condition=lambda values, asked: Q(category__key__in=values),
    ),
    Criterion(
        key="tag",
        label=_("Tag"),
        read=_read_key,
        condition=lambda values, asked: Q(tags__overlap=list(values)),
    ),
    _field("channel", _("Channel"), tuple(Channel.choices)),
    _field("kind", _("Kind"), tuple(TicketKind.choices)),
    _field("tier", _("Support tier"), tuple((str(value), label) for value, label in Tier.choices)),
    Criterion(key="organization", label=_("Organization"), read=_read_id, condition=_of_organization),
    _switch("breached", _("Promise broken"), lambda asked: Q(breaches_at__lt=asked.now, status__in=UNSOLVED)),
    Criterion(key="within", label=_("Breaches within hours"), read=_read_hours, condition=_within),
    _switch("waiting", _("Waits for us"), lambda asked: Q(waits_since__isnull=False)),
    _switch("escalated", _("Escalated"), lambda asked: Q(escalated_at__isnull=False)),
    _month("opened", _("Opened in"), "opened_at"),
    _month("solved", _("Solved in"), "solved_at"),
    _month("first_solved", _("First solved in"), "first_solved_at"),
    Criterion(
        key="first_contact",
        label=_("Solved at first contact"),
        choices=(("yes", _("yes")), ("no", _("no")), (ANY, _("known by now"))),
        read=_one_of((("yes", ""), ("no", ""), (ANY, ""))),
        condition=_first_contact,
    ),
)
BY_KEY: Mapping[str, Criterion] = {criterion.key: criterion for criterion in CRITERIA}
FILTER_KEYS: tuple[str, ...] = (*BY_KEY, TEXT)
_OF_FEW = frozenset({"queue", STATUS, "priority", "channel", "kind", "tier", "waiting", "escalated"})


def are_of_few(query: ListQuery) -> bool:
    """Whether only criteria with few values narrow the list, beside words, and none that depends on the time."""
    return all(
        key not in BY_KEY or key in _OF_FEW or (key == "assignee" and value in (ME, NOBODY))
        for key, value in query.pairs
    )


def understood(query: ListQuery) -> tuple[ListQuery, tuple[str, ...]]:
    """The query with every value in its one spelling, and the labels of the criteria that meant nothing."""
    pairs: list[tuple[str, str]] = []
    lost: list[str] = []
    for key, value in query.pairs:
        criterion = BY_KEY.get(key)
        spelled = criterion.read(value.strip()) if criterion else value
        if spelled is None:
            lost.append(str(criterion.label) if criterion else key)
        elif (key, spelled) not in pairs and sum(name == key for name, _value in pairs) < MAX_VALUES:
            pairs.append((key, spelled))
    return ListQuery(tuple(pairs)), tuple(dict.fromkeys(lost))


def apply(tickets: TicketQuerySet, query: ListQuery, *, actor: Actor, now: datetime) -> Any:
    """`tickets` narrowed as an understood `query` says. Those merged into others are left out."""
    asked = Asked(actor=actor, now=now)
    statuses = query.all(STATUS)
    found = tickets.filter(merged_into__isnull=True)
    if not statuses:
        found = found.filter(status__in=UNSOLVED)
    for key in dict.fromkeys(key for key, _value in query.pairs if key in BY_KEY):
        if key == STATUS and ANY in statuses:
            continue
        found = found.filter(BY_KEY[key].condition(query.all(key), asked))
    text = query.get(TEXT).strip()
    if not text:
        return found
    wanted = () if ANY in statuses else statuses
    return found.filter(named(text, statuses=wanted, is_unsolved=not statuses))


def named(text: str, *, statuses: Collection[str] = (), is_unsolved: bool = False) -> Q:
    """By number, or by what the subject or the sender's name and address hold; of a common word the first ones."""
    number = number_in(text)
    if number is not None:
        return Q(number=number)
    return Q(pk__in=matching(cleaned(text), statuses=statuses, is_unsolved=is_unsolved))


def holding(words: str, query: ListQuery) -> Q:
    """The same of words that are `cleaned` and no number, within the statuses that an understood query names."""
    statuses = query.all(STATUS)
    wanted = () if ANY in statuses else statuses
    return Q(pk__in=matching(words, statuses=wanted, is_unsolved=not statuses))


def number_in(text: str) -> int | None:
    """The number of a ticket that a text is, with or without the sign before it."""
    digits = text.removeprefix("#")
    return int(digits) if digits.isascii() and digits.isdecimal() and len(digits) < 15 else None


@dataclass(frozen=True, kw_only=True)
class ActiveFilter:
    """One filter in force, as a chip that removes it."""

    label: str
    word: str
    url: str


def active_filters(query: ListQuery, path: str, *, names: Mapping[tuple[str, str], str]) -> list[ActiveFilter]:
    """The criteria in force with the address without each; `names` says what free values are called."""
    chips = [
        ActiveFilter(
            label=str(BY_KEY[key].label),
            word=names.get((key, value)) or BY_KEY[key].word(value),
            url=query.without_pair(key, value).on(path),
        )
        for key, value in query.pairs
        if key in BY_KEY
    ]
    if text := query.get(TEXT):
        chips.append(ActiveFilter(label=str(_("Text")), word=text, url=query.without(TEXT).on(path)))
    return chips
