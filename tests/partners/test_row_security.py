"""Every row that belongs to an organization, behind both walls: who reads which model, and what raw SQL still shows."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import Invitation, Notification
from common.scope import Scope, scoped, set_scope
from partners.models import (
    Assignment,
    BetaSeat,
    BusinessReview,
    CadenceAgreement,
    ClassificationOverride,
    Contact,
    ContextGrant,
    FeedbackVoice,
    Interaction,
    InteractionContact,
    InteractionDraft,
    KeptWeeks,
    MailAddress,
    Organization,
    OrganizationFacts,
    Recommendation,
    RecordFact,
    ReferenceRequest,
    ReviewSection,
    StagePeriod,
    Stakeholder,
    SuccessPlan,
    SurveyRefusal,
    TechnicalIntegration,
    TimelineEntry,
    Training,
    WaiverRequest,
    Win,
)
from partners.scope import scope_of
from tests.accounts import test_access_independent as independent
from tests.cast import Cast
from tests.factories.accounts import make_user
from tests.factories.partners import NOW, make_contact, make_entry, make_grant, make_interaction, make_partner
from tests.factories.relationship import make_relationship
from tests.factories.surveys import make_survey
from tests.factories.work import make_work

pytestmark = pytest.mark.django_db

# Who opens Northwind (Gate 3) and Birch (live) in full, and who knows Northwind's summary alone.
FULL = {"ana", "petra", "tom", "ines", "lena", "max", "adam"}
FULL_AT_BIRCH = {"carl", "tom", "ines", "lena", "lou", "max", "adam"}
SUMMARY = {"sam", "connie"}

MODELS = [
    (Organization, FULL | SUMMARY),
    (OrganizationFacts, FULL | SUMMARY),
    (StagePeriod, FULL | SUMMARY),
    (Assignment, FULL | SUMMARY),
    # Colleagues see all lines; a contact those that are shared, and this one is not.
    (TimelineEntry, FULL | SUMMARY - {"connie"}),
    (Contact, FULL),
    (Interaction, FULL),
    (InteractionContact, FULL),
    (ContextGrant, FULL),
    (Stakeholder, FULL),
    (RecordFact, FULL),
    (ClassificationOverride, FULL),
    (InteractionDraft, FULL),
    (MailAddress, FULL),
    (CadenceAgreement, FULL),
    (WaiverRequest, FULL),
    (BusinessReview, FULL),
    (ReviewSection, FULL),
    (SuccessPlan, FULL),
    (FeedbackVoice, FULL),
    (BetaSeat, FULL),
    (Training, FULL),
    (Recommendation, FULL),
    (TechnicalIntegration, FULL),
    (Win, FULL),
    (ReferenceRequest, FULL),
]


@pytest.fixture
def foreign(cast: Cast) -> Organization:
    """A partner to which nobody of the cast but those who see everything has a tie."""
    return make_partner("gate_3", name="Foreign", owners={"pam": cast.olga, "tam": make_user("tam")})


@pytest.fixture
def rows(cast: Cast, foreign: Organization) -> None:
    """One row of every model at each of the three organizations."""
    for organization in (cast.northwind, cast.birch, foreign):
        contact = make_contact(organization)
        talk = make_interaction(organization, cast.tom)
        InteractionContact.objects.create(organization=organization, interaction=talk, contact=contact)
        make_entry(organization)
        InteractionDraft.objects.create(organization=organization, user=cast.tom, saved_at=NOW)
        MailAddress.objects.create(organization=organization, token=f"t{organization.pk}", created_at=NOW)
        make_grant(organization, cast.tom)
        make_work(organization, cast.petra, cast.tom)
        make_survey(contact, score=5, at=NOW)
        make_relationship(contact, cast.petra, cast.tom)
        SurveyRefusal.objects.create(organization=organization, contact=contact, refused_at=NOW)
        ClassificationOverride.objects.create(
            organization=organization, dimension="gemstone", value="ruby", reason="Why", started_at=NOW
        )
        held = Assignment.objects.filter(organization=organization).first()
        KeptWeeks.objects.create(assignment=held, organization=organization, monday=NOW.date(), minutes=[60])


def organization_ids(queryset: Any) -> set[int]:
    field = "pk" if queryset.model is Organization else "organization_id"
    return set(queryset.values_list(field, flat=True))


@pytest.mark.parametrize(("model", "readers"), MODELS, ids=lambda value: getattr(value, "__name__", ""))
def test_who_reads_what_of_northwind(cast: Cast, rows: None, model: Any, readers: set[str]) -> None:
    everybody = [*cast.staff, "nora", "connie"]
    found = {
        name for name in everybody if cast.northwind.pk in organization_ids(model.objects.visible_to(cast.actor(name)))
    }
    assert found == readers


@pytest.mark.parametrize(("model", "readers"), MODELS, ids=lambda value: getattr(value, "__name__", ""))
def test_nobody_reads_what_is_foreign(
    cast: Cast, rows: None, foreign: Organization, model: Any, readers: set[str]
) -> None:
    for name in [*cast.staff, "nora", "connie"]:
        seen = organization_ids(model.objects.visible_to(cast.actor(name)))
        assert (foreign.pk in seen) == (name in {"max", "adam", "olga"}), name
        # Birch has no participant: in full or not at all.
        assert (cast.birch.pk in seen) == (name in FULL_AT_BIRCH), name


# The documentation hub, runs of the forecast over all organizations, what somebody has for themselves, and what is said
# once for all organizations (ADR 0031).
OF_NO_ORGANIZATION = {
    "partners_guide",
    "partners_forecastrun",
    "partners_calendarfeed",
    "partners_routinetick",
    "partners_feedbackitem",
    "partners_feedbackitemevent",
    "partners_betaprogram",
    "partners_betaprogramevent",
    "partners_surveycampaign",
    "partners_balanceproposal",
    "partners_reviewbatch",
}


def _tables() -> dict[str, str]:
    """Tables of this app behind row security, with the column that names the organization."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relrowsecurity AND relname LIKE 'partners\\_%%'")
        names = [row[0] for row in cursor.fetchall()]
    columns = {"partners_organization": "id", "partners_organizationevent": "pgh_obj_id"}
    return {name: columns.get(name, "organization_id") for name in names}


def _shown(table: str, column: str) -> set[int]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT DISTINCT {column} FROM {table}")
        return {row[0] for row in cursor.fetchall()}


def test_there_is_no_table_without_the_second_wall() -> None:
    models = {model._meta.db_table for model in apps.get_app_config("partners").get_models()}
    assert models - set(_tables()) == OF_NO_ORGANIZATION


def test_raw_sql_shows_own_rows_only(cast: Cast, rows: None, foreign: Organization) -> None:
    own = {cast.northwind.pk, cast.birch.pk}
    set_scope(scope_of(cast.actor("tom")))
    tables = _tables()
    assert {table: _shown(table, column) for table, column in tables.items()} == dict.fromkeys(tables, own)
    set_scope(Scope.none())
    assert {table: _shown(table, column) for table, column in tables.items()} == {table: set() for table in tables}
    set_scope(Scope.all())
    assert {table: _shown(table, column) for table, column in tables.items()} == dict.fromkeys(
        tables, own | {foreign.pk}
    )


def test_no_setting_at_all_shows_nothing(cast: Cast, rows: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("RESET hub.scope")
    assert not [table for table, column in _tables().items() if _shown(table, column)]


@pytest.mark.parametrize("setting", ["{}", "{-1}", "{0}"])
def test_odd_settings_show_nothing(cast: Cast, rows: None, setting: str) -> None:
    set_scope(Scope(setting))
    assert _shown("partners_organization", "id") == set()


@pytest.mark.parametrize("setting", ["ALL", "{1,}", "1", "all,1", "{all}", "%"])
def test_broken_settings_are_errors_and_show_nothing(cast: Cast, rows: None, setting: str) -> None:
    def look() -> None:
        with transaction.atomic():
            set_scope(Scope(setting))
            _shown("partners_organization", "id")

    with pytest.raises(DatabaseError):
        look()


WRITES: list[tuple[str, Callable[[Organization], Any]]] = [
    ("an interaction", make_interaction),
    ("a contact", make_contact),
    ("a line", make_entry),
    (
        "a stay",
        lambda organization: StagePeriod.objects.create(organization=organization, stage="gate_0", entered_at=NOW),
    ),
    (
        "a notice",
        lambda organization: Notification.objects.create(
            user=make_user(), kind="stages", title="x", key="x", created_at=NOW, organization_id=organization.pk
        ),
    ),
    (
        "an invitation",
        lambda organization: Invitation.objects.create(
            email="x@y.example",
            token_hash="x",
            invited_by=make_user(),
            expires_at=NOW,
            organization_id=organization.pk,
        ),
    ),
]


@pytest.mark.parametrize(("what", "write"), WRITES, ids=[what for what, _write in WRITES])
def test_nothing_is_written_outside_of_the_scope(
    cast: Cast, foreign: Organization, what: str, write: Callable[[Organization], Any]
) -> None:
    refused = pytest.raises(DatabaseError, match="row-level security")
    with scoped(scope_of(cast.actor("tom"))), refused, transaction.atomic():
        write(foreign)


def test_changes_and_deletions_do_not_reach_outside(cast: Cast, rows: None, foreign: Organization) -> None:
    with scoped(scope_of(cast.actor("tom"))):
        assert Organization.objects.filter(pk=foreign.pk).update(name="Mine now") == 0
        assert Contact.objects.filter(organization_id=foreign.pk).delete()[0] == 0
        assert TimelineEntry.objects.filter(organization_id=foreign.pk).update(title="x") == 0
    assert Organization.objects.get(pk=foreign.pk).name == "Foreign"
    assert Contact.objects.filter(organization=foreign).exists()


def test_a_row_cannot_be_moved_to_where_one_does_not_see(cast: Cast, rows: None, foreign: Organization) -> None:
    refused = pytest.raises(DatabaseError, match="row-level security")
    with scoped(scope_of(cast.actor("tom"))), refused, transaction.atomic():
        Contact.objects.filter(organization=cast.northwind).update(organization=foreign)


def test_a_tam_of_gate_2_has_nothing_of_it_in_scope(cast: Cast) -> None:
    early = make_partner("gate_2", owners={"tam": cast.tom})
    assert str(early.pk) not in scope_of(cast.actor("tom")).setting.strip("{}").split(",")
    assert not Organization.objects.visible_to(cast.actor("tom")).filter(pk=early.pk).exists()


def test_what_ended_a_moment_ago_is_out_of_scope(cast: Cast) -> None:
    Assignment.objects.filter(user=cast.tom).update(ended_at=NOW)
    assert scope_of(cast.actor("tom")) == Scope.none()


# Random worlds: the lists' SQL against the independent statement of the policy ----------------------------------------

ties = st.tuples(
    st.integers(1, 4),
    st.sampled_from([*independent.OWNERS, *independent.PARTICIPANTS]),
    st.sampled_from([True, True, False]),
)
worlds = st.lists(
    st.tuples(st.sampled_from(independent.STAGES), st.lists(ties, max_size=5, unique_by=lambda tie: tie[:2])),
    min_size=1,
    max_size=5,
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    layout=worlds,
    roles=st.frozensets(st.sampled_from(independent.ACCOUNT_ROLES), max_size=3),
    led=st.frozensets(st.integers(2, 4), max_size=2),
)
def test_lists_say_what_the_policy_says_in_its_own_words(
    db: None, layout: list[Any], roles: frozenset[str], led: frozenset[int]
) -> None:
    with transaction.atomic():
        people = {number: make_user() for number in range(1, 5)}
        companies = tuple(_company(place, made, people) for place, made in layout)
        world = independent.World(companies=companies, roles=roles, led=frozenset(people[n].pk for n in led))
        asker = _as_tom(world, people[1].pk)
        truth = independent.truth_of_sight(_with_tom(world, people[1].pk))
        assert set(Organization.objects.visible_to(asker).values_list("pk", flat=True)) == set(truth)
        full = {pk for pk, reach in truth.items() if reach == "full"}
        assert set(Organization.objects.opened_to(asker).values_list("pk", flat=True)) == full
        assert organization_ids(Contact.objects.visible_to(asker)) == full
        assert organization_ids(Assignment.objects.visible_to(asker)) == {
            company.id for company in companies if company.id in truth and company.ties
        }
        set_scope(scope_of(asker))
        assert _shown("partners_organization", "id") == set(truth)
        set_scope(Scope.all())
        transaction.set_rollback(True)


def _company(place: tuple[str, str], made: list[tuple[int, str, bool]], people: dict[int, Any]) -> independent.Company:
    kind, stage = place
    organization = Organization.objects.create(kind=kind, stage=stage, name="Company", stage_entered_at=NOW)
    make_contact(organization)
    Assignment.objects.bulk_create(
        Assignment(
            organization=organization,
            user=people[number],
            role=role,
            is_primary=False,
            started_at=NOW - timedelta(days=9),
            ended_at=None if is_active else NOW - timedelta(days=1),
        )
        for number, role, is_active in made
    )
    return independent.Company(
        id=organization.pk,
        kind=kind,
        stage=stage,
        ties=tuple(
            independent.Tie(user_id=people[number].pk, role=role, is_active=is_active)
            for number, role, is_active in made
        ),
        givers=frozenset(),
        receivers=frozenset(),
    )


def _as_tom(world: independent.World, user_id: int) -> Any:
    return replace(world.asker(), user_id=user_id)


def _with_tom(world: independent.World, user_id: int) -> independent.World:
    """The same world in which the asker has the number that the other statement knows them by."""

    def renamed(company: independent.Company) -> independent.Company:
        ties = tuple(
            replace(tie, user_id=independent.TOM if tie.user_id == user_id else tie.user_id + 10**6)
            for tie in company.ties
        )
        return replace(company, ties=ties)

    return replace(
        world,
        companies=tuple(renamed(company) for company in world.companies),
        led=frozenset(pk + 10**6 for pk in world.led),
    )
