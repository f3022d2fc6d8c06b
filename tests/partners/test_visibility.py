"""The lists' SQL says what the policy decides, for every role in every stage, and the second wall says the same.

One organization for each stage, role and way of being tied: Tom today, Tom until yesterday, Zoe today. Then Tom asks
in every role, alone and in pairs, with and without Zoe in a team that he leads.
"""

from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import combinations, product

import pytest

from accounts.choices import ASSIGNMENT_ROLES, STAGES_BY_KIND, USER_ROLES, Role
from accounts.models import User
from accounts.rules.access import Actor, FieldClass, Reach, Right, Subject, Tie, decide
from common.scope import Scope, set_scope
from partners.models import Assignment, Interaction, Organization, TimelineEntry
from partners.scope import scope_of
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


@pytest.fixture
def world() -> World:
    tom, zoe = make_user(name="Tom"), make_user(name="Zoe")
    places = [(kind, stage) for kind, stages in STAGES_BY_KIND.items() for stage in stages]
    ways = [(tom, True), (tom, False), (zoe, True)]
    layout = list(product(places, sorted(ASSIGNMENT_ROLES), ways))
    rows = Organization.objects.bulk_create(
        Organization(kind=kind, stage=stage, name=f"Company {number}", stage_entered_at=NOW)
        for number, ((kind, stage), _role, _way) in enumerate(layout)
    )
    subjects: dict[int, Subject] = {}
    assignments = []
    for row, (_place, role, (user, is_active)) in zip(rows, layout, strict=True):
        ended_at = None if is_active else NOW - timedelta(days=1)
        started_at = NOW - timedelta(days=30)
        assignments.append(Assignment(organization=row, user=user, role=role, started_at=started_at, ended_at=ended_at))
        ties = (Tie(user_id=user.pk, role=role, is_active=is_active, name=user.name),)
        subjects[row.pk] = Subject(kind=row.kind, access_stage=row.stage, ties=ties, organization_id=row.pk)
    Assignment.objects.bulk_create(assignments)
    return World(tom=tom, zoe=zoe, subjects=subjects)


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
