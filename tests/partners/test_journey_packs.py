"""The journey packs: what the shipped ones hold, and every way in which a broken one is refused at its place."""

from __future__ import annotations

import contextlib
import copy
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.choices import PARTICIPANT_ROLES, STAGES_BY_KIND
from accounts.rules.access_pack import parse_access
from accounts.rules.access_types import Right
from common.pack_files import dump_pack, read_pack
from common.packs import register_pack_kind
from common.reading import MalformedInput
from partners.rules import journey_packs
from partners.rules.conditions import Operator
from partners.rules.journey_packs import parse_customer_journey, parse_partner_journey
from partners.rules.journeys import Journey, Weeks
from tests.partners.journey_world import CUSTOMER, DEFAULT, PACKS, PARTNER

BODY = PACKS["partner_journey"].body
ACCESS = parse_access(read_pack(DEFAULT / "access.yaml").body, version=1)


class TestShipped:
    def test_the_counts_are_those_of_the_facts_file(self) -> None:
        questionnaires = list(PARTNER.questionnaires)
        sections = [section for questionnaire in questionnaires for section in questionnaire.sections]
        fields = [asked for section in sections for asked in section.fields]
        assert len(PARTNER.stages) == 6
        assert sum(len(stage.phases) for stage in PARTNER.stages) == 7
        assert len(questionnaires) == 5
        assert len(sections) == 18
        assert len(fields) == 130
        assert sum(asked.required for asked in fields) == 120
        assert sum(len(section.rules) for section in sections) == 44
        assert [section.id for section in sections if section.is_manual] == ["strategic-value"]

    def test_the_fields_of_each_questionnaire(self) -> None:
        assert {questionnaire.id: len(list(questionnaire.fields)) for questionnaire in PARTNER.questionnaires} == {
            "pre-contract-pdm": 23,
            "gate-0-kickoff": 31,
            "gate-1-ready-to-sell": 27,
            "gate-2-ready-to-order": 24,
            "gate-3-ready-to-deliver": 25,
        }

    def test_what_was_declared_by_hand_is_computed(self) -> None:
        computed = {
            (questionnaire.id, asked.id): asked.computed.name
            for questionnaire in PARTNER.questionnaires
            for asked in questionnaire.fields
            if asked.computed is not None
        }
        assert computed == {
            ("pre-contract-pdm", "closure-within-60-days"): "is_within_days",
            ("pre-contract-pdm", "partner-tier"): "partner_tier",
            ("pre-contract-pdm", "ccv-percentage-of-lrp"): "ccv_share_of_lrp_percent",
            ("pre-contract-pdm", "meets-tier-threshold"): "meets_tier_threshold",
            ("gate-0-kickoff", "launch-within-12-months"): "is_within_months",
            ("gate-0-kickoff", "tier-classification"): "partner_tier",
            ("gate-0-kickoff", "meets-tier-0-threshold"): "meets_tier_0",
            ("gate-0-kickoff", "ccv-percentage-of-lrp"): "ccv_share_of_lrp_percent",
            ("gate-0-kickoff", "meets-financial-bar"): "meets_financial_bar",
        }

    def test_weeks_days_and_signers(self) -> None:
        stages = {
            stage.id: (stage.weeks and (stage.weeks.first, stage.weeks.last), stage.fallback_days, stage.signers)
            for stage in PARTNER.stages
        }
        assert stages == {
            "pre_contract": (None, 30, ("pam",)),
            "gate_0": (None, 7, ("pdm", "pam")),
            "gate_1": ((1, 12), 84, ("pdm",)),
            "gate_2": ((13, 17), 35, ("tpm",)),
            "gate_3": ((18, 20), 21, ("psm", "pam")),
            "post_launch": (None, None, ()),
        }
        phases = [phase for stage in PARTNER.stages for phase in stage.phases]
        assert {phase.id: (phase.weeks.first, phase.weeks.last) for phase in phases} == {
            "1A": (1, 3),
            "1B": (3, 6),
            "1C": (7, 12),
            "2A": (13, 17),
            "2B": (13, 17),
            "3A": (18, 19),
            "3B": (20, 20),
        }
        assert [stage.id for stage in PARTNER.stages if stage.phases_run_parallel] == ["gate_2"]
        assert [stage.id for stage in PARTNER.stages if stage.launches] == ["gate_3"]

    def test_how_the_questionnaires_pass(self) -> None:
        passing = {one.id: (one.minimum, one.passing.pass_at_tier) for one in PARTNER.questionnaires}
        assert passing == {
            "pre-contract-pdm": (5, None),
            "gate-0-kickoff": (4, 0),
            "gate-1-ready-to-sell": (3, None),
            "gate-2-ready-to-order": (2, None),
            "gate-3-ready-to-deliver": (2, None),
        }
        sections = [section for one in PARTNER.questionnaires for section in one.sections]
        assert [section.id for section in sections if section.must_pass] == ["contract-execution"]
        assert [section.id for section in sections if not section.is_waivable] == ["contract-execution"]

    def test_the_facts_that_gates_ask_for(self) -> None:
        facts = {stage.id: [one.fact for one in stage.criteria if one.fact] for stage in PARTNER.stages}
        assert facts == {
            "pre_contract": [],
            "gate_0": [],
            "gate_1": [],
            "gate_2": ["no_open_critical_ticket"],
            "gate_3": ["required_tasks_done", "handoff_accepted", "no_open_critical_ticket"],
            "post_launch": [],
        }
        handoff = PARTNER.stage("gate_3").criterion("handed_over_to_tam")
        assert handoff is not None
        assert (handoff.params, handoff.is_waivable) == ({"kind": "psm_to_tam"}, False)

    def test_sections_stand_in_the_weeks_of_their_phase(self) -> None:
        section = PARTNER.questionnaire("gate-1-ready-to-sell").section("phase-1b-gtm-discovery")
        assert section is not None
        assert section.weeks == Weeks(first=3, last=6)

    def test_the_checklists_of_gate_3_are_those_of_psm_tam_and_partner(self) -> None:
        items = PARTNER.stage("gate_3").checklist
        assert {item.owner_role for item in items} == {"psm", "tam"}
        assert {item.court for item in items} == {"us", "partner"}
        assert {
            "attend_readiness_review",
            "review_beta_results",
            "understand_operations",
            "meet_technical_team",
            "meet_operations_team",
            "open_channels",
            "set_expectations",
            "schedule_check_ins",
        } == {item.id for item in items if item.owner_role == "tam"}
        cover = PARTNER.stage("gate_3").item("name_launch_cover")
        assert cover is not None
        assert cover.needs_evidence

    @pytest.mark.parametrize("journey", [PARTNER, CUSTOMER], ids=["partner", "customer"])
    def test_who_signs_may_sign_and_who_has_a_task_may_see(self, journey: Journey) -> None:
        for stage in journey.stages:
            for role in stage.signers:
                assert Right.SIGN in ACCESS.rights[role, journey.kind, stage.id]
            for item in stage.checklist:
                sees = (
                    item.owner_role,
                    journey.kind,
                    stage.id,
                ) in ACCESS.rights or item.owner_role in PARTICIPANT_ROLES
                assert sees, f"{item.owner_role} does not see {stage.id}: {item.id}"

    def test_the_customer_journey(self) -> None:
        assert [stage.id for stage in CUSTOMER.stages] == [str(stage) for stage in STAGES_BY_KIND["customer"]]
        assert {stage.id: stage.signers for stage in CUSTOMER.stages} == {
            "pre_sales": (),
            "kick_off": ("csm",),
            "integrate": ("integration", "csm"),
            "adopt": ("csm",),
            "live": (),
        }
        assert CUSTOMER.stage("kick_off").checklist[0].id == "hold_welcome_call"
        facts = {stage.id: [one.fact for one in stage.criteria if one.fact] for stage in CUSTOMER.stages}
        assert facts == {
            "pre_sales": ["handoff_accepted"],
            "kick_off": ["success_plan_active"],
            "integrate": ["no_open_critical_ticket"],
            "adopt": ["trainings_passed", "no_open_critical_ticket"],
            "live": [],
        }

    def test_walking(self) -> None:
        following = PARTNER.next_stage("gate_3")
        assert following is not None
        assert (following.id, following.has_gate) == ("post_launch", False)
        assert PARTNER.next_stage("post_launch") is None
        with pytest.raises(KeyError):
            PARTNER.next_stage("live")
        with pytest.raises(KeyError):
            PARTNER.questionnaire("customer-kick-off")

    def test_the_pack_written_out_reads_back_the_same(self, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("common.packs._kinds", {})
        register_pack_kind("partner_journey", parse_partner_journey, keys=journey_packs.KEYS)
        path = tmp_path / "partner_journey.yaml"
        path.write_text(dump_pack("partner_journey", BODY))
        assert parse_partner_journey(read_pack(path).body, version=7) == PARTNER


Change = Callable[[dict[str, Any]], object]


def stage(body: dict[str, Any], number: int) -> dict[str, Any]:
    return body["stages"][number]  # type: ignore[no-any-return]


def section(body: dict[str, Any], questionnaire: int, number: int) -> dict[str, Any]:
    return body["questionnaires"][questionnaire]["sections"][number]  # type: ignore[no-any-return]


def rules(body: dict[str, Any], questionnaire: int, number: int) -> list[Any]:
    return section(body, questionnaire, number).setdefault("rules", [])  # type: ignore[no-any-return]


def rule(field: str, operator: str, value: object) -> dict[str, Any]:
    return {"field": field, "operator": operator, "value": value, "reason": {"en": "So it is."}}


BROKEN: list[tuple[Change, str, str]] = [
    (lambda b: b.update(colour="red"), "colour", "unknown entry"),
    (lambda b: b.pop("stages"), "", '"stages" is missing'),
    (lambda b: b["stages"].pop(2), "stages[2].id", "expected the stage gate_1"),
    (lambda b: b["stages"].pop(), "stages", "post_launch missing"),
    (lambda b: b["stages"].append(stage(b, 0)), "stages[6].id", "ends with post_launch"),
    (lambda b: b["stages"].reverse(), "stages[0].id", "expected the stage pre_contract"),
    (lambda b: stage(b, 0).update(id="warm_up"), "stages[0].id", "expected the stage pre_contract"),
    (lambda b: stage(b, 0).update(id=["x"]), "stages[0].id", "expected the stage pre_contract"),
    (lambda b: stage(b, 0).update(color="red"), "stages[0].color", "unknown entry"),
    (lambda b: stage(b, 0).update(lead_role="king"), "stages[0].lead_role", "one of pam"),
    (lambda b: stage(b, 1).update(signers=["pdm", "king"]), "stages[1].signers[1]", "one of pam"),
    (lambda b: stage(b, 1).update(signers=["pdm", "pdm"]), "stages[1].signers[1]", "there already"),
    (lambda b: stage(b, 1).update(fallback_days=0), "stages[1].fallback_days", "1 or more"),
    (lambda b: stage(b, 1).pop("fallback_days"), "stages[1]", '"fallback_days" is missing'),
    (lambda b: stage(b, 5).update(signers=["tam"]), "stages[5].signers", "has no gate"),
    (
        lambda b: (stage(b, 4).update(questionnaires=[], criteria=[]), b["questionnaires"].pop(4)),
        "stages[4].signers",
        "asks for no questionnaire",
    ),
    (lambda b: stage(b, 5).update(launches=True), "stages[5].launches", "cannot be the launch"),
    (lambda b: stage(b, 4).update(launches=False), "stages", "exactly one stage"),
    (lambda b: stage(b, 0).update(launches=True), "stages", "exactly one stage"),
    (lambda b: stage(b, 4).update(launches="yes"), "stages[4].launches", "true or false"),
    (lambda b: stage(b, 2).update(weeks={"first": 5, "last": 2}), "stages[2].weeks.last", "before the first"),
    (lambda b: stage(b, 2).pop("weeks"), "stages[2].phases[0]", "says its weeks"),
    (lambda b: stage(b, 2)["phases"][2]["weeks"].update(last=13), "stages[2].phases[2].weeks", "weeks 1 to 12"),
    (lambda b: stage(b, 2)["phases"].reverse(), "stages[2].phases[1].weeks.first", "begins before 1C"),
    (lambda b: stage(b, 2)["phases"][1].update(id="1A"), "stages[2].phases[1].id", "there already"),
    (lambda b: stage(b, 2)["phases"][1].update(name={"de": "x"}), "stages[2].phases[1].name", '"en" is missing'),
    # criteria
    (lambda b: stage(b, 0)["criteria"][0].pop("sections"), "stages[0].criteria[0]", "either by sections or by a fact"),
    (lambda b: stage(b, 0)["criteria"][0].update(fact="it_rains"), "stages[0].criteria[0]", "either by sections or"),
    (lambda b: stage(b, 0)["criteria"][0].update(sections=["x"]), "stages[0].criteria[0].sections[0]", "one of exec"),
    (lambda b: stage(b, 0)["criteria"][0].update(params={}), "stages[0].criteria[0].params", "only a fact"),
    (lambda b: stage(b, 0)["criteria"][0].update(is_waivable=True), "stages[0].criteria[0].is_waivable", "sections"),
    (lambda b: stage(b, 0)["criteria"][1].update(id="sponsor_confirmed"), "stages[0].criteria[1].id", "there already"),
    # checklists
    (lambda b: stage(b, 0)["checklist"][0].update(owner_role="x"), "stages[0].checklist[0].owner_role", "one of pam"),
    (lambda b: stage(b, 0)["checklist"][0].update(court="theirs"), "stages[0].checklist[0].court", "one of us"),
    (lambda b: stage(b, 0)["checklist"][0].update(week=1), "stages[0].checklist[0]", "one of week and due_day"),
    (lambda b: stage(b, 0)["checklist"][0].pop("due_day"), "stages[0].checklist[0]", "one of week and due_day"),
    (lambda b: stage(b, 0)["checklist"][0].update(due_day=9999), "stages[0].checklist[0].due_day", "730"),
    (lambda b: stage(b, 2)["checklist"][0].update(week=5), "stages[2].checklist[0].week", "weeks 1 to 3"),
    (lambda b: stage(b, 2)["checklist"][0].update(phase="9Z"), "stages[2].checklist[0].phase", "one of 1A"),
    (lambda b: stage(b, 1)["checklist"][1].pop("is_shared"), "stages[1].checklist[1].is_shared", "shared with it"),
    (lambda b: stage(b, 1)["checklist"][0].update(id="meet_sponsor"), "stages[1].checklist[0].id", "in pre_contract"),
    (lambda b: stage(b, 0)["checklist"][1].update(id="meet_sponsor"), "stages[0].checklist[1].id", "there already"),
    (lambda b: stage(b, 0)["checklist"][0].update(after=["x"]), "stages[0].checklist[0].after[0]", 'no "x"'),
    (lambda b: stage(b, 0)["checklist"][6].update(due_day=3), "stages[0].checklist[6]", "before agree_revenue_model"),
    (
        lambda b: stage(b, 0)["checklist"][0].update(after=["agree_closing_date"]),
        "stages[0].checklist[0].after",
        "waits for itself: meet_sponsor",
    ),
    # questionnaires
    (lambda b: stage(b, 1)["questionnaires"].append("x"), "stages[1].questionnaires[1]", 'no questionnaire "x"'),
    (lambda b: stage(b, 1).update(questionnaires=[]), "stages[1].criteria[0].sections[0]", "one of"),
    (lambda b: stage(b, 0).update(criteria=[], questionnaires=[]), "questionnaires[0].id", "no stage asks"),
    (lambda b: stage(b, 1)["questionnaires"].append("pre-contract-pdm"), "stages[1].questionnaires[1]", "belongs to"),
    (lambda b: b["questionnaires"][1].update(id="pre-contract-pdm"), "questionnaires[1].id", "there already"),
    (lambda b: b["questionnaires"][1].update(id="Gate 0"), "questionnaires[1].id", "a name like"),
    (lambda b: b["questionnaires"][1].update(stage="gate_9"), "questionnaires[1].stage", "one of pre_contract"),
    (lambda b: b["questionnaires"][1].update(estimated_minutes=0), "questionnaires[1].estimated_minutes", "1 or more"),
    (lambda b: b["questionnaires"][1]["passing"].update(minimum=7), "questionnaires[1].passing.minimum", "only 6"),
    (lambda b: b["questionnaires"][1]["passing"].update(minimum=0), "questionnaires[1].passing.minimum", "1 or more"),
    (lambda b: b["questionnaires"][1]["passing"].update(pass_at_tier=2), "questionnaires[1].passing.pass_at_tier", "0"),
    (
        lambda b: b["questionnaires"][2].update(passing={"pass_at_tier": 0}),
        "questionnaires[2].passing.pass_at_tier",
        "no field of the questionnaire computes",
    ),
    # sections
    (lambda b: section(b, 0, 0).update(evaluation="oracle"), "questionnaires[0].sections[0].evaluation", "one of auto"),
    (
        lambda b: section(b, 0, 1).update(id="executive-sponsorship"),
        "questionnaires[0].sections[1].id",
        "there already",
    ),
    (lambda b: section(b, 0, 0).update(phase="1A"), "questionnaires[0].sections[0].phase", "has no phase"),
    (
        lambda b: section(b, 2, 0).update(weeks={"first": 1, "last": 9}),
        "questionnaires[2].sections[0].weeks",
        "weeks of phase 1A",
    ),
    (lambda b: section(b, 1, 0).update(is_waivable=True), "questionnaires[1].sections[0].is_waivable", "never waived"),
    (
        lambda b: section(b, 1, 4).update(rules=[rule("market-position", "equals", "market_leader")]),
        "questionnaires[1].sections[4].rules",
        "has no rules",
    ),
    (lambda b: section(b, 0, 0).update(fields=[]), "questionnaires[0].sections[0].fields", "must not be empty"),
    # fields
    (
        lambda b: section(b, 0, 0)["fields"][0].update(type="colour"),
        "questionnaires[0].sections[0].fields[0].type",
        "one",
    ),
    (lambda b: section(b, 0, 0)["fields"][0].update(size=3), "questionnaires[0].sections[0].fields[0].size", "unknown"),
    (
        lambda b: section(b, 0, 0)["fields"][0].update(id="name--note"),
        "questionnaires[0].sections[0].fields[0].id",
        "a name like",
    ),
    (
        lambda b: section(b, 0, 1)["fields"][0].update(id="exec-sponsor-name"),
        "questionnaires[0].sections[1].fields[0].id",
        "there already",
    ),
    (lambda b: section(b, 0, 0)["fields"][2].pop("options"), "questionnaires[0].sections[0].fields[2]", "is missing"),
    (
        lambda b: section(b, 0, 0)["fields"][2].update(options="maybe"),
        "questionnaires[0].sections[0].fields[2].options",
        "no list of options",
    ),
    (
        lambda b: section(b, 0, 0)["fields"][2].update(options=[]),
        "questionnaires[0].sections[0].fields[2].options",
        "must not be empty",
    ),
    (
        lambda b: section(b, 0, 0)["fields"][0].update(options="yes_no"),
        "questionnaires[0].sections[0].fields[0].options",
        "has no options",
    ),
    (lambda b: b["options"]["yes_no"][1].update(value="yes"), "options.yes_no[1].value", "there already"),
    (
        lambda b: section(b, 0, 0)["fields"][0].update(unit="currency"),
        "questionnaires[0].sections[0].fields[0].unit",
        "only a number",
    ),
    (
        lambda b: section(b, 0, 0)["fields"][0].update(source="organization.mood"),
        "questionnaires[0].sections[0].fields[0].source",
        "is not known",
    ),
    (
        lambda b: section(b, 0, 0)["fields"][0].update(source="organization.ccv"),
        "questionnaires[0].sections[0].fields[0].source",
        "is of type number, the field of type text",
    ),
    (
        lambda b: section(b, 0, 0)["fields"][0].update(writes_back=True),
        "questionnaires[0].sections[0].fields[0].writes_back",
        "only these are written back",
    ),
    (
        lambda b: section(b, 1, 0)["fields"][2].update(source="answer:pre-contract-pdm/nothing"),
        "questionnaires[1].sections[0].fields[2].source",
        "there is no answer",
    ),
    (
        lambda b: section(b, 0, 0)["fields"][0].update(source="answer:gate-0-kickoff/partner-sales-lead"),
        "questionnaires[0].sections[0].fields[0].source",
        "earlier stage",
    ),
    (
        lambda b: section(b, 1, 0)["fields"][2].update(source="answer:pre-contract-pdm/commercial-terms-aligned"),
        "questionnaires[1].sections[0].fields[2].source",
        "other answers",
    ),
    (
        lambda b: section(b, 1, 0)["fields"][2].update(source="answer:pre-contract-pdm/closure-confidence-level"),
        "questionnaires[1].sections[0].fields[2].source",
        "other answers",
    ),
    (
        lambda b: section(b, 1, 5)["fields"][2].update(source="answer:pre-contract-pdm/ccv-amount"),
        "questionnaires[1].sections[5].fields[2].source",
        "other answers",
    ),
    (
        lambda b: section(b, 0, 0)["fields"][0].update(type="email"),
        "questionnaires[0].sections[0].fields[0].source",
        "is of type text, the field of type email",
    ),
    (lambda b: stage(b, 2)["weeks"].update(first=0), "stages[2].weeks.first", "1 or more"),
    # computed answers
    (
        lambda b: section(b, 0, 4)["fields"][0]["computed"].update(name="horoscope"),
        "questionnaires[0].sections[4].fields[0].computed.name",
        "one of partner_tier",
    ),
    (
        lambda b: section(b, 0, 4)["fields"][0]["computed"].update(ccv="nothing"),
        "questionnaires[0].sections[4].fields[0].computed.ccv",
        'no field "nothing"',
    ),
    (
        lambda b: section(b, 0, 4)["fields"][0]["computed"].update(ccv="expected-closure-date"),
        "questionnaires[0].sections[4].fields[0].computed.ccv",
        "is not a number",
    ),
    (
        lambda b: section(b, 0, 4)["fields"][0]["computed"].update(moon="full"),
        "questionnaires[0].sections[4].fields[0].computed.moon",
        "unknown entry",
    ),
    (
        lambda b: section(b, 0, 4)["fields"][0].update(options="yes_no"),
        "questionnaires[0].sections[4].fields[0]",
        "gives a choice of tier_0",
    ),
    (
        lambda b: section(b, 0, 3)["fields"][1]["computed"].update(days=-1),
        "questionnaires[0].sections[3].fields[1].computed.days",
        "not be negative",
    ),
    (
        lambda b: section(b, 0, 4)["fields"][0].update(source="organization.ccv", type="number", options=None),
        "questionnaires[0].sections[4].fields[0].options",
        "has no options",
    ),
    # rules
    (lambda b: rules(b, 0, 0)[0].update(field="x"), "questionnaires[0].sections[0].rules[0].field", 'no field "x"'),
    (
        lambda b: rules(b, 0, 0)[0].update(field="partnership-type"),
        "questionnaires[0].sections[0].rules[0].field",
        "in this section",
    ),
    (
        lambda b: rules(b, 0, 0)[0].update(operator="is"),
        "questionnaires[0].sections[0].rules[0].operator",
        "one of equal",
    ),
    (
        lambda b: rules(b, 0, 0)[0].update(operator="greater_than"),
        "questionnaires[0].sections[0].rules[0].operator",
        "does not fit a field of type radio",
    ),
    (
        lambda b: rules(b, 0, 0)[0].update(value="maybe"),
        "questionnaires[0].sections[0].rules[0].value",
        "one of yes, no",
    ),
    (
        lambda b: rules(b, 1, 5)[0].update(value=["high", "top"]),
        "questionnaires[1].sections[5].rules[0].value[1]",
        "one of high",
    ),
    (lambda b: rules(b, 1, 5)[0].update(value="high"), "questionnaires[1].sections[5].rules[0].value", "a list"),
    (lambda b: rules(b, 1, 5)[0].update(value=[]), "questionnaires[1].sections[5].rules[0].value", "not be empty"),
    (lambda b: rules(b, 0, 3)[0].update(value="soon"), "questionnaires[0].sections[3].rules[0].value", "whole number"),
    (
        lambda b: rules(b, 0, 3).append(rule("expected-closure-date", "at_least", "tomorrow")),
        "questionnaires[0].sections[3].rules[1].value",
        "a date like",
    ),
    (
        lambda b: rules(b, 0, 4).append(rule("ccv-amount", "at_least", "plenty")),
        "questionnaires[0].sections[4].rules[1].value",
        "a number",
    ),
    (lambda b: rules(b, 0, 0)[0].pop("reason"), "questionnaires[0].sections[0].rules[0]", '"reason" is missing'),
]


@pytest.mark.parametrize(("change", "place", "problem"), BROKEN)
def test_a_broken_pack_is_refused_at_its_place(change: Change, place: str, problem: str) -> None:
    body = copy.deepcopy(dict(BODY))
    change(body)
    with pytest.raises(MalformedInput) as refusal:
        parse_partner_journey(body, version=1)
    assert refusal.value.place == place
    assert problem in refusal.value.problem


FINE: list[Change] = [
    lambda b: b["questionnaires"][1]["passing"].update(minimum=6),
    lambda b: b["questionnaires"][1]["passing"].update(pass_at_tier=1),
    lambda b: section(b, 0, 0)["fields"][1].update(type="textarea"),
    lambda b: section(b, 1, 5)["fields"][2].update(source="organization.licenses"),
    lambda b: section(b, 1, 0)["fields"][3].update(source="answer:pre-contract-pdm/exec-sponsor-title"),
    lambda b: stage(b, 0)["checklist"][0].update(due_day=730, after=[]) or stage(b, 0)["checklist"][3].update(after=[]),
    lambda b: stage(b, 2)["checklist"][0].pop("phase"),
    lambda b: section(b, 2, 1).update(weeks={"first": 3, "last": 6}),
    lambda b: stage(b, 0).update(checklist=[]),
    lambda b: section(b, 0, 0).pop("rules"),
]


@pytest.mark.parametrize("change", FINE)
def test_what_is_unusual_but_works_is_taken(change: Change) -> None:
    body = copy.deepcopy(dict(BODY))
    change(body)
    assert parse_partner_journey(body, version=1) != PARTNER


def test_a_journey_of_the_other_kind_is_refused() -> None:
    with pytest.raises(MalformedInput) as refusal:
        parse_customer_journey(BODY, version=1)
    assert refusal.value.place == "stages[0].id"


def test_a_circle_is_named_whole() -> None:
    body = copy.deepcopy(dict(BODY))
    stage(body, 2)["checklist"][0]["after"] = ["approve_project_plan"]
    with pytest.raises(MalformedInput) as refusal:
        parse_partner_journey(body, version=1)
    assert refusal.value.place == "stages[2].checklist[0].after"
    for item in ("hold_kickoff", "approve_project_plan", "write_project_plan"):
        assert item in refusal.value.problem


def test_a_line_of_the_file_is_named() -> None:
    source = PACKS["partner_journey"]
    line = source.line_of("questionnaires[0].sections[3].rules[0]")
    assert line is not None
    assert "expected-closure-date" in (DEFAULT / "partner_journey.yaml").read_text().splitlines()[line - 1]


FIELDS = {
    "text": {"type": "text"},
    "mail": {"type": "email"},
    "tick": {"type": "checkbox"},
    "pick": {"type": "radio", "options": "yes_no"},
    "money": {"type": "number", "unit": "currency"},
    "heads": {"type": "number", "unit": "count"},
    "day": {"type": "date"},
}


def with_rules(*given: tuple[str, str, object]) -> dict[str, Any]:
    """The shipped journey with a section of its own in Gate 1 that holds a field of each type and these rules."""
    body = copy.deepcopy(dict(BODY))
    fields = [{"id": name, "label": {"en": name}, **kind} for name, kind in FIELDS.items()]
    words = {"title": {"en": "Probe"}, "checks_that": {"en": "Anything."}}
    probe = {
        "id": "probe",
        **words,
        "evaluation": "automatic",
        "fields": fields,
        "rules": [rule(*one) for one in given],
    }
    body["questionnaires"][2]["sections"].append(probe)
    return body


REACHABLE: list[list[tuple[str, str, object]]] = [
    [("text", "equals", "Blue"), ("text", "contains", "lue")],
    [("text", "in", ["a", "b"]), ("text", "not_equals", "a")],
    [("text", "contains", "a"), ("text", "not_contains", "b"), ("text", "not_equals", "a")],
    [("text", "not_contains", "a"), ("text", "not_equals", "z")],
    [("mail", "contains", "@example.com")],
    [("tick", "equals", "yes")],
    [("money", "greater_than", 1), ("money", "less_than", 1.02)],
    [("money", "at_least", 0), ("money", "not_equals", 0)],
    [("heads", "greater_than", 1), ("heads", "less_than", 3)],
    [("heads", "in", [1, 2]), ("heads", "not_equals", 1)],
    [("day", "greater_than", "2025-01-01"), ("day", "less_than", "2025-01-03")],
    [("day", "within_days", 0), ("day", "at_least", "2040-01-01")],
    [("day", "within_months", 1), ("day", "within_days", 5)],
    [("money", "equals", 0)],
    [("money", "greater_than", "99999999999999.98")],
    [("day", "less_than", "1970-01-02")],
    [("day", "greater_than", "2100-12-30")],
    [("day", "not_equals", "1970-01-01"), ("day", "less_than", "1970-01-03")],
    [("day", "not_equals", "2100-12-31"), ("day", "greater_than", "2100-12-29")],
    [("pick", "equals", "yes"), ("text", "equals", "no")],
]
UNREACHABLE: list[list[tuple[str, str, object]]] = [
    [("pick", "equals", "yes"), ("pick", "equals", "no")],
    [("pick", "not_equals", "yes"), ("pick", "not_equals", "no")],
    [("pick", "in", ["no"]), ("pick", "equals", "yes")],
    [("text", "equals", "a"), ("text", "equals", "b")],
    [("text", "contains", "abc"), ("text", "not_contains", "b")],
    [("text", "equals", "abc"), ("text", "not_contains", "B")],
    [("text", "equals", "abc"), ("text", "contains", "d")],
    [("text", "in", ["a", "b"]), ("text", "contains", "c")],
    [("mail", "equals", "nobody")],
    [("tick", "equals", "no")],
    [("tick", "not_equals", "yes")],
    [("money", "less_than", 0)],
    [("money", "greater_than", 1), ("money", "less_than", 1.01)],
    [("money", "at_least", 5), ("money", "less_than", 5)],
    [("money", "equals", 5), ("money", "not_equals", 5)],
    [("money", "equals", 0.005)],
    [("heads", "greater_than", 1), ("heads", "less_than", 2)],
    [("heads", "equals", 1.5)],
    [("day", "greater_than", "2025-01-01"), ("day", "less_than", "2025-01-02")],
    [("day", "at_least", "2025-01-02"), ("day", "less_than", "2025-01-02")],
    [("day", "equals", "2025-01-02"), ("day", "not_equals", "2025-01-02")],
    [("day", "less_than", "1970-01-01")],
    [("day", "greater_than", "2100-12-31")],
    [("day", "equals", "1969-12-31")],
    [("money", "greater_than", "99999999999999.99")],
]


@pytest.mark.parametrize("given_rules", REACHABLE)
def test_a_section_that_can_pass_is_taken(given_rules: list[tuple[str, str, object]]) -> None:
    journey = parse_partner_journey(with_rules(*given_rules), version=1)
    probe = journey.stage("gate_1").section("probe")
    assert probe is not None
    assert len(probe.rules) == len(given_rules)


@pytest.mark.parametrize("given_rules", UNREACHABLE)
def test_a_section_that_can_never_pass_is_refused(given_rules: list[tuple[str, str, object]]) -> None:
    with pytest.raises(MalformedInput) as refusal:
        parse_partner_journey(with_rules(*given_rules), version=1)
    assert refusal.value.place == f"questionnaires[2].sections[3].rules[{len(given_rules) - 1}]"
    assert "probe can never pass" in refusal.value.problem


def test_a_rule_that_no_tier_satisfies_with_another_is_refused() -> None:
    body = copy.deepcopy(dict(BODY))
    rules(body, 0, 4).append(rule("partner-tier", "equals", "tier_2"))
    with pytest.raises(MalformedInput) as refusal:
        parse_partner_journey(body, version=1)
    assert refusal.value.place == "questionnaires[0].sections[4].rules[1]"
    rules(body, 0, 4)[1]["value"] = "tier_1"
    assert parse_partner_journey(body, version=1).kind == "partner"


@pytest.mark.parametrize(
    ("field", "value", "can_pass"),
    [
        ("tier-classification", "tier_0", True),
        ("tier-classification", "tier_1", True),
        ("tier-classification", "tier_2", False),
        ("meets-tier-0-threshold", "yes", True),
        ("meets-tier-0-threshold", "no", True),
        ("meets-financial-bar", "no", False),
    ],
)
def test_what_tiers_the_financial_bar_can_be_asked_with(field: str, value: str, can_pass: bool) -> None:
    body = copy.deepcopy(dict(BODY))
    rules(body, 1, 3).append(rule(field, "equals", value))
    refusal = contextlib.nullcontext() if can_pass else pytest.raises(MalformedInput, match="can never pass")
    with refusal:
        parse_partner_journey(body, version=1)


FITTING = {
    "text": {"equals", "not_equals", "contains", "not_contains", "in"},
    "email": {"equals", "not_equals", "contains", "not_contains", "in"},
    "checkbox": {"equals", "not_equals"},
    "radio": {"equals", "not_equals", "in"},
    "number": {"equals", "not_equals", "greater_than", "less_than", "at_least", "in"},
    "date": {"equals", "not_equals", "greater_than", "less_than", "at_least", "within_days", "within_months"},
}
UNFIT = [
    (field, operator) for field in FIELDS for operator in Operator if operator not in FITTING[FIELDS[field]["type"]]
]


@pytest.mark.parametrize(("field", "operator"), UNFIT)
def test_an_operator_that_does_not_fit_is_refused_by_name(field: str, operator: Operator) -> None:
    with pytest.raises(MalformedInput, match="does not fit a field of type") as refusal:
        parse_partner_journey(with_rules((field, operator.value, 1)), version=1)
    assert refusal.value.place == "questionnaires[2].sections[3].rules[0].operator"


BODIES = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@given(st.sampled_from(["stages", "questionnaires", "options"]), BODIES, st.data())
def test_whatever_stands_somewhere_is_taken_or_refused(key: str, found: object, data: st.DataObject) -> None:
    body = copy.deepcopy(dict(BODY))
    here: Any = body
    step: Any = key
    for _ in range(data.draw(st.integers(0, 6))):
        inner = here[step]
        if not isinstance(inner, dict | list) or not inner:
            break
        here = inner
        step = data.draw(st.sampled_from(sorted(here)) if isinstance(here, dict) else st.integers(0, len(here) - 1))
    here[step] = found
    with contextlib.suppress(MalformedInput):
        assert isinstance(parse_partner_journey(body, version=1), Journey)
