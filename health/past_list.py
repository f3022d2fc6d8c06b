"""The portfolio as it was on a day: the snapshots of that day, within what the reader may see today."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

from django.db.models import Case, F, IntegerField, QuerySet, Value, When
from django.db.models.functions import Cast, Coalesce

from accounts.labels import kind_label, stage_label
from accounts.rules.access import Actor
from common.listing import COUNT_LIMIT, CURSOR, ListQuery, Pager, pager
from common.pagination import BoundedCount, Order, Page, SortKey, paginate
from health.lists import CARD, DAY, PAGE_SIZE
from health.models import Snapshot
from health.policies import HealthPolicies, card_of_version, policies_in_force
from health.rules.groups import group_stands, groups_json
from health.rules.receipt_json import scored_from
from health.rules.scorecard_packs import Scorecard
from health.selectors.portfolio import HealthRow, group_cells
from partners import filters
from partners.models import Organization

_PLACE = Case(
    When(band="red", then=Value(0)),
    When(band="yellow", then=Value(100_000)),
    When(band="grey", then=Value(200_000)),
    default=Value(300_000),
    output_field=IntegerField(),
) + Coalesce(Cast(F("score") * 100, IntegerField()), Value(0))
ORDER = Order((SortKey(name="place"),), tie_break="organization_id")
_FIELDS = (
    *("organization_id", "organization__public_id", "organization__name", "organization__kind", "organization__stage"),
    *("card", "card_version", "score", "coverage", "band", "computed_band", "receipt"),
)


@dataclass(frozen=True, kw_only=True)
class PastList:
    """A list in the hands of its reader; nothing is read yet."""

    actor: Actor
    now: datetime
    path: str
    query: ListQuery
    day: date

    @property
    def is_narrowed(self) -> bool:
        return any(key in filters.FILTER_KEYS or key == CARD for key, _value in self.query.pairs)

    @cached_property
    def first(self) -> date | None:
        """The first day that there are snapshots of at all; asked for where the day has none."""
        daily = Snapshot.objects.visible_to(self.actor).daily().filter(is_main=True)
        found: date | None = daily.order_by("day").values_list("day", flat=True).first()
        return found

    @property
    def is_before_all(self) -> bool:
        """Nothing had been computed by then."""
        return self.first is None or self.day < self.first

    @cached_property
    def found(self) -> QuerySet[Snapshot]:
        """The snapshots of the day, in no order."""
        bands = self.query.all("health")
        rest = self.query.without("health")
        asked = filters.apply(Organization.objects.opened_to(self.actor), rest, actor=self.actor, now=self.now)
        found = Snapshot.objects.visible_to(self.actor).daily().on(self.day).filter(is_main=True)
        found = found.filter(organization_id__in=asked.order_by().values("pk"))
        if bands:
            found = found.filter(band__in=bands)
        if card := self.query.get(CARD):
            found = found.filter(card=card)
        return found.order_by()

    @cached_property
    def page(self) -> Page:
        """One page in one statement, with the bounded count of the whole list in each row."""
        total = BoundedCount(self.found.values("organization_id")[: COUNT_LIMIT + 1])
        rows = self.found.annotate(place=_PLACE, total=total).values(*_FIELDS, "place", "total")
        return paginate(rows, ORDER, cursor=self.query.get(CURSOR), size=PAGE_SIZE)

    @cached_property
    def policies(self) -> HealthPolicies:
        return policies_in_force()

    @cached_property
    def rows(self) -> list[HealthRow]:
        """With the version of the scorecard that each was computed by: one statement for each that is not in force."""
        cards = {key: self._card(*key) for key in {(row["card"], row["card_version"]) for row in self.page.rows}}
        return [_row(values, cards[values["card"], values["card_version"]]) for values in self.page.rows]

    @property
    def card(self) -> Scorecard | None:
        return self.policies.main_cards.get(self.query.get(CARD)) if self.query.get(CARD) else None

    @property
    def pager(self) -> Pager:
        total = self.page.rows[0]["total"] if self.page.rows else 0
        asked = self.query.changed(**{DAY: self.day.isoformat()})
        return pager(self.page, asked, self.path, total=total)

    def _card(self, name: str, version: int) -> Scorecard | None:
        active = self.policies.card(name)
        return active if active is not None and active.version == version else card_of_version(name, version)


def open_past(actor: Actor, query: ListQuery, *, day: date, path: str, now: datetime) -> PastList:
    """The list of a day; nothing is read yet."""
    understood, _lost = filters.understood(query.without(DAY))
    place = tuple(pair for pair in query.pairs if pair[0] == CURSOR)
    return PastList(
        actor=actor,
        now=now,
        path=path,
        query=ListQuery((*understood.pairs, *place)),
        day=day,
    )


def _row(values: Mapping[str, Any], card: Scorecard | None) -> HealthRow:
    stands = groups_json(group_stands(card, scored_from(values["receipt"]))) if card is not None else []
    return HealthRow(
        pk=values["organization_id"],
        public_id=str(values["organization__public_id"]),
        name=values["organization__name"],
        kind=values["organization__kind"],
        kind_label=kind_label(values["organization__kind"]),
        stage=values["organization__stage"],
        stage_label=stage_label(values["organization__stage"]),
        owner="",
        owner_role="",
        arr=None,
        currency="",
        card=values["card"],
        score=values["score"],
        coverage=values["coverage"],
        band=values["band"],
        computed_band=values["computed_band"],
        band_since=None,
        moved=None,
        cells=group_cells(card, stands),
    )
