"""Campaigns as people read them: how likely contacts are to recommend us, over what a reader sees.

A survey belongs to its campaign, so that answers are never more than questions. A part of the circle with fewer than
five answers is named and not counted out: one could tell who said what.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet
from django.utils.translation import gettext as _

from accounts.rules.access import Actor
from common.pagination import Order, Page, SortKey, paginate
from common.pouring import poured
from common.templatetags.format import spell_number, spell_percent
from partners.choices import OrganizationKind, Stage
from partners.models import SurveyCampaign, SurveyRequest, SurveyResponse
from partners.plan_choices import WITHOUT, account_group
from partners.rules.campaigns import Lot, Spared
from partners.rules.nps import DETRACTOR, PROMOTER, NpsFigure, nps_figure
from partners.rules.surveys import Refusal
from partners.survey_choices import CampaignState, SurveyKind, SurveyState
from partners.survey_policy import CAMPAIGN

NEWEST = Order((SortKey(name="starts_on", descending=True),))
ANSWERED = Order((SortKey(name="answered_at", descending=True),))
SIZE = 50
TONES = {CampaignState.DRAFT: "info", CampaignState.RUNNING: "success", CampaignState.ENDED: "neutral"}
_BY = {"stage": "organization__stage", "segment": "organization__facts__arr_segment"}
_BY["tier"] = "organization__facts__partner_tier"
SHOWS: dict[str, Q] = {
    "": Q(),
    "promoters": Q(score__gte=PROMOTER),
    "passives": Q(score__gt=DETRACTOR, score__lt=PROMOTER),
    "detractors": Q(score__lte=DETRACTOR),
    "comments": ~Q(comment=""),
}


@dataclass(frozen=True, kw_only=True)
class NpsLine:
    """One part of the circle; without words where it is too small to stand by itself."""

    label: str
    figure: NpsFigure
    value: str
    interval: str


@dataclass(frozen=True, kw_only=True)
class Results:
    """What a campaign has brought so far, over what the reader sees."""

    total: NpsFigure
    value: str
    interval: str
    rate: str
    by: Mapping[str, Sequence[NpsLine]]


@dataclass(frozen=True, kw_only=True)
class AnswerRow:
    score: int
    tone: str
    comment: str
    contact: str
    organization: str
    organization_id: str
    answered_at: Any


def campaign_page(state: str, *, cursor: str) -> Page:
    """A page of campaigns, the latest first: one statement."""
    wanted = Q(state=state) if state in CampaignState.values else Q()
    page = paginate(SurveyCampaign.objects.filter(wanted), NEWEST, cursor=cursor, size=SIZE)
    for row in page.rows:
        row.tone = TONES[CampaignState(row.state)]
    return page


def campaign_or_none(public_id: UUID) -> SurveyCampaign | None:
    """A campaign by its id."""
    return SurveyCampaign.objects.filter(public_id=public_id).first()


def results(actor: Actor, campaign: SurveyCampaign) -> Results:
    """The figure in all, and by stage, segment and tier: four statements."""
    rows = _asked(actor).filter(subject_type=CAMPAIGN, subject_id=campaign.pk)
    total = _figure(rows.aggregate(**_SUMS))
    by = {
        name: [
            _line(name, row)
            for row in rows.order_by().values(key=F(path)).annotate(**_SUMS).order_by("-answers", "key")
        ]
        for name, path in _BY.items()
    }
    rate = spell_percent(total.response_rate) if total.response_rate is not None else ""
    return Results(total=total, value=points(total), interval=interval_of(total), rate=rate, by=by)


def answer_page(actor: Actor, campaign: SurveyCampaign, show: str, *, cursor: str) -> Page:
    """A page of answers that the reader sees, the latest first: one statement."""
    page = paginate(_answers(actor, campaign, show), ANSWERED, cursor=cursor, size=SIZE)
    return Page(rows=[_answer(row) for row in page.rows], previous=page.previous, next=page.next)


def answer_rows(actor: Actor, campaign: SurveyCampaign, show: str) -> Iterator[AnswerRow]:
    """The same for a file."""
    return (_answer(row) for row in poured(_answers(actor, campaign, show).order_by("-answered_at", "-pk")))


def counts_of(campaign: SurveyCampaign) -> dict[str, int]:
    """How many requests stand in which state. The caller sees all organizations, or counts what it sees."""
    rows = SurveyRequest.objects.filter(subject_type=CAMPAIGN, subject_id=campaign.pk)
    return dict(rows.order_by().values_list("state").annotate(count=Count("pk")))


def reasons_of(campaign: SurveyCampaign) -> list[tuple[str, int]]:
    """Why how many were spared, most first."""
    rows = SurveyRequest.objects.filter(subject_type=CAMPAIGN, subject_id=campaign.pk, state=SurveyState.SKIPPED)
    counts = rows.order_by().values_list("reason").annotate(count=Count("pk")).order_by("-count", "reason")
    return [(spared_word(reason), count) for reason, count in counts]


def reasons_in(lot: Lot) -> list[tuple[str, int]]:
    """The same of a preview."""
    counts: dict[str, int] = {}
    for _person, why in lot.people:
        if why is not None:
            counts[why.value] = counts.get(why.value, 0) + 1
    return sorted(((spared_word(why), count) for why, count in counts.items()), key=lambda pair: -pair[1])


def spared_word(reason: str) -> str:
    """Why somebody is not asked, in words."""
    return {
        Spared.GONE.value: _("has left"),
        Spared.OPTED_OUT.value: _("does not want to be asked"),
        Spared.NO_ADDRESS.value: _("has no e-mail address"),
        Spared.ASKED_LATELY.value: _("was asked something a short while ago"),
        Spared.ASKED_BEFORE.value: _("was asked the same within half a year"),
        Spared.ORGANIZATION_FULL.value: _("enough others at the organization were asked"),
        Spared.IN_TROUBLE.value: _("something critical is open at the organization"),
        Refusal.UNSOUND.value: _("the campaign had ended"),
    }.get(reason, reason)


def points(figure: NpsFigure) -> str:
    """An NPS in points; empty of no answers."""
    return spell_number(round(figure.value), 0) if figure.value is not None else ""


def interval_of(figure: NpsFigure) -> str:
    """Between what it lies, 95 percent sure; empty of no answers."""
    if not figure.answers:
        return ""
    ends = {"low": spell_number(round(figure.low), 0), "high": spell_number(round(figure.high), 0)}
    return _("%(low)s to %(high)s") % ends


def _asked(actor: Actor) -> "QuerySet[Any, Any]":
    found: QuerySet[Any, Any] = SurveyRequest.objects.all().visible_to(actor).asked().filter(kind=SurveyKind.NPS)
    return found


def _answers(actor: Actor, campaign: SurveyCampaign, show: str) -> "QuerySet[Any, Any]":
    rows = SurveyResponse.objects.all().visible_to(actor)
    of_campaign = rows.filter(
        request__subject_type=CAMPAIGN, request__subject_id=campaign.pk, request__kind=SurveyKind.NPS
    )
    found: QuerySet[Any, Any] = of_campaign.filter(SHOWS.get(show, Q())).select_related(
        "request__contact", "organization"
    )
    return found


_SUMS: dict[str, Any] = {
    "asked": Count("pk"),
    "answers": Count("response"),
    "promoters": Count("response", filter=Q(response__score__gte=PROMOTER)),
    "detractors": Count("response", filter=Q(response__score__lte=DETRACTOR)),
}


def _figure(sums: Mapping[str, Any]) -> NpsFigure:
    return nps_figure(**{name: sums[name] for name in _SUMS})


def _line(name: str, row: Mapping[str, Any]) -> NpsLine:
    figure = _figure(row)
    is_shown = figure.is_shown
    return NpsLine(
        label=_group(name, row["key"]),
        figure=figure,
        value=points(figure) if is_shown else "",
        interval=interval_of(figure) if is_shown else "",
    )


def _group(name: str, key: Any) -> str:
    """What a line counts: a stage, a segment or a tier, in words."""
    if name == "stage":
        return str(Stage(key).label)
    kind = OrganizationKind.CUSTOMER if name == "segment" else OrganizationKind.PARTNER
    return account_group(kind, WITHOUT if key in (None, "") else str(key))


def _answer(row: Any) -> AnswerRow:
    tone = "success" if row.score >= PROMOTER else "danger" if row.score <= DETRACTOR else "warning"
    return AnswerRow(
        score=row.score,
        tone=tone,
        comment=row.comment,
        contact=row.request.contact.name,
        organization=row.organization.name,
        organization_id=str(row.organization.public_id),
        answered_at=row.answered_at,
    )
