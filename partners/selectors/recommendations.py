"""What we advise an organization: recommendations, and best practices with how far like organizations took them up."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _

from accounts.rules.access import Actor
from common.pagination import Order, Page, SortKey, paginate
from partners.enablement_choices import RecommendationKind, RecommendationState
from partners.enablement_policy import practices_in_force, word
from partners.models import Organization, Recommendation
from partners.rules.practices import Practice, adoption
from partners.selectors.page import OrganizationPage

NEWEST = Order((SortKey(name="proposed_on", descending=True),))
SIZE = 25
_TONES = {
    RecommendationState.PROPOSED: "info",
    RecommendationState.AGREED: "warning",
    RecommendationState.DONE: "success",
    RecommendationState.DECLINED: "neutral",
}


@dataclass(frozen=True, kw_only=True)
class RecommendationRow:
    """One piece of advice."""

    public_id: str
    title: str
    kind_label: str
    why: str
    owner: str
    state: str
    state_label: str
    tone: str
    proposed_on: date
    due_on: date | None
    closed_on: date | None
    effect: str

    @property
    def is_open(self) -> bool:
        return self.state in (RecommendationState.PROPOSED, RecommendationState.AGREED)

    @property
    def is_proposed(self) -> bool:
        return self.state == RecommendationState.PROPOSED


@dataclass(frozen=True, kw_only=True)
class PracticeOffer:
    """A best practice that was not proposed here yet; `percent` of like organizations do it, None of too few."""

    id: str
    label: str
    why: str
    percent: int | None


def recommendations_of(actor: Actor, organization_id: int, today: date, *, cursor: str = "") -> Page:
    """A page of those of one organization, the latest first. One statement."""
    rows = seen_recommendations(actor).filter(organization_id=organization_id)
    page = paginate(rows, NEWEST, cursor=cursor, size=SIZE)
    return Page(rows=[_row(row, today) for row in page.rows], previous=page.previous, next=page.next)


def seen_recommendations(actor: Actor) -> "QuerySet[Any, Any]":
    """With its owner, for lists and for the API."""
    seen: QuerySet[Any, Any] = Recommendation.objects.all().visible_to(actor).select_related("organization", "owner")
    return seen


def practices_to_offer(page: OrganizationPage) -> list[PracticeOffer]:
    """Best practices for such an organization that were not proposed to it. Four statements; one without a policy."""
    policy = practices_in_force()
    if policy is None:
        return []
    seen = Recommendation.objects.all().visible_to(page.actor).exclude(practice="")
    proposed = set(seen.filter(organization_id=page.row.pk).values_list("practice", flat=True))
    fitting = policy.fitting(page.organization.kind, page.organization.stage)
    offered = [practice for practice in fitting if practice.id not in proposed]
    if not offered:
        return []
    like = Organization.objects.opened_to(page.actor).current().of_kind(page.organization.kind)
    stages = Counter(dict(like.order_by().values_list("stage").annotate(Count("pk"))))
    done = seen.filter(
        state=RecommendationState.DONE,
        practice__in=[practice.id for practice in offered],
        organization__kind=page.organization.kind,
        organization__archived_at__isnull=True,
    )
    taken: dict[str, Counter[str]] = defaultdict(Counter)
    for practice, stage, count in done.order_by().values_list("practice", "organization__stage").annotate(Count("pk")):
        taken[practice][stage] = count
    return [_offer(practice, stages, taken[practice.id]) for practice in offered]


def _offer(practice: Practice, stages: Counter[str], taken: Counter[str]) -> PracticeOffer:
    here = [stage for stage in stages if practice.stages is None or stage in practice.stages]
    states = ["done"] * sum(taken[stage] for stage in here)
    return PracticeOffer(
        id=practice.id,
        label=word(practice.label),
        why=word(practice.why),
        percent=adoption(states, fitting=sum(stages[stage] for stage in here)),
    )


def _row(row: Any, today: date) -> RecommendationRow:
    state = RecommendationState(row.state)
    is_late = state is RecommendationState.AGREED and row.due_on is not None and row.due_on < today
    return RecommendationRow(
        public_id=str(row.public_id),
        title=row.title,
        kind_label=str(RecommendationKind(row.kind).label),
        why=row.why,
        owner=row.owner.name if row.owner else "",
        state=row.state,
        state_label=_("Overdue") if is_late else str(state.label),
        tone="danger" if is_late else _TONES[state],
        proposed_on=row.proposed_on,
        due_on=row.due_on,
        closed_on=row.closed_on,
        effect=row.effect,
    )
