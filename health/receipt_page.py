"""What the page of an organization's health says, made for its templates: the head, the receipt, the history."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.safestring import SafeString
from django.utils.timezone import get_default_timezone_name
from django.utils.translation import gettext as _

from common.markup import joined, markup
from common.templatetags.format import day, spell_number
from health.charts import ChartInput, history_chart
from health.policies import words_of
from health.selectors.receipt import HealthPage, HistoryPoint, StoredState
from health.selectors.receipt_lines import causes, group_lines, holding_vetoes, movers, way_out
from health.words import ICONS, TONES, band_chip, band_label, reason_words, spell_signed, trend_words

SHOWN_HISTORY = 180


@dataclass(frozen=True, kw_only=True)
class BesideLine:
    """What another scorecard says."""

    state: StoredState
    label: str
    chip: SafeString


def head_context(found: HealthPage) -> dict[str, Any]:
    """The band of today with its reason, what is set by hand, what stands beside it."""
    state = found.state
    if state is None:
        return {"state": None}
    commercial, computed = found.page.shows_commercial, state.reason.get("computed") or {}
    return {
        "state": state,
        "band_tone": TONES[state.band],
        "band_icon": ICONS[state.band],
        "band_word": band_label(state.band),
        "reason": reason_words(state.reason, found.policies, with_commercial=commercial),
        "computed_word": band_label(state.computed_band),
        "computed_reason": reason_words(computed, found.policies, with_commercial=commercial),
        "computed_chip": band_chip(state.computed_band, state.score),
        "override_chip": band_chip(found.override.band) if found.override else "",
        "trend": trend_words(state.moved),
        "beside": [_beside(one, found) for one in found.beside],
    }


def _beside(state: StoredState, found: HealthPage) -> BesideLine:
    card = found.policies.card(state.card)
    return BesideLine(
        state=state, label=words_of(card.label) if card else state.card, chip=band_chip(state.band, state.score)
    )


def receipt_context(found: HealthPage) -> dict[str, Any]:
    """The receipt of the snapshot that is shown; nothing where there is none."""
    shown, commercial = found.shown, found.page.shows_commercial
    if shown is None:
        return {}
    receipt, card, policies = shown.receipt, shown.card, found.policies
    return {
        "shown": shown,
        "card_label": words_of(card.label) if card else receipt.card_key,
        "receipt_band": band_chip(shown.band, shown.score),
        "occasion_words": occasion_words(shown.occasion),
        "zone": get_default_timezone_name(),
        "groups": group_lines(receipt, card, policies, with_commercial=commercial),
        "change": receipt.change,
        "change_words": spell_signed(receipt.change.total) if receipt.change.total is not None else "",
        "causes": causes(receipt),
        "movers": movers(receipt, card, policies),
        "vetoes": holding_vetoes(receipt, card, policies),
        "way": way_out(receipt, card, policies, with_commercial=commercial),
    }


def occasion_words(occasion: str) -> str:
    """What gave reason to compute within a day."""
    kind = occasion.partition(":")[0]
    words = {
        "daily": _("of the day"),
        "change": _("after new evidence"),
        "override": _("after a band was set by hand"),
        "pulse": _("after a pulse"),
    }
    return words.get(kind, kind)


def history_context(found: HealthPage, url: str) -> dict[str, Any]:
    """The chart and the table behind it."""
    card = (found.policies.card(found.state.card) if found.state else None) or (
        found.shown.card if found.shown else None
    )
    asked = ChartInput(
        points=found.daily,
        bands=card.bands if card else None,
        overrides=found.overrides,
        pulses=found.pulses,
        base_url=url,
        chosen=found.shown.day if found.shown and found.asked else None,
    )
    latest = list(reversed(found.history))[:SHOWN_HISTORY]
    return {"chart": history_chart(asked), "history_rows": _history_rows(latest, url)}


def _history_rows(points: Iterable[HistoryPoint], url: str) -> SafeString:
    return joined(
        markup(
            '<tr><th scope="row"><a href="{}?day={}&amp;occasion={}">{}</a>{}</th><td>{}</td><td class="num">{}</td>'
            '<td class="num">{}</td><td>{} v{}</td></tr>',
            url,
            point.day.isoformat(),
            point.occasion,
            day(point.day),
            "" if point.is_daily else markup('<span class="name-hint">{}</span>', occasion_words(point.occasion)),
            band_chip(point.band),
            "\u2014" if point.score is None else spell_number(point.score, 2),
            f"{spell_number(point.coverage, 0)} %",
            point.card.replace("_", " "),
            point.card_version,
        )
        for point in points
    )
