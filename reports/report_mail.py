"""What a mail with a report says: what misses its target first, then every figure by section, and how to end it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.urls import reverse
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _

from common.mail import absolute_url
from common.templatetags.format import spell_day
from reports.choices import Every
from reports.models import ReportSubscription
from reports.own_reports import name_of
from reports.period_words import hour_name, period_name
from reports.report_page import Block, Line
from reports.selectors.scope import whose
from reports.sheet import Sheet


def mail_context(sheet: Sheet, subscription: ReportSubscription) -> dict[str, Any]:
    """The context of the templates `report_mail`, in the language in force."""
    opened = sheet.opened
    report = name_of(opened.report)
    manage = reverse("reports:mail", args=[subscription.public_id])
    chips = opened.chips("", whose(opened.actor).names)
    return {
        "person": subscription.user,
        "name": subscription.saved.name if subscription.saved else report,
        "report": report,
        "period": period_name(opened.period),
        "before": period_name(opened.period.previous()),
        "zone": opened.zone,
        "is_over": opened.is_over,
        "problem": opened.problem,
        "over": sheet.over,
        "is_empty": sheet.is_empty,
        "has_amounts": sheet.has_amounts,
        "past": spell_day(opened.past.day) if opened.past else "",
        "narrowed": ", ".join(f"{chip.label}: {chip.word}" for chip in chips),
        "missed": [_absolute(line) for line in sheet.missed],
        "blocks": [
            Block(label=block.label, lines=tuple(_absolute(line) for line in block.lines)) for block in sheet.blocks
        ],
        "report_url": absolute_url(opened.url("report")),
        "manage_url": absolute_url(manage),
        "when": when_words(subscription),
    }


def _absolute(line: Line) -> Line:
    return replace(line, url=absolute_url(line.url))


def when_words(subscription: ReportSubscription) -> str:
    """ "Every Monday at 8:00 AM", "On day 1 of every month at 8:00 AM"."""
    hour = hour_name(subscription.hour)
    if subscription.every == Every.WEEK:
        return _("Every %(weekday)s at %(hour)s") % {"weekday": weekday_name(subscription.day), "hour": hour}
    words = (
        _("On day %(day)s of every month at %(hour)s")
        if subscription.every == Every.MONTH
        else _("On day %(day)s of every quarter at %(hour)s")
    )
    return words % {"day": subscription.day, "hour": hour}


def weekday_name(day: int) -> str:
    """A weekday by its ISO number."""
    return str(WEEKDAYS[day - 1])
