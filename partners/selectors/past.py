"""Past days: which of them can be read, and what to tell who asks for another (ADR 0035)."""

from datetime import date, datetime
from typing import Any

from django.db.models import Min
from django.utils.timezone import get_default_timezone, get_default_timezone_name, localdate
from django.utils.translation import gettext as _

from accounts.rules.access import Actor
from common.past import NoSuchDay, PastDay, asked_day
from common.templatetags.format import spell_day
from partners.models import StagePeriod

AS_OF = "as_of"


def asked_past(actor: Actor, text: str, *, now: datetime) -> tuple[PastDay | None, str]:
    """The past day that an address asks for, or why it is not shown; neither for the present.

    One statement, for who asks for a day. Days are those of the reporting zone.
    """
    if not text:
        return None, ""
    zone = get_default_timezone()
    first = first_day(actor)
    found = asked_day(text.strip(), today=localdate(now, zone), first=first, zone=zone)
    return (None, _why_not(found, text, first)) if isinstance(found, NoSuchDay) else (found, "")


def first_day(actor: Actor) -> date | None:
    """The first day of which the reader's organizations have anything; None where nothing is kept."""
    found = StagePeriod.objects.all().visible_to(actor).aggregate(at=Min("entered_at"))["at"]
    return localdate(found, get_default_timezone()) if found is not None else None


def past_words(past: PastDay) -> str:
    """ "As of Jun 30, 2026, at the end of the day in UTC." """
    return _("As of %(day)s, at the end of the day in %(zone)s.") % {
        "day": spell_day(past.day),
        "zone": get_default_timezone_name(),
    }


def past_context(past: PastDay | None, problem: str, present_url: str) -> dict[str, Any]:
    """What the banner of a page reads (partners/_past.html)."""
    words = past_words(past) if past else ""
    return {"past": past, "past_words": words, "past_problem": problem, "present_url": present_url}


def _why_not(found: NoSuchDay, text: str, first: date | None) -> str:
    if found is NoSuchDay.AHEAD:
        return _("%(day)s has not come yet.") % {"day": spell_day(date.fromisoformat(text.strip()))}
    if found is NoSuchDay.TOO_EARLY and first is not None:
        return _("Nothing is kept of days before %(day)s.") % {"day": spell_day(first)}
    return _("“%(text)s” is no day. A day is like 2026-06-30.") % {"text": text[:40]}
