"""The journey of an organization on one page: its stages, the gate it stands at, the gates behind it."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.utils import timezone

from partners.selectors.gate_card import GateCard, card_of
from partners.selectors.gate_history import GateSummary, summaries
from partners.selectors.gate_page import GatePage, journey_for
from partners.selectors.gate_rows import review_rows
from partners.selectors.gate_steps import NextStep, next_step
from partners.selectors.page import OrganizationPage


@dataclass(frozen=True, kw_only=True)
class GateTab:
    """`card` is None where no journey is loaded; `earlier` are the decided gates, the latest stay of a stage last."""

    gate: GatePage | None
    card: GateCard | None
    step: NextStep | None
    earlier: tuple[GateSummary, ...]


def gate_tab(page: OrganizationPage) -> GateTab:
    """The gates of an organization: two statements."""
    today = timezone.localdate(page.now, ZoneInfo(page.organization.timezone))
    reviews = review_rows(page.actor, page.organization, today=today)
    present = next((rows for rows in reviews if rows.is_open and rows.review.stage == page.row.stage), None)
    journey = journey_for(page, present)
    stage = next((one for one in journey.stages if one.id == page.row.stage), None) if journey else None
    if journey is None or stage is None:
        return GateTab(gate=None, card=None, step=None, earlier=())
    gate = GatePage(page, journey, stage, present)
    card = card_of(gate)
    return GateTab(gate=gate, card=card, step=next_step(card), earlier=tuple(summaries(journey, reviews)))
