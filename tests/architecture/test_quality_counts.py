"""How many SQL statements the pages of satisfaction, quality and training take: the same for 10 rows and for 60."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import TrainingModule, TrainingRecord
from partners.models import BusinessReview, Loss, Organization
from partners.services.capacity_keeping import keep
from reports.models import ReportSubscription, SavedReport
from tests.architecture.test_query_counts import MOST, statements
from tests.cast import Cast
from tests.factories.accounts import make_team, make_user
from tests.factories.partners import make_contact, make_partner
from tests.factories.surveys import make_survey
from tests.factories.tickets import make_queue
from tickets.models import QualityReview, Ticket

PAGES: dict[str, tuple[str, str, str]] = {
    "satisfaction of all": ("sara", "/surveys/", "page"),
    "satisfaction of a TAM": ("tom", "/surveys/?by=organization", "page"),
    "satisfaction by article": ("max", "/surveys/?by=article", "page"),
    "surveys": ("tom", "/surveys/list/", "list"),
    "quality reviews": ("sara", "/tickets/quality/", "page"),
    "own reviews": ("sven", "/tickets/quality/mine/", "page"),
    "own training": ("sue", "/training/", "page"),
    "everybody's training": ("sara", "/training/everybody/", "page"),
    "weeks ahead": ("max", "/capacity/", "list"),
    "weeks ahead of teams": ("max", "/capacity/?by=team", "page"),
    "proposals": ("max", "/capacity/balance/", "list"),
    "losses": ("tom", "/losses/", "list"),
    "gone quiet": ("tom", "/quiet/", "list"),
    "reviews": ("tom", "/reviews/", "list"),
    "missing reviews": ("tom", "/reviews/missing/", "list"),
    "API: reviews": ("tom", "/api/v1/reviews/", "list"),
    "reports": ("tom", "/reports/", "page"),
    "my reports by mail": ("tom", "/reports/mails/", "list"),
    "API: saved reports": ("tom", "/api/v1/saved-reports/", "list"),
    "API: my reports by mail": ("tom", "/api/v1/report-subscriptions/", "list"),
    "TAM analytics": ("tom", "/reports/tam/", "page"),
    "onboarding": ("max", "/reports/onboarding/", "page"),
    "support report": ("sara", "/reports/support/", "page"),
    "executive overview": ("max", "/reports/executive/", "page"),
    "rows of a figure": ("max", "/reports/tam/figures/partners_live/", "page"),
    "survey report": ("tom", "/reports/surveys/", "page"),
    "answers of a survey report": ("tom", "/reports/surveys/answers/", "page"),
    "policy quality: overrides": ("tom", "/reports/policies/?subject=overrides", "page"),
    "policy quality: pauses": ("tom", "/reports/policies/?subject=pauses", "page"),
    "API: TAM analytics": ("tom", "/api/v1/reports/tam/", "page"),
    "API: losses": ("tom", "/api/v1/losses/", "list"),
    "API: survey responses": ("sara", "/api/v1/survey-responses/", "list"),
    "API: training records": ("sara", "/api/v1/training-records/", "list"),
}


def fill(cast: Cast, count: int) -> None:
    """`count` more rows of everything that these pages show."""
    now = timezone.now()
    queue, month = make_queue(), timezone.localdate(now).replace(day=1)
    for number in range(count):
        agent, since = make_user("support"), now - timedelta(minutes=number)
        organization = make_partner("gate_3", owners={"tam": cast.tom})
        Loss.objects.create(
            organization=organization, lost_on=month, reason="price", recorded_by=agent, recorded_at=since
        )
        make_survey(
            make_contact(organization),
            score=number % 5 + 1,
            at=since,
            agent=agent,
            team=make_team(),
            topics=[f"article-{agent.pk}"],
        )
        reviewed, fresh = (
            Ticket.objects.create(
                subject="Help",
                organization=organization,
                queue=queue,
                channel="portal",
                status="solved",
                assignee=agent,
                opened_at=since,
                moved_at=since,
                solved_at=now,
            )
            for _number in range(2)
        )
        QualityReview.objects.create(
            organization=organization,
            ticket=reviewed,
            agent=cast.sven if number % 2 else agent,
            reviewer=cast.sara,
            policy_version=1,
            score=80,
            is_passed=True,
            solved_at=now,
            given_at=now,
        )
        assert fresh.pk
        began = month - timedelta(days=400 + number)
        BusinessReview.objects.create(organization=organization, title="x", period_from=began, period_to=month)
        Organization.objects.filter(pk=organization.pk).update(stage="post_launch", launched_on=began)
        module = TrainingModule.objects.create(name=f"Module {agent.pk}", roles=["support"], since=month)
        kept = {"name": f"Report {agent.pk}", "report": "tam", "created_at": now}
        saved = SavedReport.objects.create(owner=agent, sharing="everybody", changed_at=now, **kept)
        own = {"user": cast.tom, "zone": "UTC", "next_at": now, "created_at": now}
        ReportSubscription.objects.create(**own, **({"saved": saved} if number % 2 else {"report": "tam"}))
        TrainingRecord.objects.create(module=module, user=cast.sue, month=month, completed_at=now)
    # As the job does every minute; until then a list of weeks works out what has changed, by one statement more.
    while keep(now=now):
        pass


@pytest.mark.django_db
def test_statements_do_not_grow(cast: Cast) -> None:
    def round_of() -> dict[str, int]:
        found = {}
        for name, (person, path, _kind) in PAGES.items():
            client = Client()
            client.force_login(getattr(cast, person))
            found[name] = statements(client, path)
        return found

    fill(cast, 10)
    few = round_of()
    fill(cast, 50)
    many = round_of()
    assert {name: (few[name], many[name]) for name in PAGES if few[name] != many[name]} == {}
    assert {name: count for name, count in few.items() if count > MOST[PAGES[name][2]]} == {}
