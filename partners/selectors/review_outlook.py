"""What a review tells of goals and growth: outcomes, expansion, and what comes in the next quarter."""

from datetime import date, timedelta

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from common.document import Column, Table
from common.templatetags.format import spell_day, spell_money, spell_number
from partners import cadence_policy
from partners.growth_choices import OPEN_STAGES, OpportunityStage, RenewalState
from partners.models import Objective, Opportunity, Renewal, Touchpoint
from partners.plan_choices import ObjectiveState, PlanState
from partners.review_sections import Asked
from partners.rules.review_content import Figure, SectionContent, Source
from partners.work_choices import TouchpointState

SHOWN = 12
_AHEAD = timedelta(days=92)


def outcomes(asked: Asked) -> SectionContent:
    """The shared objectives of plans in force: reached in the period, and where the others stand."""
    plans = Q(plan__state__in=[PlanState.ACTIVE, PlanState.COMPLETED]) & Q(plan__is_shared=True, is_shared=True)
    rows = Objective.objects.filter(plans, organization=asked.organization).select_related("plan")
    closed = Q(achieved_on__gte=asked.period_from, achieved_on__lt=asked.period_to)
    missed = Q(state=ObjectiveState.MISSED, target_on__gte=asked.period_from, target_on__lt=asked.period_to)
    found = list(rows.filter(closed | missed | Q(state=ObjectiveState.OPEN)).order_by("target_on", "pk"))
    if not found:
        return SectionContent(lead=_("No objectives are agreed yet: a success plan would hold them."))
    reached = sum(row.state == ObjectiveState.ACHIEVED for row in found)
    still_open = sum(row.state == ObjectiveState.OPEN for row in found)
    lead = ngettext(
        "%(count)s objective reached, %(open)s open.", "%(count)s objectives reached, %(open)s open.", reached
    )
    columns = (_("Objective"), _("Measured by"), _("Now"), _("Target"), _("By"), _("State"))
    lines = tuple(
        (
            row.title,
            row.measure,
            "" if row.value is None else spell_number(row.value),
            "" if row.target is None else spell_number(row.target),
            spell_day(row.target_on),
            str(ObjectiveState(row.state).label),
        )
        for row in found[:SHOWN]
    )
    words = _("objectives of the success plans that both sides see")
    return SectionContent(
        lead=lead % {"count": reached, "open": still_open},
        figures=(
            Figure(label=_("Reached"), value=str(reached), tone="good" if reached else "", source=Source(words=words)),
            Figure(label=_("Open"), value=str(still_open), source=Source(words=words)),
        ),
        tables=(Table(title=_("Objectives"), columns=tuple(Column(title=name) for name in columns), rows=lines),),
    )


def expansion(asked: Asked) -> SectionContent:
    """Chances to grow, for colleagues who read commercial fields alone."""
    rows = Opportunity.objects.filter(organization=asked.organization, archived_at__isnull=True)
    closed = Q(closed_on__gte=asked.period_from, closed_on__lt=asked.period_to)
    found = list(rows.filter(Q(stage__in=OPEN_STAGES) | closed).order_by("expected_on", "pk"))
    if not found:
        return SectionContent(lead=_("No chance to grow is written down."))
    columns = (_("Opportunity"), _("Stage"), _("Value a year"), _("Probability"), _("Expected"))
    lines = tuple(
        (
            row.title,
            str(OpportunityStage(row.stage).label),
            spell_money(row.amount, row.currency),
            f"{row.probability} %",
            spell_day(row.expected_on),
        )
        for row in found[:SHOWN]
    )
    return SectionContent(
        lead=ngettext("%(count)s opportunity.", "%(count)s opportunities.", len(found)) % {"count": len(found)},
        figures=tuple(_sums(asked, [row for row in found if row.stage in OPEN_STAGES])),
        tables=(Table(title=_("Opportunities"), columns=tuple(Column(title=name) for name in columns), rows=lines),),
    )


def next_quarter(asked: Asked) -> SectionContent:
    """Which meetings are planned after the period, which objectives fall due. The renewal is money: it stands apart."""
    until = asked.period_to + _AHEAD
    meetings = list(
        Touchpoint.objects.filter(
            organization=asked.organization,
            state=TouchpointState.PLANNED,
            planned_on__gte=asked.period_to,
            planned_on__lt=until,
        ).order_by("planned_on", "pk")
    )
    plans = Q(plan__state=PlanState.ACTIVE, plan__is_shared=True, is_shared=True, state=ObjectiveState.OPEN)
    goals = list(
        Objective.objects.filter(
            plans, organization=asked.organization, target_on__gte=asked.period_to, target_on__lt=until
        ).order_by("target_on", "pk")
    )
    if not meetings and not goals:
        return SectionContent(lead=_("Nothing is planned yet for the months ahead."))
    policy = cadence_policy.policy_in_force()
    lines = [(row.planned_on, cadence_policy.kind_label(policy, row.kind), row.topic) for row in meetings[:SHOWN]]
    lines += [(row.target_on, _("Objective"), row.title) for row in goals[:SHOWN]]
    return SectionContent(
        lead=_("Until %(day)s: meetings planned: %(meetings)s, objectives that fall due: %(goals)s.")
        % {"meetings": len(meetings), "goals": len(goals), "day": spell_day(until - timedelta(days=1))},
        figures=(_planned(asked, len(meetings), until),),
        tables=(_plan(lines),),
    )


def renewal(asked: Asked) -> SectionContent:
    """Which renewal falls due after the period, and until when notice may be given: for those who read money alone."""
    until = asked.period_to + _AHEAD
    rows = Renewal.objects.filter(organization=asked.organization, state=RenewalState.OPEN)
    found = list(rows.filter(due_on__gte=asked.period_from, due_on__lt=until).order_by("due_on", "pk"))
    last = spell_day(until - timedelta(days=1))
    if not found:
        return SectionContent(lead=_("No renewal falls due until %(day)s.") % {"day": last})
    source = Source(
        words=_("open renewals due until %(day)s") % {"day": last},
        url_name="partners:organization_commercial",
        args=(asked.id,),
    )
    columns = (_("Due"), _("Notice until"), _("Value a year"))
    lines = tuple(
        (
            spell_day(row.due_on),
            spell_day(row.notice_on) if row.notice_on else "",
            spell_money(row.amount, row.currency),
        )
        for row in found[:SHOWN]
    )
    return SectionContent(
        lead=_("The contract is to be renewed on %(day)s.") % {"day": spell_day(found[0].due_on)},
        figures=(Figure(label=_("Renewal"), value=spell_day(found[0].due_on), source=source),),
        tables=(Table(title=_("Renewals"), columns=tuple(Column(title=name) for name in columns), rows=lines),),
    )


def _planned(asked: Asked, count: int, until: date) -> Figure:
    words = {"since": spell_day(asked.period_to), "until": spell_day(until - timedelta(days=1))}
    source = Source(
        words=_("meetings planned %(since)s - %(until)s") % words,
        url_name="partners:organization_cadence",
        args=(asked.id,),
    )
    return Figure(label=_("Meetings"), value=str(count), source=source)


def _plan(lines: list[tuple[date, str, str]]) -> Table:
    columns = (_("Day"), _("What"), _("About"))
    return Table(
        title=_("What comes next"),
        columns=tuple(Column(title=name) for name in columns),
        rows=tuple((spell_day(day), what, about) for day, what, about in sorted(lines)),
    )


def _sums(asked: Asked, rows: list[Opportunity]) -> list[Figure]:
    """One sum for each currency: amounts of different ones are not added."""
    figures = []
    for currency in sorted({row.currency for row in rows}):
        mine = [row for row in rows if row.currency == currency]
        words = ngettext("%(count)s open opportunity", "%(count)s open opportunities", len(mine))
        source = Source(
            words=words % {"count": len(mine)}, url_name="partners:organization_commercial", args=(asked.id,)
        )
        total = sum(row.amount for row in mine)
        figures.append(Figure(label=_("Open, a year"), value=spell_money(total, currency), source=source))
    return figures
