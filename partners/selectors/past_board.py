"""The board as of a past day: who stood where at its end, longest first, by the rights of today (ADR 0035)."""

from typing import Any

from django.db.models import Count, F, Min

from accounts.rules.access import Actor
from common.listing import ListQuery
from common.past import PastDay
from partners.choices import STAGES_OF_KIND, OrganizationKind
from partners.selectors.board import CARDS_PER_COLUMN, Board, board_with
from partners.selectors.listing import reading_of
from partners.selectors.past_rows import past_among, past_rows, past_stages


def past_board(actor: Actor, query: ListQuery, past: PastDay, kind: str) -> Board:
    """The board of `kind` of those that `query` describes. Three statements for any number."""
    stays = past_stages(actor, query.changed(kind=kind), past)
    counts = stays.values("stage").annotate(total=Count("pk"), oldest=Min("entered_at"))
    first, *others = (
        stays.filter(stage=stage).order_by("entered_at", "organization_id").values("organization_id")[:CARDS_PER_COLUMN]
        for stage in STAGES_OF_KIND[OrganizationKind(kind)]
    )
    chosen: Any = first.union(*others, all=True)
    found = list(past_among(actor, chosen, past).order_by(F("past_since"), "pk"))
    cards = past_rows(found, reading=reading_of(actor, now=past.last), past=past)
    return board_with(actor, kind=kind, counts=counts, cards=[card.row for card in cards], now=past.last)
