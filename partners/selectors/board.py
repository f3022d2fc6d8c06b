"""The board: every stage of one journey as a column, with its count and the organizations that stand there longest."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Min, QuerySet

from accounts.rules.access import Actor, visibility_terms
from partners.choices import STAGES_OF_KIND, OrganizationKind
from partners.models import Organization
from partners.querysets import OrganizationQuerySet
from partners.selectors.listing import ROW_FIELDS, OrganizationRow, organization_rows, with_row_facts

# Bounded: a column shows what one can look at; its heading leads to the list for the rest.
CARDS_PER_COLUMN = 30


@dataclass(frozen=True, kw_only=True)
class BoardColumn:
    """One stage: `total` counts all that the reader sees there, `cards` are the first of them."""

    stage: str
    label: str
    total: int
    oldest_days: int
    cards: tuple[OrganizationRow, ...]

    @property
    def has_more(self) -> bool:
        return self.total > len(self.cards)


@dataclass(frozen=True, kw_only=True)
class Board:
    kind: str
    columns: tuple[BoardColumn, ...]

    @property
    def total(self) -> int:
        return sum(column.total for column in self.columns)


def standing(actor: Actor, kind: str, organizations: OrganizationQuerySet) -> OrganizationQuerySet:
    """Those of `organizations` that stand on the board of `kind`, as `actor` sees them."""
    return organizations.visible_to(actor).current().of_kind(kind).order_by()


def stage_counts(found: OrganizationQuerySet) -> QuerySet[Any, Any]:
    """For each stage how many stand there, and since when the first of them."""
    return found.values("stage").annotate(total=Count("pk"), oldest=Min("stage_entered_at"))


def first_cards(
    actor: Actor, kind: str, found: OrganizationQuerySet, per_column: int = CARDS_PER_COLUMN
) -> QuerySet[Any, Any]:
    """What the cards are made of, those that stand longest in each stage.

    The first of each stage, and not row numbers over all of them, which would sort every organization there is.
    """
    first, *others = (
        found.filter(stage=stage).order_by("stage_entered_at", "pk").values("pk")[:per_column]
        for stage in STAGES_OF_KIND[OrganizationKind(kind)]
    )
    chosen: Any = first.union(*others, all=True)
    page = with_row_facts(Organization.objects.visible_to(actor).filter(pk__in=chosen))
    return page.order_by("stage_entered_at", "pk").values(*ROW_FIELDS)


def board_of(
    actor: Actor, *, kind: str, counts: Iterable[Mapping[str, Any]], cards: Sequence[Mapping[str, Any]], now: datetime
) -> Board:
    """The board of `kind` from what `stage_counts` and `first_cards` have found; no statement."""
    return board_with(actor, kind=kind, counts=counts, cards=organization_rows(cards, actor=actor, now=now), now=now)


def board_with(
    actor: Actor, *, kind: str, counts: Iterable[Mapping[str, Any]], cards: Iterable[OrganizationRow], now: datetime
) -> Board:
    """The same of rows that have been read; days are counted up to `now`."""
    counted = {row["stage"]: (row["total"], row["oldest"]) for row in counts}
    rows: dict[str, list[OrganizationRow]] = defaultdict(list)
    for row in cards:
        rows[row.stage].append(row)
    opened = _open_stages(actor, kind)
    return Board(
        kind=kind,
        columns=tuple(
            BoardColumn(
                stage=stage.value,
                label=str(stage.label),
                total=counted.get(stage.value, (0, now))[0],
                oldest_days=max((now - counted.get(stage.value, (0, now))[1]).days, 0),
                cards=tuple(rows[stage.value]),
            )
            for stage in STAGES_OF_KIND[OrganizationKind(kind)]
            if stage in counted or stage in opened
        ),
    )


def _open_stages(actor: Actor, kind: str) -> frozenset[str]:
    """The stages in which `actor` could see an organization of `kind`: an empty column of another says nothing."""
    terms = visibility_terms(actor)
    if terms.everything or (terms.summary_roles and not (terms.own or terms.led)):
        return frozenset(STAGES_OF_KIND[OrganizationKind(kind)])
    return frozenset(stage for term in (*terms.own, *terms.led) if term.kind == kind for stage in term.stages)
