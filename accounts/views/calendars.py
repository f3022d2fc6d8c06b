"""Working calendars: the list, a calendar with its year, a new one, and new hours with a preview before they hold."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.forms.calendars import CalendarForm, HoursForm, VersionForm
from accounts.models import CalendarVersion, WorkCalendar
from accounts.policies import actor_of, capability_required, staff_page
from accounts.selectors import calendars as reading
from accounts.selectors.calendar_words import calendar_row, history, year_context
from accounts.services import calendars
from accounts.services.calendar_impacts import CalendarChange, impacts_of
from common.errors import DomainError
from common.sent_once import once

_SHOWN_CHANGES = 60


def _calendar_or_404(request: HttpRequest, public_id: UUID) -> WorkCalendar:
    found: WorkCalendar = get_object_or_404(WorkCalendar.objects.visible_to(actor_of(request)), public_id=public_id)
    return found


@staff_page
def calendar_list(request: HttpRequest) -> HttpResponse:
    """All calendars, and whether each is open now."""
    actor, now = actor_of(request), timezone.now()
    found = list(WorkCalendar.objects.visible_to(actor).filter(archived_at__isnull=True))
    periods = reading.periods_of_calendars(calendar.pk for calendar in found)
    rows = [calendar_row(calendar, periods[calendar.pk], now) for calendar in found if calendar.pk in periods]
    context = {"rows": rows, "may_edit": actor.has(calendars.CAPABILITY), "now": now}
    return render(request, "accounts/calendar_list.html", context)


@staff_page
def calendar_page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """A calendar: the next two weeks, a year day by day, its holidays by name, and its versions with what changed."""
    actor, now = actor_of(request), timezone.now()
    calendar = _calendar_or_404(request, public_id)
    periods = reading.hours_periods(calendar.pk)
    versions = CalendarVersion.objects.visible_to(actor).filter(calendar=calendar).select_related("created_by")
    context = {
        "calendar": calendar,
        "crumbs": [{"label": _("Calendars"), "url": reverse("accounts:calendars")}],
        "state": reading.state_at(periods, now),
        "zone": reading.period_at(periods, now).hours.timezone,
        "strip": reading.next_days(periods, now=now),
        "history": history(versions, now=now),
        "may_edit": actor.has(calendars.CAPABILITY),
        "now": now,
        **year_context(periods, _year(request, now)),
    }
    return render(request, "accounts/calendar.html", context)


def _year(request: HttpRequest, now: datetime) -> int:
    asked = request.GET.get("year", "")
    year = int(asked) if asked.isascii() and asked.isdigit() and len(asked) == 4 else now.year
    if not now.year - 50 <= year <= now.year + 50:
        raise Http404
    return year


@capability_required("manage_calendars")
@once
def calendar_new(request: HttpRequest) -> HttpResponse:
    """A new calendar; it is shown before it is saved."""
    form = CalendarForm(request.POST or None, initial={"timezone": "UTC", **_office_week()})
    context: dict[str, Any] = {"form": form}
    if form.is_valid() and form.body is not None:
        now = timezone.now()
        try:
            if request.POST.get("action") == "save":
                made = calendars.create(name=form.cleaned_data["name"], body=form.body, by=actor_of(request), now=now)
                messages.success(request, _("The calendar is there."))
                return redirect("accounts:calendar", made.public_id)
            context |= _preview(form, (), None, effective_at=now, now=now)
        except DomainError as error:
            form.refuse(error.field, error.message)
    return render(request, "accounts/calendar_new.html", context, status=400 if form.errors else 200)


@capability_required("manage_calendars")
@once
def calendar_version_new(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Other hours from a moment on: what they change is shown first, then they are put in force."""
    calendar, now = _calendar_or_404(request, public_id), timezone.now()
    periods = reading.hours_periods(calendar.pk)
    form = VersionForm(request.POST or None, initial=_latest(calendar, now))
    context: dict[str, Any] = {"form": form, "calendar": calendar}
    if form.is_valid() and form.body is not None:
        try:
            if request.POST.get("action") == "save":
                return _saved(request, calendar, form, now)
            context |= _preview(form, periods, calendar.pk, effective_at=form.effective_at, now=now)
        except DomainError as error:
            form.refuse(_form_field(error.field), error.message)
    return render(request, "accounts/calendar_version_new.html", context, status=400 if form.errors else 200)


def _saved(request: HttpRequest, calendar: WorkCalendar, form: VersionForm, now: datetime) -> HttpResponse:
    if form.body is None:
        raise Http404
    version = calendars.add_version(
        calendar=calendar,
        body=form.body,
        effective_at=form.effective_at,
        by=actor_of(request),
        now=now,
        reason=form.cleaned_data["reason"],
    )
    messages.success(request, _("Version %(number)d is saved.") % {"number": version.number})
    return redirect("accounts:calendar", calendar.public_id)


def _preview(
    form: HoursForm, periods: tuple[Any, ...], calendar_id: int | None, *, effective_at: datetime, now: datetime
) -> dict[str, Any]:
    """What would be otherwise: the days, and what upper floors say would move. Raises DomainError."""
    if form.body is None:
        return {}
    hours = calendars.read_body(form.body)
    effective_at = effective_at.astimezone(UTC)
    change = CalendarChange(calendar_id=calendar_id, effective_at=effective_at, hours=hours, now=now)
    changed = reading.preview(periods, hours, effective_at=effective_at)
    strip_start = max(effective_at, now)
    return {
        "is_preview": True,
        "changed": changed[:_SHOWN_CHANGES],
        "changed_count": len(changed),
        "more_count": max(len(changed) - _SHOWN_CHANGES, 0),
        "strip": reading.next_days((calendars.HoursPeriod(start=strip_start, number=0, hours=hours),), now=strip_start),
        "impacts": impacts_of(change),
        "is_past": effective_at < now,
        "ends_at": min((period.start for period in periods if period.start > effective_at), default=None),
    }


def _latest(calendar: WorkCalendar, now: datetime) -> dict[str, Any]:
    latest = calendar.versions.order_by("-effective_at", "-number").first()
    if latest is None:
        raise Http404
    body = calendars.body_of(latest)
    return {**VersionForm.initial_of(body), **VersionForm.next_midnight(body.timezone, now)}


def _office_week() -> dict[str, str]:
    return {**dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), "09:00-17:00"), "sat": "closed", "sun": "closed"}


def _form_field(field: str | None) -> str | None:
    return "effective_on" if field == "effective_at" else field
