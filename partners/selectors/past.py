"""Past days: which of them can be read, and what to tell who asks for another (ADR 0035)."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Min
from django.utils.timezone import get_default_timezone, get_default_timezone_name, localdate
from django.utils.translation import gettext as _

from accounts.rules.access import Actor
from common.past import EARLIEST, NoSuchDay, PastDay, asked_day
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


@dataclass(frozen=True, kw_only=True)
class PastBanner:
    """What a page says about a past day (partners/_past.html): which one it is of, or why it is not."""

    past: PastDay | None
    problem: str
    present_url: str

    @property
    def words(self) -> str:
        """ "As of Jun 30, 2026, at the end of the day in UTC.", or nothing in the present."""
        if self.past is None:
            return ""
        names = {"day": spell_day(self.past.day), "zone": get_default_timezone_name()}
        return _("As of %(day)s, at the end of the day in %(zone)s.") % names


def _why_not(found: NoSuchDay, text: str, first: date | None) -> str:
    if found is NoSuchDay.AHEAD:
        return _("%(day)s has not come yet.") % {"day": spell_day(date.fromisoformat(text.strip()))}
    if found is NoSuchDay.TOO_EARLY:
        return _("Nothing is kept of days before %(day)s.") % {"day": spell_day(max(first or EARLIEST, EARLIEST))}
    return _("“%(text)s” is no day. A day is like 2026-06-30.") % {"text": text[:40]}
