"""What health offers to the homes; `hub.home` says which role sees which panel. Every number opens its rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from common.addresses import address
from common.listing import ListQuery
from common.markup import joined, markup
from common.panels import Panel, PanelRequest, register
from common.templatetags.format import Clock
from health.cells import PAGE, moved_mark
from health.selectors.own import UNKNOWN, OwnRow, band_counts, own_health
from health.words import TONES, band_chip, band_label
from tickets.home_panels import Tile


def _own(request: PanelRequest) -> Mapping[str, Any] | None:
    """Own organizations by their health; a lead who owns none has the team's instead."""
    found = own_health(request.actor)
    if not found.rows and request.actor.is_lead:
        return None
    return {
        "found": found,
        "lines": own_lines(found.rows, Clock(request.now)),
        "tiles": [_tile(band, count, mine=True) for band, count in found.counts.items() if count],
        "all_url": ListQuery((("mine", "1"),)).on(reverse("health:portfolio")),
    }


def _tile(band: str, count: int, *, mine: bool) -> Tile:
    pairs = (("mine", "1"), ("health", band)) if mine else (("health", band),)
    path = reverse("partners:organization_list" if band == UNKNOWN else "health:portfolio")
    tone = TONES.get(band, "") if band in ("red", "yellow") else ""
    label = band_label("" if band == UNKNOWN else band)
    return Tile(label=label, value=count, url=ListQuery(pairs).on(path), tone=tone)


def own_lines(rows: Iterable[OwnRow], clock: Clock) -> SafeString:
    """Rows of a table: each with its band and the reason in words, one click from the receipt."""
    health, why, talked = _("Health"), _("Why"), _("Last conversation")
    never = markup('<span class="muted">{}</span>', _("None yet"))
    return joined(
        markup(
            '<tr data-row tabindex="-1"><th scope="row"><a href="{}" data-row-link>{}</a>'
            '<span class="name-hint">{}</span></th><td data-label="{}"><span class="nowrap">{} {}</span></td>'
            '<td data-label="{}">{}</td><td class="nowrap" data-label="{}">{}</td></tr>',
            address(PAGE, row.public_id),
            row.name,
            row.stage_label,
            health,
            band_chip(row.band, row.score),
            moved_mark(row.moved) if row.band else "",
            why,
            row.reason,
            talked,
            clock.ago(row.last_two_way_at) if row.last_two_way_at else never,
        )
        for row in rows
    )


def _bands(request: PanelRequest) -> Mapping[str, Any] | None:
    """How all organizations are spread over the bands, and how many changed theirs."""
    counts = band_counts(request.actor, now=request.now)
    if not counts:
        return None
    moved = sum(one.moved for one in counts)
    tiles = [_tile(one.band, one.total, mine=False) for one in counts]
    tiles.append(Tile(label=_("Changed this week"), value=moved, url=reverse("health:moves")))
    return {"tiles": tiles}


def offer() -> None:
    """Register the panels; called once from AppConfig.ready()."""
    for key, title, icon, load in (
        ("health", _("Health of my organizations"), "activity", _own),
        ("health_bands", _("Health of all organizations"), "activity", _bands),
    ):
        register(
            Panel(
                key=key,
                slot="home",
                title=title,
                template=f"health/panels/_{'own' if key == 'health' else 'bands'}.html",
                load=load,
                wide=True,
                icon=icon,
            )
        )
