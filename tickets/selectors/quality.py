"""Quality reviews as pages show them: the sample to look at, scores by agent and month, one review in words.

A review counts in the month in which its ticket was solved, in the installation's zone.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from django.db.models import (
    Avg,
    BooleanField,
    CharField,
    Count,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    Window,
)
from django.db.models.functions import MD5, Cast, Concat, RowNumber, TruncMonth
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language

from accounts.models import User
from accounts.rules.access import Actor
from common.pagination import Order, Page, SortKey, paginate
from common.scope import Scope, scoped
from partners.models import SurveyResponse
from partners.rules.classification import label_in
from partners.rules.surveys import SATISFIED
from tickets.choices import FINISHED, MessageKind, MessageState, Side
from tickets.models import Message, QualityReview, SlaClock, Ticket
from tickets.quality_querysets import REVIEW
from tickets.rules.quality import Candidate, ScoreCard, propose

MONTHS = 6
SIZE = 25
MOST_SAMPLE = 200
NEWEST = Order((SortKey(name="given_at", descending=True),))


@dataclass(frozen=True, kw_only=True)
class Month:
    """A month of the installation's zone."""

    first: date

    @property
    def since(self) -> datetime:
        return _midnight(self.first)

    @property
    def until(self) -> datetime:
        return _midnight(self.later(1).first)

    @property
    def key(self) -> str:
        return f"{self.first:%Y-%m}"

    @property
    def label(self) -> str:
        return date_format(self.first, "F Y")

    def later(self, months: int) -> "Month":
        """So many months later, or earlier for a negative number."""
        years, month = divmod(self.first.month - 1 + months, 12)
        return Month(first=date(self.first.year + years, month + 1, 1))


def month_of(text: str, *, now: datetime) -> Month:
    """The month of an address, such as 2026-03; the present one for whatever is none or lies far off."""
    present = Month(first=timezone.localdate(now, timezone.get_default_timezone()).replace(day=1))
    try:
        found = date.fromisoformat(f"{text}-01") if len(text) == 7 else present.first
    except ValueError:
        return present
    return Month(first=found) if 2000 <= found.year <= 2100 else present


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=timezone.get_default_timezone())


@dataclass(frozen=True, kw_only=True)
class Proposed:
    """A ticket to review, and why it stands where it does."""

    number: int
    subject: str
    agent: str
    solved_at: datetime
    is_low: bool
    is_breached: bool
    is_reopened: bool


def sample(actor: Actor, month: Month, card: ScoreCard) -> list[Proposed]:
    """The tickets of a month that are to be reviewed, those of trouble first. Two statements."""
    seed = month.key
    found = {row.number: row for row in _candidates(actor, month, card, seed)}
    reviewed = (
        QualityReview.objects.all().visible_to(actor).filter(solved_at__gte=month.since, solved_at__lt=month.until)
    )
    counts = dict(reviewed.order_by().values_list("agent_id").annotate(count=Count("pk")))
    candidates = [
        Candidate(
            number=row.number,
            agent_id=row.assignee_id,
            is_low=row.is_low,
            is_breached=row.is_breached,
            is_reopened=row.reopened > 0,
        )
        for row in found.values()
    ]
    chosen = propose(candidates, per_agent=card.per_agent, reviewed=counts, seed=seed)
    return [_proposed(one, found[one.number]) for one in chosen]


def _candidates(actor: Actor, month: Month, card: ScoreCard, seed: str) -> Sequence[Any]:
    """The first few of each agent by the order of `rules.quality.place_of`, so that a month of any size is one page."""
    answers = SurveyResponse.objects.filter(request__subject_type="ticket", request__subject_id=OuterRef("pk"))
    rows = Ticket.objects.visible_to(actor).filter(
        status__in=FINISHED,
        solved_at__gte=month.since,
        solved_at__lt=month.until,
        assignee__isnull=False,
        merged_into__isnull=True,
    )
    rows = rows.exclude(assignee_id=actor.user_id or 0).annotate(
        is_low=Exists(answers.filter(score__lt=SATISFIED)),
        is_breached=Exists(SlaClock.objects.filter(ticket=OuterRef("pk"), breached_at__isnull=False)),
        lot=MD5(Concat(Value(f"{seed}:"), Cast("number", CharField()))),
    )
    rows = rows.filter(~Exists(QualityReview.objects.filter(ticket=OuterRef("pk"), agent=OuterRef("assignee"))))
    calm = ExpressionWrapper(Q(reopened=0), output_field=BooleanField())
    order = [F("is_low").desc(), F("is_breached").desc(), calm.asc(), F("lot").asc()]
    place = Window(RowNumber(), partition_by=[F("assignee_id")], order_by=order)
    return list(rows.select_related("assignee").annotate(place=place).filter(place__lte=card.per_agent)[:MOST_SAMPLE])


def _proposed(one: Candidate, row: Any) -> Proposed:
    return Proposed(
        number=row.number,
        subject=row.subject,
        agent=row.assignee.name,
        solved_at=row.solved_at,
        is_low=one.is_low,
        is_breached=one.is_breached,
        is_reopened=one.is_reopened,
    )


@dataclass(frozen=True, kw_only=True)
class MonthScore:
    """Scores of a month: their mean, how many there are, how many passed; `label` names it in tables."""

    mean: Decimal | None
    count: int
    passed: int
    label: str = ""


@dataclass(frozen=True, kw_only=True)
class AgentScores:
    """One agent's months, in the order of `months`; the last stands for all of them."""

    name: str
    public_id: str
    months: tuple[MonthScore, ...]


@dataclass(frozen=True, kw_only=True)
class Scores:
    """Scores by agent and month, the months oldest first, and those of the last month in all."""

    months: tuple[Month, ...]
    agents: tuple[AgentScores, ...]
    total: MonthScore


_NONE = MonthScore(mean=None, count=0, passed=0)


def scores(actor: Actor, month: Month, *, months: int = MONTHS) -> Scores:
    """The months up to and with `month`, of the reviews that `actor` may read. Two statements."""
    shown = tuple(month.later(-back) for back in reversed(range(months)))
    rows = (
        QualityReview.objects.all().visible_to(actor).filter(solved_at__gte=shown[0].since, solved_at__lt=month.until)
    )
    sums = {"mean": Avg("score"), "count": Count("pk"), "passed": Count("pk", filter=Q(is_passed=True))}
    zone = timezone.get_default_timezone()
    dated = rows.order_by().annotate(month=TruncMonth("solved_at", tzinfo=zone))
    grouped: Any = dated.values("agent_id", "agent__name", "agent__public_id", "month").annotate(**sums)
    found: dict[int, dict[str, Any]] = {}
    for row in grouped.order_by("agent__name", "agent_id"):
        agent = found.setdefault(row["agent_id"], {"name": row["agent__name"], "id": row["agent__public_id"]})
        agent[f"{row['month']:%Y-%m}"] = MonthScore(mean=row["mean"], count=row["count"], passed=row["passed"])
    total = rows.filter(solved_at__gte=month.since).aggregate(**sums)
    agents = tuple(
        AgentScores(
            name=agent["name"],
            public_id=str(agent["id"]),
            months=tuple(replace(agent.get(one.key, _NONE), label=one.label) for one in shown),
        )
        for agent in found.values()
    )
    return Scores(months=shown, agents=agents, total=MonthScore(**total))


@contextmanager
def own_reach(actor: Actor) -> Iterator[None]:
    """Within, agents read the reviews of their own work, also where their team does not serve the queue any more.

    The wall of the database goes by tickets and knows nobody's name, so it is opened here; `visible_to` names the
    agent, and of a ticket that they do not see its number is all they learn.
    """
    if actor.has(REVIEW):
        yield
        return
    with scoped(Scope.all()):
        yield


def reviews(actor: Actor, *, agent: str = "", month: Month | None = None) -> "QuerySet[Any, Any]":
    """Reviews that `actor` may read, the latest given first, each with the `number` of its ticket.

    `subject` is empty for a ticket that `actor` does not see. To be read within `own_reach`.
    """
    seen = Ticket.objects.all().visible_to(actor).filter(pk=OuterRef("ticket_id")).order_by()
    rows = QualityReview.objects.all().visible_to(actor).select_related("agent", "reviewer")
    rows = rows.annotate(number=F("ticket__number"), subject=Subquery(seen.values("subject")))
    if agent:
        rows = rows.filter(agent__public_id=agent)
    if month is not None:
        rows = rows.filter(solved_at__gte=month.since, solved_at__lt=month.until)
    found: QuerySet[Any, Any] = rows.order_by("-given_at", "-pk")
    return found


def review_page(actor: Actor, *, month: Month | None = None, cursor: str = "") -> Page:
    """A page of them: one statement."""
    return paginate(reviews(actor, month=month), NEWEST, cursor=cursor, size=SIZE)


@dataclass(frozen=True, kw_only=True)
class Mark:
    """What a review gave one criterion."""

    label: str
    hint: str
    weight: int
    points: int
    most: int


def marks_of(card: ScoreCard, points: Mapping[str, int]) -> list[Mark]:
    """The points of a review by criterion, in the reader's language."""
    language = get_language() or "en"
    return [
        Mark(
            label=label_in(one.label, language),
            hint=label_in(one.hint, language),
            weight=one.weight,
            points=points.get(one.id, 0),
            most=card.most_points,
        )
        for one in card.criteria
    ]


def agents_of(ticket: Ticket) -> list[User]:
    """Whose work a review of a ticket can be of: its assignee, and who wrote to the partner. One statement."""
    wrote = Message.objects.filter(
        ticket=ticket, kind=MessageKind.REPLY, state=MessageState.SENT, side=Side.AGENT, author__isnull=False
    )
    rows = User.objects.filter(Q(pk=ticket.assignee_id or 0) | Q(pk__in=wrote.values("author_id")))
    return sorted(rows.order_by("name_sort"), key=lambda user: user.pk != ticket.assignee_id)
