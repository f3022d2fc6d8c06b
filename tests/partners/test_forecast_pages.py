"""Launches at risk, plans to mend, load and the quality of forecasts, as the cast sees them."""

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Activity
from partners import load_providers
from partners.load_providers import LoadAsked, LoadLine
from partners.models import Forecast, ForecastRun, Organization, TaskDependency, Touchpoint
from partners.rules.capacity_packs import MinuteRange
from partners.selectors.capacity import PERSON, loads_of, own_load, people_to_show
from partners.selectors.forecast_words import reasons
from partners.selectors.plan_checks import check_plan
from partners.services import forecast_runs
from tests.cast import Cast
from tests.factories.partners import make_assignment, make_partner
from tests.factories.tasks import make_task

TODAY = timezone.localdate()
NOW = timezone.now()


def foreseen(organization: Organization, *, buffer: int | None = -20, risk: str = "high", **fields: Any) -> Forecast:
    target = TODAY + timedelta(days=60) if buffer is not None else None
    half_on, most_on = TODAY + timedelta(days=50), TODAY + timedelta(days=80)
    values = {
        "as_of": TODAY,
        "journey_version": 1,
        "stages": [
            {
                "stage": organization.stage,
                "p50": str(TODAY + timedelta(days=50)),
                "p80": str(TODAY + timedelta(days=80)),
            }
        ],
        "launch_p50_on": half_on,
        "launch_p80_on": most_on,
        "target_on": target,
        "buffer_days": buffer,
        "risk": risk,
        "receipt": {
            "pace": 1.4,
            "pace_from": 2,
            "days_in_stage": 30,
            "tier": "1",
            "gemstone": "",
            "draws": 512,
            "seed": 1,
            "bases": [
                {
                    "stage": organization.stage,
                    "median_days": 21,
                    "p80_days": 25,
                    "pools": [
                        {"level": "like", "count": 12, "weight": 0.6},
                        {"level": "fallback", "count": 0, "weight": 0.4},
                    ],
                }
            ],
        },
        "computed_at": NOW,
        **fields,
    }
    return Forecast.objects.create(organization=organization, **values)


def page(client: Client, user: Any, name: str, *args: Any, **query: str) -> str:
    client.force_login(user)
    answer = client.get(reverse(f"partners:{name}", args=args), query)
    assert answer.status_code == 200
    return answer.content.decode()


class TestAtRisk:
    def test_the_least_buffer_comes_first_with_its_reasons(self, client: Client, cast: Cast) -> None:
        foreseen(cast.northwind, buffer=-5)
        worse = make_partner("gate_3", name="Worse Ltd", owners={"psm": cast.petra})
        foreseen(worse, buffer=-50)
        fine = make_partner("gate_3", name="Fine Ltd", owners={"psm": cast.petra})
        foreseen(fine, buffer=90, risk="none")
        found = page(client, cast.petra, "at_risk")
        assert found.index("Worse Ltd") < found.index("Northwind")
        assert "Fine Ltd" not in found
        assert "50 days after the target" in found
        assert "So far 40% slower than like organizations" in found
        assert "Petra Okafor" in found

    @pytest.mark.parametrize(
        ("query", "shown"),
        [
            ({}, {"High", "Medium"}),
            ({"risk": "high"}, {"High"}),
            ({"risk": "medium"}, {"Medium"}),
            ({"risk": "none"}, {"Calm"}),
            ({"risk": "untold"}, {"Untold"}),
            ({"risk": "any"}, {"High", "Medium", "Calm", "Untold"}),
            ({"risk": "any", "kind": "customer"}, set()),
            ({"risk": "any", "stage": "gate_2"}, {"Calm"}),
            ({"risk": "any", "whose": "mine"}, set()),
            ({"risk": "nonsense", "stage": "nowhere"}, {"High", "Medium"}),
        ],
    )
    def test_filters(self, client: Client, cast: Cast, query: dict[str, str], shown: set[str]) -> None:
        for name, stage, buffer, risk in (
            ("High", "gate_3", -3, "high"),
            ("Medium", "gate_3", 3, "medium"),
            ("Calm", "gate_2", 30, "none"),
            ("Untold", "gate_3", None, "none"),
        ):
            foreseen(make_partner(stage, name=f"Launch {name}"), buffer=buffer, risk=risk)
        found = page(client, cast.max, "at_risk", **query)
        assert {name for name in ("High", "Medium", "Calm", "Untold") if f"Launch {name}<" in found} == shown

    def test_strangers_see_none_of_it(self, client: Client, cast: Cast) -> None:
        foreseen(cast.northwind)
        assert "Northwind" not in page(client, cast.otto, "at_risk", risk="any")
        assert "No launch is at risk" in page(client, cast.otto, "at_risk")
        assert "Northwind" not in page(client, cast.sam, "at_risk", risk="any")

    def test_contacts_find_no_such_page(self, client: Client, cast: Cast) -> None:
        client.force_login(cast.connie)
        for name in ("at_risk", "plans", "forecast_quality", "load"):
            assert client.get(reverse(f"partners:{name}")).status_code == 404

    def test_pages_go_on_where_they_stood(self, client: Client, cast: Cast) -> None:
        for number in range(60):
            foreseen(
                make_partner("gate_3", name=f"Launch {number:02}"), buffer=-number if number else None, risk="high"
            )
        first = client.get
        client.force_login(cast.max)
        body = first(reverse("partners:at_risk"), {"risk": "any"}).content.decode()
        assert body.count("data-row-link") == 50
        query = body.split("cursor=")[1].split('"')[0]
        rest = client.get(f"{reverse('partners:at_risk')}?risk=any&cursor={query}").content.decode()
        assert rest.count("data-row-link") == 10
        # Without a target there is no buffer: last of all.
        assert rest.rindex("Launch 00") > rest.rindex("Launch 01")

    def test_the_file_has_what_the_list_has_and_is_recorded(self, client: Client, cast: Cast) -> None:
        foreseen(cast.northwind)
        foreseen(make_partner("gate_3", name="Calm"), buffer=40, risk="none")
        client.force_login(cast.max)
        answer = client.post(reverse("partners:at_risk_export"), {"query": "risk=high"})
        text = answer.content.decode()
        assert answer["Content-Type"].startswith("text/csv")
        assert "Northwind" in text
        assert "Calm" not in text
        assert Activity.objects.filter(verb="list.exported", target_name="launches").exists()

    def test_only_those_who_may_export_do(self, client: Client, cast: Cast) -> None:
        client.force_login(cast.sue)
        assert client.post(reverse("partners:at_risk_export")).status_code == 403

    def test_reasons_say_what_can_be_changed_first(self) -> None:
        found = reasons(
            stage="gate_2",
            entered_on=TODAY - timedelta(days=50),
            target_on=TODAY,
            launch_p50_on=TODAY + timedelta(days=1),
            receipt={"pace": 1.0, "pace_from": 0, "bases": [{"p80_days": 49}]},
            next_task_due_on=TODAY - timedelta(days=1),
            has_carrier=False,
            today=TODAY,
        )
        assert [text.split()[0] for text in found] == ["Nobody", "A", "In", "Less"]

    def test_what_is_well_has_no_reasons(self) -> None:
        assert not reasons(
            stage="gate_2",
            entered_on=TODAY,
            target_on=None,
            launch_p50_on=None,
            receipt={},
            next_task_due_on=TODAY,
            has_carrier=True,
            today=TODAY,
        )


class TestCard:
    def test_the_journey_tells_when_and_from_what(self, client: Client, cast: Cast) -> None:
        foreseen(cast.northwind)
        found = page(client, cast.tom, "organization_journey", cast.northwind.public_id)
        assert "in 1 of 2 courses" in found
        assert "20 days after the target" in found
        assert "60% from 12 of its tier and gemstone · 40% usual days of the journey" in found

    def test_a_forecast_of_another_stage_is_not_shown(self, client: Client, cast: Cast) -> None:
        stages = [{"stage": "gate_2", "p50": str(TODAY), "p80": str(TODAY)}]
        foreseen(cast.northwind, stages=stages)
        found = page(client, cast.tom, "organization_journey", cast.northwind.public_id)
        assert "in 1 of 2 courses" not in found


class TestPlans:
    def planned(self, cast: Cast) -> None:
        Organization.objects.filter(pk=cast.northwind.pk).update(target_launch_on=TODAY + timedelta(days=30))
        first = make_task(cast.northwind, title="First", owner=cast.petra, due_on=TODAY + timedelta(days=20))
        then = make_task(cast.northwind, title="Then", due_on=TODAY + timedelta(days=10), is_required=True)
        TaskDependency.objects.create(organization=cast.northwind, task=then, needed=first)
        make_task(cast.northwind, title="Late", owner=cast.petra, due_on=TODAY + timedelta(days=40), is_required=True)
        make_task(cast.northwind, title="Vague", owner=cast.petra, due_on=None)
        make_task(cast.northwind, title="Done", state="done", done_at=NOW)

    def test_findings_in_words_worst_first(self, cast: Cast) -> None:
        self.planned(cast)
        plan = check_plan(cast.actor("petra"), Organization.objects.get(pk=cast.northwind.pk), now=NOW)
        assert [(one.flaw, one.task_title, one.is_severe) for one in plan.findings] == [
            ("due_after_launch", "Late", True),
            ("broken_order", "Then", True),
            ("no_owner", "Then", False),
            ("no_date", "Vague", False),
        ]
        assert "“First”" in plan.findings[1].words
        assert plan.open_tasks == 4

    def test_a_launch_before_the_work_can_be_done(self, cast: Cast) -> None:
        Organization.objects.filter(pk=cast.northwind.pk).update(target_launch_on=TODAY)
        fields = {"owner": cast.petra, "due_on": TODAY, "is_required": True}
        tasks = [make_task(cast.northwind, title=f"Step {number}", **fields) for number in range(4)]
        for needed, task in pairwise(tasks):
            TaskDependency.objects.create(organization=cast.northwind, task=task, needed=needed)
        plan = check_plan(cast.actor("petra"), Organization.objects.get(pk=cast.northwind.pk), now=NOW)
        assert plan.findings[0].flaw == "launch_before_critical_path"
        assert "Step 0 → Step 1 → Step 2 → Step 3" in plan.findings[0].words

    def test_pages(self, client: Client, cast: Cast) -> None:
        self.planned(cast)
        own = page(client, cast.petra, "plans")
        assert "Northwind" in own
        assert "1 without an owner" in own
        found = page(client, cast.petra, "organization_plan", cast.northwind.public_id)
        assert "It has no day." in found
        assert "Your plans hold" in page(client, cast.otto, "plans")
        client.force_login(cast.otto)
        assert client.get(reverse("partners:organization_plan", args=[cast.northwind.public_id])).status_code == 404
        client.force_login(cast.sam)
        assert client.get(reverse("partners:organization_plan", args=[cast.northwind.public_id])).status_code == 403


class TestLoad:
    def test_hours_rule_and_the_count_stands_beside(self, cast: Cast) -> None:
        for number in range(3):
            make_partner("gate_1", name=f"Load {number}", owners={"pdm": cast.paul})
        found = own_load(cast.actor("paul"), now=NOW)
        assert found is not None
        # 15 to 20 hours for each of three; Northwind is in Gate 3, where a PDM sees nothing of it.
        assert (found.least, found.most, found.minutes_wanted) == (2_700, 3_600, 3_150)
        assert (found.band, found.organizations) == ("over", 3)
        (beside,) = found.counts
        assert (beside.count, beside.expected, beside.fit) == (3, "6–8", "fewer than expected")

    def test_what_its_owner_does_not_see_takes_no_time_whoever_looks(self, cast: Cast) -> None:
        make_partner("gate_1", name="Mine", owners={"pdm": cast.paul})
        cast.northwind.facts.risk = "high"
        cast.northwind.facts.save()
        own = own_load(cast.actor("paul"), now=NOW)
        assert own is not None
        of_paul = people_to_show(cast.actor("max")).filter(pk=cast.paul.pk).values(*PERSON)
        assert loads_of(cast.actor("max"), of_paul, now=NOW) == [replace(own, public_id=str(cast.paul.public_id))]

    def test_two_share_the_work_and_touchpoints_and_risks_are_counted(self, cast: Cast) -> None:
        partner = make_partner("gate_1", name="Shared", owners={"pdm": [cast.paul, cast.otto]})
        before = own_load(cast.actor("paul"), now=NOW)
        partner.facts.risk = "high"
        partner.facts.save()
        kind = "check_in"
        Touchpoint.objects.create(organization=partner, kind=kind, planned_on=TODAY, owner=cast.paul, owner_role="pdm")
        Touchpoint.objects.create(organization=partner, kind=kind, planned_on=TODAY, owner=cast.otto)
        after = own_load(cast.actor("paul"), now=NOW)
        assert before is not None
        assert after is not None
        assert (before.least, before.most) == (450, 600)
        labels = {line.label: line for line in after.lines}
        assert labels["Launches at risk"].minutes == 90
        assert labels["Touchpoints"].count == 1

    def test_other_modules_add_their_hours(self, cast: Cast) -> None:
        def tickets(asked: LoadAsked) -> list[LoadLine]:
            assert (asked.last_on - asked.first_on).days == 6
            minutes = MinuteRange(least=60, most=120)
            return [LoadLine(user_id=pk, label="Tickets", minutes=minutes, count=4) for pk in asked.user_ids]

        before = own_load(cast.actor("petra"), now=NOW)
        load_providers.register("tickets", tickets)
        try:
            after = own_load(cast.actor("petra"), now=NOW)
        finally:
            load_providers.unregister("tickets")
        assert before is not None
        assert after is not None
        assert after.minutes_wanted - before.minutes_wanted == 90
        assert after.lines[-1].label == "Tickets"

    def test_who_owns_nothing_has_no_load(self, cast: Cast) -> None:
        assert own_load(cast.actor("otto"), now=NOW) is None
        assert loads_of(cast.actor("max"), [], now=NOW) == []

    @pytest.mark.parametrize(
        ("person", "names"),
        [
            ("max", {"Ana Silva", "Petra Okafor", "Tom Okafor", "Carl Lindqvist"}),
            ("lena", {"Tom Okafor"}),
            ("petra", {"Petra Okafor"}),
            ("otto", set()),
        ],
    )
    def test_everybody_sees_their_own_leads_their_team_managers_all(
        self, client: Client, cast: Cast, person: str, names: set[str]
    ) -> None:
        found = page(client, getattr(cast, person), "load")
        everybody = ("Ana Silva", "Petra Okafor", "Tom Okafor", "Carl Lindqvist")
        assert {name for name in everybody if f"data-row-link>{name}<" in found} == names

    def test_by_role(self, client: Client, cast: Cast) -> None:
        make_assignment(cast.birch, cast.otto, "tam", is_primary=False)
        found = page(client, cast.max, "load", role="psm")
        assert "data-row-link>Petra Okafor<" in found
        assert "data-row-link>Otto Brandt<" not in found

    def test_a_pdm_has_it_on_the_home(self, client: Client, cast: Cast) -> None:
        make_partner("gate_1", owners={"pdm": cast.paul})
        client.force_login(cast.paul)
        assert "17.5 of 40 hours" in client.get("/").content.decode()


class TestQuality:
    def test_progress_is_shown_and_asked_for_again(self, client: Client, cast: Cast) -> None:
        client.force_login(cast.max)
        assert client.post(reverse("partners:forecast_run_start")).status_code == 302
        found = page(client, cast.max, "forecast_quality")
        assert "0 of 1" in found
        assert 'hx-get="/launches/quality/"' in found
        fragment = client.get(reverse("partners:forecast_quality"), headers={"HX-Request": "true"}).content.decode()
        assert "<html" not in fragment
        run = ForecastRun.objects.get()
        while forecast_runs.go_on(run_id=run.pk, after=run.last_id, now=NOW):
            run.refresh_from_db()
        ended = client.get(reverse("partners:forecast_quality"), headers={"HX-Request": "true"})
        assert (ended.status_code, ended["HX-Refresh"]) == (204, "true")

    def test_shares_with_their_interval_and_what_they_say(self, client: Client, cast: Cast) -> None:
        stages = {
            "gate_1": {
                "p50": {"hits": 50, "total": 100, "low": 0.4, "high": 0.6},
                "p80": {"hits": 60, "total": 100, "low": 0.5, "high": 0.69},
            },
            "gate_0": {
                "p50": {"hits": 0, "total": 0, "low": 0.0, "high": 1.0},
                "p80": {"hits": 0, "total": 0, "low": 0.0, "high": 1.0},
            },
        }
        ForecastRun.objects.create(
            as_of=TODAY,
            started_at=NOW,
            finished_at=NOW,
            calibration={"partner": {"launches": 100, "from": "2025-01-02", "until": "2026-01-02", "stages": stages}},
        )
        found = page(client, cast.max, "forecast_quality")
        assert "as it should be" in found
        assert "too hopeful" in found
        assert "40% to 60%" in found
        assert ">Gate 0<" not in found

    @pytest.mark.parametrize("person", ["ana", "tom", "lena"])
    def test_for_those_who_see_all(self, client: Client, cast: Cast, person: str) -> None:
        client.force_login(getattr(cast, person))
        assert client.get(reverse("partners:forecast_quality")).status_code == 403
        assert client.post(reverse("partners:forecast_run_start")).status_code == 403
