"""A list of organizations as its query string describes it: filters, sort, group, columns, place.

Shared by the list page, its export and the "previous, next" of an organization that was opened from it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property, reduce
from typing import Any

from django.db.models import Case, F, IntegerField, OuterRef, Q, Subquery, Value, When
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.labels import role_short_label
from accounts.models import User
from accounts.rules.access import Actor, FieldClass
from common.export import ExportColumn
from common.listing import COUNT_LIMIT, CURSOR, ListQuery, Pager, pager
from common.markup import joined
from common.pagination import BoundedCount, Key, Order, Page, SortKey, neighbors, paginate, paginate_composed
from common.templatetags.format import Clock
from partners import columns, filters
from partners.choices import Stage
from partners.list_heads import SORT, Head, ScopeLink, head_of, scope_links
from partners.models import Assignment, Organization
from partners.querysets import OrganizationQuerySet
from partners.selectors.listing import ROW_FIELDS, OrganizationRow, organization_rows, with_row_facts
from partners.selectors.past import AS_OF

PAGE_SIZE = 50
GROUP, COLUMNS, DENSITY, VIEW = "group", "columns", "density", "view"
DISPLAY_KEYS = (SORT, GROUP, COLUMNS, DENSITY)
STATE_KEYS = (*filters.FILTER_KEYS, *DISPLAY_KEYS)
# "All organizations", said in so many words: not even the reader's default view.
ALL = "all"
EVERYTHING = ListQuery(((ALL, "1"),))
KEYS = (*STATE_KEYS, VIEW, ALL, CURSOR)
# The form of filters is for lists of past days as well.
PAST_KEYS = (AS_OF, *KEYS)

_NAME = SortKey(name="name_sort")
SORTS: dict[str, Order] = {
    "name": Order((_NAME,)),
    "-name": Order((replace(_NAME, descending=True),)),
    "stage": Order((SortKey(name="stage_rank"), _NAME)),
    # Names turn around as well: one index, read from its other end.
    "-stage": Order((SortKey(name="stage_rank", descending=True), replace(_NAME, descending=True))),
    "age": Order((SortKey(name="stage_entered_at"),)),
    "-age": Order((SortKey(name="stage_entered_at", descending=True),)),
    "contact": Order((SortKey(name="facts__last_interaction_at", nulls="first"), _NAME)),
    "-contact": Order((SortKey(name="facts__last_interaction_at", descending=True, nulls="last"), _NAME)),
    "launch": Order((SortKey(name="target_launch_on", nulls="last"), _NAME)),
    "-launch": Order((SortKey(name="target_launch_on", descending=True, nulls="last"), _NAME)),
    "class": Order((SortKey(name="class_place", nulls="last"), _NAME)),
    "-class": Order((SortKey(name="class_place", descending=True, nulls="last"), _NAME)),
    "tier": Order((SortKey(name="tier_place", nulls="last"), _NAME)),
    "-tier": Order((SortKey(name="tier_place", descending=True, nulls="last"), _NAME)),
    "arr": Order((SortKey(name="arr_place", nulls="last"), _NAME)),
    "-arr": Order((SortKey(name="arr_place", descending=True, nulls="last"), _NAME)),
    "added": Order((SortKey(name="created_at"),)),
    "-added": Order((SortKey(name="created_at", descending=True),)),
}
GROUPS: dict[str, SortKey] = {
    "stage": SortKey(name="stage_rank"),
    "owner": SortKey(name="owner_place", nulls="last"),
    "tier": SortKey(name="tier_place", nulls="last"),
}
GROUP_LABELS = {"stage": gettext_lazy("Stage"), "owner": gettext_lazy("Owner"), "tier": gettext_lazy("Tier")}
# Stands for the moment where none is asked for.
FAR_PAST = datetime(1970, 1, 1, tzinfo=UTC)
_GEMS = ("diamond", "pearl", "sapphire", "ruby", "quartz")
_LEVELS = 10


@dataclass(frozen=True, kw_only=True)
class Line:
    """One row of the list as it is drawn; `heading` is set where a group begins."""

    row: OrganizationRow
    cells: SafeString
    heading: str = ""


@dataclass(frozen=True, kw_only=True)
class Neighbor:
    """The organization beside one in a list."""

    public_id: str
    name: str


@dataclass(frozen=True, kw_only=True)
class OrganizationList:
    """A list in the hands of its reader. `query` is understood; `lost` names filters that meant nothing."""

    actor: Actor
    now: datetime
    path: str
    query: ListQuery
    lost: tuple[str, ...] = ()

    @property
    def sort(self) -> str:
        asked = self.query.get(SORT)
        is_open = asked in SORTS and (asked.lstrip("-") != "arr" or self.reads_commercial)
        return asked if is_open else "name"

    @property
    def group(self) -> str:
        asked = self.query.get(GROUP)
        return asked if asked in GROUPS else ""

    @property
    def group_role(self) -> str:
        """The role whose primary owner a list is grouped by."""
        if role := self.query.get(filters.ROLE):
            return role
        return "csm" if self.query.get("kind") == "customer" else "pam"

    @property
    def is_dense(self) -> bool:
        return self.query.get(DENSITY) == "dense"

    @property
    def reads_commercial(self) -> bool:
        return self.actor.may_read(FieldClass.COMMERCIAL)

    @property
    def text(self) -> str:
        return self.query.get(filters.TEXT)

    @property
    def is_any(self) -> bool:
        return self.query.get(filters.MATCH) == "any"

    @property
    def sees_all(self) -> bool:
        return bool(self.actor.active_roles & self.actor.policy.see_all)

    @property
    def is_narrowed(self) -> bool:
        return any(key in filters.FILTER_KEYS and key != filters.MATCH for key, _value in self.query.pairs)

    @cached_property
    def columns(self) -> tuple[columns.Column, ...]:
        return columns.chosen(self.query.get(COLUMNS), with_commercial=self.reads_commercial)

    @cached_property
    def order(self) -> Order:
        order = SORTS[self.sort]
        if not self.group:
            return order
        group = GROUPS[self.group]
        return Order((group, *(key for key in order.keys if key.name != group.name)))

    @cached_property
    def found(self) -> OrganizationQuerySet:
        """All organizations of the list, in no order."""
        visible = Organization.objects.visible_to(self.actor)
        found: OrganizationQuerySet = filters.apply(visible, self.query, actor=self.actor, now=self.now)
        return found.order_by()

    @cached_property
    def rows(self) -> OrganizationQuerySet:
        """The same with all that rows and orders read."""
        return self._placed(with_row_facts(self.found))

    @cached_property
    def page(self) -> Page:
        """One page in one statement, with the bounded count of the whole list in each row."""
        cursor = self.query.get(CURSOR)
        if any(self.query.get(key) for key in filters.ASKED_ANEW):
            return paginate(self.page_rows(), self.order, cursor=cursor, size=PAGE_SIZE)
        asked = self.query.without(CURSOR, VIEW, DENSITY, COLUMNS)
        return paginate_composed(_page_rows, self.actor, asked, order=self.order, cursor=cursor, size=PAGE_SIZE)

    def page_rows(self) -> Any:
        """What a page is made of, in no order and from its beginning."""
        total = BoundedCount(self.found.values("pk")[: COUNT_LIMIT + 1])
        places = [key.name for key in self.order.keys if key.name not in ROW_FIELDS]
        return self.rows.annotate(total=total).values(*ROW_FIELDS, "total", *places)

    @property
    def total(self) -> int:
        return self.page.rows[0]["total"] if self.page.rows else 0

    @property
    def pager(self) -> Pager:
        return pager(self.page, self.query, self.path, total=self.total)

    def lines(self, *, with_check: bool = False) -> list[Line]:
        """The rows of the page, drawn; `with_check` puts a box to choose them by in front."""
        suffix = f"?{ListQuery((('list', self.query.without(VIEW).encode()),)).encode()}" if self.query.pairs else ""
        context = columns.CellContext(clock=Clock(self.now), list_suffix=suffix, marks=columns.Marks())
        cells = [column.drawn() for column in self.columns]
        lines, before = [], None
        rows = organization_rows(self.page.rows, actor=self.actor, now=self.now)
        for values, row in zip(self.page.rows, rows, strict=True):
            heading = self._heading(values) if self.group else ""
            first = [columns.check_cell(row)] if with_check else []
            drawn = joined([*first, columns.name_cell(row, context), *[cell(row, context) for cell in cells]])
            lines.append(Line(row=row, cells=drawn, heading=heading if heading != before else ""))
            before = heading
        return lines

    def heads(self) -> list[Head]:
        """The heads of the name and of the chosen columns, with where a click sorts."""
        named = [(_("Name"), "name", ""), *((str(c.label), c.sort, c.css) for c in self.columns)]
        return [head_of(label, sort, css, self.sort, self.query, self.path) for label, sort, css in named]

    def names(self) -> dict[str, str]:
        """Names of the team and of the owners that it is narrowed to, by public id: from its rows if they are there."""
        names = filters.team_names(self.query, self.actor)
        wanted = {value for value in self.query.all(filters.OWNER) if value not in (filters.ME, filters.NOBODY)}
        if not wanted:
            return names
        names |= {row[1]: row[2] for values in self.page.rows for row in values["owner_rows"] or ()}
        if wanted <= names.keys():
            return names
        people = User.objects.visible_to(self.actor).filter(public_id__in=wanted)
        return names | {str(public_id): name for public_id, name in people.values_list("public_id", "name")}

    def scope_links(self) -> list[ScopeLink]:
        """All, mine, my team: the switch above the list."""
        return scope_links(self.query.without(VIEW, ALL), self.actor, self.path, everything=EVERYTHING)

    def display(self) -> dict[str, Any]:
        """What the form of filters and display offers: columns, sorts, groups."""
        offered = [column for column in columns.COLUMNS if self.reads_commercial or not column.is_commercial]
        sorts = [("name", _("Name")), ("-added", _("Newest first"))]
        for column in offered:
            if column.sort:
                sorts += [(column.sort, str(column.label)), (f"-{column.sort}", _("%s, downwards") % column.label)]
        return {
            "columns": [(column.key, str(column.label)) for column in offered],
            "shown_columns": [column.key for column in self.columns],
            "usual_columns": list(columns.DEFAULT_KEYS),
            "sorts": sorts,
            "groups": [(key, str(label)) for key, label in GROUP_LABELS.items()],
        }

    def export_columns(self) -> list[ExportColumn]:
        """The shown columns with those that tell rows apart, for a file."""
        return [
            *naming_columns(),
            *(
                ExportColumn(label=str(column.label), value=column.text)
                for column in self.columns
                if column.key != "kind"
            ),
        ]

    def neighbors(self, organization: Organization) -> dict[str, Neighbor]:
        """The organizations before ("previous") and after ("next") one in this list, wherever it stands by now.

        One statement, two for orders by a computed place. An organization that has left the list since still has
        neighbors: those around its place.
        """
        key = self._key_of(organization)
        if key is None:
            return {}
        sides = zip(("previous", "next"), neighbors(self._placed(self.found), self.order, key), strict=True)
        before, after = (
            rows.annotate(side=Value(side)).values_list("side", "public_id", "name")[:1] for side, rows in sides
        )
        return {
            side: Neighbor(public_id=str(public_id), name=name)
            for side, public_id, name in before.union(after, all=True)
        }

    def in_full(self, **fields: Any) -> Q:
        """Rows that the reader opens in full and that fit `fields`: for orders by what a summary does not hold."""
        return Q(**fields, **({"pk__isnull": False} if self.sees_all else {"is_open": True}))

    def _key_of(self, organization: Any) -> Key | None:
        names = [column.name for column in self.order.columns]
        if not _PLACES.keys() & set(names):
            return tuple(reduce(getattr, name.split("__"), organization) for name in names)
        found: Key | None = self._placed(Organization.objects.filter(pk=organization.pk)).values_list(*names).first()
        return found

    def _placed(self, found: OrganizationQuerySet) -> OrganizationQuerySet:
        """With the computed columns that the order reads."""
        names = [key.name for key in self.order.keys if key.name in _PLACES]
        if not names:
            return found
        reached = found if self.sees_all else found.with_reach(self.actor)
        return reached.annotate(**{name: _PLACES[name](self) for name in names})

    def _heading(self, values: Mapping[str, Any]) -> str:
        if self.group == "stage":
            return str(Stage(values["stage"]).label)
        if self.group == "owner":
            role = role_short_label(self.group_role)
            held = (row for row in values["owner_rows"] or () if row[3] == self.group_role and row[4])
            name = next((row[2] for row in held), "")
            return f"{role}: {name}" if name else _("No %(role)s") % {"role": role}
        return _tier_words(values["tier_place"])


def open_list(actor: Actor, query: ListQuery, *, path: str, now: datetime) -> OrganizationList:
    """The list that `query` describes for `actor`; nothing is read yet."""
    understood, lost = filters.understood(query)
    return OrganizationList(actor=actor, now=now, path=path, query=understood, lost=lost)


def naming_columns() -> list[ExportColumn]:
    """The columns of a file that tell organizations apart."""
    return [
        ExportColumn(label=_("Id"), value=lambda row: row.public_id),
        ExportColumn(label=_("Name"), value=lambda row: row.name),
        ExportColumn(label=_("Kind"), value=lambda row: row.kind_label),
    ]


def _tier_words(place: int | None) -> str:
    if place is None:
        return _("Not classified")
    if place >= _LEVELS:
        return _("Level %(tier)s") % {"tier": place - _LEVELS}
    return _("Tier %(tier)s") % {"tier": place}


def _tier_place(shown: OrganizationList) -> Any:
    """Partner tiers 0 to 2, then engagement tiers; nothing where the row is known by its summary alone."""
    return Case(
        When(shown.in_full(kind="partner"), then=F("facts__partner_tier")),
        When(shown.in_full(), then=F("facts__engagement_tier") + _LEVELS),
        output_field=IntegerField(),
    )


def _class_place(shown: OrganizationList) -> Any:
    gems = (When(shown.in_full(facts__gemstone=gem), then=Value(place)) for place, gem in enumerate(_GEMS))
    tiers = When(shown.in_full(facts__partner_tier__isnull=False), then=F("facts__partner_tier") + _LEVELS)
    return Case(*gems, tiers, output_field=IntegerField())


def _arr_place(shown: OrganizationList) -> Any:
    return F("arr") if shown.sees_all else Case(When(shows_commercial=True, then=F("arr")))


def _owner_place(shown: OrganizationList) -> Any:
    """The name of the primary owner in a role.

    Who holds a role changes and so do names: no index has this order, and a list grouped by owner reads and sorts all
    that it shows. For somebody who sees everything that grows with the number of organizations (docs/operations.md).
    """
    held = Assignment.objects.active().filter(role=shown.group_role, is_primary=True)
    owner = held.filter(organization_id=OuterRef("pk")).values("user__name_sort")
    return Subquery(owner[:1])


_PLACES = {
    "tier_place": _tier_place,
    "class_place": _class_place,
    "owner_place": _owner_place,
    "arr_place": _arr_place,
}


def _page_rows(actor: Actor, query: ListQuery) -> Any:
    """The same for a list that asks nothing of the moment: its text is kept by who asks and what."""
    return OrganizationList(actor=actor, now=FAR_PAST, path="", query=query).page_rows()
