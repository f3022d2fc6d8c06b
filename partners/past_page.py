"""The page of an organization as of a past day: what held then, to read alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from uuid import UUID

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from accounts.rules.access import Actor
from common.past import PastDay
from common.templatetags.format import DASH, day, money
from partners import columns
from partners.models import GateReview
from partners.selectors.listing import reading_of
from partners.selectors.past import AS_OF, PastBanner
from partners.selectors.past_rows import PastRow, past_organization, past_rows
from partners.work_choices import ReviewOutcome


@dataclass(frozen=True, kw_only=True)
class PastGate:
    """A gate as it stood then: `outcome` is empty while it was open, and so is `decided_at`."""

    stage: str
    opened_at: datetime
    decided_at: datetime | None
    outcome: str


@dataclass(frozen=True, kw_only=True)
class PastPage:
    """An organization in the hands of its reader at the end of a day. Three statements."""

    actor: Actor
    past: PastDay
    public_id: UUID

    @cached_property
    def found(self) -> PastRow | None:
        """None: it was not here yet."""
        values = past_organization(self.actor, self.public_id, self.past)
        if values is None:
            return None
        return past_rows([values], reading=reading_of(self.actor, now=self.past.last), past=self.past)[0]

    @property
    def facts(self) -> list[tuple[str, SafeString | str]]:
        """Label and value; a dash for what is not known of that day."""
        if self.found is None:
            return []
        row = self.found.row
        health = columns.health_chip(row.health_band, row.health_score) if row.health_band else DASH
        said: list[tuple[str, SafeString | str]] = [
            (_("Stage"), columns.stage_chip(row)),
            (_("In stage since"), day(row.stage_entered_at)),
            (_("Target launch"), day(row.target_launch_on)),
            (_("Launched"), day(row.launched_on)),
            (_("Last contact"), day(row.last_interaction_at)),
            (_("Country"), row.country or DASH),
        ]
        if row.is_open:
            said += [(_("Health"), health), (_("Industry"), row.industry or DASH)]
            said += [(_("Market segment"), row.market_segment or DASH)]
        return [*said, (_("ARR"), money(row.arr, row.currency))] if row.arr is not None else said

    @cached_property
    def gates(self) -> Sequence[PastGate]:
        """The gates that had been opened by then, for those who open it in full."""
        if self.found is None or not self.found.row.is_open:
            return ()
        rows = GateReview.objects.all().visible_to(self.actor).filter(organization_id=self.found.row.pk)
        return [self._gate(review) for review in rows.filter(opened_at__lte=self.past.last).order_by("opened_at")]

    def _gate(self, review: GateReview) -> PastGate:
        is_decided = review.decided_at is not None and review.decided_at <= self.past.last
        return PastGate(
            stage=review.get_stage_display(),
            opened_at=review.opened_at,
            decided_at=review.decided_at if is_decided else None,
            outcome=str(ReviewOutcome(review.outcome).label) if is_decided else "",
        )

    @property
    def banner(self) -> PastBanner:
        address = reverse("partners:organization", args=[self.public_id])
        return PastBanner(past=self.past, problem="", present_url=address)

    @property
    def list_url(self) -> str:
        return f"{reverse('partners:organization_list')}?{AS_OF}={self.past.day.isoformat()}"
