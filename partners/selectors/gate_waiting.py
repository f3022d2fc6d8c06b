"""Gates that wait for one person: to fill in, to judge, to sign, to decide. One statement for a home."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, JSONField, OuterRef
from django.db.models.expressions import RawSQL
from django.utils.translation import gettext_lazy as _

from accounts.labels import stage_label
from accounts.rules.access import Actor, Right
from partners.choices import CARRYING_ROLE, LAUNCHED_STAGES, Stage
from partners.models import Assignment, GateReview
from partners.selectors.gate_words import Look

SHOWN = 20
# Enough for the portfolio of any one person.
_READ = 200

_JUDGE = Look(label=_("To judge"), tone="warning", icon="user-check")
_SIGN = Look(label=_("To sign"), tone="accent", icon="writing")
_MEND = Look(label=_("To mend"), tone="danger", icon="tool")
_FILL = Look(label=_("To fill in"), tone="neutral", icon="pencil")
# What others wait for comes first.
_ORDER = (_JUDGE, _SIGN, _MEND, _FILL)


@dataclass(frozen=True, kw_only=True)
class WaitingGate:
    """One gate and what its reader has to do there; `since` is when the stay in the stage began."""

    public_id: str
    name: str
    stage: str
    stage_label: str
    look: Look
    since: datetime


@dataclass(frozen=True, kw_only=True)
class WaitingGates:
    rows: tuple[WaitingGate, ...]
    has_more: bool


def gates_waiting(actor: Actor) -> WaitingGates:
    """The open gates of organizations that `actor` owns where the next move is theirs, most pressing first."""
    held = Assignment.objects.active().filter(user_id=actor.user_id or 0)
    here = held.filter(organization_id=OuterRef("organization_id")).order_by("role").values("role")
    reviews = (
        GateReview.objects.visible_to(actor)
        .filter(organization_id__in=held.values("organization_id"), decided_at__isnull=True)
        .filter(stage=F("organization__stage"), organization__archived_at__isnull=True)
        .exclude(stage__in=LAUNCHED_STAGES)
        .annotate(roles=ArraySubquery(here), submitted=_SUBMITTED)
        .order_by("opened_at", "pk")
    )
    columns = ("organization__public_id", "organization__name", "organization__kind", "stage", "opened_at")
    found = [
        row for values in reviews.values(*columns, "roles", "submitted")[:_READ] for row in _waiting(values, actor)
    ]
    found.sort(key=lambda row: _ORDER.index(row.look))
    return WaitingGates(rows=tuple(found[:SHOWN]), has_more=len(found) > SHOWN)


def _waiting(values: Mapping[str, Any], actor: Actor) -> Iterator[WaitingGate]:
    """The row of a gate, if the next move is the reader's."""
    look = _move(values, frozenset(values["roles"]) & actor.active_roles, actor)
    if look is not None:
        yield WaitingGate(
            public_id=str(values["organization__public_id"]),
            name=values["organization__name"],
            stage=values["stage"],
            stage_label=stage_label(values["stage"]),
            look=look,
            since=values["opened_at"],
        )


def _move(values: Mapping[str, Any], roles: frozenset[str], actor: Actor) -> Look | None:
    kind, stage = values["organization__kind"], values["stage"]
    signing = {role for role in roles if stage in actor.policy.stages(role, kind, Right.SIGN)}
    submitted: Sequence[tuple[str, list[str] | None]] = values["submitted"] or ()
    outcomes = {outcome for outcome, _signed in submitted}
    if "awaits_review" in outcomes and signing:
        return _JUDGE
    if any(outcome == "passed" and signing - set(signed or ()) for outcome, signed in submitted):
        return _SIGN
    if CARRYING_ROLE[Stage(stage)] in roles and actor.policy.signers(kind, stage):
        if "failed" in outcomes:
            return _MEND
        return _FILL if not outcomes else None
    return None


# The submissions that count: how each came out, and the roles that signed it.
_SUBMITTED = RawSQL(
    "SELECT jsonb_agg(jsonb_build_array(s.outcome,"
    " (SELECT jsonb_agg(g.role) FROM partners_signature g WHERE g.submission_id = s.id)))"
    " FROM partners_submission s WHERE s.review_id = partners_gatereview.id AND s.superseded_at IS NULL",
    [],
    output_field=JSONField(),
)
