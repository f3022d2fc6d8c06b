"""The reports of the demo world show something: no figure of theirs is empty for a manager."""

from datetime import timedelta

import pytest
from django.http import QueryDict
from django.test import Client
from django.utils import timezone

from accounts.actors import actor_for
from accounts.models import User
from common.listing import ListQuery
from reports.policies import policy_in_force
from reports.policy_page import SUBJECTS
from reports.report_page import open_report

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("name", ["onboarding", "pdm", "tpm", "psm"])
def test_reports_of_the_journey_have_figures(name: str) -> None:
    """Over a year, as a quarter may have just begun."""
    now = timezone.now()
    by = actor_for(User.objects.get(email="manager@demo.example"))
    days = f"{(now - timedelta(days=365)).date()}..{now.date()}"
    query = ListQuery.of(QueryDict(f"period={days}"), ("period",))
    shown = open_report(by, policy_in_force().reports[name], query, now=now)
    assert [figure.kpi.id for figure in shown.figures if figure.value is None] == []
    assert not [kpi.id for kpi in shown.report.kpis if not shown.rows(kpi).rows]
    assert name != "onboarding" or len(shown.failed_criteria or ()) >= 5


@pytest.mark.parametrize(
    ("name", "empty"),
    [("csm", ["nps"]), ("technical", ["developers_satisfied"]), ("support", []), ("executive", ["nps"])],
)
def test_reports_of_customers_and_support_have_figures(name: str, empty: list[str]) -> None:
    """Over a year; what a technical contact says is not in the demo world, and NPS is of quarters alone (ADR 0041)."""
    now = timezone.now()
    by = actor_for(User.objects.get(email="manager@demo.example"))
    days = f"{(now - timedelta(days=365)).date()}..{now.date()}"
    shown = open_report(
        by, policy_in_force().reports[name], ListQuery.of(QueryDict(f"period={days}"), ("period",)), now=now
    )
    assert [figure.kpi.id for figure in shown.figures if figure.value is None] == empty
    assert [kpi.id for kpi in shown.report.kpis if not shown.rows(kpi).rows] == [one for one in empty if one != "nps"]
    assert name != "executive" or shown.missed


def test_pages_of_their_own_have_something_to_show(client: Client) -> None:
    client.force_login(User.objects.get(email="manager@demo.example"))
    now = timezone.now()
    year = f"period={(now - timedelta(days=365)).date()}..{now.date()}"
    lines = client.get(f"/reports/surveys/?{year}").context["lines"]
    assert [line.key for line in lines if line.exact is None] == ["nps"]
    cases = {name: client.get(f"/reports/policies/?{year}&subject={name}").context["cases"] for name in SUBJECTS}
    assert [name for name, found in cases.items() if not found] == []
    weeks = client.get("/capacity/").context
    assert weeks["chart"]
    assert "Away" in weeks["rows"]
