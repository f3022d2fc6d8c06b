"""The hours that people have, week by week: by their calendars and absences, and what of these a statement reads."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce, JSONObject

from accounts.models import Absence, CalendarVersion
from accounts.selectors.calendars import hours_of_version
from accounts.selectors.rotas import absences_of
from common.worktime import between

WEEK = timedelta(days=7)


def presence(
    people: Mapping[int, tuple[int | None, Iterable[Mapping[str, str]] | None]], mondays: Sequence[date]
) -> tuple[dict[int, tuple[int, ...]], dict[int, tuple[int, ...]]]:
    """By person the minutes of the calendar in each week, of those who have one; and the working days away.

    `people`: the version of the hours that holds, and the absences, as rows tell them.
    """
    away = {pk: _spans(told or ()) for pk, (_hours, told) in people.items()}
    there = {
        pk: tuple(_minutes(version_id, monday, away[pk]) for monday in mondays)
        for pk, (version_id, _told) in people.items()
        if version_id is not None
    }
    return there, {pk: tuple(_away_days(spans, monday) for monday in mondays) for pk, spans in away.items()}


def calendar_minutes(
    people: QuerySet[Any], mondays: Sequence[date], *, usual: int, now: datetime
) -> dict[int, tuple[int, ...]]:
    """The minutes that these people have in each week, by their calendars; `usual` of who has none. Two statements.

    For those who may own nothing yet; of owners `weeks_of` says the same.
    """
    hours = people.annotate(hours=hours_in_force(OuterRef("calendar_id"), now)).values_list("pk", "hours")
    versions = dict(hours)
    away = absences_of(versions, mondays[0])
    return {
        pk: tuple(
            usual * (5 - _away_days(away.get(pk, ()), monday)) // 5
            if version_id is None
            else _minutes(version_id, monday, away.get(pk, ()))
            for monday in mondays
        )
        for pk, version_id in versions.items()
    }


class OfGroup:
    """Worked out once for a group of rows, by what they are grouped by, and not for each row."""

    def get_group_by_cols(self) -> list[Any]:
        return []


class _InForce(OfGroup, Coalesce):
    pass


class _Absences(OfGroup, ArraySubquery):
    pass


def hours_in_force(calendar: OuterRef, now: datetime) -> Coalesce:
    """The version of a calendar that holds at `now`."""
    versions = CalendarVersion.objects.filter(calendar_id=calendar)
    in_force = versions.filter(effective_at__lte=now).order_by("-effective_at", "-number").values("pk")[:1]
    # The first one holds before it began, too.
    first = versions.order_by("effective_at", "-number").values("pk")[:1]
    return _InForce(Subquery(in_force), Subquery(first))


def absences_from(monday: date) -> ArraySubquery:
    """The absences of the person of an assignment that are not over by then."""
    away = Absence.objects.filter(user_id=OuterRef("user_id"), cancelled_at__isnull=True, last_on__gte=monday)
    return _Absences(away.order_by("pk").values(told=JSONObject(first=F("first_on"), last=F("last_on"))))


def day_of(told: str) -> date:
    """A day as rows tell it, in ISO form."""
    return date.fromisoformat(told)


def _spans(told: Iterable[Mapping[str, str]]) -> tuple[tuple[date, date], ...]:
    return tuple((day_of(one["first"]), day_of(one["last"])) for one in told)


def _days_there(monday: date, away: Sequence[tuple[date, date]]) -> tuple[date, ...]:
    days = (monday + timedelta(days=at) for at in range(7))
    return tuple(day for day in days if not any(first <= day <= last for first, last in away))


def _away_days(away: Sequence[tuple[date, date]], monday: date) -> int:
    return 5 - sum(day.weekday() < 5 for day in _days_there(monday, away)) if away else 0


def _minutes(version_id: int, monday: date, away: Sequence[tuple[date, date]]) -> int:
    """The open minutes of a week by the hours of a calendar, on the days that nobody has said to be away."""
    if not any(first < monday + WEEK and last >= monday for first, last in away):
        return _open_minutes(version_id, monday, 7)
    return sum(_open_minutes(version_id, day, 1) for day in _days_there(monday, away))


# Most people share a few calendars, and a version never changes: each week of one is counted once in a process.
@lru_cache(maxsize=8_192)
def _open_minutes(version_id: int, first: date, days: int) -> int:
    """No statement once a process knows the version."""
    hours = hours_of_version(version_id)
    start = datetime.combine(first, time.min, tzinfo=hours.zone).astimezone(UTC)
    end = datetime.combine(first + timedelta(days=days), time.min, tzinfo=hours.zone).astimezone(UTC)
    return round(between(hours, start, end).total_seconds() / 60)
