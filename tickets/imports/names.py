"""What the names of a file mean here: organizations, queues, categories, colleagues; found, made, or nothing.

A run sees all organizations; whoever makes something needs the right to make it.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, TypeVar

from django.db.models import Min, Model, Q
from django.utils.text import slugify
from django.utils.translation import gettext as _

from accounts.choices import Audience
from accounts.models import User
from accounts.rules.access import Actor
from accounts.services import activity
from common.errors import NotAllowed
from common.models import ImportChange, ImportState
from partners.choices import OrganizationKind, Stage
from partners.models import Organization, StagePeriod
from partners.services.organizations import create_organization, restore_organization
from tickets.imports.courses import Course
from tickets.imports.options import AGENTS, CATEGORIES, KINDS, ORGANIZATIONS, QUEUES, Options
from tickets.models import Category, Queue
from tickets.services.intake import default_queue

_Row = TypeVar("_Row", bound=Model)


@dataclass(kw_only=True)
class Names:
    """The rows that names stand for; a name that means nothing is not there. `made` are the rows that were made."""

    organizations: dict[str, Organization] = field(default_factory=dict)
    queues: dict[str, Queue] = field(default_factory=dict)
    categories: dict[str, Category] = field(default_factory=dict)
    agents: dict[str, User] = field(default_factory=dict)
    since: dict[int, date] = field(default_factory=dict)
    made: list[Any] = field(default_factory=list)
    fallback: Queue | None = None

    def queue(self, name: str) -> Queue:
        """The queue of this name, or the one that takes what no rule routes. Raises DomainError while there is none."""
        found = self.queues.get(name)
        if found is None:
            found = self.fallback = self.fallback or default_queue()
        return found


@dataclass(kw_only=True)
class Naming:
    """Finds what the names of courses mean, some courses after the other: each name is asked for once."""

    options: Options
    source: str
    by: Actor
    now: datetime
    names: Names = field(default_factory=Names)

    def __post_init__(self) -> None:
        self._maker = _Maker(options=self.options, source=self.source, by=self.by, now=self.now)
        self._asked: dict[str, set[str]] = {kind: set() for kind in KINDS}

    def learn(self, courses: Iterable[Course]) -> Names:
        """What all names up to and with those of these courses mean; what is to be made is made.

        Raises NotAllowed, DomainError.
        """
        maker, names, wanted = self._maker, self.names, self._new(_wanted(courses))
        organizations = maker.fill(ORGANIZATIONS, wanted[ORGANIZATIONS], maker.find_organizations, maker.organization)
        names.organizations |= organizations
        names.queues |= maker.fill(QUEUES, wanted[QUEUES], maker.find_queues, maker.queue)
        names.categories |= maker.fill(CATEGORIES, wanted[CATEGORIES], maker.find_categories, maker.category)
        names.agents |= maker.fill(AGENTS, wanted[AGENTS], maker.find_agents, maker.agent)
        names.made = maker.made
        names.since |= _since(organizations.values())
        return names

    def _new(self, wanted: dict[str, list[str]]) -> dict[str, list[str]]:
        found = {kind: [name for name in names if name not in self._asked[kind]] for kind, names in wanted.items()}
        for kind, names in found.items():
            self._asked[kind].update(names)
        return found


def _wanted(courses: Iterable[Course]) -> dict[str, list[str]]:
    """The names in the order in which they come. Whoever wrote something is a colleague like whoever has a ticket."""
    found: dict[str, dict[str, None]] = {kind: {} for kind in (ORGANIZATIONS, QUEUES, CATEGORIES, AGENTS)}
    for course in courses:
        found[ORGANIZATIONS][course.organization] = None
        found[QUEUES][course.queue] = None
        for values in (course.values, *(step.values for step in course.steps)):
            found[QUEUES][values.get("queue", "")] = None
            found[CATEGORIES][values.get("category", "")] = None
            found[AGENTS][values.get("assignee", "")] = None
    return {kind: [name for name in names if name] for kind, names in found.items()}


def _since(organizations: Iterable[Organization]) -> dict[int, date]:
    """Since when each organization is with us: the first day of its first stage, where it is."""
    ids = [row.pk for row in organizations]
    rows = StagePeriod.objects.filter(organization_id__in=ids).order_by().values("organization_id")
    return {row["organization_id"]: row["first"].date() for row in rows.annotate(first=Min("entered_at"))}


@dataclass(kw_only=True)
class _Maker:
    options: Options
    source: str
    by: Actor
    now: datetime
    made: list[Any] = field(default_factory=list)
    known: dict[str, dict[str, Any]] = field(default_factory=dict)
    spelled: dict[str, dict[str, Any]] = field(default_factory=dict)

    def fill(
        self,
        kind: str,
        names: list[str],
        find: Callable[[list[str]], Mapping[str, _Row]],
        make: Callable[[str], _Row],
    ) -> dict[str, _Row]:
        """For each name the row that it means, found by what it is called here, or made; spellings of one are one."""
        if not names:
            return {}
        called = {name: self.options.known_as(kind, name) for name in names}
        rows: dict[str, _Row] = self.known.setdefault(kind, {})
        rows.update(find(sorted(set(called.values()))))
        found = {name: rows[here.casefold()] for name, here in called.items() if here.casefold() in rows}
        made: dict[str, _Row] = self.spelled.setdefault(kind, {})
        for name in names:
            if name in found or kind not in self.options.create:
                continue
            spelled = name.casefold() if kind == ORGANIZATIONS else _key(name, 40)
            if spelled not in made:
                made[spelled] = make(name)
                self.made.append(made[spelled])
            found[name] = made[spelled]
        return found

    def find_organizations(self, called: list[str]) -> Mapping[str, Organization]:
        """By the key that the same tool gave them, or by a name that only one has."""
        rows = Organization.objects.filter(Q(external_key__in=called) | Q(name__in=called), archived_at__isnull=True)
        by_name: dict[str, list[Organization]] = {}
        by_key = {}
        for row in rows.order_by("pk"):
            by_name.setdefault(row.name.casefold(), []).append(row)
            if row.external_key and row.source == self.source:
                by_key[row.external_key.casefold()] = row
        return {name: found[0] for name, found in by_name.items() if len(found) == 1} | by_key

    def organization(self, name: str) -> Organization:
        taken_back = ImportChange.objects.filter(run__state=ImportState.UNDONE, target_type="organization")
        before = Organization.objects.filter(source=self.source, external_key=name[:120], archived_at__isnull=False)
        if (known := before.filter(pk__in=taken_back.values("target_id")).first()) is not None:
            restore_organization(by=self.by, organization=known, now=self.now)
            known.refresh_from_db()
            return known
        values = {"name": name[:200], "source": self.source, "external_key": name[:120]}
        kind, stage = OrganizationKind.CUSTOMER, Stage.LIVE
        return create_organization(by=self.by, kind=kind, values=values, stage=stage, now=self.now)

    def find_queues(self, called: list[str]) -> Mapping[str, Queue]:
        keys = [*called, *(_key(name, 40) for name in called)]
        rows = Queue.objects.filter(Q(key__in=keys) | Q(name__in=called), archived_at__isnull=True)
        found = {row.name.casefold(): row for row in rows} | {row.key: row for row in rows}
        return found | {name.casefold(): found[_key(name, 40)] for name in called if _key(name, 40) in found}

    def queue(self, name: str) -> Queue:
        self._require("manage_support", _("Your roles do not include making queues."))
        if (known := self._brought_back(Queue, _key(name, 40), name[:120])) is not None:
            return self._recorded(known, "queue.restored")
        return self._recorded(Queue.objects.create(key=_key(name, 40), name=name[:120]), "queue.created")

    def find_categories(self, called: list[str]) -> Mapping[str, Category]:
        keys = [*called, *(_key(name, 60) for name in called)]
        rows = Category.objects.filter(Q(key__in=keys) | Q(name__in=called), archived_at__isnull=True)
        found = {row.name.casefold(): row for row in rows} | {row.key: row for row in rows}
        return found | {name.casefold(): found[_key(name, 60)] for name in called if _key(name, 60) in found}

    def category(self, name: str) -> Category:
        self._require("manage_support", _("Your roles do not include making categories."))
        if (known := self._brought_back(Category, _key(name, 60), name[:120])) is not None:
            return self._recorded(known, "category.restored")
        row = Category.objects.create(key=_key(name, 60), name=name[:120], in_portal=False, position=1_000)
        return self._recorded(row, "category.created")

    def find_agents(self, called: list[str]) -> Mapping[str, User]:
        lowered = [name.lower() for name in called] + [self._address(name) for name in called]
        rows = User.objects.staff().filter(Q(email__in=lowered) | Q(name__in=called)).order_by("-pk")
        found = {row.name.casefold(): row for row in rows} | {row.email: row for row in rows}
        return found | {name.casefold(): found[self._address(name)] for name in called if self._address(name) in found}

    def agent(self, name: str) -> User:
        """Somebody who worked on tickets once: a name in the history, who cannot sign in."""
        self._require("manage_people", _("Your roles do not include adding colleagues."))
        row = User(
            email=self._address(name),
            name=name[:150],
            audience=Audience.STAFF.value,
            is_active=False,
            deactivated_at=self.now,
        )
        row.set_unusable_password()
        row.save()
        return self._recorded(row, "user.created")

    def _address(self, name: str) -> str:
        return f"{_key(name, 60)}@{self.source}.invalid"

    def _brought_back(self, kind: type[_Row], key: str, name: str) -> _Row | None:
        """What was put away, such as by an undo: its key and name are still taken."""
        rows = kind._default_manager.filter(Q(key=key) | Q(name=name), archived_at__isnull=False)
        found = rows.order_by("pk").first()
        if found is not None:
            kind._default_manager.filter(pk=found.pk).update(archived_at=None)
        return found

    def _require(self, capability: str, message: str) -> None:
        if not self.by.has(capability):
            raise NotAllowed(message)

    def _recorded(self, row: _Row, verb: str) -> _Row:
        activity.record(verb=verb, target=row, now=self.now, actor_id=self.by.user_id, actor_name=self.by.name)
        return row


def _key(name: str, most: int) -> str:
    """The key of a name; of one in another script, or a long one, with a mark that tells it from others."""
    slug = slugify(name)
    if slug and len(slug) <= most:
        return slug
    mark = hashlib.sha256(name.casefold().encode()).hexdigest()[:8]
    return f"{slug[: most - 9]}-{mark}".lstrip("-")
