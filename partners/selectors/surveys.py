"""Satisfaction as figures: over whom was asked in a time, in all and by agent, team, organization, article, month.

A survey belongs to the time in which it was asked, so that answers are never more than questions.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Func, JSONField, Max, Q, QuerySet, Sum, TextField
from django.db.models.functions import TruncMonth
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.rules.access import Actor
from common.scope import Scope, scoped
from partners.models import Organization, SurveyRequest
from partners.rules.surveys import SATISFIED, CsatFigure, figure
from partners.survey_choices import NOBODY, By, SurveyKind
from partners.survey_policy import subjects

MOST_ROWS = 500


class SurveyNames(Func):
    """What organization and contact of a request are called, also for the support manager, who opens none."""

    function = "partners_survey_names"
    output_field = JSONField()


class _Topic(Func):
    function = "unnest"
    set_returning = True
    output_field = TextField()


@dataclass(frozen=True, kw_only=True)
class Narrowed:
    """Which surveys are counted: asked in [since, until), and of one agent, team, organization, article."""

    since: datetime | None = None
    until: datetime | None = None
    agent: str = ""
    team: str = ""
    organization: str = ""
    article: str = ""


@dataclass(frozen=True, kw_only=True)
class CsatRow:
    """The figure of one agent, team, organization, article or month; `key` narrows to its rows."""

    key: str
    label: str
    figure: CsatFigure


@dataclass(frozen=True, kw_only=True)
class Csat:
    """Satisfaction of a time: in all, and the rows that it is broken down into, most answers first."""

    total: CsatFigure
    rows: tuple[CsatRow, ...] = ()


def csat(
    actor: Actor,
    *,
    since: datetime,
    until: datetime,
    by: By | None = None,
    narrowed: Narrowed | None = None,
) -> Csat:
    """Satisfaction of surveys that `actor` sees and that were asked in [since, until): a statement, or two with `by`.

    An article counts in each survey in whose ticket it was linked, so that its rows may add up to more than all.
    """
    wanted = narrowed or Narrowed()
    rows = asked(actor, Narrowed(**{**vars(wanted), "since": since, "until": until}))
    total = _figure(rows.aggregate(**_SUMS))
    return Csat(total=total, rows=_broken_down(actor, rows, by) if by is not None else ())


def of_organization(actor: Actor, organization_id: int, *, since: datetime) -> CsatFigure:
    """The figure of one organization since a moment: one statement."""
    rows = _asked(actor).filter(organization_id=organization_id, sent_at__gte=since)
    return _figure(rows.aggregate(**_SUMS))


def asked(actor: Actor, narrowed: Narrowed) -> "QuerySet[Any, Any]":
    """The requests that went out, that `actor` sees and that fit. Foreign and broken ids fit nothing."""
    rows = _asked(actor)
    if narrowed.since is not None:
        rows = rows.filter(sent_at__gte=narrowed.since)
    if narrowed.until is not None:
        rows = rows.filter(sent_at__lt=narrowed.until)
    if narrowed.article:
        rows = rows.filter(topics__contains=[narrowed.article])
    for field, key in (("agent", narrowed.agent), ("team", narrowed.team)):
        if key == NOBODY:
            rows = rows.filter(**{f"{field}__isnull": True})
        elif key:
            public_id = _uuid(key)
            rows = rows.filter(**{f"{field}__public_id": public_id}) if public_id else rows.none()
    if narrowed.organization:
        rows = rows.filter(organization_id=_organization_id(narrowed.organization))
    return rows


def _asked(actor: Actor) -> "QuerySet[Any, Any]":
    found: QuerySet[Any, Any] = SurveyRequest.objects.all().visible_to(actor).asked().filter(kind=SurveyKind.CSAT)
    return found


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _organization_id(key: str) -> int:
    """The id behind a public one, 0 for none. The support manager counts by it and opens no organization."""
    public_id = _uuid(key)
    if public_id is None:
        return 0
    with scoped(Scope.all()):
        return Organization.objects.filter(public_id=public_id).values_list("pk", flat=True).first() or 0


_SUMS: dict[str, Any] = {
    "asked": Count("pk"),
    "answers": Count("response"),
    "points": Sum("response__score"),
    "satisfied": Count("response", filter=Q(response__score__gte=SATISFIED)),
}


def _figure(sums: Mapping[str, Any]) -> CsatFigure:
    return figure(asked=sums["asked"], answers=sums["answers"], total=sums["points"] or 0, satisfied=sums["satisfied"])


def _broken_down(actor: Actor, rows: "QuerySet[Any, Any]", by: By) -> tuple[CsatRow, ...]:
    if by in (By.AGENT, By.TEAM):
        grouped = rows.order_by().values(key=F(f"{by}__public_id"), label=F(f"{by}__name"))
    elif by is By.ORGANIZATION:
        grouped = rows.order_by().values("organization_id").annotate(label=SurveyNames(Max("pk")))
    elif by is By.ARTICLE:
        grouped = rows.order_by().annotate(key=_Topic(F("topics"))).values("key")
    else:
        zone = timezone.get_default_timezone()
        grouped = rows.order_by().annotate(key=TruncMonth("sent_at", tzinfo=zone)).values("key")
    order = ["-key"] if by is By.MONTH else ["-answers", "-asked"]
    found = list(grouped.annotate(**_SUMS).order_by(*order)[:MOST_ROWS])
    titles = _titles(actor, (row["key"] for row in found)) if by is By.ARTICLE else {}
    return tuple(_row(row, by, titles) for row in found)


def _titles(actor: Actor, keys: Iterable[str]) -> Mapping[str, str]:
    wanted = list(keys)
    found: dict[str, str] = {}
    for subject in subjects():
        found |= dict(subject.topics(actor, wanted))
    return found


def _row(row: Mapping[str, Any], by: By, titles: Mapping[str, str]) -> CsatRow:
    if by is By.ORGANIZATION:
        names = row["label"] or {}
        key, label = names.get("organization_id", ""), names.get("organization", "?")
    elif by is By.MONTH:
        key, label = f"{row['key']:%Y-%m}", date_format(row["key"], "F Y")
    elif by is By.ARTICLE:
        key, label = row["key"], titles.get(row["key"], row["key"])
    else:
        key = str(row["key"]) if row["key"] is not None else NOBODY
        label = row["label"] or (_("Nobody") if by is By.AGENT else _("No team"))
    return CsatRow(key=key, label=label, figure=_figure(row))
