"""Figures and periods in the words and numbers of the reader's language."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from common.templatetags.format import spell_money, spell_number, spell_percent
from partners.rules.nps import LEAST_IN_GROUP
from reports.rules.kpis import Direction, Standing, Target
from reports.rules.measures import PERCENTILES, Unit
from reports.selectors.figures import Figure

DASH = "–"
_TONES = {Standing.GOOD: "success", Standing.BAD: "danger", Standing.LEVEL: "neutral", Standing.UNKNOWN: "neutral"}
_ARROWS = {1: "arrow-up-right", -1: "arrow-down-right", 0: "minus"}


def spell(value: Decimal | None, unit: Unit, currency: str) -> str:
    """A figure as people read it; a dash for what is not known."""
    if value is None:
        return DASH
    match unit:
        case Unit.PERCENT:
            return spell_percent(value / 100, 1)
        case Unit.HOURS:
            return _("%(hours)s h") % {"hours": spell_number(value, 1)}
        case Unit.MEDIAN_DAYS | Unit.P80_DAYS | Unit.MOST_DAYS:
            return _("%(days)s days") % {"days": spell_number(value, 1)}
        case Unit.MONEY:
            return spell_money(value.quantize(Decimal(1), ROUND_HALF_UP), currency)
        case Unit.SCORE:
            return spell_number(value, 2)
    return spell_number(value)


def spell_cases(total: Decimal) -> str:
    """Of how many; parts of a person's work are no whole number."""
    return spell_number(total, 1 if total % 1 else 0)


def plain(value: Decimal) -> str:
    """A number without a unit, with two places where it is not whole."""
    return spell_number(value, 0 if value == value.to_integral_value() else 2)


def seconds_in(unit: Unit) -> int:
    """By what rows are divided to be in their unit: times are counted in seconds."""
    return 3_600 if unit is Unit.HOURS else 86_400 if unit in PERCENTILES else 1


def spell_change(figure: Figure, currency: str) -> str:
    """What has been added since the period before, with its sign; shares in points."""
    return signed(figure.value, figure.before, figure.kpi.unit, currency)


def signed(now: Decimal | None, before: Decimal | None, unit: Unit, currency: str) -> str:
    """What has been added from one value to another; nothing where one of them is not known."""
    if now is None or before is None:
        return ""
    sign = "+" if now > before else "−" if now < before else "±"
    amount = abs(now - before)
    if unit is Unit.PERCENT:
        return _("%(change)s points") % {"change": sign + spell_number(amount, 1)}
    return sign + spell(amount, unit, currency)


def spell_gap(missing: Decimal, unit: Unit, currency: str) -> str:
    """How far a figure is from its target; shares in points."""
    if unit is Unit.PERCENT:
        return _("%(change)s points") % {"change": spell_number(missing, 1)}
    return spell(missing, unit, currency)


def spell_target(target: Target | None, direction: Direction, unit: Unit, currency: str) -> str:
    """A target with its direction; nothing where there is none."""
    if target is None:
        return ""
    if target.at_most is not None:
        ends = {"least": _end(target.value, unit, currency), "most": _end(target.at_most, unit, currency)}
        return _("%(least)s to %(most)s") % ends
    goal, is_more = {"goal": spell(target.value, unit, currency)}, direction is Direction.MORE
    if target.is_strict:
        return _("more than %(goal)s") % goal if is_more else _("below %(goal)s") % goal
    return _("at least %(goal)s") % goal if is_more else _("at most %(goal)s") % goal


def _end(value: Decimal, unit: Unit, currency: str) -> str:
    """An end of a range; whole points without decimals, as people say them."""
    return spell_number(value) if unit is Unit.SCORE and value == int(value) else spell(value, unit, currency)


def target_word(standing: Standing) -> str:
    """How a figure stands to its target."""
    return {Standing.GOOD: _("Met"), Standing.BAD: _("Missed")}.get(standing, "")


def tone(standing: Standing) -> str:
    return _TONES[standing]


def arrow(figure: Figure) -> str:
    """The icon of how it moved."""
    change = figure.change or Decimal(0)
    return _ARROWS[(change > 0) - (change < 0)]


def few_words() -> str:
    """Why an NPS is not told."""
    words = _("Not shown: fewer than %(count)s answers, here or next to it, would tell who said what.")
    return words % {"count": LEAST_IN_GROUP}


def small_sample(figure: Figure) -> str:
    """What a share of few cases leaves open, what is hidden or left out; nothing where there are enough."""
    if figure.is_hidden:
        return few_words()
    if figure.without_rate:
        words = ngettext(
            "%(count)s amount has no rate and is left out",
            "%(count)s amounts have no rate and are left out",
            figure.without_rate,
        )
        return words % {"count": figure.without_rate}
    if figure.interval is None:
        return ""
    low, high = (spell_percent(Decimal(str(end)), 0) for end in (figure.interval.low, figure.interval.high))
    cases = ngettext("%(count)s case", "%(count)s cases", figure.interval.total) % {"count": figure.interval.total}
    return _("%(cases)s: somewhere from %(low)s to %(high)s") % {"cases": cases, "low": low, "high": high}
