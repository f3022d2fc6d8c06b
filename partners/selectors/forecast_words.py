"""Risk in words, and why an organization is at risk: from what was written when it was forecast, and today's facts."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.labels import role_short_label, stage_label
from common.templatetags.format import spell_day, spell_percent
from partners.choices import CARRYING_ROLE, Stage
from partners.work_choices import Risk

_TONES = {Risk.HIGH: "danger", Risk.MEDIUM: "warning", Risk.NONE: "success"}
_ICONS = {Risk.HIGH: "alert-triangle", Risk.MEDIUM: "alert-circle", Risk.NONE: "circle-check"}
# A pace is a reason from here on: below, it is within what stages of like organizations differ by chance.
SLOW_FROM = 1.15


def risk_chip(risk: str, buffer_days: int | None) -> tuple[str, str, str]:
    """Word, tone and icon of a risk; without a target there is none to speak of."""
    if buffer_days is None:
        return _("No target"), "neutral", "target"
    known = Risk(risk)
    return str(known.label), _TONES[known], _ICONS[known]


def reasons(
    *,
    stage: str,
    entered_on: date,
    target_on: date | None,
    launch_p50_on: date | None,
    receipt: Mapping[str, Any],
    next_task_due_on: date | None,
    has_carrier: bool,
    today: date,
) -> list[str]:
    """Why the launch is where it is, what one can change first."""
    found = []
    if not has_carrier:
        role = role_short_label(CARRYING_ROLE[Stage(stage)])
        found.append(_("Nobody carries it: no %(role)s") % {"role": role})
    if next_task_due_on is not None and next_task_due_on < today:
        found.append(_("A task has been due since %(day)s") % {"day": spell_day(next_task_due_on)})
    bases = receipt.get("bases") or [{}]
    usual, days = bases[0].get("p80_days"), (today - entered_on).days
    if usual is not None and days > usual:
        found.append(
            ngettext(
                "In %(stage)s for %(days)d day; four of five like it need %(usual)d at most",
                "In %(stage)s for %(days)d days; four of five like it need %(usual)d at most",
                days,
            )
            % {"stage": stage_label(stage), "days": days, "usual": usual}
        )
    pace = receipt.get("pace", 1.0)
    if receipt.get("pace_from") and pace >= SLOW_FROM:
        found.append(_("So far %(share)s slower than like organizations") % {"share": spell_percent(pace - 1)})
    if target_on is not None and launch_p50_on is not None and launch_p50_on > target_on:
        found.append(_("Less than one in two like it would make this target"))
    return found
