"""Onboarding, PDM, TPM and PSM: figures counted by hand around the midnights of the reporting zone, and their rows."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from django.http import QueryDict
from django.test import Client, override_settings

from accounts.models import Team, User
from common.listing import ListQuery
from common.partitions import ensure_partitions
from health.choices import SourceKind
from health.models import Metric, Sample
from health.services.sources import source_named
from partners.models import (
    Forecast,
    GateReview,
    HandoffReturn,
    IntegrationStep,
    Organization,
    StagePeriod,
    Submission,
    TechnicalIntegration,
    Waiver,
)
from reports.parts_page import parts_page
from reports.policies import policy_in_force
from reports.report_document import report_document
from reports.report_page import OpenReport, open_report
from tests.cast import Cast
from tests.factories.partners import make_assignment, make_contact, make_handoff, make_partner
from tests.factories.surveys import make_survey
from tests.factories.tickets import make_desk, make_ticket
from tickets.models import Ticket

pytestmark = pytest.mark.django_db
REPORTS = ("onboarding", "pdm", "tpm", "psm")
NOW = datetime(2026, 7, 20, tzinfo=UTC)
DAY = timedelta(days=1)
# The second quarter in days of Tokyo: its first and last minute, and those outside.
BEFORE, FIRST = datetime(2026, 3, 31, 14, 59, tzinfo=UTC), datetime(2026, 3, 31, 15, tzinfo=UTC)
LAST, AFTER = datetime(2026, 6, 30, 14, 59, tzinfo=UTC), datetime(2026, 6, 30, 15, tzinfo=UTC)


@pytest.fixture(autouse=True)
def tokyo() -> Any:
    with override_settings(TIME_ZONE="Asia/Tokyo"):
        yield


def at(month: int, day: int, hour: int = 3) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=UTC)


def partner(name: str, pam: User, *stays: tuple[str, datetime], override: str = "", **owners: Any) -> Organization:
    """A partner that entered each stage at a moment; its gates were passed then, that of one stage overridden."""
    place = make_partner(stays[-1][0], name=name, owners={"pam": pam, **owners}, at=stays[0][1])
    StagePeriod.objects.filter(organization=place).delete()
    ends = [*(entered for _stage, entered in stays[1:]), None]
    for (stage, entered), left in zip(stays, ends, strict=True):
        StagePeriod.objects.create(organization=place, stage=stage, entered_at=entered, left_at=left)
        if stage == "post_launch":
            continue
        outcome = "" if left is None else "overridden" if stage == override else "passed"
        decided = {"decided_at": left, "decided_by": pam, "reason": "Agreed"} if left else {}
        GateReview.objects.create(
            organization=place, stage=stage, journey_version=1, opened_at=entered, outcome=outcome, **decided
        )
    return place


def submit(place: Organization, stage: str, by: User, moment: datetime, outcome: str, **told: Any) -> None:
    """A version of a gate's questionnaire: sections that failed, answers, and the fields whose rules broke."""
    review = GateReview.objects.get(organization=place, stage=stage)
    failed, broken = told.get("failed", ()), told.get("broken", ())
    names = ["contract-execution", "partner-team", "financial-bar"]
    sections = [
        {"section": name, "outcome": "failed" if name in failed else "passed", "broken": [{"field": f} for f in broken]}
        for name in names
    ]
    Submission.objects.filter(review=review, superseded_at=None).update(superseded_at=moment)
    Submission.objects.create(
        organization=place,
        review=review,
        questionnaire="made",
        number=Submission.objects.filter(review=review).count() + 1,
        journey_version=1,
        answers=dict.fromkeys(told.get("asked", ()), "yes"),
        evaluated_on=moment.date(),
        submitted_by=by,
        submitted_at=moment,
        content_hash="0" * 64,
        outcome=outcome,
        result={"sections": sections},
    )


@dataclass(frozen=True, kw_only=True)
class World:
    alder: Organization
    beech: Organization
    cedar: Organization
    dogwood: Organization
    elm: Organization
    fir: Organization


@pytest.fixture
def world(cast: Cast) -> World:
    """Six partners of Ana, but Elm, which is Olga's; beside them Northwind, which is in Gate 3."""
    ana, paul = cast.ana, cast.paul
    long_ago = datetime(2026, 1, 10, tzinfo=UTC)
    on_the_way = [("gate_1", long_ago), ("gate_2", long_ago + 100 * DAY)]
    found = World(
        alder=partner(
            "Alder", ana, ("pre_contract", at(3, 1)), ("gate_0", FIRST), ("gate_1", FIRST + 10 * DAY), pdm=paul
        ),
        beech=partner(
            "Beech", ana, ("pre_contract", at(3, 1)), ("gate_0", BEFORE), ("gate_1", LAST), pdm=[paul, cast.otto]
        ),
        cedar=partner("Cedar", ana, ("gate_1", long_ago), pdm=cast.otto),
        dogwood=partner("Dogwood", ana, *on_the_way, ("gate_3", at(5, 20)), ("post_launch", at(5, 25)), pdm=paul),
        elm=partner(
            "Elm",
            cast.olga,
            ("gate_1", at(1, 1)),
            ("gate_2", at(2, 1)),
            ("gate_3", at(3, 1)),
            ("post_launch", at(5, 1)),
        ),
        fir=partner(
            "Fir", ana, ("gate_1", at(1, 1)), ("gate_3", at(3, 1)), ("post_launch", at(6, 10)), override="gate_3"
        ),
    )
    Organization.objects.filter(pk=found.cedar.pk).update(archived_at=at(5, 5))
    # Ended a minute before the quarter does.
    make_assignment(found.alder, cast.tina, "pdm", is_primary=False, started_at=at(3, 1), ended_at=LAST)
    gates(found, cast)
    waive(found.alder, cast.adam)
    build(found)
    hand_on(found, cast)
    run(found, cast)
    return found


def gates(found: World, cast: Cast) -> None:
    alder, elm, dogwood = found.alder, found.elm, found.dogwood
    submit(alder, "gate_0", cast.ana, BEFORE, "failed", failed=["partner-team"])
    submit(alder, "gate_0", cast.ana, FIRST, "failed", failed=["contract-execution", "partner-team"])
    submit(alder, "gate_0", cast.ana, at(4, 8), "awaits_review")
    submit(alder, "gate_0", cast.ana, at(4, 9), "passed", failed=["financial-bar"])
    submit(found.beech, "gate_0", cast.ana, AFTER, "failed", failed=["contract-execution"])
    GateReview.objects.create(
        organization=elm, stage="gate_0", journey_version=1, opened_at=at(1, 1), outcome="passed", decided_at=at(1, 2)
    )
    submit(elm, "gate_0", cast.olga, LAST, "failed", failed=["contract-execution"])
    submit(dogwood, "gate_2", cast.tina, at(5, 18), "passed", asked=[TEST])
    submit(elm, "gate_2", cast.tina, at(4, 18), "failed", asked=[TEST], broken=[TEST])
    submit(elm, "gate_2", cast.tina, at(4, 19), "passed", asked=[TEST])
    asked = [*BETA, *METRICS, SUPPORT]
    submit(dogwood, "gate_3", cast.petra, at(5, 24), "failed", asked=asked, broken=[SUPPORT, METRICS[1]])
    submit(elm, "gate_3", cast.petra, at(4, 24), "passed", asked=asked)
    # A journey that asks otherwise tells nothing of it.
    submit(found.fir, "gate_3", cast.petra, at(5, 24), "passed", asked=["something-else"])
    for place, risk in ((alder, "high"), (found.beech, "medium"), (dogwood, "high")):
        Forecast.objects.create(
            organization=place, as_of=date(2026, 6, 30), journey_version=1, target_on=date(2026, 8, 1), risk=risk,
            computed_at=LAST,
        )  # fmt: skip


TEST, SUPPORT = "test-transactions-successful", "support-transition-complete"
BETA = ("beta-testing-complete", "critical-issues-resolved")
METRICS = ("operational-metrics-validated", "monitoring-dashboards-operational")


def waive(place: Organization, by: User) -> None:
    spans = [
        (FIRST, at(5, 1), None),
        (BEFORE, at(12, 31), None),
        (at(4, 5), at(6, 1), at(5, 1)),
        (at(5, 5), AFTER, None),
    ]
    for number, (granted, expires, revoked) in enumerate(spans):
        Waiver.objects.create(
            organization=place, stage="gate_0", criterion=f"section:{number}", reason="Agreed", granted_by=by,
            granted_at=granted, expires_at=expires, revoked_at=revoked,
        )  # fmt: skip


def build(found: World) -> None:
    """Of Dogwood one that is live, one that is late and one that was stopped; Alder's is said to be live."""
    april, may, june = date(2026, 4, 1), date(2026, 5, 1), date(2026, 6, 15)
    plans: list[tuple[Organization, str, list[tuple[str, date, date | None]]]] = [
        (found.dogwood, "live", [("test", april, date(2026, 4, 5)), ("deploy", may, may)]),
        (
            found.dogwood,
            "open",
            [("requirements", april, april), ("deploy", june, None), ("optimize", date(2026, 9, 1), None)],
        ),
        (found.dogwood, "stopped", [("deploy", may, None)]),
        (found.alder, "live", [("design", april, None), ("requirements", date(2026, 3, 31), date(2026, 3, 31))]),
        (found.alder, "open", [("requirements", date(2026, 7, 1), None)]),
    ]
    for number, (place, state, steps) in enumerate(plans):
        made = TechnicalIntegration.objects.create(organization=place, name=f"Integration {number}", state=state)
        for stage, planned, done in steps:
            IntegrationStep.objects.create(
                organization=place,
                integration=made,
                stage=stage,
                first_planned_on=planned,
                planned_on=planned,
                done_on=done,
            )


def hand_on(found: World, cast: Cast) -> None:
    place, psm = found.dogwood, {"kind": "tpm_to_psm", "from_role": "tpm", "to_role": "psm"}
    made = {"state": "accepted", "due_at": at(4, 1)}
    make_handoff(place, cast.tina, cast.petra, **psm, **made | {"accepted_at": FIRST, "due_at": BEFORE})
    make_handoff(place, cast.tina, cast.petra, **psm, **made | {"accepted_at": BEFORE})
    second = make_handoff(place, cast.petra, cast.tom, **made | {"accepted_at": at(5, 10), "due_at": at(5, 11)})
    for moment in (at(5, 8), AFTER):
        HandoffReturn.objects.create(
            organization=place, handoff=second, reasons="The beta is missing", returned_at=moment
        )
    other = {"kind": "pdm_to_tpm", "from_role": "pdm", "to_role": "tpm"}
    make_handoff(place, cast.paul, cast.tina, **other, **made | {"accepted_at": at(5, 1)})


def run(found: World, cast: Cast) -> None:
    """Answers, one off the scale, a critical ticket at Elm, and samples of monitors around the last thirty days."""
    for place, score, moment in (
        (found.dogwood, 5, at(6, 1)),
        (found.dogwood, 0, at(6, 2)),
        (found.dogwood, 1, at(5, 24)),
        (found.elm, 3, at(5, 20)),
        (found.elm, 1, at(4, 20)),
    ):
        make_survey(make_contact(place), score=score, at=moment)
    queue = make_desk(cast.sue)
    for place, moment in ((found.elm, at(5, 30, 2)), (found.dogwood, at(6, 25)), (found.dogwood, at(5, 20))):
        ticket = make_ticket(queue, place, by=cast.sue, now=moment)
        Ticket.objects.filter(pk=ticket.pk).update(priority="critical")
    ensure_partitions(table="health_sample", key="at", start=at(4, 1), end=at(7, 20))
    metric, _new = Metric.objects.get_or_create(
        key="uptime", defaults={"unit": "percent", "direction": "more", "combine": "mean"}
    )
    source = source_named("monitoring", SourceKind.API)
    for place, value, moment, received in (
        (found.dogwood, 100, LAST, LAST),
        (found.dogwood, 98, at(6, 1), at(6, 1)),
        (found.dogwood, 50, AFTER, AFTER),
        (found.dogwood, 50, at(6, 2), AFTER),
        (found.dogwood, 50, AFTER - 31 * DAY, LAST),
        (found.elm, 97, at(6, 20), at(6, 20)),
        (found.cedar, 10, at(6, 20), at(6, 20)),
    ):
        Sample.objects.create(
            organization=place, metric=metric, source=source, at=moment, received_at=received, value=value
        )


def opened(cast: Cast, who: str, report: str, period: str = "2026-Q2") -> OpenReport:
    query = ListQuery.of(QueryDict(f"period={period}"), ("period", "team"))
    return open_report(cast.actor(who), policy_in_force().reports[report], query, now=NOW)


def values(cast: Cast, who: str, period: str = "2026-Q2") -> Mapping[str, str]:
    found = {}
    for report in REPORTS:
        for figure in opened(cast, who, report, period).figures:
            found[figure.kpi.id] = "" if figure.value is None else f"{figure.value.normalize():f}"
    return found


OF_ALL = {
    "partners_onboarding": "3", "partners_in_pre_contract": "0", "partners_in_gate_1": "2", "partners_in_gate_3": "1",
    "partners_live": "3", "gates_passed": "7", "launches": "3",
    "launch_at_risk": "50", "launch_is_tight": "50",
    # From FIRST, and for 91 days from the minute before the quarter to the last one of it.
    "gate_time_gate_0": "50.5", "gate_p80_gate_0": "74.8", "gate_time_gate_1": "100", "gate_time_pre_contract": "30.5",
    # Dogwood 5 days, Elm 61, Fir 101, overridden.
    "gate_time_gate_3": "61",
    "gate_passed_gate_0": "33.33", "gate_failed_gate_0": "66.67", "criteria_failed": "4",
    "waivers_granted": "3", "waivers_open": "2", "waivers_expired": "1",
    # Paul carries two, Otto one of them with him: 26.25 and 8.75 hours of 40.
    "pdm_partners": "1.5", "pdm_hours": "17.5", "pdm_utilization": "43.75",
    "qualification_accuracy": "75", "gate_1_completed": "50",
    "integrations_live": "66.67", "integrations_on_time": "50", "integration_steps_on_time": "40",
    "test_transactions": "50", "beta_succeeded": "100", "metrics_validated": "50", "support_ready": "50",
    "uptime": "98", "order_success_rate": "", "launches_gone_well": "50", "csat_at_launch": "4",
    "handoffs_accepted_psm": "66.67", "handoffs_returned_psm": "1", "handoffs_in_time_psm": "50",
}  # fmt: skip
OF_ANA = OF_ALL | {
    "partners_live": "2", "gates_passed": "6", "launches": "2", "gate_time_gate_3": "53",
    "gate_passed_gate_0": "50", "gate_failed_gate_0": "50", "criteria_failed": "3", "qualification_accuracy": "66.67",
    "test_transactions": "100", "metrics_validated": "0", "support_ready": "0", "uptime": "99",
    "launches_gone_well": "100", "csat_at_launch": "5",
}  # fmt: skip
OF_OLGA = {
    "launches": "1", "gates_passed": "1", "gate_time_gate_3": "61", "launches_gone_well": "0", "csat_at_launch": "3",
    "pdm_partners": "", "waivers_open": "0", "uptime": "97", "launch_at_risk": "", "handoffs_accepted_psm": "",
}  # fmt: skip
# Otto carries partners as a PDM, and does not hold the role.
OF_NOBODY = {"gates_passed": "0", "pdm_partners": "", "partners_onboarding": "0", "criteria_failed": "0"}
OF_APRIL = {
    # Cedar is there still, Beech in Gate 0, Dogwood in Gate 2, Elm and Fir in Gate 3.
    "partners_in_gate_0": "1", "partners_in_gate_1": "2", "partners_in_gate_2": "1", "partners_in_gate_3": "3",
    "partners_live": "0", "pdm_partners": "1.67", "waivers_open": "3", "qualification_accuracy": "", "uptime": "",
    # Tina still helps with Alder: five partners of three people. One of three integrations is live, without a day.
    "launch_at_risk": "", "integrations_live": "33.33", "csat_at_launch": "", "launches_gone_well": "",
}  # fmt: skip


def test_figures_are_those_counted_by_hand_in_the_scope_of_their_reader(cast: Cast, world: World) -> None:
    for who, period, expected in (
        ("max", "2026-Q2", OF_ALL),
        ("ana", "2026-Q2", OF_ANA),
        ("olga", "2026-Q2", OF_OLGA),
        ("otto", "2026-Q2", OF_NOBODY),
        ("max", "2026-04", OF_APRIL),
    ):
        found = values(cast, who, period)
        assert {key: found[key] for key in expected} == expected, (who, period)


def test_ranges_are_judged_and_told(cast: Cast, world: World) -> None:
    lines = {line.key: line for block in opened(cast, "max", "pdm").blocks for line in block.lines}
    assert (lines["pdm_partners"].target, lines["pdm_partners"].target_word) == ("6 to 8", "Missed")
    assert (lines["pdm_utilization"].target, lines["pdm_utilization"].target_word) == ("80.0% to 90.0%", "Missed")


def test_load_is_told_by_person_and_belongs_to_nobody_else(cast: Cast, world: World) -> None:
    """Paul shares Beech with Otto; Ana owns all of these partners, and carries none as a PDM."""
    shown = opened(cast, "max", "pdm")
    by = {kpi.id: kpi for kpi in shown.report.kpis}
    found = parts_page(shown, by["pdm_hours"], "/")
    assert {(line.label, line.value, line.cases) for line in found.lines if line.value != "–"} == {
        ("Paul Novak", "26.2 h", "1"),
        ("Otto Brandt", "8.8 h", "1"),
    }
    assert not found.counts_twice
    assert {line.label for line in parts_page(shown, by["gate_time_gate_1"], "/").lines} >= {"Ana Silva"}


def test_every_figure_adds_up_its_rows_which_say_what_they_are_about(cast: Cast, world: World) -> None:
    for report in REPORTS:
        shown = opened(cast, "ana", report)
        for figure in shown.figures:
            page = shown.rows(figure.kpi)
            if figure.kpi.unit not in ("median_days", "p80_days"):
                counted = sum((row.numerator for row in page.rows), Decimal(0))
                total = sum((row.denominator for row in page.rows), Decimal(0))
                assert (round(counted, 4), round(total, 4)) == (
                    round(figure.amount.numerator, 4),
                    round(figure.amount.denominator, 4),
                ), figure.kpi.id
            else:
                assert len(page.rows) == figure.amount.denominator
            assert "Elm" not in {row.organization for row in page.rows}
            if figure.kpi.id in TITLES:
                assert {row.title for row in page.rows} == TITLES[figure.kpi.id], figure.kpi.id
                assert all(row.url for row in page.rows)


TITLES = {
    "gate_time_gate_0": {"Gate 0: Passed"},
    "gate_passed_gate_0": {"Gate 0: Passed, version 4", "Gate 0: Failed, version 2"},
    "criteria_failed": {"Gate 0: Contract", "Gate 0: The partner's team", "Gate 0: Financial bar"},
    "pdm_partners": {"Paul Novak, PDM", "Otto Brandt, PDM"},
    "integrations_on_time": {"Integration 0, Deploy", "Integration 1, Deploy"},
    "handoffs_accepted_psm": {
        "TPM to PSM, accepted by Petra Okafor",
        "PSM to TAM, accepted by Tom Okafor",
        "PSM to TAM, returned by Tom Okafor",
    },
}


def test_the_commonest_failed_criteria_come_first_with_the_places_where_they_failed(
    client: Client, cast: Cast, world: World
) -> None:
    found = opened(cast, "max", "onboarding").failed_criteria or ()
    assert [(one.label, one.times, one.organizations) for one in found] == [
        ("Gate 0: Contract", 2, 2),
        ("Gate 0: Financial bar", 1, 1),
        ("Gate 0: The partner's team", 1, 1),
    ]
    assert [(where.day, where.organization) for where in found[0].latest] == [
        (date(2026, 6, 30), "Elm"),
        (date(2026, 4, 1), "Alder"),
    ]
    assert found[0].latest[1].url == f"/organizations/{world.alder.public_id}/gates/gate_0/"
    paper = {part.key: part for part in report_document(opened(cast, "max", "onboarding")).sections}
    assert paper["criteria"].tables[0].rows[0] == ("Gate 0: Contract", "2", "2")
    client.force_login(cast.ana)
    page = client.get("/reports/onboarding/?period=2026-Q2").content.decode()
    assert "Commonest failed criteria" in page
    assert "Alder" in page
    assert "Elm" not in page
    told = client.get("/api/v1/reports/onboarding/?period=2026-Q2").json()["failed_criteria"]
    key = "gate_0:contract-execution"
    assert told[0] == {"key": key, "label": "Gate 0: Contract", "times": 1, "organizations": 1}
    assert client.get("/api/v1/reports/pdm/?period=2026-Q2").json()["failed_criteria"] is None


def test_a_failed_criterion_opens_exactly_its_rows(client: Client, cast: Cast, world: World) -> None:
    """On its page, in its file and through the API; no other figure knows of it."""
    client.force_login(cast.max)
    report = unescape(client.get("/reports/onboarding/?period=2026-Q2").content.decode())
    for one in opened(cast, "max", "onboarding").failed_criteria or ():
        asked = f"/reports/onboarding/figures/criteria_failed/?period=2026-Q2&criterion={one.key.replace(':', '%3A')}"
        assert f'href="{asked}"' in report
        answer = client.get(asked)
        assert [row.title for row, _words in answer.context["rows"]] == [one.label] * one.times
        assert answer.context["line"].value == str(one.times)
        page = unescape(answer.content.decode())
        assert f"Criterion: {one.label}" in page
        assert 'href="/reports/onboarding/?period=2026-Q2"' in page
        listed = client.get(f"/api/v1{asked.replace('/?', '/rows/?')}").json()["results"]
        assert [row["title"] for row in listed] == [one.label] * one.times
        file = client.post(asked.replace("/?", "/export/?")).content.decode("utf-8-sig")
        assert file.count(one.label) == one.times
    for query, figure in (("criterion=moon:x", "criteria_failed"), ("criterion=gate_0:x", "gates_passed")):
        told = client.get(f"/reports/onboarding/figures/{figure}/?period=2026-Q2&{query}")
        assert len(told.context["rows"]) > 3
        assert "Criterion:" not in told.content.decode()


def test_a_report_says_whose_it_is(client: Client, cast: Cast, world: World) -> None:
    team = Team.objects.get(name="Technical success")
    client.force_login(cast.max)
    by_team = f"team={team.public_id}"
    for query, words in (("mine=1", "Owner: Me"), ("team=1", "Team: Mine"), (by_team, f"Team: {team.name}")):
        page = client.get(f"/reports/onboarding/?period=2026-Q2&{query}").content.decode()
        assert f'<a class="chip" href="/reports/onboarding/?period=2026-Q2">{words} ' in page, words
    paper = report_document(opened(cast, "max", "onboarding", f"2026-Q2&team={team.public_id}"))
    assert paper.organization == f"Team: {team.name}"
