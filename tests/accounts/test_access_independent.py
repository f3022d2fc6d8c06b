"""The policy against a second statement of it, written from the specification's text in another shape.

The pack holds a row per role; here stands, per right and stage, who has it. The pack reaches a decision through terms;
here people's views are sets of organizations, built up sentence by sentence. Nothing below reads the pack's table.
"""

from dataclasses import dataclass, field
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.rules.access import (
    Actor,
    FieldClass,
    Reach,
    Right,
    Subject,
    Tie,
    VisibilityTerms,
    decide,
    visibility_terms,
)
from tests.accounts.access_world import POLICY, TOM, customer, partner, staff, tie

PARTNER = ["pre_contract", "gate_0", "gate_1", "gate_2", "gate_3", "post_launch"]
CUSTOMER = ["pre_sales", "kick_off", "integrate", "adopt", "live"]
OWNERS = ["pam", "pdm", "tpm", "psm", "tam", "csm", "integration"]
PARTICIPANTS = ["sales", "account_manager", "solution_architect", "implementation_engineer", "product"]
ACCOUNT_ROLES = [
    *OWNERS,
    *["support", "senior", "supportlead", "techlead", "csmlead", "manager", "admin"],
    *PARTICIPANTS,
]

SEES = {
    "pre_contract": "pam pdm csm",
    "gate_0": "pam pdm csm",
    "gate_1": "pam pdm csm integration",
    "gate_2": "pam tpm csm integration",
    "gate_3": "pam psm tam csm integration",
    "post_launch": "pam psm tam csm integration",
    "pre_sales": "csm tam",
    "kick_off": "csm tam integration",
    "integrate": "csm tam integration",
    "adopt": "csm tam integration",
    "live": "csm tam integration",
}
WORKS = {
    "pre_contract": "pam pdm",
    "gate_0": "pam pdm",
    "gate_1": "pam pdm",
    "gate_2": "pam tpm integration",
    "gate_3": "pam psm tam csm integration",
    "post_launch": "tam csm integration",
    "pre_sales": "",
    "kick_off": "csm tam",
    "integrate": "csm tam integration",
    "adopt": "csm tam integration",
    "live": "csm tam integration",
}
SIGNS = {
    "pre_contract": "pam",
    "gate_0": "pdm pam",
    "gate_1": "pdm",
    "gate_2": "tpm",
    "gate_3": "psm pam",
    "post_launch": "",
    "pre_sales": "",
    "kick_off": "csm",
    "integrate": "csm integration",
    "adopt": "csm",
    "live": "",
}
HAVE = {Right.SEE: SEES, Right.WORK: WORKS, Right.SIGN: SIGNS}
COMMERCIAL_READERS = {"pam", "pdm", "tam", "csm", "techlead", "csmlead", "manager", "admin"}
STAGES = [("partner", stage) for stage in PARTNER] + [("customer", stage) for stage in CUSTOMER]


@pytest.mark.parametrize(("kind", "stage"), STAGES)
@pytest.mark.parametrize("right", list(Right))
def test_an_assigned_person_has_the_rights_of_the_table_and_no_other(kind: str, stage: str, right: Right) -> None:
    make = partner if kind == "partner" else customer
    allowed = {role for role in OWNERS if decide(staff(role), right, make(stage, tie(role))).allowed}
    assert allowed == set(HAVE[right][stage].split())


@pytest.mark.parametrize(("kind", "stage"), STAGES)
def test_signers_are_those_of_the_table(kind: str, stage: str) -> None:
    assert POLICY.signers(kind, stage) == set(SIGNS[stage].split())


@pytest.mark.parametrize(("held", "assigned"), [pair for pair in product(ACCOUNT_ROLES, OWNERS) if pair[0] != pair[1]])
def test_an_assignment_in_a_role_one_does_not_hold_opens_nothing(held: str, assigned: str) -> None:
    decision = decide(staff(held), Right.SEE, partner("gate_3", tie(assigned)))
    assert decision.allowed is (held in ("manager", "admin"))


# Random worlds -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Company:
    id: int
    kind: str
    stage: str
    ties: tuple[Tie, ...]
    givers: frozenset[int]
    receivers: frozenset[int]

    def subject(self) -> Subject:
        return Subject(
            kind=self.kind,
            access_stage=self.stage,
            ties=self.ties,
            organization_id=self.id,
            open_handoff_giver_ids=self.givers,
            open_handoff_receiver_ids=self.receivers,
        )


@dataclass(frozen=True)
class World:
    companies: tuple[Company, ...]
    roles: frozenset[str]
    led: frozenset[int]
    audience: str = "staff"
    open_company: int | None = None
    everybody: tuple[int, ...] = field(default=(1, 2, 3, 4))

    def asker(self) -> Actor:
        return Actor(
            user_id=TOM,
            name="Tom",
            audience=self.audience,
            roles=self.roles,
            led_user_ids=self.led,
            organization_id=self.open_company,
            policy=POLICY,
        )


people = st.integers(min_value=1, max_value=4)
ties = st.builds(
    Tie,
    user_id=people,
    role=st.sampled_from([*OWNERS, *PARTICIPANTS]),
    is_active=st.sampled_from([True, True, True, False]),
    name=st.just("Somebody"),
)


@st.composite
def companies(draw: st.DrawFn) -> tuple[Company, ...]:
    places = draw(st.lists(st.sampled_from(STAGES), min_size=1, max_size=4))
    return tuple(
        Company(
            id=number,
            kind=kind,
            stage=stage,
            ties=tuple(draw(st.lists(ties, max_size=5))),
            givers=draw(st.frozensets(people, max_size=1)),
            receivers=draw(st.frozensets(people, max_size=1)),
        )
        for number, (kind, stage) in enumerate(places, start=1)
    )


worlds = st.builds(
    World,
    companies=companies(),
    roles=st.frozensets(st.sampled_from(ACCOUNT_ROLES), max_size=3),
    led=st.frozensets(people, max_size=3),
    audience=st.sampled_from(["staff", "staff", "staff", "contact", "anonymous"]),
    open_company=st.sampled_from([None, 1, 2]),
)


def truth_of_sight(world: World) -> dict[int, str]:
    """Company id -> "full" or "summary", for those that the asker sees, as the specification tells it."""
    if world.audience == "contact":
        return {company.id: "summary" for company in world.companies if company.id == world.open_company}
    if world.audience != "staff" or not world.roles - {"support", "senior", "supportlead"}:
        return {}
    watched = {TOM} | (set(world.led) if world.roles & {"techlead", "csmlead"} else set())
    full, summary = set(), set()
    for company in world.companies:
        if world.roles & {"manager", "admin"}:
            full.add(company.id)
        for person in watched:
            parts = {tie.role for tie in company.ties if tie.is_active and tie.user_id == person}
            owned = {role for role in parts if role in OWNERS and (person != TOM or role in world.roles)}
            if owned & set(SEES[company.stage].split()):
                full.add(company.id)
            ever = PARTNER if company.kind == "partner" else CUSTOMER
            if person in company.givers and any(owned & set(SEES[stage].split()) for stage in ever):
                full.add(company.id)
            if parts & set(PARTICIPANTS) or person in company.receivers:
                summary.add(company.id)
    return dict.fromkeys(summary, "summary") | dict.fromkeys(full, "full")


def truth_of_commercial_sight(world: World) -> set[int]:
    """The companies whose commercial fields the asker reads: as one who sees them in a role that may."""
    reading = world.roles & COMMERCIAL_READERS
    mine = World(companies=world.companies, roles=reading, led=world.led, audience=world.audience)
    return {number for number, reach in truth_of_sight(mine).items() if reach == "full"}


def truth_of_action(world: World, right: Right) -> set[int]:
    """Where the asker may work or sign: own assignments; an admin works everywhere and signs nowhere."""
    if world.audience != "staff":
        return set()
    if right is Right.WORK and "admin" in world.roles:
        return {company.id for company in world.companies}
    return {
        company.id
        for company in world.companies
        for tie in company.ties
        if tie.user_id == TOM and tie.is_active and tie.role in world.roles
        if tie.role in HAVE[right][company.stage].split()
    }


def selected(terms: VisibilityTerms, companies: tuple[Company, ...]) -> tuple[set[int], set[int]]:
    """What a queryset made from `terms` selects, in full and as a summary: rows of assignments, filtered and united."""
    rows = [(company, tie) for company in companies for tie in company.ties if tie.is_active]
    full = {company.id for company in companies if terms.everything}
    for term_set, users in ((terms.own, {terms.user_id}), (terms.led, terms.led_user_ids)):
        for term in term_set:
            mine = [
                row for row in rows if row[1].user_id in users and row[1].role == term.role and row[0].kind == term.kind
            ]
            full |= {company.id for company, _ in mine if company.stage in term.stages}
            if terms.keeps_handed_over:
                full |= {company.id for company, tie in mine if tie.user_id in company.givers}
    summary = {
        company.id for company, tie in rows if tie.user_id in terms.summary_user_ids and tie.role in terms.summary_roles
    }
    summary |= {company.id for company in companies if terms.summary_user_ids & company.receivers}
    summary |= {company.id for company in companies if company.id == terms.organization_id}
    return full, summary - full


@settings(max_examples=400, deadline=None)
@given(worlds)
def test_sight_is_as_stated(world: World) -> None:
    asker, truth = world.asker(), truth_of_sight(world)
    full, summary = selected(visibility_terms(asker), world.companies)
    assert dict.fromkeys(full, "full") | dict.fromkeys(summary, "summary") == truth
    for company in world.companies:
        general = decide(asker, Right.SEE, company.subject())
        assert general.scope == truth.get(company.id, "none")
        assert general.allowed == (truth.get(company.id) == "full")
        assert decide(asker, Right.SEE, company.subject(), FieldClass.SUMMARY).allowed == (company.id in truth)


@settings(max_examples=400, deadline=None)
@given(worlds)
def test_commercial_fields_are_read_as_stated(world: World) -> None:
    asker, truth = world.asker(), truth_of_commercial_sight(world)
    full, summary = selected(visibility_terms(asker, Right.SEE, FieldClass.COMMERCIAL), world.companies)
    assert (full, summary) == (truth, set())
    subjects = {company.id: company.subject() for company in world.companies}
    assert {n for n, it in subjects.items() if decide(asker, Right.SEE, it, FieldClass.COMMERCIAL).allowed} == truth


@settings(max_examples=400, deadline=None)
@given(worlds, st.sampled_from([Right.WORK, Right.SIGN]))
def test_work_and_signature_are_as_stated(world: World, right: Right) -> None:
    asker, truth = world.asker(), truth_of_action(world, right)
    assert selected(visibility_terms(asker, right), world.companies) == (truth, set())
    assert {company.id for company in world.companies if decide(asker, right, company.subject()).allowed} == truth


@settings(max_examples=400, deadline=None)
@given(worlds, st.sampled_from(list(Right)), st.sampled_from(list(FieldClass)))
def test_lists_and_decisions_agree(world: World, right: Right, field_class: FieldClass) -> None:
    """Whatever is asked: the terms select in full what is allowed, and nothing is allowed that is not seen."""
    asker = world.asker()
    full, summary = selected(visibility_terms(asker, right, field_class), world.companies)
    shown = full | summary if field_class is FieldClass.SUMMARY else full
    for company in world.companies:
        decision = decide(asker, right, company.subject(), field_class)
        assert decision.allowed == (company.id in shown)
        assert not (decision.allowed and decision.scope is Reach.NONE)
        assert decision.reasons, "every decision says why"


@settings(max_examples=300, deadline=None)
@given(worlds, st.sampled_from(ACCOUNT_ROLES))
def test_a_further_role_never_takes_anything_away(world: World, role: str) -> None:
    richer = World(
        companies=world.companies,
        roles=world.roles | {role},
        led=world.led,
        audience=world.audience,
        open_company=world.open_company,
    )
    for right in Right:
        before, _ = selected(visibility_terms(world.asker(), right), world.companies)
        after, _ = selected(visibility_terms(richer.asker(), right), world.companies)
        assert before <= after
