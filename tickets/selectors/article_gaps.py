"""What the knowledge base lacks, and what it spares: for those who write it and who read the reports."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Exists, Max, OuterRef, Q

from accounts.rules.access import Actor
from tickets.choices import FINISHED
from tickets.models import Article, ArticleVersion, HelpSearch, HelpSession, Ticket
from tickets.rules.article_gaps import Cluster, Deflection, SolvedTicket, clusters, is_covered

DAYS = 90
FOLLOWED_WITHIN = timedelta(days=7)
"""sla.md R17: a visit that no ticket of the same organization follows for so long was spared one."""
MOST_TICKETS = 2_000
SHOWN = 20


@dataclass(frozen=True, kw_only=True)
class EmptySearch:
    """Something that people looked for and did not find."""

    term: str
    count: int
    people: int
    last_at: datetime


@dataclass(frozen=True, kw_only=True)
class Gaps:
    """All of the page. `since` and `until` bound what deflection counts."""

    searches: Sequence[EmptySearch]
    clusters: Sequence[Cluster]
    deflection: Deflection
    since: datetime
    until: datetime
    late: int


def gaps(actor: Actor, *, now: datetime) -> Gaps:
    """The last ninety days. Deflection ends a week ago, so that each visit has had its seven days. Six statements."""
    until = now - FOLLOWED_WITHIN
    since = until - timedelta(days=DAYS)
    return Gaps(
        searches=empty_searches(actor, since=now - timedelta(days=DAYS)),
        clusters=uncovered(actor, since=now - timedelta(days=DAYS)),
        deflection=deflection(actor, since=since, until=until),
        since=since,
        until=until,
        late=Article.objects.visible_to(actor).published().filter(review_due_on__lte=now.date()).count(),
    )


def empty_searches(actor: Actor, *, since: datetime) -> list[EmptySearch]:
    """What was looked for in vain, the most wanted first. One statement."""
    rows = HelpSearch.objects.visible_to(actor).filter(results=0, at__gte=since).order_by().values("term")
    counted = rows.annotate(count=Count("pk"), people=Count("user", distinct=True), last_at=Max("at"))
    return [EmptySearch(**row) for row in counted.order_by("-people", "-count", "term")[:SHOWN]]


def uncovered(actor: Actor, *, since: datetime) -> list[Cluster]:
    """Solved tickets that are alike and of which no article speaks, the largest groups first. Two statements.

    An article that was made from one of them, or whose title is alike, covers a group.
    """
    rows = Ticket.objects.visible_to(actor).filter(status__in=FINISHED, merged_into__isnull=True, solved_at__gte=since)
    columns = ("pk", "number", "subject", "category__name", "tags")
    read = list(rows.order_by("-solved_at", "-pk").values_list(*columns)[:MOST_TICKETS])
    tickets = [
        SolvedTicket(number=number, subject=subject, category=category or "", tags=frozenset(tags))
        for _pk, number, subject, category, tags in read
    ]
    numbers = {pk: number for pk, number, *_rest in read}
    articles = ArticleVersion.objects.visible_to(actor).exclude(article__state="retired")
    named = list(
        articles.filter(Q(is_current=True) | Q(published_at__isnull=True)).values_list(
            "title", "article__from_ticket_id"
        )
    )
    titles = [title for title, _ticket in named]
    made_from = {numbers[ticket] for _title, ticket in named if ticket in numbers}
    found = []
    for cluster in clusters(tickets):
        is_made = any(ticket.number in made_from for ticket in cluster.tickets)
        if not is_made and not is_covered(cluster.subject, titles):
            found.append(cluster)
    return found[:SHOWN]


def deflection(actor: Actor, *, since: datetime, until: datetime) -> Deflection:
    """Self-service of a stretch of time (sla.md R17). Two statements."""
    followed = Ticket.objects.visible_to(actor).filter(
        organization_id=OuterRef("organization_id"),
        opened_by_us=False,
        opened_at__gte=OuterRef("started_at"),
        opened_at__lt=OuterRef("started_at") + FOLLOWED_WITHIN,
    )
    sessions = HelpSession.objects.visible_to(actor).filter(started_at__gte=since, started_at__lt=until)
    counted = sessions.annotate(is_followed=Exists(followed)).aggregate(
        followed=Count("pk", filter=Q(is_followed=True)), spared=Count("pk", filter=Q(is_followed=False))
    )
    tickets = Ticket.objects.visible_to(actor).filter(opened_at__gte=since, opened_at__lt=until, opened_by_us=False)
    return Deflection(spared=counted["spared"], followed=counted["followed"], tickets=tickets.count())
