"""The lists' SQL says what the policy decides, for every role in every stage, and the second wall says the same.

One organization for each stage, role and way of being tied: Tom today, Tom until yesterday, Zoe today; and
with handoffs that Tom or Zoe gives or receives, open ones and such as open nothing. Then Tom asks in every role, alone
and in pairs, with and without Zoe in a team that he leads.
"""

from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import combinations, product

import pytest

from accounts.choices import ASSIGNMENT_ROLES, STAGES_BY_KIND, USER_ROLES, Role
from accounts.models import User
from accounts.rules.access import Actor, FieldClass, Reach, Right, Subject, Tie, decide
from common.scope import Scope, set_scope
from partners.models import Assignment, Handoff, Interaction, Organization, TimelineEntry
from partners.scope import scope_of
from partners.selectors.listing import ROW_FIELDS, OrganizationRow, organization_rows, with_row_facts
from partners.selectors.page import OrganizationPage
from tests.accounts.access_world import POLICY
from tests.factories.accounts import make_user
from tests.factories.partners import NOW

pytestmark = pytest.mark.django_db

LEADS = (Role.TECH_LEAD, Role.CSM_LEAD)
ROLE_SETS = [
    frozenset(),
    *(frozenset({role}) for role in USER_ROLES),
    *(frozenset(pair) for pair in combinations([role.value for role in Role], 2)),
]


@dataclass(frozen=True)
class World:
    tom: User
    zoe: User
    subjects: dict[int, Subject]

    def asker(self, roles: frozenset[str], *, leads: bool) -> Actor:
        return Actor(
            user_id=self.tom.pk,
            name=self.tom.name,
            audience="staff",
            roles=roles,
            led_user_ids=frozenset({self.zoe.pk}) if leads else frozenset(),
            organization_id=None,
            policy=POLICY,
        )

    def askers(self) -> list[Actor]:
        without = [self.asker(roles, leads=False) for roles in ROLE_SETS]
        return without + [self.asker(roles, leads=True) for roles in ROLE_SETS if roles & {*LEADS, Role.TAM}]

    def contact(self, organization_id: int | None) -> Actor:
        outside = self.asker(frozenset({Role.ADMIN}), leads=True)
        return replace(outside, audience="contact", organization_id=organization_id)


@dataclass(frozen=True)
class Way:
    """How somebody is tied to an organization, and the handoff that is on there, if any."""

    person: User
    is_active: bool = True
    giver: User | None = None
    receiver: User | None = None
    state: str = ""

    @property
    def is_open(self) -> bool:
        return self.state in ("offered", "returned")


# A stage that opens to few roles and one that opens to others, of each kind: what a handoff keeps open, and what not.
HANDOFF_PLACES = [("partner", "gate_2"), ("partner", "post_launch"), ("customer", "pre_sales"), ("customer", "live")]


def _handoff_ways(tom: User, zoe: User, una: User) -> list[Way]:
    return [
        Way(tom, giver=tom, receiver=una, state="offered"),
        Way(tom, giver=tom, receiver=una, state="returned"),
        Way(tom, giver=tom, receiver=una, state="accepted"),
        # Whoever gives it on without being assigned (any more) keeps nothing.
        Way(tom, is_active=False, giver=tom, receiver=una, state="offered"),
        Way(una, giver=una, receiver=tom, state="offered"),
        Way(una, giver=una, receiver=tom, state="prepared"),
        Way(una, giver=una, receiver=zoe, state="returned"),
        Way(una, giver=una, receiver=zoe, state="withdrawn"),
        Way(zoe, giver=zoe, receiver=una, state="offered"),
    ]


@pytest.fixture
def world() -> World:
    tom, zoe, una = make_user(name="Tom"), make_user(name="Zoe"), make_user(name="Una")
    places = [(kind, stage) for kind, stages in STAGES_BY_KIND.items() for stage in stages]
    roles, ways = sorted(ASSIGNMENT_ROLES), [Way(tom), Way(tom, is_active=False), Way(zoe)]
    layout = [*product(places, roles, ways), *product(HANDOFF_PLACES, roles, _handoff_ways(tom, zoe, una))]
    rows = Organization.objects.bulk_create(
        Organization(kind=kind, stage=stage, name=f"Company {number}", stage_entered_at=NOW)
        for number, ((kind, stage), _role, _way) in enumerate(layout)
    )
    subjects: dict[int, Subject] = {}
    assignments, handoffs = [], []
    for row, (_place, role, way) in zip(rows, layout, strict=True):
        tie = Assignment(organization=row, user=way.person, role=role, started_at=NOW - timedelta(days=30))
        tie.ended_at = None if way.is_active else NOW - timedelta(days=1)
        assignments.append(tie)
        if way.giver and way.receiver:
            handoffs.append(_handoff(row, way.giver, way.receiver, way.state))
        subjects[row.pk] = _subject(row, role, way)
    Assignment.objects.bulk_create(assignments)
    Handoff.objects.bulk_create(handoffs)
    return World(tom=tom, zoe=zoe, subjects=subjects)


def _handoff(organization: Organization, giver: User, receiver: User, state: str) -> Handoff:
    accepted_at = NOW if state == "accepted" else None
    handoff = Handoff(organization=organization, giver=giver, receiver=receiver, state=state, accepted_at=accepted_at)
    handoff.kind, handoff.from_role, handoff.to_role, handoff.policy_version = "psm_to_tam", "psm", "tam", 1
    return handoff


def _subject(organization: Organization, role: str, way: Way) -> Subject:
    tie = Tie(user_id=way.person.pk, role=role, is_active=way.is_active, name=way.person.name)
    return Subject(
        kind=organization.kind,
        access_stage=organization.stage,
        ties=(tie,),
        organization_id=organization.pk,
        open_handoff_giver_ids=frozenset({way.giver.pk} if way.giver and way.is_open else ()),
        open_handoff_receiver_ids=frozenset({way.receiver.pk} if way.receiver and way.is_open else ()),
    )


def allowed(world: World, actor: Actor, right: Right, field_class: FieldClass = FieldClass.GENERAL) -> set[int]:
    return {pk for pk, subject in world.subjects.items() if decide(actor, right, subject, field_class).allowed}


def seen(world: World, actor: Actor) -> set[int]:
    return {pk for pk, it in world.subjects.items() if decide(actor, Right.SEE, it).scope is not Reach.NONE}


def test_lists_hold_what_is_allowed(world: World) -> None:
    for actor in world.askers():
        found = set(Organization.objects.visible_to(actor).values_list("pk", flat=True))
        assert found == seen(world, actor), sorted(actor.roles)
        for right in Right:
            opened = set(Organization.objects.opened_to(actor, right).values_list("pk", flat=True))
            assert opened == allowed(world, actor, right), (sorted(actor.roles), right)


def test_columns_say_how_much_of_each_row_is_shown(world: World) -> None:
    for actor in world.askers():
        rows = list(
            Organization.objects.visible_to(actor).with_reach(actor).values_list("pk", "is_open", "shows_commercial")
        )
        assert {pk for pk, is_open, _ in rows if is_open} == allowed(world, actor, Right.SEE), sorted(actor.roles)
        commercial = allowed(world, actor, Right.SEE, FieldClass.COMMERCIAL)
        assert {pk for pk, _, shows in rows if shows} == commercial, sorted(actor.roles)


def test_rows_of_lists_say_the_same_in_python(world: World) -> None:
    """The rows that lists and pages are made of, without a statement of their own: the same answer a third time."""
    for roles in ROLE_SETS[: len(USER_ROLES) + 1]:
        actor = world.asker(roles, leads=True)
        found = with_row_facts(Organization.objects.visible_to(actor)).values(*ROW_FIELDS)
        rows = organization_rows(list(found), actor=actor, now=NOW)
        assert {row.pk for row in rows if row.is_open} == allowed(world, actor, Right.SEE), sorted(roles)
        work = allowed(world, actor, Right.WORK) if actor.has("edit_organization") else set()
        assert {row.pk for row in rows if row.may_work} == work, sorted(roles)
        subjects = {row.pk: replace(page_subject(row), ties=()) for row in rows}
        assert subjects == {pk: replace(world.subjects[pk], ties=()) for pk in subjects}, sorted(roles)


def page_subject(row: OrganizationRow) -> Subject:
    """The subject of the page of `row`, without names, which decide nothing."""
    organization = Organization(pk=row.pk, kind=row.kind, stage=row.stage)
    actor = Actor(
        user_id=1,
        name="",
        audience="staff",
        roles=frozenset(),
        led_user_ids=frozenset(),
        organization_id=None,
        policy=POLICY,
    )
    page = OrganizationPage(actor=actor, organization=organization, row=row, now=NOW)
    return replace(page.subject, name="", pam_names=())


def test_the_database_shows_the_same_without_any_filter(world: World) -> None:
    for actor in world.askers():
        set_scope(scope_of(actor))
        shown = set(Organization.objects.values_list("pk", flat=True))
        set_scope(Scope.all())
        assert shown == seen(world, actor), sorted(actor.roles)


def test_what_belongs_to_an_organization_follows_it(world: World) -> None:
    """Rows of the summary where the summary is seen, all others only where the organization is open in full."""
    Interaction.objects.bulk_create(
        Interaction(organization_id=pk, author=world.zoe, summary="Talked", happened_at=NOW) for pk in world.subjects
    )
    TimelineEntry.objects.bulk_create(
        TimelineEntry(organization_id=pk, kind="profile", at=NOW, title="Added", stage=subject.access_stage)
        for pk, subject in world.subjects.items()
    )
    for roles in ROLE_SETS[: len(USER_ROLES) + 1]:
        actor = world.asker(roles, leads=True)
        full = set(Interaction.objects.visible_to(actor).values_list("organization_id", flat=True))
        summary = set(TimelineEntry.objects.visible_to(actor).values_list("organization_id", flat=True))
        assert full == allowed(world, actor, Right.SEE), sorted(roles)
        assert summary == allowed(world, actor, Right.SEE, FieldClass.SUMMARY), sorted(roles)


def test_a_contact_sees_the_open_organization_and_no_other(world: World) -> None:
    chosen = next(iter(world.subjects))
    for organization_id in (chosen, None):
        actor = world.contact(organization_id)
        own = [organization_id] if organization_id else []
        assert list(Organization.objects.visible_to(actor).values_list("pk", flat=True)) == own
        assert not Organization.objects.opened_to(actor).exists()
        set_scope(scope_of(actor))
        assert list(Organization.objects.values_list("pk", flat=True)) == own
        set_scope(Scope.all())
