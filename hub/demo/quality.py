"""How the desk of the demo world is received: satisfaction of ninety days, reviews of the manager, training by month.

Written in bulk: what was asked and answered has happened already, and tells nobody.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random

from accounts.models import Membership, TrainingModule, TrainingRecord
from accounts.rules import training
from accounts.selectors.training import due_pairs, roles_at, today_here
from hub.demo.people import Crew
from partners.models import SurveyRequest, SurveyResponse
from partners.survey_choices import SurveyChannel, SurveyState
from tickets.choices import FINISHED
from tickets.models import Article, QualityReview, QueueTeam, Ticket
from tickets.rules.quality import verdict
from tickets.services.quality import card_in_force

_OPEN_FOR = timedelta(days=14)
_ANSWERED = 0.62
_SCORES = (5, 5, 5, 5, 5, 5, 5, 5, 5, 4, 4, 4, 4, 3, 2, 1)
_COMMENTS = {
    5: ("Quick and to the point, thank you.", "Solved within the hour.", "The article explained it all."),
    4: ("Good answer, took a little while.", "Thanks. A link to the article would have helped sooner."),
    3: ("It works now, but I had to explain it twice.",),
    2: ("Three people asked me the same question.", "Took too long for something this urgent."),
    1: ("We lost a day over this and nobody told us.",),
}
_REVIEWED_EACH = 4
_REVIEWS = (
    "Right answer, clear steps. The cause belongs into the resolution, so that the next one finds it.",
    "Friendly and quick. The priority was left at medium although production stood still.",
    "A model of an update: what we know, what we do, when you hear from us.",
    "The partner had to ask twice for the date. Say it first.",
)
_MODULES = (
    ("Security refresher", ("support", "senior", "supportlead"), "Phishing, access, what to do in doubt."),
    ("What is new in the product", ("support", "senior", "tam", "csm"), "The release of the month in twenty minutes."),
    ("Writing answers that end a ticket", ("support",), "Plain words, one next step, one date."),
    ("Incident drill", ("senior", "supportlead"), "An hour of a practice outage, each in their part."),
)
_MONTHS = 4


def receive(*, crew: Crew, now: datetime) -> None:
    """Everything below; the same in every world."""
    rng = Random("how it was received")  # noqa: S311
    tickets = list(
        Ticket.objects.filter(status__in=FINISHED, assignee__isnull=False, contact__isnull=False, is_internal=False)
        .exclude(solved_at__gt=now - timedelta(hours=2))
        .order_by("solved_at", "pk")
    )
    _ask(tickets, rng, now)
    _review(tickets, rng, crew, now)
    _train(rng, crew, now)


def _ask(tickets: list[Ticket], rng: Random, now: datetime) -> None:
    """A survey for each solved ticket whose contact was not asked in the two weeks before."""
    asked: dict[int, datetime] = {}
    requests = []
    for ticket in tickets:
        due_at = (ticket.solved_at or now) + timedelta(hours=1)
        last = asked.get(ticket.contact_id or 0)
        if last is None or due_at - last >= timedelta(days=14):
            asked[ticket.contact_id or 0] = due_at
            requests.append(ticket)
    teams = _teams()
    slugs = list(Article.objects.filter(state="published").order_by("slug").values_list("slug", flat=True))
    made = SurveyRequest.objects.bulk_create([_request(ticket, teams, slugs, rng) for ticket in requests])
    SurveyResponse.objects.bulk_create(list(_answers(made, rng, now)))


def _teams() -> dict[tuple[int, int], int]:
    """The team in which somebody serves a queue, by person and queue."""
    members = Membership.objects.filter(ended_at__isnull=True).values_list("user_id", "team_id")
    queues: dict[int, list[int]] = {}
    for team_id, queue_id in QueueTeam.objects.values_list("team_id", "queue_id"):
        queues.setdefault(team_id, []).append(queue_id)
    return {(user_id, queue_id): team_id for user_id, team_id in members for queue_id in queues.get(team_id, ())}


def _request(ticket: Ticket, teams: dict[tuple[int, int], int], slugs: list[str], rng: Random) -> SurveyRequest:
    solved_at = ticket.solved_at or ticket.opened_at
    sent_at = solved_at + timedelta(hours=1)
    return SurveyRequest(
        organization_id=ticket.organization_id or 0,
        subject_type="ticket",
        subject_id=ticket.pk,
        subject_key=str(ticket.number),
        occasion=f"demo:{ticket.pk}",
        contact_id=ticket.contact_id or 0,
        agent_id=ticket.assignee_id,
        team_id=teams.get((ticket.assignee_id or 0, ticket.queue_id)),
        topics=rng.sample(slugs, 1) if slugs and rng.random() < 0.3 else [],
        state=SurveyState.SENT,
        occurred_at=solved_at,
        due_at=sent_at,
        sent_at=sent_at,
        expires_at=sent_at + _OPEN_FOR,
    )


def _answers(requests: list[SurveyRequest], rng: Random, now: datetime) -> Iterator[SurveyResponse]:
    for request in requests:
        at = request.due_at + timedelta(minutes=rng.randint(2, 2_000))
        if rng.random() > _ANSWERED or at > now:
            continue
        score = rng.choice(_SCORES)
        says = score < 4 or rng.random() < 0.3
        yield SurveyResponse(
            organization_id=request.organization_id,
            request=request,
            score=score,
            comment=rng.choice(_COMMENTS[score]) if says else "",
            channel=rng.choice((SurveyChannel.MAIL, SurveyChannel.MAIL, SurveyChannel.PORTAL)),
            answered_at=at,
            changed_at=at,
        )


def _review(tickets: list[Ticket], rng: Random, crew: Crew, now: datetime) -> None:
    """A few reviews of each agent in each month; two of them answered."""
    card, manager = card_in_force(), crew.users["supportlead2"]
    counts: dict[tuple[int, int], int] = {}
    reviews: list[QualityReview] = []
    for ticket in rng.sample(tickets, len(tickets)):
        solved_at = ticket.solved_at or now
        place = (ticket.assignee_id or 0, solved_at.month)
        given_at = solved_at + timedelta(days=3)
        if ticket.assignee_id == manager.pk or given_at > now or counts.get(place, 0) >= _REVIEWED_EACH:
            continue
        counts[place] = counts.get(place, 0) + 1
        points = {one.id: rng.choice((4, 4, 4, 4, 3, 3, 2)) for one in card.criteria}
        found = verdict(card, points)
        is_answered = len(reviews) in (1, 4)
        reviews.append(
            QualityReview(
                organization_id=ticket.organization_id,
                ticket=ticket,
                agent_id=ticket.assignee_id or 0,
                reviewer=manager,
                policy_version=card.version,
                points=points,
                score=found.score,
                is_passed=found.is_passed,
                comment=rng.choice(_REVIEWS),
                solved_at=solved_at,
                given_at=given_at,
                answer="Understood. I add the cause first from now on." if is_answered else "",
                answered_at=given_at + timedelta(days=1) if is_answered else None,
            )
        )
    QualityReview.objects.bulk_create(reviews)


def _train(rng: Random, crew: Crew, now: datetime) -> None:
    """Four modules, and who did them in the months up to now; of this one half."""
    this = training.month_of(today_here(now))
    modules = TrainingModule.objects.bulk_create(
        TrainingModule(name=name, roles=list(roles), description=text, since=training.month_after(this, -_MONTHS))
        for name, roles, text in _MODULES
    )
    records = []
    for back in range(_MONTHS):
        month = training.month_after(this, -back)
        for user_id, module_id in sorted(due_pairs(modules, roles_at(month, now=now), month)):
            if rng.random() < (0.95 if back else 0.5):
                done_at = min(now, now - timedelta(days=30 * back) + timedelta(hours=rng.randint(-60, 0)))
                records.append(
                    TrainingRecord(
                        module_id=module_id,
                        user_id=user_id,
                        month=month,
                        completed_at=done_at,
                        result=rng.choice(("attended", "passed")),
                        recorded_by_id=user_id,
                    )
                )
    TrainingRecord.objects.bulk_create(records)
