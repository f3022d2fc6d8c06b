"""Rows of episodes as lists, the board and homes show them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import (
    BooleanField,
    Case,
    CharField,
    DateField,
    ExpressionWrapper,
    OuterRef,
    Q,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce
from django.utils.safestring import SafeString

from accounts.rules.access import Actor, FieldClass, Right, visibility_terms
from health.alert_choices import EpisodeState, HeldBack, Route
from health.alert_policy import rule_label
from health.alert_querysets import EpisodeQuerySet
from health.alert_words import (
    SEVERITY_ICONS,
    SEVERITY_TONES,
    SEVERITY_WORDS,
    STATE_TONES,
    cause_words,
    whole_minutes,
)
from health.rules.alert_packs import AlertPolicy
from health.words import band_chip
from partners.choices import ArrSegment
from partners.models import Task
from partners.querysets import opened_by

SNOOZED, HELD = "snoozed", "held"
_PLACE = "organization"
FIELDS = (
    *("pk", "public_id", "cause", "rule", "severity", "urgency", "weight", "state", "outcome", "route", "held_back"),
    *("owner_id", "owner__name", "opened_at", "due_at", "answered_at", "breached_at", "snoozed_until"),
    *("snooze_reason", "recovered_at", "version", "closed_at"),
    *(f"{_PLACE}__{name}" for name in ("public_id", "name", "arr", "currency", "facts__arr_segment")),
    *(f"{_PLACE}__facts__{name}" for name in ("health_band", "health_score")),
    *("step_title", "step_due_on", "may_work", "shows_commercial"),
)


@dataclass(frozen=True, kw_only=True)
class EpisodeRow:
    """One episode. `column`: where it stands on the board. `arr` and `segment` only for who reads commercial fields."""

    pk: int
    public_id: str
    title: str
    cause: str
    cause_label: str
    severity: int
    severity_label: str
    severity_tone: str
    severity_icon: str
    state: str
    state_label: str
    state_tone: str
    column: str
    organization_id: str
    organization: str
    band: str
    score: Decimal | None
    arr: Decimal | None
    currency: str
    segment: str
    owner: str
    is_own: bool
    opened_at: datetime
    due_at: datetime | None
    left: timedelta | None
    late_by: timedelta | None
    answered_at: datetime | None
    snoozed_until: datetime | None
    snooze_reason: str
    has_recovered: bool
    held_back: str
    step: str
    step_due_on: date | None
    may_answer: bool
    version: int

    @property
    def health_chip(self) -> SafeString:
        """The band that is shown of the organization, with its score."""
        return band_chip(self.band, self.score)

    @property
    def may_acknowledge(self) -> bool:
        return self.may_answer and self.state == EpisodeState.OPEN


def with_row_facts(rows: EpisodeQuerySet, actor: Actor) -> EpisodeQuerySet:
    """Adds the next step, and what the reader may do and read there."""
    of_play = Task.objects.unfinished().filter(play_run_id=OuterRef("play_run_id"))
    of_owner = Task.objects.unfinished().filter(
        organization_id=OuterRef("organization_id"), owner_id=OuterRef("owner_id")
    )
    return rows.annotate(
        step_title=Coalesce(_first(of_play, "title"), _first(of_owner, "title"), output_field=CharField()),
        # Of the same task as the title: a step without a day has none.
        step_due_on=Case(
            When(play_run_id__isnull=False, then=_first(of_play, "due_on")),
            default=_first(of_owner, "due_on"),
            output_field=DateField(),
        ),
        may_work=_within(actor, Right.WORK),
        shows_commercial=_within(actor, Right.SEE, FieldClass.COMMERCIAL),
    )


def _first(tasks: Any, name: str) -> Subquery:
    return Subquery(tasks.order_by("due_on", "pk").values(name)[:1])


def _within(actor: Actor, right: Right, field_class: FieldClass = FieldClass.GENERAL) -> Any:
    """Whether the organization lies within what the reader may do there in full, as a column."""
    terms = visibility_terms(actor, right, field_class)
    if terms.everything or terms.is_empty:
        return Value(terms.everything, output_field=BooleanField())
    reach = Q(organization_id__in=opened_by(terms, with_summary=False))
    return ExpressionWrapper(reach, output_field=BooleanField())


def episode_rows(
    found: Iterable[Mapping[str, Any]], *, actor: Actor, policy: AlertPolicy | None, now: datetime
) -> list[EpisodeRow]:
    """Rows of dictionaries of FIELDS; no statement."""
    return [_row(values, actor, policy, now) for values in found]


def _row(values: Mapping[str, Any], actor: Actor, policy: AlertPolicy | None, now: datetime) -> EpisodeRow:
    state, due_at, until = values["state"], values["due_at"], values["snoozed_until"]
    is_waiting = state == EpisodeState.OPEN and values["answered_at"] is None and due_at is not None
    is_asleep = until is not None and until > now
    opens = bool(values["shows_commercial"])
    is_own = values["owner_id"] is not None and values["owner_id"] == actor.user_id
    segment = values[f"{_PLACE}__facts__arr_segment"]
    severity = values["severity"]
    return EpisodeRow(
        pk=values["pk"],
        public_id=str(values["public_id"]),
        title=rule_label(policy, values["rule"]),
        cause=values["cause"],
        cause_label=cause_words(values["cause"]),
        severity=severity,
        severity_label=str(SEVERITY_WORDS.get(severity, severity)),
        severity_tone=SEVERITY_TONES.get(severity, "neutral"),
        severity_icon=SEVERITY_ICONS.get(severity, "alert-circle"),
        state=state,
        state_label=str(EpisodeState(state).label),
        state_tone=STATE_TONES[EpisodeState(state)],
        column=SNOOZED if is_asleep and state != EpisodeState.CLOSED else state,
        organization_id=str(values[f"{_PLACE}__public_id"]),
        organization=values[f"{_PLACE}__name"],
        band=values[f"{_PLACE}__facts__health_band"] or "",
        score=values[f"{_PLACE}__facts__health_score"],
        arr=values[f"{_PLACE}__arr"] if opens else None,
        currency=values[f"{_PLACE}__currency"],
        segment=str(ArrSegment(segment).label) if opens and segment in ArrSegment.values else "",
        owner=values["owner__name"] or "",
        is_own=is_own,
        opened_at=values["opened_at"],
        due_at=due_at,
        left=whole_minutes(due_at - now) if is_waiting and due_at >= now else None,
        late_by=whole_minutes(now - due_at) if is_waiting and due_at < now else None,
        answered_at=values["answered_at"],
        snoozed_until=until if is_asleep else None,
        snooze_reason=values["snooze_reason"] if is_asleep else "",
        has_recovered=values["recovered_at"] is not None,
        held_back=str(HeldBack(values["held_back"]).label) if _is_held(values) else "",
        step=values["step_title"] or "",
        step_due_on=values["step_due_on"],
        may_answer=bool(values["may_work"]) or is_own,
        version=values["version"],
    )


def _is_held(values: Mapping[str, Any]) -> bool:
    return values["route"] == Route.DIGEST and values["state"] == EpisodeState.OPEN and bool(values["held_back"])
