"""The demo world: built once for this room, through the services, and looked at from many sides."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any
from urllib.parse import parse_qsl

import pytest
from django.core.management import CommandError, call_command
from django.db.models import F
from django.test import Client
from django.utils import timezone

from accounts.actors import actor_for
from accounts.models import Notification, RoleGrant, SavedView, Team, User, WorkCalendar
from accounts.rules.access import Actor
from common.listing import ListQuery
from common.models import Outbox
from common.scope import Scope, set_scope
from hub.demo.colleagues import COLLEAGUES
from hub.demo.plans import plans
from partners import filters, lists
from partners.models import (
    Assignment,
    ClassificationOverride,
    Commitment,
    Contact,
    ContextGrant,
    Interaction,
    Organization,
    OrganizationFacts,
    PlayRun,
    StagePeriod,
    Task,
    TimelineEntry,
)
from partners.scope import open_organization_id
from tests.hub.demo import PASSWORD

ROLES = (
    "pam pdm tpm psm tam csm integration support senior supportlead techlead csmlead manager admin".split()  # noqa: SIM905
)


def person(key: str) -> User:
    found: User = User.objects.get(email=f"{key}@demo.example")
    return found


def actor(key: str) -> Actor:
    return actor_for(person(key))


def stages_of(organizations: Any) -> Counter[str]:
    return Counter(organizations.values_list("stage", flat=True))


def test_it_says_how_to_sign_in(told: str) -> None:
    assert "180 organizations" in told
    assert "<role>@demo.example" in told
    assert all(f" {role}" in told for role in [*ROLES, "contact"])
    assert PASSWORD not in told


@pytest.mark.parametrize("role", ROLES)
def test_two_people_sign_in_for_each_role(role: str) -> None:
    for key in (role, f"{role}2"):
        user = person(key)
        assert user.check_password(PASSWORD)
        assert user.current_roles() == {role}


def test_forty_colleagues_in_all_roles_teams_and_calendars() -> None:
    assert User.objects.staff().count() == len(COLLEAGUES) == 40
    assert RoleGrant.objects.values("role").distinct().count() == 19
    assert len({user.name for user in User.objects.all()}) == User.objects.count()
    assert Team.objects.count() >= 10
    assert WorkCalendar.objects.count() >= 4
    assert actor("techlead").led_user_ids >= {person("tam").pk}
    assert actor("csmlead").led_user_ids >= {person("csm").pk}


def test_sixty_partners_and_more_customers_over_all_stages() -> None:
    assert Organization.objects.of_kind("partner").count() == 60
    assert Organization.objects.of_kind("customer").count() == 120
    assert len(stages_of(Organization.objects.current())) == 11
    assert min(stages_of(Organization.objects.current()).values()) >= 7
    names = list(Organization.objects.values_list("name", flat=True))
    assert len(set(names)) == 180
    assert [name for name in names if not name.isascii()]
    assert max(len(name) for name in names) > 45
    assert Organization.objects.filter(via_partner__isnull=False).count() > 15
    assert Organization.objects.filter(archived_at__isnull=False).count() == 3


def test_the_tam_sees_gate_3_and_post_launch_and_no_other_partner() -> None:
    tam = actor("tam")
    mine = Organization.objects.of_kind("partner").current().owned_by(tam.user_id, "tam")
    seen = Organization.objects.visible_to(tam).of_kind("partner").current()
    assert set(stages_of(mine)) == {"gate_2", "gate_3", "post_launch"}
    assert set(stages_of(seen)) == {"gate_3", "post_launch"}
    assert min(stages_of(seen).values()) >= 3
    assert set(seen) == set(mine.in_stage("gate_3", "post_launch"))
    elsewhere = Organization.objects.of_kind("partner").in_stage("gate_3", "post_launch")
    assert elsewhere.exclude(pk__in=seen).count() >= 8
    assert Organization.objects.visible_to(tam).of_kind("customer").count() >= 5


@pytest.mark.parametrize("role", "pam pdm tpm psm tam csm integration techlead csmlead manager admin".split())  # noqa: SIM905
@pytest.mark.parametrize("number", ["", "2"])
def test_everybody_who_owns_or_leads_has_something_to_look_at(role: str, number: str) -> None:
    seen = Organization.objects.visible_to(actor(f"{role}{number}")).current()
    assert seen.count() >= 3


@pytest.mark.parametrize("role", [*ROLES, "contact", "contact2"])
def test_every_home_opens(role: str, client: Client) -> None:
    client.force_login(person(role))
    answer = client.get("/", follow=True)
    assert answer.status_code == 200
    set_scope(Scope.all())


def test_portfolios_overlap_and_have_a_past() -> None:
    shared = Counter(Assignment.objects.active().filter(role="tam").values_list("organization_id", flat=True))
    assert [count for count in shared.values() if count > 1]
    assert Assignment.objects.filter(ended_at__isnull=False).count() >= 5
    for organization in Organization.objects.all():
        rows = Assignment.objects.active().filter(organization=organization)
        primaries = Counter(rows.filter(is_primary=True).values_list("role", flat=True))
        assert set(primaries) == set(rows.values_list("role", flat=True))
        assert set(primaries.values()) <= {1}


def test_some_wait_for_an_owner() -> None:
    launched = Organization.objects.current().in_stage("post_launch")
    assert launched.exclude(pk__in=Assignment.objects.active().filter(role="tam").values("organization_id")).exists()


def test_the_past_is_in_order_and_not_in_the_future() -> None:
    now = timezone.now()
    for organization in Organization.objects.prefetch_related("stage_periods"):
        periods = list(organization.stage_periods.all())
        assert [period.left_at for period in periods[:-1]] == [period.entered_at for period in periods[1:]]
        assert (periods[-1].left_at, periods[-1].stage) == (None, organization.stage)
        assert organization.created_at == periods[0].entered_at
    assert not StagePeriod.objects.filter(entered_at__gt=now).exists()
    assert not TimelineEntry.objects.filter(at__gt=now).exists()
    assert not Interaction.objects.filter(happened_at__gt=now).exists()
    assert not Assignment.objects.filter(started_at__gt=now).exists()
    assert not Assignment.objects.filter(started_at__lt=F("organization__created_at")).exists()
    assert not Notification.objects.filter(created_at__gt=now).exists()


def test_there_are_talks_quiet_ones_and_late_ones() -> None:
    now = timezone.now()
    current = Organization.objects.current()
    assert Interaction.objects.count() > 600
    assert current.filter(facts__last_two_way_at__gt=now - timedelta(days=14)).count() > 50
    assert current.quiet_since(now - timedelta(days=30)).count() > 15
    launched = ("post_launch", "live")
    assert current.exclude(stage__in=launched).filter(target_launch_on__lt=now.date()).count() >= 5
    assert not [body for body in Interaction.objects.values_list("body", flat=True) if "{" in body]


def test_every_organization_has_two_to_six_contacts_with_one_primary() -> None:
    counts = Counter(Contact.objects.filter(archived_at__isnull=True).values_list("organization_id", flat=True))
    assert len(counts) == 180
    assert (min(counts.values()) >= 2, max(counts.values()) <= 6) == (True, True)
    assert Contact.objects.filter(is_primary=True).count() == 180


def test_values_are_classified_and_some_set_by_hand() -> None:
    facts = Organization.objects.values_list("facts__gemstone", "facts__partner_tier", "facts__arr_segment")
    stones, tiers, segments = (set(column) for column in zip(*facts, strict=True))
    assert stones >= {"diamond", "pearl", "sapphire", "ruby", "quartz"}
    assert tiers >= {0, 1, 2, None}
    assert segments >= {"enterprise", "mid_market", "small", ""}
    assert ClassificationOverride.objects.filter(ended_at__isnull=True).count() >= 4
    assert ClassificationOverride.objects.filter(ended_at__isnull=False).exists()


def test_context_grants_of_every_state() -> None:
    assert set(ContextGrant.objects.values_list("state", flat=True)) == {"asked", "given", "refused", "ended"}


def test_the_contacts_of_the_portal() -> None:
    [own] = Contact.objects.filter(user=person("contact")).values_list("organization_id", flat=True)
    assert Contact.objects.filter(user=person("contact2")).values("organization").distinct().count() == 2
    assert open_organization_id(person("contact"), None) == own
    set_scope(Scope.all())
    shared = TimelineEntry.objects.visible_to(actor_for(person("contact"), organization_id=own))
    assert shared.count() >= 3
    assert User.objects.filter(audience="contact").count() >= 10


def test_saved_views_mean_something_and_find_something() -> None:
    assert SavedView.objects.count() >= 3
    for view in SavedView.objects.select_related("user"):
        query = ListQuery(tuple(parse_qsl(view.query)))
        understood, lost = filters.understood(query)
        assert lost == ()
        assert {key for key, _value in query.pairs} <= {*lists.STATE_KEYS}
        seen = Organization.objects.visible_to(actor_for(view.user))
        assert filters.apply(seen, understood, actor=actor_for(view.user), now=timezone.now()).count() >= 3


def test_there_are_notices_and_nobody_is_mailed() -> None:
    assert Notification.objects.unread().count() > 20
    assert not Outbox.objects.filter(done_at__isnull=True).exists()
    assert not Notification.objects.filter(mailed_at__isnull=True).exists()


def test_a_second_run_changes_nothing() -> None:
    before = [model.objects.count() for model in (User, Organization, Assignment, TimelineEntry, Notification)]
    out = StringIO()
    call_command("demo", stdout=out)
    set_scope(Scope.all())
    assert "there already" in out.getvalue()
    assert [m.objects.count() for m in (User, Organization, Assignment, TimelineEntry, Notification)] == before


def test_it_refuses_production_settings(settings: Any) -> None:
    settings.ENVIRONMENT = "prod"
    with pytest.raises(CommandError):
        call_command("demo", stdout=StringIO())


def test_the_same_plan_every_time() -> None:
    now = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
    assert plans(now) == plans(now)
    later = now + timedelta(weeks=2)
    assert [plan.values["name"] for plan in plans(now)] == [plan.values["name"] for plan in plans(later)]


def test_work_is_under_way() -> None:
    states = Counter(Task.objects.current().filter(review__decided_at__isnull=True).values_list("state", flat=True))
    assert min(states[state] for state in ("open", "started", "done")) > 20
    assert Task.objects.all().blocked().count() > 20
    assert not Task.objects.filter(state="done", needs_evidence=True, review__decided_at__isnull=True, evidence=None)
    assert not Task.objects.filter(done_at__lt=F("organization__created_at"))
    promised = Counter(Commitment.objects.values_list("state", flat=True))
    assert min(promised[state] for state in ("open", "kept", "broken", "withdrawn")) > 3
    assert PlayRun.objects.filter(ended_at__isnull=True).count() >= 2
    assert PlayRun.objects.filter(ended_at__isnull=False).count() == 1


def test_facts_say_what_tasks_there_are() -> None:
    for facts in OrganizationFacts.objects.filter(tasks_total__gt=0).select_related("organization")[:20]:
        here = Task.objects.current().filter(organization=facts.organization, stage=facts.organization.stage)
        states = Counter(here.values_list("state", flat=True))
        assert (facts.tasks_total, facts.tasks_done) == (states.total() - states["skipped"], states["done"])


def test_portal_people_have_their_turn() -> None:
    for email in ("contact@demo.example", "contact2@demo.example"):
        user = User.objects.get(email=email)
        client = Client()
        client.force_login(user)
        page = client.get("/portal/").content.decode()
        assert "Send us the list of people who take calls at night" in page
