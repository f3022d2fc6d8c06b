"""A home as of a past day: whom one held then, as they stood, of those that one sees today."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from accounts.rules.access import Actor
from common.listing import ListQuery
from common.past import PastDay
from common.templatetags.format import Clock
from health.words import TONES, band_chip, band_label
from partners import columns
from partners.filters import NOBODY
from partners.selectors.listing import reading_of
from partners.selectors.past import AS_OF, PastBanner
from partners.selectors.past_rows import PastRow, past_organizations, past_rows
from tickets.models import Ticket

SHOWN = 200
BANDS = ("red", "yellow", "grey", "green", "")


@dataclass(frozen=True, kw_only=True)
class PastLine:
    """One organization as it is drawn."""

    row: PastRow
    url: str
    stage: SafeString
    health: SafeString
    contact: SafeString | str
    open_tickets: int


@dataclass(frozen=True, kw_only=True)
class PastHome:
    """The home of `actor` as of a day; a lead who held none then has the team's. Four statements."""

    actor: Actor
    past: PastDay

    @cached_property
    def _found(self) -> tuple[ListQuery, list[PastRow]]:
        """The list behind it, and its rows."""
        reading = reading_of(self.actor, now=self.past.last)
        for whose in ("mine", "team") if self.actor.led_user_ids else ("mine",):
            query = ListQuery(((AS_OF, self.past.day.isoformat()), (whose, "1")))
            page = list(past_organizations(self.actor, query, self.past).order_by("name_sort", "id")[:SHOWN])
            if len(page) == SHOWN:
                page = self._worst(query)
            if rows := past_rows(page, reading=reading, past=self.past):
                break
        return query, sorted(rows, key=lambda one: BANDS.index(one.row.health_band))

    def _worst(self, query: ListQuery) -> list[Any]:
        """Of more than are shown those of the worst bands, and not the first by name. A statement for each band."""
        found: list[Any] = []
        for band in BANDS:
            if len(found) < SHOWN:
                found += self._of_band(query, band).order_by("name_sort", "id")[: SHOWN - len(found)]
        return found

    def _of_band(self, query: ListQuery, band: str) -> Any:
        return past_organizations(self.actor, query.changed(health=band or NOBODY), self.past)

    @property
    def list_url(self) -> str:
        return self._found[0].on(reverse("partners:organization_list"))

    @property
    def is_cut(self) -> bool:
        return len(self._found[1]) == SHOWN

    @property
    def tiles(self) -> list[tuple[str, int, str, str]]:
        """How many of each band: label, number, the list behind it, tone."""
        query, rows = self._found
        counts: Mapping[str, int] = Counter(one.row.health_band for one in rows if one.row.is_open)
        if self.is_cut:
            counts = {band: self._of_band(query, band).values("pk").count() for band in BANDS}
        address = reverse("partners:organization_list")
        return [
            (band_label(band), counts[band], query.changed(health=band or NOBODY).on(address), TONES.get(band, ""))
            for band in BANDS
            if counts[band]
        ]

    @cached_property
    def lines(self) -> list[PastLine]:
        """The worst first."""
        rows, tickets, marks = self._found[1], self._open_tickets(), columns.Marks()
        clock, suffix = Clock(self.past.last), f"?{AS_OF}={self.past.day.isoformat()}"
        return [
            PastLine(
                row=one,
                url=columns.row_url(one.row, suffix),
                stage=columns.stage_chip(one.row),
                health=band_chip(one.row.health_band, one.row.health_score),
                contact=clock.ago(one.row.last_interaction_at) if one.row.last_interaction_at else marks.none_yet,
                open_tickets=tickets.get(one.row.pk, 0),
            )
            for one in rows
        ]

    def _open_tickets(self) -> Mapping[int, int]:
        """Tickets that were open then, by organization."""
        at = self.past.last
        done = Q(solved_at__lte=at) | Q(closed_at__lte=at)
        rows = Ticket.objects.all().visible_to(self.actor).filter(opened_at__lte=at, merged_into__isnull=True)
        rows = rows.filter(organization_id__in=[one.row.pk for one in self._found[1]]).exclude(done)
        return dict(rows.order_by().values_list("organization_id").annotate(Count("pk")))

    @property
    def banner(self) -> PastBanner:
        return PastBanner(past=self.past, problem="", present_url=reverse("hub:home"))

    @property
    def title(self) -> str:
        return _("My team then") if self._found[0].get("team") else _("Mine then")
