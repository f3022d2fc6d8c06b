"""What lists of organizations may be narrowed by: a closed list, read from a query string, the same for every list.

The lists of pages and of the API narrow by the same criteria; some are offered to programs alone.

Criteria combine by all or by any; the switch "mine, team, everybody", the text and the archive always narrow. Criteria
on fields that a summary does not hold find only organizations that the reader may open in full.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils.functional import Promise, lazy
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.choices import ASSIGNMENT_ROLES
from accounts.labels import role_short_label
from accounts.models import Membership, Team
from accounts.rules.access import Actor
from common.listing import ListQuery
from partners import cadence_policy
from partners.choices import ArrSegment, Gemstone, HealthBand, MarketSegment, OrganizationKind, Stage
from partners.gone_quiet import gone_quiet
from partners.models import Assignment, Organization
from partners.querysets import OrganizationQuerySet
from partners.search import matching_organizations

ME, NOBODY = "me", "none"
TEXT, MATCH, MINE, TEAM, ARCHIVED, ROLE, OWNER = "q", "match", "mine", "team", "archived", "role", "owner"
QUIET, GONE_QUIET = "quiet", "gone_quiet"
# What a list asks by these depends on the moment, or on what a search finds: its statement is put together each time.
ASKED_ANEW = (TEXT, QUIET, GONE_QUIET)
MAX_QUIET_DAYS = 3_650
MAX_KEY = 120
MAX_VALUES = 30

Choices = tuple[tuple[str, str | Promise], ...]


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Who asks, when, and what else was asked: a criterion may depend on another (`owner` on `role`)."""

    actor: Actor
    now: datetime
    query: ListQuery


@dataclass(frozen=True, kw_only=True)
class Criterion:
    """One thing to narrow by. `read` returns the value in its one spelling, or None for one that means nothing.

    `choices` is the closed list, empty for free values; `in_summary` says that a summary holds the field.
    """

    key: str
    label: str | Promise
    condition: Callable[[tuple[str, ...], Asked], Q]
    read: Callable[[str], str | None]
    choices: Choices = ()
    in_summary: bool = False

    def word(self, value: str) -> str:
        """The value as people read it."""
        return str(dict(self.choices).get(value, value))


def _one_of(choices: Choices) -> Callable[[str], str | None]:
    known = {str(value) for value, _label in choices}
    return lambda text: text if text in known else None


def _field(key: str, label: str | Promise, field: str, choices: Choices, *, in_summary: bool = False) -> Criterion:
    """A criterion on a field with a closed list of values."""
    return Criterion(
        key=key,
        label=label,
        choices=choices,
        read=_one_of(choices),
        condition=lambda values, asked: Q(**{f"{field}__in": values}),
        in_summary=in_summary,
    )


def _numbered(first: int, last: int, word: str | Promise) -> Choices:
    """ "Tier 0", "Tier 1", ...: in the reader's language when they are read."""
    numbers = range(first, last + 1)
    return tuple((str(number), format_lazy("{word} {number}", word=word, number=number)) for number in numbers)


def _read_id(text: str) -> str | None:
    try:
        return str(UUID(text))
    except ValueError:
        return None


def _read_owner(text: str) -> str | None:
    return text if text in (ME, NOBODY) else _read_id(text)


def _read_key(text: str) -> str | None:
    return text if len(text) <= MAX_KEY else None


def _read_moment(text: str) -> str | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return text if moment.tzinfo is not None else None


def _brought(values: tuple[str, ...], asked: Asked) -> Q:
    """By a partner that the reader sees: another one tells nothing of whom it brought."""
    partners = Organization.objects.visible_to(asked.actor).filter(public_id__in=values)
    return Q(via_partner_id__in=partners.values("pk"))


def _held(asked: Asked) -> Any:
    """Active assignments, in the asked role if one is asked for."""
    held = Assignment.objects.visible_to(asked.actor).active()
    role = asked.query.get(ROLE)
    return held.filter(role=role) if role in ASSIGNMENT_ROLES else held


def _owned(values: tuple[str, ...], asked: Asked) -> Q:
    found = Q(pk__in=[])
    people = [value for value in values if value not in (ME, NOBODY)]
    if people:
        found |= Q(pk__in=_held(asked).filter(user__public_id__in=people).values("organization_id"))
    if ME in values:
        found |= Q(pk__in=_held(asked).filter(user_id=asked.actor.user_id).values("organization_id"))
    if NOBODY in values:
        found |= ~Q(pk__in=_held(asked).values("organization_id"))
    return found


def _in_role(values: tuple[str, ...], asked: Asked) -> Q:
    """With an owner the role belongs to that criterion; alone it means that somebody holds the role."""
    if asked.query.get(OWNER):
        return Q()
    held = Assignment.objects.visible_to(asked.actor).active().filter(role__in=values)
    return Q(pk__in=held.values("organization_id"))


def _healthy(values: tuple[str, ...], asked: Asked) -> Q:
    return Q(facts__health_band__in=["" if value == NOBODY else value for value in values])


def _read_country(text: str) -> str | None:
    return text.upper() if len(text) == 2 and text.isascii() and text.isalpha() else None


def _read_days(text: str) -> str | None:
    return text if text.isascii() and text.isdecimal() and 0 < int(text[:6]) <= MAX_QUIET_DAYS else None


def _quiet(values: tuple[str, ...], asked: Asked) -> Q:
    since = asked.now - timedelta(days=min(int(value) for value in values))
    return Q(facts__last_interaction_at__lt=since) | Q(facts__last_interaction_at__isnull=True)


def _gone_quiet(values: tuple[str, ...], asked: Asked) -> Q:
    """As on the page of those who have gone quiet: longer than their cadence allows, with a right person."""
    found = gone_quiet(Organization.objects.current(), cadence_policy.policy_in_force(), now=asked.now)
    return Q(pk__in=found.values("pk"))


_role_word = lazy(role_short_label, str)
ROLE_CHOICES: Choices = tuple((role, _role_word(role)) for role in sorted(ASSIGNMENT_ROLES))
HEALTH_CHOICES: Choices = (*HealthBand.choices, (NOBODY, gettext_lazy("Not computed")))
GONE_QUIET_CHOICES: Choices = (("1", gettext_lazy("Gone quiet")),)
_TIER, _LEVEL = gettext_lazy("Tier"), gettext_lazy("Level")

CRITERIA: tuple[Criterion, ...] = (
    _field("kind", gettext_lazy("Kind"), "kind", tuple(OrganizationKind.choices), in_summary=True),
    _field("stage", gettext_lazy("Stage"), "stage", tuple(Stage.choices), in_summary=True),
    Criterion(
        key=OWNER,
        label=gettext_lazy("Owner"),
        read=_read_owner,
        condition=_owned,
        choices=((ME, gettext_lazy("Me")), (NOBODY, gettext_lazy("Nobody"))),
        in_summary=True,
    ),
    Criterion(
        key=ROLE,
        label=gettext_lazy("Role"),
        choices=ROLE_CHOICES,
        read=_one_of(ROLE_CHOICES),
        condition=_in_role,
        in_summary=True,
    ),
    Criterion(key="quiet", label=gettext_lazy("Quiet for days"), read=_read_days, condition=_quiet, in_summary=True),
    Criterion(
        key=GONE_QUIET,
        label=gettext_lazy("Contact"),
        choices=GONE_QUIET_CHOICES,
        read=_one_of(GONE_QUIET_CHOICES),
        condition=_gone_quiet,
    ),
    Criterion(
        key="country",
        label=gettext_lazy("Country"),
        read=_read_country,
        condition=lambda values, asked: Q(country__in=values),
        in_summary=True,
    ),
    _field("tier", gettext_lazy("Partner tier"), "facts__partner_tier", _numbered(0, 2, _TIER)),
    _field("engagement", gettext_lazy("Engagement tier"), "facts__engagement_tier", _numbered(1, 4, _LEVEL)),
    _field("segment", gettext_lazy("ARR segment"), "facts__arr_segment", tuple(ArrSegment.choices)),
    Criterion(
        key="health",
        label=gettext_lazy("Health"),
        choices=HEALTH_CHOICES,
        read=_one_of(HEALTH_CHOICES),
        condition=_healthy,
    ),
    _field("gemstone", gettext_lazy("Gemstone"), "facts__gemstone", tuple(Gemstone.choices)),
    _field("market", gettext_lazy("Market segment"), "market_segment", tuple(MarketSegment.choices)),
)
FOR_PROGRAMS: tuple[Criterion, ...] = (
    Criterion(key="via_partner", label=gettext_lazy("Through partner"), read=_read_id, condition=_brought),
    Criterion(
        key="external_key",
        label=gettext_lazy("External key"),
        read=_read_key,
        condition=lambda values, asked: Q(external_key__in=values),
    ),
    Criterion(
        key="updated_since",
        label=gettext_lazy("Changed since"),
        read=_read_moment,
        condition=lambda values, asked: Q(updated_at__gte=max(datetime.fromisoformat(value) for value in values)),
        in_summary=True,
    ),
)
BY_KEY: Mapping[str, Criterion] = {criterion.key: criterion for criterion in CRITERIA}
EVERY: Mapping[str, Criterion] = {criterion.key: criterion for criterion in (*CRITERIA, *FOR_PROGRAMS)}
SWITCHES = (MATCH, MINE, TEAM, ARCHIVED, TEXT)
FILTER_KEYS: tuple[str, ...] = (*BY_KEY, *SWITCHES)


def understood(query: ListQuery) -> tuple[ListQuery, tuple[str, ...]]:
    """The query with every criterion's value in its one spelling, and the labels of those that meant nothing."""
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


def apply(
    organizations: OrganizationQuerySet, query: ListQuery, *, actor: Actor, now: datetime, with_archived: bool = False
) -> Any:
    """`organizations` narrowed as an understood `query` says; `with_archived`: archived and current ones alike."""
    asked = Asked(actor=actor, now=now, query=query)
    found = organizations if with_archived else _current_or_archived(organizations, query)
    conditions = [_condition(EVERY[key], query.all(key), asked) for key in dict.fromkeys(_criteria_in(query))]
    if conditions and query.get(MATCH) == "any":
        found = found.filter(_any(conditions))
    else:
        for condition in conditions:
            found = found.filter(condition)
    people = people_of(query, actor)
    if people is not None:
        held = Assignment.objects.active().filter(user_id__in=people)
        found = found.filter(pk__in=held.values("organization_id"))
    if text := query.get(TEXT).strip():
        found = found.filter(named(text))
    return found


def _current_or_archived(organizations: OrganizationQuerySet, query: ListQuery) -> OrganizationQuerySet:
    return organizations.exclude(archived_at=None) if query.get(ARCHIVED) else organizations.current()


def named(text: str) -> Q:
    """Names that fit; one letter is too little for the search and means the beginning."""
    return Q(pk__in=matching_organizations(text)) if len(text) > 1 else Q(name_sort__startswith=text.lower())


def _criteria_in(query: ListQuery) -> Iterable[str]:
    return (key for key, _value in query.pairs if key in EVERY)


def people_of(query: ListQuery, actor: Actor) -> Any:
    """Whose organizations alone; None for everybody's. A team by its id, "1" for those whom the reader leads."""
    if team := _read_id(query.get(TEAM)):
        return Membership.objects.all().visible_to(actor).filter(team__public_id=team, ended_at=None).values("user_id")
    if query.get(TEAM) and actor.led_user_ids:
        return sorted(actor.led_user_ids)
    return [actor.user_id] if query.get(MINE) and actor.user_id is not None else None


def team_names(query: ListQuery, actor: Actor) -> dict[str, str]:
    """The name of the team that a list is narrowed to, by its public id; nothing without one. A statement, with one."""
    wanted = _read_id(query.get(TEAM))
    if wanted is None:
        return {}
    found = Team.objects.visible_to(actor).filter(public_id=wanted).values_list("public_id", "name")
    return {str(public_id): name for public_id, name in found}


def _condition(criterion: Criterion, values: tuple[str, ...], asked: Asked) -> Q:
    condition = criterion.condition(values, asked)
    if criterion.in_summary or asked.actor.active_roles & asked.actor.policy.see_all:
        return condition
    return condition & Q(pk__in=Organization.objects.opened_to(asked.actor).values("pk"))


def _any(conditions: Iterable[Q]) -> Q:
    found = Q(pk__in=[])
    for condition in conditions:
        found |= condition
    return found


@dataclass(frozen=True, kw_only=True)
class ActiveFilter:
    """One filter in force, as a chip that removes it."""

    label: str
    word: str
    url: str


def active_filters(
    query: ListQuery, path: str, *, names: Mapping[str, str], has_switch: bool = False
) -> list[ActiveFilter]:
    """The criteria in force with the address without each; `names` says those of owners and teams by public id.

    `has_switch`: the page shows otherwise that it is about the reader's own, or their team's.
    """
    chips = []
    for key, value in query.pairs:
        criterion = BY_KEY.get(key)
        if criterion is not None:
            word = names.get(value) or criterion.word(value)
            url = query.without_pair(key, value).on(path)
            chips.append(ActiveFilter(label=str(criterion.label), word=word, url=url))
    team = query.get(TEAM)
    if team and (_read_id(team) or not has_switch):
        word = names.get(team) or (_("Not one that you see") if _read_id(team) else _("Mine"))
        chips.append(ActiveFilter(label=_("Team"), word=word, url=query.without(TEAM).on(path)))
    elif query.get(MINE) and not team and not has_switch:
        chips.append(ActiveFilter(label=_("Owner"), word=_("Me"), url=query.without(MINE).on(path)))
    if text := query.get(TEXT):
        chips.append(ActiveFilter(label=_("Name"), word=text, url=query.without(TEXT).on(path)))
    if query.get(ARCHIVED):
        chips.append(ActiveFilter(label=_("Archived"), word=_("yes"), url=query.without(ARCHIVED).on(path)))
    return chips
