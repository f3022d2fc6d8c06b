"""How the gates of many organizations stand, for the cards of the board: one statement for all of them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import BooleanField, JSONField, QuerySet
from django.db.models.expressions import RawSQL
from django.utils.translation import gettext_lazy as _

from accounts.rules.access import Actor
from common import composed
from partners.models import GateReview
from partners.selectors.gate_words import OVERALL_LOOKS, Look
from partners.selectors.listing import OrganizationRow
from partners.work_choices import Risk

_SIGN = Look(label=_("Waits for signatures"), tone="accent", icon="writing")
_RISKS = {
    Risk.MEDIUM: Look(label=Risk.MEDIUM.label, tone="warning", icon="clock-exclamation"),
    Risk.HIGH: Look(label=Risk.HIGH.label, tone="danger", icon="clock-exclamation"),
}


@dataclass(frozen=True, kw_only=True)
class GateMark:
    """One gate on a card: tasks of the stage, how the last submission came out, and what is wrong."""

    done: int
    total: int
    look: Look | None
    risk: Look | None
    is_blocked: bool
    is_overdue: bool


def gate_marks(actor: Actor, rows: Iterable[OrganizationRow], *, today: date) -> dict[int, GateMark]:
    """The marks of the organizations of `rows` that the reader opens in full, by organization."""
    ids = [row.pk for row in rows if row.is_open]
    if not ids:
        return {}
    return {values["organization_id"]: _mark(values, today) for values in composed.records(_marks, actor, gaps=(ids,))}


def _marks(actor: Actor, ids: list[int]) -> QuerySet[Any, Any]:
    among = RawSQL("partners_gatereview.organization_id = ANY (%s)", [ids], output_field=BooleanField())
    reviews = GateReview.objects.visible_to(actor).filter(among, decided_at__isnull=True)
    found = reviews.annotate(outcomes=_OUTCOMES, is_blocked=_BLOCKED).values(
        "organization_id",
        "outcomes",
        "is_blocked",
        *(f"organization__facts__{name}" for name in ("tasks_total", "tasks_done", "next_task_due_on", "risk")),
    )
    return found.order_by()


def _mark(values: Mapping[str, Any], today: date) -> GateMark:
    outcomes, due_on = values["outcomes"] or (), values["organization__facts__next_task_due_on"]
    worst = next((one for one in ("failed", "awaits_review") if one in outcomes), "")
    return GateMark(
        done=values["organization__facts__tasks_done"] or 0,
        total=values["organization__facts__tasks_total"] or 0,
        look=OVERALL_LOOKS[worst] if worst else _SIGN if outcomes else None,
        risk=_RISKS.get(values["organization__facts__risk"]),
        is_blocked=values["is_blocked"],
        is_overdue=due_on is not None and due_on < today,
    )


_OUTCOMES = RawSQL(
    "SELECT jsonb_agg(s.outcome) FROM partners_submission s"
    " WHERE s.review_id = partners_gatereview.id AND s.superseded_at IS NULL",
    [],
    output_field=JSONField(),
)
_BLOCKED = RawSQL(
    "EXISTS (SELECT FROM partners_task t WHERE t.review_id = partners_gatereview.id AND t.blocked_reason <> ''"
    " AND t.state IN ('open', 'started') AND t.archived_at IS NULL)",
    [],
    output_field=BooleanField(),
)
