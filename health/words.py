"""Health in words: bands with their looks, reasons, values with their units, from codes and figures to sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from common.templatetags.format import spell_day, spell_number
from common.templatetags.ui import chip
from health.choices import Band
from health.policies import HealthPolicies, words_of
from health.rules import reasons
from health.rules.scorecard_packs import Scorecard
from partners.columns import HEALTH_ICONS as ICONS
from partners.columns import HEALTH_TONES as TONES

PULSE_ICONS: Mapping[str, str] = {"green": "mood-smile", "yellow": "eye", "red": "mood-sad"}
STATE_WORDS: Mapping[str, str | Promise] = {
    "fresh": gettext_lazy("Fresh"),
    "stale": gettext_lazy("Stale"),
    "never": gettext_lazy("Never"),
}
STATE_TONES: Mapping[str, str] = {"fresh": "success", "stale": "warning", "never": "neutral"}
STATE_ICONS: Mapping[str, str] = {"fresh": "circle-check", "stale": "clock-exclamation", "never": "circle-dashed"}
SHOWN = 2
"""So many measures the short form of a reason names."""

_UNITS: Mapping[str, str | Promise] = {
    "percent": gettext_lazy("%(value)s\u00a0%%"),
    "ms": gettext_lazy("%(value)s\u00a0ms"),
    "seconds": gettext_lazy("%(value)s\u00a0s"),
    "minutes": gettext_lazy("%(value)s\u00a0min"),
    "hours": gettext_lazy("%(value)s\u00a0h"),
    "days": gettext_lazy("%(value)s\u00a0d"),
    "per_day": gettext_lazy("%(value)s a day"),
    "points": gettext_lazy("%(value)s points"),
}


def band_label(band: str) -> str:
    return str(Band(band).label) if band in Band.values else _("Not computed")


def band_chip(band: str, score: Decimal | None = None) -> SafeString:
    """A band by color, icon and word, with its score where there is one."""
    words = band_label(band)
    if score is not None:
        words = f"{words} {spell_score(score)}"
    return chip(words, TONES.get(band, "neutral"), ICONS.get(band, "circle-dashed"))


def spell_score(score: Decimal) -> str:
    """A score or points: whole where nothing is lost, else two places."""
    return spell_number(score, 0 if score == score.to_integral_value() else 2)


def spell_signed(value: Decimal) -> str:
    """A difference with its sign, two places."""
    words = spell_number(abs(value), 2)
    return f"+{words}" if value > 0 else f"\u2212{words}" if value < 0 else words


def value_words(value: Decimal | str | None, unit: str) -> str:
    """A raw value with its unit; a dash where there never was one."""
    number = _number(value)
    if number is None:
        return "\u2014"
    places = max(0, min(2, -int(number.normalize().as_tuple().exponent)))
    pattern = _UNITS.get(unit)
    words = spell_number(number, places)
    return str(pattern) % {"value": words} if pattern is not None else words


def gauge_unit(kind: str, unit: str) -> str:
    """The unit of what a measure reads: trends and entitlements are percent of something."""
    return unit if kind == "thresholds" else "percent"


def trend_words(moved: Decimal | None) -> tuple[str, str, str]:
    """How a score moved since the snapshot before: arrow, words, tone."""
    if moved is None or not moved:
        return "arrow-right", _("unchanged") if moved is not None else _("no earlier score"), "neutral"
    icon, tone = ("trending-up", "success") if moved > 0 else ("trending-down", "danger")
    return icon, spell_signed(moved), tone


def reason_words(
    reason: Mapping[str, Any], policies: HealthPolicies, *, with_commercial: bool, card: Scorecard | None = None
) -> str:
    """Why a band is what it is, in a sentence. `card`: the version it was computed by, where it is at hand."""
    teller = _Teller(policies, card or policies.card(str(reason.get("card", ""))), with_commercial)
    tell = _TELLERS.get(str(reason.get("code", "")))
    return tell(reason, teller) if tell is not None else ""


def short_reason(reason: Mapping[str, Any], policies: HealthPolicies, *, with_commercial: bool) -> str:
    """The same where nothing is computed yet: says so."""
    return reason_words(reason, policies, with_commercial=with_commercial) or _("Nothing has been computed yet.")


class _Teller:
    """What sentences are made with: the words of a card, within what the reader may read."""

    def __init__(self, policies: HealthPolicies, card: Scorecard | None, with_commercial: bool) -> None:
        self.policies, self.card, self.with_commercial = policies, card, with_commercial

    def measure(self, row: Sequence[Any]) -> str:
        """ "Error rate 4.2 % (12 of 100)"; commercial figures by their name alone where those are closed."""
        measure_id, metric, raw, points = (*row, None, None, None, None)[:4]
        name = self.policies.measure_label(self.card, str(measure_id), str(metric))
        if raw is None or points is None or (self.policies.is_commercial(str(metric)) and not self.with_commercial):
            return name
        kind = next((one.kind for one in self.card.measures if one.id == measure_id), "") if self.card else ""
        value = value_words(raw, gauge_unit(kind or "thresholds", self.policies.unit(str(metric))))
        figures = {"name": name, "value": value, "points": spell_score(Decimal(points).quantize(Decimal(1)))}
        return _("%(name)s %(value)s (%(points)s of 100)") % figures

    def veto(self, row: Sequence[Any]) -> str:
        found = next((one for one in self.card.vetoes if one.id == row[0]), None) if self.card is not None else None
        return words_of(found.label) if found is not None else self.policies.metric_label(str(row[1]))

    def names(self, rows: Sequence[Sequence[Any]]) -> str:
        return ", ".join(self.measure(row) for row in rows[:SHOWN])


def _nothing(reason: Mapping[str, Any], teller: _Teller) -> str:
    return _("No measure ever had evidence.")


def _coverage(reason: Mapping[str, Any], teller: _Teller) -> str:
    figures = {"coverage": _percent(reason.get("coverage")), "minimum": _percent(reason.get("minimum"))}
    missing = reason.get("missing") or ()
    names = ", ".join(
        teller.policies.measure_label(teller.card, str(row[0]), str(row[1])) for row in missing[: SHOWN + 1]
    )
    known = _("Too little is known: fresh evidence for %(coverage)s, at least %(minimum)s is needed.") % figures
    return f"{known} {_('Missing or stale: %(names)s.') % {'names': names}}" if names else known


def _veto(reason: Mapping[str, Any], teller: _Teller) -> str:
    vetoes = reason.get("vetoes") or ()
    names = "; ".join(teller.veto(row) for row in vetoes)
    cap = "red" if any(row[3] == "red" for row in vetoes) else "yellow"
    return _("%(names)s: no better than %(band)s.") % {"names": names, "band": band_label(cap).lower()}


def _stale_veto(reason: Mapping[str, Any], teller: _Teller) -> str:
    names = "; ".join(teller.veto(row) for row in reason.get("vetoes") or ())
    return _("%(names)s: last known so, and not heard of since.") % {"names": names}


def _held(reason: Mapping[str, Any], teller: _Teller) -> str:
    since = reason.get("since")
    days = int(reason.get("days") or 0)
    figures = {"band": band_label(str(reason.get("to"))).lower(), "day": _day(since), "days": days}
    said = (
        ngettext(
            "The score lies at %(band)s since %(day)s; the band follows after %(days)s day.",
            "The score lies at %(band)s since %(day)s; the band follows after %(days)s days.",
            days,
        )
        % figures
    )
    weak = teller.names(reason.get("weak") or ())
    return f"{said} {_('Weakest: %(names)s.') % {'names': weak}}" if weak else said


def _weak(reason: Mapping[str, Any], teller: _Teller) -> str:
    return _("Weakest: %(names)s.") % {"names": teller.names(reason.get("weak") or ())}


def _well(reason: Mapping[str, Any], teller: _Teller) -> str:
    weak = teller.names((reason.get("weak") or ())[:1])
    return _("All well; weakest: %(names)s.") % {"names": weak} if weak else _("All measures are well.")


def _override(reason: Mapping[str, Any], teller: _Teller) -> str:
    figures = {"name": reason.get("by", ""), "day": _day(reason.get("until")), "why": reason.get("why", "")}
    return _("Set by %(name)s until %(day)s: %(why)s") % figures


_TELLERS = {
    reasons.NOTHING: _nothing,
    reasons.COVERAGE: _coverage,
    reasons.VETO: _veto,
    reasons.STALE_VETO: _stale_veto,
    reasons.HELD: _held,
    reasons.WEAK: _weak,
    reasons.WELL: _well,
    reasons.OVERRIDE: _override,
}


def _percent(value: Any) -> str:
    number = _number(value)
    return f"{spell_number(number, 0)}\u00a0%" if number is not None else "\u2014"


def _number(value: Any) -> Decimal | None:
    try:
        return None if value is None or value == "" else Decimal(str(value))
    except InvalidOperation:
        return None


def _day(text: Any) -> str:
    if isinstance(text, date):
        return spell_day(text)
    try:
        return spell_day(datetime.fromisoformat(str(text)).date())
    except ValueError:
        return "\u2014"
