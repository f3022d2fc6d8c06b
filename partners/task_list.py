"""A list of tasks as its query string describes it: whose, which, grouped how, from which place on.

Own tasks are found through an index of their owner, everybody's through one of days; groups are offered where a list
is a person's or a team's and not the whole house's.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db.models import F, Q
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.labels import stage_label
from accounts.rules.access import Actor
from common.listing import COUNT_LIMIT, CURSOR, ListQuery, Pager, pager
from common.pagination import BoundedCount, Order, Page, SortKey, paginate, paginate_composed
from partners.choices import Stage
from partners.lists import ALL as PLAIN
from partners.lists import FAR_PAST, VIEW
from partners.models import Organization, Task
from partners.search import matching_tasks
from partners.selectors.listing import OrganizationRow
from partners.selectors.task_rows import DUE_SORT, FIELDS, TaskRow, overdue, task_rows, with_row_facts
from partners.work_choices import OPEN_TASKS, Court, TaskState
from partners.work_querysets import TaskQuerySet

PAGE_SIZE = 50
COLUMN_SIZE = 25
TEXT, WHOSE, STATE, DUE, BLOCKED, COURT = "q", "whose", "state", "due", "blocked", "court"
ORGANIZATION, STAGE, SORT, GROUP = "in", "stage", "sort", "group"
# What a list asks by these depends on the moment, or on what a search finds: its statement is put together each time.
_ASKED_ANEW = (TEXT, DUE, ORGANIZATION)
NARROWING = (TEXT, STATE, DUE, BLOCKED, COURT, ORGANIZATION, STAGE)
STATE_KEYS = (WHOSE, *NARROWING, SORT, GROUP)
KEYS = (*STATE_KEYS, VIEW, PLAIN, CURSOR)
MINE, TEAM, ALL = "mine", "team", "all"
_DAY = SortKey(name="due_sort")
SORTS: Mapping[str, tuple[SortKey, ...]] = {
    "due": (_DAY,),
    "-due": (SortKey(name="due_sort", descending=True),),
}
GROUPS: Mapping[str, SortKey] = {
    "organization": SortKey(name="organization__name_sort"),
    "owner": SortKey(name="owner__name_sort", nulls="last"),
    "court": SortKey(name="court"),
    "stage": SortKey(name="stage"),
}
_LABELS: Mapping[str, str | Promise] = {
    "organization": gettext_lazy("Organization"),
    "owner": gettext_lazy("Owner"),
    "court": gettext_lazy("Whose move"),
    "stage": gettext_lazy("Stage"),
}
_DUE: Mapping[str, str | Promise] = {
    "overdue": gettext_lazy("Overdue"),
    "week": gettext_lazy("In the next seven days"),
    "none": gettext_lazy("Without a day"),
}
_SORTS: Mapping[str, str | Promise] = {
    "": gettext_lazy("Earliest first"),
    "-due": gettext_lazy("Latest first"),
}
_STATES: Mapping[str, str | Promise] = {
    "": gettext_lazy("To do"),
    "started": TaskState.STARTED.label,
    "done": TaskState.DONE.label,
    "skipped": TaskState.SKIPPED.label,
    "any": gettext_lazy("All of them"),
}


@dataclass(frozen=True, kw_only=True)
class Choice:
    """One offer of a filter: what it says, where it leads, whether it is chosen."""

    label: str
    url: str
    is_active: bool
    value: str = ""


@dataclass(frozen=True, kw_only=True)
class Filter:
    """A filter with its offers."""

    key: str
    label: str
    choices: tuple[Choice, ...]

    @property
    def chosen(self) -> str:
        return next((one.label for one in self.choices if one.is_active), "")


@dataclass(frozen=True, kw_only=True)
class Line:
    """A row, with the heading of the group that begins with it."""

    row: TaskRow
    heading: str = ""


@dataclass(frozen=True, kw_only=True)
class TaskColumn:
    """One state of the board."""

    state: str
    label: str
    rows: tuple[TaskRow, ...]
    has_more: bool
    url: str


@dataclass(frozen=True, kw_only=True)
class TaskList:
    """A list in the hands of its reader; nothing is read yet.

    With `place` it is one of the tasks of that organization: everybody's, unless it is asked for own ones.
    """

    actor: Actor
    now: datetime
    path: str
    query: ListQuery
    place: OrganizationRow | None = None

    @property
    def usually(self) -> str:
        """Whose tasks these are where nobody has asked."""
        return MINE if self.place is None else ALL

    @property
    def whose(self) -> str:
        asked = self.query.get(WHOSE)
        return asked if asked in (MINE, TEAM, ALL) else self.usually

    @property
    def groups(self) -> tuple[str, ...]:
        """By what it may be grouped: not the tasks of the whole house, and one organization not by organization."""
        if self.place is not None:
            return tuple(key for key in GROUPS if key != "organization")
        return tuple(GROUPS) if self.whose != ALL else ()

    @property
    def group(self) -> str:
        asked = self.query.get(GROUP)
        return asked if asked in self.groups else ""

    @property
    def sort(self) -> str:
        asked = self.query.get(SORT)
        return asked if asked in SORTS else "due"

    @property
    def order(self) -> Order:
        first = (GROUPS[self.group],) if self.group else ()
        return Order((*first, *SORTS[self.sort]))

    @property
    def is_narrowed(self) -> bool:
        return any(key in NARROWING for key, _value in self.query.pairs)

    @property
    def as_file(self) -> str:
        """The query of a file of it: that of an organization is found in the list of all."""
        state = ListQuery(tuple(pair for pair in self.query.pairs if pair[0] in STATE_KEYS))
        if self.place is None:
            return state.encode()
        return state.changed(**{WHOSE: self.whose, ORGANIZATION: self.place.public_id}).encode()

    @property
    def text(self) -> str:
        return self.query.get(TEXT).strip()

    @property
    def people(self) -> list[int]:
        """Whose tasks these are, by key; nobody's for everybody's."""
        if self.whose == ALL:
            return []
        led = self.actor.led_user_ids if self.whose == TEAM else ()
        return sorted({*led, self.actor.user_id or 0})

    @property
    def is_asked_for(self) -> bool:
        """Whether something is asked of it at all: an organization's tasks stand by phase where nothing is."""
        return any(key in (*STATE_KEYS, CURSOR) for key, _value in self.query.pairs)

    @cached_property
    def of_everybody_here(self) -> TaskQuerySet:
        """Those of whom the list is, filtered, in whatever state."""
        found: TaskQuerySet = Task.objects.visible_to(self.actor).current()
        if self.place is not None:
            found = found.filter(organization_id=self.place.pk)
        if self.whose == MINE:
            found = found.owned_by(self.actor.user_id or 0)
        elif self.people:
            found = found.filter(owner_id__in=self.people)
        for key, narrow in _NARROWING.items():
            if value := self.query.get(key):
                found = narrow(found, value, self)
        return found

    @cached_property
    def found(self) -> TaskQuerySet:
        """All tasks of the list, in no order."""
        states = _states(self.query.get(STATE))
        found = self.of_everybody_here.filter(state__in=states) if states else self.of_everybody_here
        return self._named(found, states, is_backwards=self.sort.startswith("-"))

    def _named(self, found: TaskQuerySet, states: Sequence[str], *, is_backwards: bool) -> TaskQuerySet:
        """Those whose title or organization holds the text; one letter means the beginning."""
        if not self.text:
            return found
        if len(self.text) == 1:
            return found.filter(
                Q(title__istartswith=self.text) | Q(organization__name_sort__startswith=self.text.lower())
            )
        place = self.place.pk if self.place else None
        hits = matching_tasks(self.text, states=states, owners=self.people, place=place, is_backwards=is_backwards)
        return found.filter(pk__in=hits)

    @cached_property
    def rows(self) -> TaskQuerySet:
        return with_row_facts(self.found, self.actor).annotate(due_sort=DUE_SORT)

    @cached_property
    def page(self) -> Page:
        """One page in one statement, with the bounded count of the whole list in each row."""
        cursor = self.query.get(CURSOR)
        if self.place is not None or any(self.query.get(key) for key in _ASKED_ANEW):
            return paginate(self.page_rows(), self.order, cursor=cursor, size=PAGE_SIZE)
        asked = self.query.without(CURSOR, VIEW, PLAIN)
        return paginate_composed(_page_rows, self.actor, asked, order=self.order, cursor=cursor, size=PAGE_SIZE)

    def page_rows(self) -> Any:
        """What a page is made of, in no order and from its beginning."""
        total = BoundedCount(self.found.order_by().values("pk")[: COUNT_LIMIT + 1])
        names = [key.name for key in self.order.columns]
        return self.rows.annotate(total=total).values(*FIELDS, "total", *names)

    @property
    def pager(self) -> Pager:
        total = self.page.rows[0]["total"] if self.page.rows else 0
        return pager(self.page, self.query, self.path, total=total)

    def lines(self) -> list[Line]:
        lines, before = [], None
        for row in task_rows(self.page.rows, actor=self.actor, now=self.now):
            heading = _HEADINGS[self.group](row) if self.group else ""
            lines.append(Line(row=row, heading=heading if heading != before else ""))
            before = heading
        return lines

    def columns(self, list_path: str) -> list[TaskColumn]:
        """The board: a column for each state, most urgent first; what is done, latest first."""
        columns = []
        for state in TaskState:
            is_done = state == TaskState.DONE
            found = self._named(self.of_everybody_here.filter(state=state), [state], is_backwards=is_done)
            found = with_row_facts(found, self.actor).annotate(due_sort=DUE_SORT)
            ordered = found.order_by(F("done_at").desc(), "-pk") if is_done else found.order_by("due_sort", "pk")
            rows = task_rows(ordered.values(*FIELDS)[: COLUMN_SIZE + 1], actor=self.actor, now=self.now)
            url = self.query.changed(**{STATE: "" if state == TaskState.OPEN else state.value}).on(list_path)
            columns.append(
                TaskColumn(
                    state=state.value,
                    label=str(state.label),
                    rows=tuple(rows[:COLUMN_SIZE]),
                    has_more=len(rows) > COLUMN_SIZE,
                    url=url,
                )
            )
        return columns

    def whose_choices(self) -> list[Choice]:
        offers = [(MINE, _("Mine"))]
        if self.actor.led_user_ids:
            offers.append((TEAM, _("My team")))
        offers.append((ALL, _("All that I see") if self.place is None else _("All")))
        return [
            self._choice(WHOSE, "" if value == self.usually else value, label, is_active=value == self.whose)
            for value, label in offers
        ]

    def filters(self, *, with_state: bool = True) -> list[Filter]:
        """The filters with all that they offer, as links."""
        courts = {"": _("Anybody's"), **{court.value: str(court.label) for court in Court}}
        stages = {"": _("Any"), **{stage.value: str(stage.label) for stage in Stage}}
        offers: list[tuple[str, str, Mapping[str, Any]]] = [
            (DUE, _("Due"), {"": _("Any day"), **_DUE}),
            (BLOCKED, _("Blocked"), {"": _("Or not"), "1": _("Blocked")}),
            (COURT, _("Whose move"), courts),
            (STAGE, _("Stage"), stages),
        ]
        if with_state:
            offers.insert(0, (STATE, _("State"), _STATES))
            offers.append((SORT, _("Order"), _SORTS))
        if self.groups and with_state:
            offers.append((GROUP, _("Group by"), {"": _("Nothing"), **{key: _LABELS[key] for key in self.groups}}))
        return [
            Filter(
                key=key,
                label=label,
                choices=tuple(
                    self._choice(key, value, str(words), is_active=self.query.get(key) == value)
                    for value, words in choices.items()
                ),
            )
            for key, label, choices in offers
        ]

    def _choice(self, key: str, value: str, label: str, *, is_active: bool) -> Choice:
        url = self.query.changed(**{key: value}).on(self.path)
        return Choice(label=label, url=url, is_active=is_active, value=value)

    def organization_name(self) -> str:
        """The organization that the list is narrowed to, if its reader sees it: one statement, or none."""
        public_id = _uuid(self.query.get(ORGANIZATION))
        if public_id is None:
            return ""
        seen = Organization.objects.visible_to(self.actor).filter(public_id=public_id)
        return seen.values_list("name", flat=True).first() or ""


def open_tasks(
    actor: Actor, query: ListQuery, *, path: str, now: datetime, place: OrganizationRow | None = None
) -> TaskList:
    """The list that `query` describes for `actor`: of all organizations, or of the one `place`."""
    if place is not None:
        query = ListQuery(tuple(pair for pair in query.pairs if pair[0] != ORGANIZATION))
    return TaskList(actor=actor, now=now, path=path, query=query, place=place)


def _page_rows(actor: Actor, query: ListQuery) -> Any:
    """The same for a list that asks nothing of the moment: its text is kept by who asks and what."""
    return TaskList(actor=actor, now=FAR_PAST, path="", query=query).page_rows()


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _states(asked: str) -> Sequence[str]:
    """The states that are asked for; none for all."""
    if asked in TaskState.values:
        return [asked]
    return [] if asked == "any" else [state.value for state in OPEN_TASKS]


def _due(found: TaskQuerySet, value: str, shown: TaskList) -> TaskQuerySet:
    today = timezone.localdate(shown.now)
    if value == "overdue":
        return overdue(found, shown.now)
    if value == "week":
        return found.filter(due_on__gte=today, due_on__lte=today + timedelta(days=7))
    return found.filter(due_on__isnull=True) if value == "none" else found


def _in_organization(found: TaskQuerySet, value: str, shown: TaskList) -> TaskQuerySet:
    public_id = _uuid(value)
    return found.filter(organization__public_id=public_id) if public_id else found.none()


_NARROWING = {
    DUE: _due,
    BLOCKED: lambda found, value, shown: found.blocked(),
    COURT: lambda found, value, shown: found.filter(court=value) if value in Court.values else found,
    STAGE: lambda found, value, shown: found.filter(Q(stage=value)) if value in Stage.values else found,
    ORGANIZATION: _in_organization,
}
_HEADINGS = {
    "organization": lambda row: row.organization_name,
    "owner": lambda row: row.owner_name or _("Nobody"),
    "court": lambda row: row.court_label,
    "stage": lambda row: stage_label(row.stage) if row.stage else _("Without a stage"),
}
