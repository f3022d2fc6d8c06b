"""Training as pages show it: what is due for oneself, who has done what, and how much of it in all.

Roles are those held at the end of the month, or now while it runs. Months are those of the installation's zone.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.formats import date_format

from accounts.labels import role_short_label
from accounts.models import RoleGrant, TrainingModule, TrainingRecord, User
from accounts.rules import training as rules
from accounts.rules.access import Actor
from accounts.rules.training import Completion
from accounts.training_choices import TrainingResult
from accounts.training_querysets import MANAGE

TONES = {TrainingResult.ATTENDED: "success", TrainingResult.PASSED: "success", TrainingResult.FAILED: "danger"}


def may_see_others(actor: Actor) -> bool:
    """Whether there are others whose training `actor` sees."""
    return actor.is_staff and (actor.has(MANAGE) or bool(actor.led_user_ids))


def today_here(now: datetime) -> date:
    """Today in the installation's zone."""
    return timezone.localdate(now, timezone.get_default_timezone())


def month_asked(text: str, *, now: datetime) -> date:
    """The month of an address, such as 2026-03; the present one for what is none, lies ahead or far off."""
    present = rules.month_of(today_here(now))
    try:
        found = date.fromisoformat(f"{text}-01") if len(text) == 7 else present
    except ValueError:
        return present
    return found if date(2000, 1, 1) <= found <= present else present


@dataclass(frozen=True, kw_only=True)
class DueModule:
    """A module in the hands of whoever has to do it; `record` None while it is not written down."""

    module: TrainingModule
    record: TrainingRecord | None
    is_required: bool

    @property
    def is_done(self) -> bool:
        return self.record is not None and self.record.result != TrainingResult.FAILED

    @property
    def tone(self) -> str:
        return TONES[TrainingResult(self.record.result)] if self.record is not None else "neutral"


@dataclass(frozen=True, kw_only=True)
class OwnMonth:
    """One's own month: what is due, and what one did beside."""

    month: date
    label: str
    rows: Sequence[DueModule]
    completion: Completion
    may_record: bool


def own_month(actor: Actor, month: date, *, now: datetime) -> OwnMonth:
    """What `actor` has to do in a month, and what else there is to learn for their roles. Three statements."""
    modules = _modules(actor, month)
    roles = _roles_at(month, now, Q(user_id=actor.user_id)).get(actor.user_id or 0, frozenset())
    records = TrainingRecord.objects.visible_to(actor).filter(user_id=actor.user_id or 0, month=month)
    found = {record.module_id: record for record in records.select_related("module")}
    due = {one.id for one in rules.due_modules(map(rule_of, modules), roles=roles, month=month)}
    shown = [one for one in modules if one.pk in due or (not one.is_required and roles & set(one.roles))]
    shown += [record.module for pk, record in found.items() if pk not in {one.pk for one in shown}]
    rows = [DueModule(module=one, record=found.get(one.pk), is_required=one.pk in due) for one in shown]
    done = {(0, row.module.pk) for row in rows if row.is_done}
    return OwnMonth(
        month=month,
        label=date_format(month, "F Y"),
        rows=sorted(rows, key=lambda row: (not row.is_required, row.module.name)),
        completion=rules.completion({(0, pk) for pk in due}, done),
        may_record=rules.may_be_recorded(month, today=today_here(now)),
    )


@dataclass(frozen=True, kw_only=True)
class PersonMonth:
    """One person's month: modules done of those due, and the names of those that are missing."""

    name: str
    public_id: str
    roles: str
    completion: Completion
    missing: Sequence[str]


@dataclass(frozen=True, kw_only=True)
class ModuleMonth:
    """One module's month: people who did it of those who have to."""

    module: TrainingModule
    completion: Completion


@dataclass(frozen=True, kw_only=True)
class TeamMonth:
    """The month of all whose training the reader sees; those who lack most come first."""

    month: date
    label: str
    people: Sequence[PersonMonth]
    modules: Sequence[ModuleMonth]
    completion: Completion


def team_month(actor: Actor, month: date, *, now: datetime) -> TeamMonth:
    """Who has done what of a month. Four statements, for any number of people."""
    modules = _modules(actor, month)
    whom = Q() if actor.has(MANAGE) else Q(user_id__in=sorted(actor.led_user_ids))
    held = _roles_at(month, now, whom & Q(user__is_active=True))
    due = due_pairs(modules, held, month)
    records = TrainingRecord.objects.visible_to(actor).filter(month=month).exclude(result=TrainingResult.FAILED)
    done = set(records.values_list("user_id", "module_id"))
    users = {user.pk: user for user in User.objects.visible_to(actor).filter(pk__in={user_id for user_id, _ in due})}
    by_person: dict[int, set[int]] = defaultdict(set)
    for user_id, module_id in due:
        by_person[user_id].add(module_id)
    people = [
        _person(users[user_id], held[user_id], wanted, done, modules)
        for user_id, wanted in by_person.items()
        if user_id in users
    ]
    return TeamMonth(
        month=month,
        label=date_format(month, "F Y"),
        people=sorted(people, key=lambda one: (-len(one.missing), one.name)),
        modules=[
            ModuleMonth(module=one, completion=rules.completion([pair for pair in due if pair[1] == one.pk], done))
            for one in modules
        ],
        completion=rules.completion(due, done),
    )


def _person(
    user: User, roles: frozenset[str], wanted: set[int], done: set[tuple[int, int]], modules: Sequence[TrainingModule]
) -> PersonMonth:
    return PersonMonth(
        name=user.name,
        public_id=str(user.public_id),
        roles=", ".join(role_short_label(role) for role in sorted(roles)),
        completion=rules.completion([(user.pk, pk) for pk in wanted], done),
        missing=[one.name for one in modules if one.pk in wanted and (user.pk, one.pk) not in done],
    )


def due_pairs(
    modules: Iterable[TrainingModule], held: Mapping[int, frozenset[str]], month: date
) -> set[tuple[int, int]]:
    """Who has to do what in a month, as (person, module)."""
    known = [rule_of(module) for module in modules]
    return {
        (user_id, module.id)
        for user_id, roles in held.items()
        for module in rules.due_modules(known, roles=roles, month=month)
    }


def rule_of(module: TrainingModule) -> rules.Module:
    """A module as the rules know it."""
    archived = module.archived_at
    return rules.Module(
        id=module.pk,
        roles=frozenset(module.roles),
        is_required=module.is_required,
        since=module.since,
        ends=rules.month_of(today_here(archived)) if archived is not None else None,
    )


def modules_of(month: date) -> "QuerySet[TrainingModule]":
    """Modules that there were in a month, whoever asks."""
    begin = datetime.combine(rules.month_after(month), time.min, tzinfo=timezone.get_default_timezone())
    lasting = Q(archived_at__isnull=True) | Q(archived_at__gte=begin)
    return TrainingModule.objects.filter(lasting, since__lte=month).order_by("name", "pk")


def _modules(actor: Actor, month: date) -> list[TrainingModule]:
    return list(modules_of(month) & TrainingModule.objects.visible_to(actor)) if actor.is_staff else []


def roles_at(month: date, *, now: datetime) -> Mapping[int, frozenset[str]]:
    """Roles of active people at the end of a month, or now while it runs. One statement."""
    return _roles_at(month, now, Q(user__is_active=True))


def _roles_at(month: date, now: datetime, whom: Q) -> dict[int, frozenset[str]]:
    ends = datetime.combine(rules.month_after(month), time.min, tzinfo=timezone.get_default_timezone())
    at = min(ends, now)
    lasting = Q(ended_at__isnull=True) | Q(ended_at__gte=at)
    rows = RoleGrant.objects.filter(whom, lasting, started_at__lt=at).order_by("user_id", "role")
    found: dict[int, set[str]] = defaultdict(set)
    for user_id, role in rows.values_list("user_id", "role"):
        found[user_id].add(role)
    return {user_id: frozenset(roles) for user_id, roles in found.items()}


def records(actor: Actor) -> "QuerySet[TrainingRecord]":
    """Records that `actor` may read, the latest month first."""
    rows = TrainingRecord.objects.visible_to(actor).select_related("module", "user")
    found: QuerySet[TrainingRecord] = rows.order_by("-month", "user__name_sort", "pk")
    return found
