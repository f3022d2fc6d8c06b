"""Touchpoints as people see them: what is ahead of an organization and by which rule, and what was."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.labels import role_short_label
from accounts.rules.access import Right, decide
from common.pouring import poured
from partners import cadence_policy
from partners.models import CadenceAgreement, Touchpoint
from partners.rules.cadence import Agreement, Facts, Silence, governing_rule, silence
from partners.rules.cadence_debt import Debt, Owed, debt
from partners.rules.cadence_packs import Basis, CadencePolicy, CadenceRule
from partners.rules.classification import label_in
from partners.selectors.agreements import as_rule_sees_it, distance_words
from partners.selectors.page import OrganizationPage
from partners.work_choices import TouchpointState

AHEAD_SHOWN, PAST_SHOWN = 30, 20
_SILENCE: dict[Silence, str | Promise] = {
    Silence.NO_RULE: _("No rule of the cadence is for an organization of this kind, class and stage."),
    Silence.NOTHING_DUE: _("By its rule nothing is due here; arrange what you need by hand."),
    Silence.NO_ANCHOR: _("Its rule counts from a day that is not known yet, such as the launch."),
}


@dataclass(frozen=True, kw_only=True)
class TouchpointRow:
    """One touchpoint in a list. `is_overdue`: its day has passed and it was not held; `is_arranged`: by hand."""

    public_id: str
    organization_name: str
    organization_url: str
    kind: str
    kind_label: str
    planned_on: date
    slot_on: date | None
    topic: str
    owner: str
    owner_role: str
    state: str
    state_label: str
    is_overdue: bool
    is_arranged: bool
    is_fixed: bool
    said: str
    starts_at: datetime | None
    meeting_url: str
    recording_url: str
    why: str | Promise
    may_act: bool


@dataclass(frozen=True, kw_only=True)
class AgreementRow:
    """What is agreed for one kind of touchpoint, in words."""

    public_id: str
    kind_label: str
    distance: str
    starts_on: date
    ends_on: date | None
    reason: str
    made_by: str
    holds_today: bool


@dataclass(frozen=True, kw_only=True)
class Cadence:
    """The cadence tab of an organization: by which rule, what is ahead, what was, what is owed."""

    agreements: list[AgreementRow]
    debt: Debt
    all_kinds: list[tuple[str, str]]
    zone: str
    rule_label: str
    silence: str | Promise
    ahead: list[TouchpointRow]
    past: list[TouchpointRow]
    kinds: list[tuple[str, str]]
    may_arrange: bool


def cadence_of(page: OrganizationPage) -> Cadence:
    """The cadence of an organization that its reader opens in full. Four statements."""
    policy = cadence_policy.policy_in_force()
    may_arrange = not page.is_archived and decide(page.actor, Right.WORK, page.subject).allowed
    rows = _read(page)
    ahead = rows.filter(state=TouchpointState.PLANNED).order_by("planned_on", "pk")[:AHEAD_SHOWN]
    over = rows.filter(state__in=(TouchpointState.DONE, TouchpointState.SKIPPED)).order_by("-planned_on", "-pk")
    agreed = list(_agreements(page))
    agreements = [as_rule_sees_it(row) for row in agreed]
    facts = _facts(page, agreements)
    rule = governing_rule(policy, facts) if policy else None
    found = silence(policy, facts) if policy else Silence.NO_RULE
    today = timezone.localdate(page.now, ZoneInfo(page.organization.timezone))
    planned = list(ahead)

    def shown(found_rows: Iterable[Any]) -> list[TouchpointRow]:
        own = page.actor.user_id
        is_frozen = page.is_archived
        return [
            _row(
                row,
                policy,
                today,
                may_act=not is_frozen and (may_arrange or row.owner_id == own),
                why=_why(row, rule, agreements),
            )
            for row in found_rows
        ]

    return Cadence(
        agreements=[_agreement(row, policy, today) for row in agreed],
        debt=debt(owed_of(planned, policy), today=today),
        all_kinds=[(kind, cadence_policy.kind_label(policy, kind)) for kind in policy.touchpoints] if policy else [],
        zone=page.organization.timezone,
        rule_label=label_in(rule.label, get_language() or "en") if rule else "",
        silence=_SILENCE[found] if found else "",
        ahead=shown(planned),
        past=shown(over[:PAST_SHOWN]),
        kinds=cadence_policy.kind_choices(policy),
        may_arrange=may_arrange,
    )


def owed_of(rows: Sequence[Any], policy: CadencePolicy | None) -> list[Owed]:
    """Planned touchpoints of one organization by day, as the rule of the debt takes them.

    The distance of one is that to the next of its series; of the last it is not known.
    """
    following: dict[str, date] = {}
    found = []
    for row in reversed(rows):
        kind = policy.touchpoints.get(row.kind) if policy else None
        after = following.get(row.series) if row.series else None
        if row.series and row.slot_on:
            following[row.series] = row.slot_on
        found.append(
            Owed(
                planned_on=row.planned_on,
                overdue_from=row.overdue_from or row.planned_on + timedelta(days=1),
                minutes=kind.minutes + kind.preparation_minutes if kind else 0,
                interval_days=(after - row.slot_on).days if after and row.slot_on else None,
            )
        )
    return found


def _agreements(page: OrganizationPage) -> Any:
    """Those that hold or are going to, by kind and day."""
    today = timezone.localdate(page.now, ZoneInfo(page.organization.timezone))
    seen = CadenceAgreement.objects.visible_to(page.actor).filter(
        Q(ends_on__isnull=True) | Q(ends_on__gt=today), organization_id=page.row.pk, ended_at__isnull=True
    )
    return seen.select_related("made_by").order_by("touchpoint", "starts_on", "pk")


def _agreement(row: CadenceAgreement, policy: CadencePolicy | None, today: date) -> AgreementRow:
    return AgreementRow(
        public_id=str(row.public_id),
        kind_label=cadence_policy.kind_label(policy, row.touchpoint),
        distance=distance_words(row.every_days, row.every_months),
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        reason=row.reason,
        made_by=row.made_by.name if row.made_by else "",
        holds_today=as_rule_sees_it(row).holds_on(today),
    )


def _why(row: Any, rule: CadenceRule | None, agreements: Sequence[Agreement]) -> str | Promise:
    """Which of the three says that it is due: what was agreed, the rule of the onboarding, that of the segment."""
    if row.slot_on is None:
        return ""
    if any(one.touchpoint == row.series and one.every and one.holds_on(row.slot_on) for one in agreements):
        return _("as agreed")
    if rule is None or all(series.touchpoint != row.series for series in rule.series):
        return ""
    return _("by the rule for the onboarding") if rule.basis is Basis.ONBOARDING else _("by the rule for its segment")


def touchpoints_of(page: OrganizationPage) -> Iterator[TouchpointRow]:
    """All touchpoints of an organization that its reader opens in full, by day. Two statements."""
    policy = cadence_policy.policy_in_force()
    today = timezone.localdate(page.now, ZoneInfo(page.organization.timezone))
    rows = _read(page).exclude(state=TouchpointState.CANCELLED).order_by("planned_on", "pk")
    return (_row(row, policy, today, may_act=False) for row in poured(rows))


def _read(page: OrganizationPage) -> Any:
    seen = Touchpoint.objects.visible_to(page.actor).filter(organization_id=page.row.pk)
    return seen.select_related("owner", "interaction", "organization")


def _facts(page: OrganizationPage, agreements: Sequence[Agreement]) -> Facts:
    """What decides which rule holds, from what the page has read; days are of no matter here."""
    known = page.organization
    anchors = {"onboarding": known.stage_entered_at.date()}
    if known.launched_on:
        anchors["launch"] = known.launched_on
    return Facts(
        kind=known.kind,
        stage=known.stage,
        is_working_day=lambda day: True,
        arr_segment=known.facts.arr_segment,
        gemstone=known.facts.gemstone,
        owner_roles=frozenset(owner.role for owner in page.row.owners),
        anchors=anchors,
        agreements=agreements,
    )


def _row(
    row: Any, policy: CadencePolicy | None, today: date, *, may_act: bool, why: str | Promise = ""
) -> TouchpointRow:
    state = TouchpointState(row.state)
    is_planned = state is TouchpointState.PLANNED
    return TouchpointRow(
        public_id=str(row.public_id),
        organization_name=row.organization.name,
        organization_url=reverse("partners:organization_cadence", args=[row.organization.public_id]),
        kind=row.kind,
        kind_label=cadence_policy.kind_label(policy, row.kind),
        planned_on=row.planned_on,
        slot_on=row.slot_on,
        topic=row.topic,
        owner=row.owner.name if row.owner else "",
        owner_role=role_short_label(row.owner_role) if row.owner_role else "",
        state=state.value,
        state_label=str(state.label),
        is_overdue=is_planned and today >= (row.overdue_from or row.planned_on + timedelta(days=1)),
        is_arranged=not row.series,
        is_fixed=row.is_fixed,
        said=row.skip_reason or (row.interaction.summary if row.interaction else ""),
        starts_at=row.starts_at,
        meeting_url=row.meeting_url,
        recording_url=row.recording_url,
        why=why if is_planned else "",
        may_act=may_act,
    )
