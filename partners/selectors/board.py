"""The board: every stage of one journey as a column, with its count and the organizations that stand there longest."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, F, Min, Window
from django.db.models.functions import RowNumber

from accounts.rules.access import Actor
from partners.choices import STAGES_OF_KIND, OrganizationKind
from partners.models import Organization
from partners.querysets import OrganizationQuerySet
from partners.selectors.listing import OrganizationRow, organization_rows, with_row_facts

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


def board(
    actor: Actor,
    *,
    kind: str,
    now: datetime,
    organizations: OrganizationQuerySet | None = None,
    per_column: int = CARDS_PER_COLUMN,
) -> Board:
    """The board of `kind` for `actor`; `organizations` narrows it (a filtered list). Two statements for any number."""
    found = Organization.objects.visible_to(actor) if organizations is None else organizations.visible_to(actor)
    found = found.current().of_kind(kind).order_by()
    counts = {
        row["stage"]: (row["total"], row["oldest"])
        for row in found.values("stage").annotate(total=Count("pk"), oldest=Min("stage_entered_at"))
    }
    place = Window(RowNumber(), partition_by="stage", order_by=["stage_entered_at", "pk"])
    chosen = found.annotate(place=place).filter(place__lte=per_column).values("pk")
    page = with_row_facts(Organization.objects.filter(pk__in=chosen), actor).order_by(F("stage_entered_at"), "pk")
    rows = organization_rows(list(page), now=now)
    return Board(
        kind=kind,
        columns=tuple(
            BoardColumn(
                stage=stage.value,
                label=str(stage.label),
                total=counts.get(stage.value, (0, now))[0],
                oldest_days=max((now - counts.get(stage.value, (0, now))[1]).days, 0),
                cards=tuple(row for row in rows if row.stage == stage.value),
            )
            for stage in STAGES_OF_KIND[OrganizationKind(kind)]
        ),
    )
