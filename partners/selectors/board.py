"""The board: every stage of one journey as a column, with its count and the organizations that stand there longest."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Min

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
    stages = STAGES_OF_KIND[OrganizationKind(kind)]
    # The first of each stage, and not row numbers over all of them, which would sort every organization there is.
    first, *others = (
        found.filter(stage=stage).order_by("stage_entered_at", "pk").values("pk")[:per_column] for stage in stages
    )
    chosen: Any = first.union(*others, all=True)
    page = with_row_facts(Organization.objects.visible_to(actor).filter(pk__in=chosen))
    values = list(page.order_by("stage_entered_at", "pk").values(*ROW_FIELDS))
    rows = organization_rows(values, actor=actor, now=now)
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
            for stage in stages
            if stage in counts or stage in _open_stages(actor, kind)
        ),
    )


def _open_stages(actor: Actor, kind: str) -> frozenset[str]:
    """The stages in which `actor` could see an organization of `kind`: an empty column of another says nothing."""
    terms = visibility_terms(actor)
    if terms.everything or (terms.summary_roles and not (terms.own or terms.led)):
        return frozenset(STAGES_OF_KIND[OrganizationKind(kind)])
    return frozenset(stage for term in (*terms.own, *terms.led) if term.kind == kind for stage in term.stages)
