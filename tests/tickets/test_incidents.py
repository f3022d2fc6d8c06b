"""Use cases of incidents: declared, told on a rhythm, moved, followed; whom they reach, and who sees them at all."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import ProgrammingError, transaction

from accounts.models import Notification
from common import outbox
from common.errors import Conflict, DomainError, Missing, NotAllowed
from common.models import Outbox
from common.scope import Scope, scoped
from partners.models import Assignment, Organization, PlayRun, Task, TimelineEntry
from tests.cast import Cast
from tests.factories.incidents import make_incident, written
from tests.factories.partners import make_contact
from tests.factories.tickets import MONDAY, make_desk, make_ticket
from tickets.models import (
    Incident,
    IncidentEntry,
    IncidentOrganization,
    IncidentSubscriber,
    Message,
    PostMortem,
    PreventionAction,
    Queue,
    Ticket,
    WebhookDelivery,
)
from tickets.scope import scope_of
from tickets.selectors.incident_page import incident_page
from tickets.selectors.incidents import IncidentFilter, incident_list, open_incident_affects
from tickets.services import incident_parts, incident_rhythm, incidents, post_mortems, webhooks
from tickets.services.incident_updates import Said, hear, post

pytestmark = pytest.mark.django_db


def at(minutes: float) -> Any:
    return MONDAY + timedelta(minutes=minutes)


def public(body: str = "We are at it.", **more: Any) -> Said:
    return Said(body=body, is_public=True, **more)


def told(kind: str) -> set[str]:
    return set(Notification.objects.filter(kind=kind).values_list("user__email", flat=True))


@pytest.fixture
def desk(cast: Cast) -> Queue:
    return make_desk(cast.sue, leads=[cast.sven])


@pytest.fixture
def ticket(cast: Cast, desk: Queue) -> Ticket:
    return make_ticket(desk, cast.northwind, contact=cast.connie_contact)


@pytest.fixture
def incident(cast: Cast, desk: Queue, ticket: Ticket) -> Incident:
    return make_incident(cast.actor("sue"), desk, tickets=[ticket])


class TestDeclaring:
    def test_a_ticket_brings_its_organization_and_those_concerned_are_told(
        self, cast: Cast, incident: Incident, ticket: Ticket
    ) -> None:
        assert incident.number > 0
        assert (incident.state, incident.update_due_at) == ("investigating", at(60))
        assert list(incident.affected.values_list("organization__name", flat=True)) == ["Northwind"]
        assert list(incident.linked.values_list("ticket_id", flat=True)) == [ticket.pk]
        assert {f"{name}@vendor.example" for name in ("sara", "sven", "tom")} == told("incidents")
        story = TimelineEntry.objects.get(kind="incident")
        assert story.organization == cast.northwind
        assert "Orders fail" in story.title

    @pytest.mark.parametrize(
        ("values", "field"),
        [
            ({"title": " "}, "title"),
            ({"title": "x" * 201}, "title"),
            ({"title": "a\0b"}, "title"),
            ({"started_at": at(1)}, "started_at"),
            ({"cause": "bad luck"}, "cause"),
            ({"severity": "s9"}, "severity"),
        ],
    )
    def test_what_cannot_be_is_refused_at_its_field(
        self, cast: Cast, desk: Queue, values: dict[str, Any], field: str
    ) -> None:
        with pytest.raises(DomainError) as refused:
            make_incident(cast.actor("sue"), desk, **values)
        assert refused.value.field == field
        assert not Incident.objects.exists()

    def test_who_may(self, cast: Cast, desk: Queue) -> None:
        found: dict[str, set[str]] = {}
        for name in cast.staff:
            try:
                make_incident(cast.actor(name), desk)
            except DomainError as refused:
                found.setdefault(refused.code, set()).add(name)
            else:
                found.setdefault("may", set()).add(name)
        # Whoever would not find it again names somebody whom it affects.
        assert found.pop("may") == {"sue", "sven", "sara", "adam"}
        assert found.pop("blind") == {"tom", "otto", "carl", "ines"}
        assert list(found) == ["not_allowed"]

    def test_not_with_what_one_does_not_see(self, cast: Cast, desk: Queue, ticket: Ticket) -> None:
        for name, more in (("otto", {"tickets": [ticket]}), ("otto", {"organizations": [cast.northwind]})):
            with pytest.raises(Missing):
                make_incident(cast.actor(name), desk, **more)
        # At the desk an organization is known by its tickets.
        with pytest.raises(Missing):
            make_incident(cast.actor("sue"), desk, organizations=[cast.birch])
        assert make_incident(cast.actor("sue"), desk, organizations=[cast.northwind]).affected.count() == 1

    def test_an_alert_of_another_tool_opens_one_incident(self, cast: Cast, desk: Queue) -> None:
        alert = incidents.Alert(source="datadog", key="160076582")
        sent: dict[str, Any] = {"by": None, "values": {"title": "High CPU", "queue": desk}, "severity": "s3"}
        first = incidents.declare(**sent, alert=alert, now=MONDAY)
        assert incidents.declare(**sent, alert=alert, now=at(5)) == first
        assert Incident.objects.get().source == "datadog"
        before = first.update_due_at
        heard = hear(alert=alert, body="[Recovered] High CPU <b>usage</b>", now=at(6))
        assert heard is not None
        assert (heard.is_public, heard.author_name, heard.incident.update_due_at) == (False, "", before)
        assert hear(alert=incidents.Alert(source="datadog", key="x"), body="Who?", now=at(6)) is None


class TestPlays:
    def test_s1_begins_the_play_for_each_affected_organization_once(
        self, cast: Cast, desk: Queue, ticket: Ticket
    ) -> None:
        incident = make_incident(cast.actor("sara"), desk, tickets=[ticket], organizations=[cast.birch], severity="s1")
        runs = PlayRun.objects.order_by("organization__name")
        assert [(run.organization.name, run.play, run.started_by) for run in runs] == [
            ("Birch", "critical_production_issue", None),
            ("Northwind", "critical_production_issue", None),
        ]
        owners = set(Task.objects.filter(play_run__in=runs).values_list("owner__name", flat=True))
        assert owners == {cast.tom.name}
        incident_parts.link_ticket(
            by=cast.actor("sue"), incident=incident, ticket=make_ticket(desk, cast.northwind), now=at(1)
        )
        assert PlayRun.objects.count() == 2

    def test_it_begins_when_the_severity_rises_and_not_before(self, cast: Cast, incident: Incident) -> None:
        assert not PlayRun.objects.exists()
        incidents.set_severity(by=cast.actor("sue"), incident=incident, severity="s1", reason="Down", now=at(5))
        assert IncidentOrganization.objects.get().play_run == PlayRun.objects.get()

    def test_where_it_does_not_fit_there_is_none(self, cast: Cast, desk: Queue) -> None:
        cast.northwind.stage = "gate_1"
        cast.northwind.save()
        make_incident(cast.actor("sara"), desk, organizations=[cast.northwind], severity="s1")
        assert IncidentOrganization.objects.get().play_run is None
        assert open_incident_affects([cast.northwind.pk, cast.birch.pk]) == {cast.northwind.pk}


class TestUpdates:
    def test_a_public_one_moves_the_rhythm_and_an_internal_one_does_not_while_somebody_is_affected(
        self, cast: Cast, incident: Incident
    ) -> None:
        sue = cast.actor("sue")
        post(by=sue, incident=incident, said=Said(body="Looking.", is_public=False), now=at(20))
        incident.refresh_from_db()
        assert (incident.update_due_at, incident.published_at, incident.acknowledged_at) == (at(60), None, at(20))
        post(by=sue, incident=incident, said=public(state="identified"), now=at(30))
        incident.refresh_from_db()
        assert (incident.state, incident.update_due_at, incident.published_at) == ("identified", at(90), at(30))

    def test_any_one_moves_it_while_nobody_is_affected(self, cast: Cast, desk: Queue) -> None:
        alone = make_incident(cast.actor("sue"), desk)
        post(by=cast.actor("sue"), incident=alone, said=Said(body="Looking.", is_public=False), now=at(20))
        alone.refresh_from_db()
        assert alone.update_due_at == at(80)

    def test_linked_tickets_are_answered_if_asked(self, cast: Cast, desk: Queue, incident: Incident) -> None:
        sue = cast.actor("sue")
        inside = make_ticket(desk, cast.northwind, is_internal=True)
        incident_parts.link_ticket(by=sue, incident=incident, ticket=inside, now=at(1))
        post(by=sue, incident=incident, said=public("Without."), now=at(2))
        entry = post(by=sue, incident=incident, said=public("With them.", to_tickets=True), now=at(3))
        assert entry.tickets_answered == 1
        assert list(Message.objects.filter(side="agent").values_list("body", flat=True)) == ["With them."]

    def test_who_may_say_what(self, cast: Cast, incident: Incident) -> None:
        ana = cast.actor("ana")
        with pytest.raises(NotAllowed):
            post(by=ana, incident=incident, said=public(), now=at(1))
        post(by=ana, incident=incident, said=Said(body="I call them.", is_public=False), now=at(1))
        with pytest.raises(NotAllowed):
            post(by=ana, incident=incident, said=Said(body="x", is_public=False, state="resolved"), now=at(2))
        for name in ("otto", "connie"):
            with pytest.raises(Missing):
                post(by=cast.actor(name), incident=incident, said=public(), now=at(1))

    @pytest.mark.parametrize("body", ["", "  ", "a\0b", "x" * 40_000])
    def test_a_text_that_cannot_be(self, cast: Cast, incident: Incident, body: str) -> None:
        with pytest.raises(DomainError):
            post(by=cast.actor("sue"), incident=incident, said=public(body), now=at(1))

    def test_two_people_at_once(self, cast: Cast, incident: Incident) -> None:
        sue, tom, seen = cast.actor("sue"), cast.actor("tom"), incident.version
        post(by=sue, incident=incident, said=public(state="monitoring"), version=seen, now=at(1))
        with pytest.raises(Conflict):
            post(by=tom, incident=incident, said=public(state="identified"), version=seen, now=at(2))
        post(by=tom, incident=incident, said=public("Words alone clash with nobody."), version=seen, now=at(2))
        with pytest.raises(Conflict):
            incidents.set_severity(by=tom, incident=incident, severity="s1", reason="x", version=seen, now=at(3))

    def test_contacts_who_follow_get_one_mail_each(
        self, cast: Cast, incident: Incident, django_capture_on_commit_callbacks: Any
    ) -> None:
        incident_parts.subscribe(by=cast.actor("sue"), incident=incident, contact=cast.connie_contact, now=at(1))
        post(by=cast.actor("sue"), incident=incident, said=Said(body="Secret", is_public=False), now=at(2))
        post(by=cast.actor("sue"), incident=incident, said=public("Sorry! <b>Soon</b>."), now=at(3))
        # Who reads it on the ticket is not written to twice.
        post(by=cast.actor("sue"), incident=incident, said=public("Again.", to_tickets=True), now=at(4))
        rows = Outbox.objects.filter(topic="tickets.incident_mail")
        assert rows.count() == 1
        mail.outbox.clear()
        assert outbox.deliver(outbox_id=rows.get().pk, now=at(5))
        (sent,) = mail.outbox
        assert sent.to == ["connie@northwind.example"]
        assert sent.subject == f"Incident {incident.number}: Investigating [INC-{incident.number}]"
        assert "Orders fail" not in sent.body
        assert "&lt;b&gt;Soon" in sent.alternatives[0][0]

    def test_inboxes_of_those_who_see_it_no_more_stay_empty(self, cast: Cast, desk: Queue) -> None:
        sara, tom = cast.actor("sara"), cast.actor("tom")
        alone = make_incident(sara, desk, organizations=[cast.birch])
        incidents.set_commander(by=tom, incident=alone, commander=cast.tom, now=at(1))
        incident_parts.subscribe(by=tom, incident=alone, user=cast.tom, now=at(1))
        Assignment.objects.filter(organization=cast.birch, user=cast.tom).delete()
        Notification.objects.all().delete()
        post(by=sara, incident=alone, said=Said(body="Secret", is_public=False), now=at(2))
        incidents.set_severity(by=sara, incident=alone, severity="s1", reason="Secret", now=at(3))
        incident_rhythm.watch(now=at(400))
        assert not Notification.objects.filter(user=cast.tom).exists()
        assert told("incident_rhythm") >= {"sara@vendor.example"}

    def test_an_owner_hears_of_no_organization_that_is_closed_to_them(self, cast: Cast, desk: Queue) -> None:
        # A TAM sees no partner in Gate 2, and sees the incident by another organization of theirs.
        Organization.objects.filter(pk=cast.northwind.pk).update(stage="gate_2")
        cast.northwind.refresh_from_db()
        make_incident(cast.actor("sara"), desk, organizations=[cast.northwind, cast.birch])
        titles = Notification.objects.filter(user=cast.tom).values_list("title", flat=True)
        assert [("Northwind" in title, "Birch" in title) for title in titles] == [(False, True)]

    def test_nobody_stops_a_contact_of_a_foreign_organization(self, cast: Cast, desk: Queue) -> None:
        sara, sue, theirs = cast.actor("sara"), cast.actor("sue"), make_contact(cast.birch, email="b@birch.example")
        incident = make_incident(sara, desk, organizations=[cast.birch])
        incident_parts.subscribe(by=sara, incident=incident, contact=theirs, now=at(1))
        with scoped(scope_of(sue)), pytest.raises(Missing):
            incident_parts.unsubscribe(by=sue, incident=incident, contact_id=theirs.pk, now=at(2))
        incident_parts.unsubscribe(by=sara, incident=incident, contact_id=theirs.pk, now=at(3))

    def test_nothing_leaves_for_who_is_no_longer_affected(self, cast: Cast, desk: Queue) -> None:
        tom = cast.actor("tom")
        incident = make_incident(tom, desk, organizations=[cast.northwind])
        incident_parts.subscribe(by=tom, incident=incident, contact=cast.connie_contact, now=at(1))
        post(by=tom, incident=incident, said=public(), now=at(2))
        incident_parts.remove_organization(by=tom, incident=incident, organization=cast.northwind, now=at(3))
        assert outbox.deliver(outbox_id=Outbox.objects.get(topic="tickets.incident_mail").pk, now=at(4))
        assert mail.outbox == []
        assert not IncidentSubscriber.objects.filter(contact__isnull=False).exists()


class TestCourse:
    def test_resolving_begins_a_post_mortem_and_reopening_takes_its_day(self, cast: Cast, incident: Incident) -> None:
        sue = cast.actor("sue")
        incidents.move(by=sue, incident=incident, state="resolved", now=at(60))
        row = PostMortem.objects.get()
        # Five business days of the queue's office hours: Monday 11:00 to Monday 11:00.
        assert (row.is_required, row.due_at) == (True, at(60) + timedelta(days=7))
        incident.refresh_from_db()
        assert (incident.update_due_at, incident.resolved_at, incident.mitigated_at) == (None, at(60), at(60))
        with pytest.raises(DomainError):
            incidents.move(by=sue, incident=incident, state="investigating", now=at(70))
        incidents.move(by=sue, incident=incident, state="investigating", note="Again.", now=at(70))
        row.refresh_from_db()
        incident.refresh_from_db()
        assert (row.due_at, incident.reopened, incident.update_due_at) == (None, 1, at(130))
        assert (incident.resolved_at, incident.mitigated_at) == (None, None)
        titles = set(TimelineEntry.objects.filter(kind="incident").values_list("title", flat=True))
        assert {title.split(":")[0] for title in titles} == {
            *("Affected by an incident", "Incident resolved", "Incident open again"),
        }

    def test_a_lesser_one_asks_for_none_until_it_rises(self, cast: Cast, desk: Queue) -> None:
        sue = cast.actor("sue")
        incident = make_incident(sue, desk, severity="s3")
        incidents.move(by=sue, incident=incident, state="resolved", now=at(5))
        assert not PostMortem.objects.exists()
        incidents.set_severity(by=sue, incident=incident, severity="s2", reason="It was worse.", now=at(6))
        assert PostMortem.objects.get().is_required

    def test_command(self, cast: Cast, incident: Incident) -> None:
        sue = cast.actor("sue")
        incidents.set_commander(by=sue, incident=incident, commander=cast.tom, now=at(3))
        incident.refresh_from_db()
        assert (incident.commander, incident.acknowledged_at) == (cast.tom, at(3))
        assert IncidentSubscriber.objects.filter(incident=incident, user=cast.tom).exists()
        for person in (cast.otto, cast.connie):
            with pytest.raises(DomainError):
                incidents.set_commander(by=sue, incident=incident, commander=person, now=at(4))
        with pytest.raises(NotAllowed):
            incidents.set_commander(by=cast.actor("ana"), incident=incident, commander=cast.ana, now=at(4))

    def test_times_of_the_page(self, cast: Cast, incident: Incident) -> None:
        sue = cast.actor("sue")
        incidents.edit(by=sue, incident=incident, values={"started_at": at(-10)}, now=at(1))
        post(by=sue, incident=incident, said=public(state="monitoring"), now=at(5))
        incidents.move(by=sue, incident=incident, state="resolved", now=at(30))
        page = incident_page(sue, incident.number, now=at(99))
        assert page is not None
        minutes = {name: getattr(page.times, name) / timedelta(minutes=1) for name in page.times.__annotations__}
        assert minutes == {
            "to_detect": 10,
            "to_acknowledge": 5,
            "to_mitigate": 15,
            "to_resolve": 40,
            "open_for": 40,
        }


class TestRhythm:
    def test_warned_before_and_told_after_once_each(self, cast: Cast, incident: Incident) -> None:
        incidents.set_commander(by=cast.actor("sue"), incident=incident, commander=cast.sue, now=at(1))
        counted = [incident_rhythm.watch(now=at(minute)) for minute in (44, 45, 46, 60, 61, 62, 300)]
        # Sue is warned a quarter of an hour before; she, her lead and the support manager hear that it is late.
        assert counted == [0, 1, 0, 0, 3, 0, 0]
        post(by=cast.actor("sue"), incident=incident, said=public(), now=at(301))
        assert [incident_rhythm.watch(now=at(minute)) for minute in (302, 346, 362)] == [0, 1, 3]

    def test_of_what_is_over_nothing_is_due_but_its_post_mortem(self, cast: Cast, incident: Incident) -> None:
        incidents.move(by=cast.actor("sue"), incident=incident, state="resolved", now=at(1))
        days = [timedelta(days=number) for number in (1, 6.5, 6.6, 7.5, 8)]
        assert [incident_rhythm.watch(now=at(0) + day) for day in days] == [0, 2, 0, 2, 0]
        assert told("post_mortems") == {"sara@vendor.example", "sven@vendor.example"}


class TestPostMortems:
    @pytest.fixture
    def over(self, cast: Cast, desk: Queue, ticket: Ticket) -> Incident:
        incident = make_incident(cast.actor("sara"), desk, tickets=[ticket], organizations=[cast.birch])
        return incidents.move(by=cast.actor("sue"), incident=incident, state="resolved", now=at(60))

    def test_four_eyes_then_actions_are_promises_once(self, cast: Cast, over: Incident) -> None:
        sue, tom = cast.actor("sue"), cast.actor("tom")
        sent: dict[str, Any] = {"incident": over, "title": "Watch certificates", "due_on": at(0).date()}
        with pytest.raises(DomainError) as refused:
            post_mortems.add_action(by=sue, organization=cast.northwind, owner=cast.sue, now=at(61), **sent)
        assert (refused.value.field, PreventionAction.objects.count()) == ("owner", 0)
        post_mortems.add_action(by=sue, organization=cast.northwind, owner=cast.tom, now=at(61), **sent)
        with pytest.raises(Missing):
            post_mortems.add_action(by=sue, organization=cast.birch, now=at(61), **sent)
        post_mortems.add_action(by=tom, organization=cast.birch, side="them", now=at(61), **sent)
        written(over, sue, now=at(62))
        with pytest.raises(NotAllowed):
            post_mortems.publish(by=sue, incident=over, now=at(63))
        post_mortems.publish(by=tom, incident=over, now=at(63))
        made = [(one.commitment.organization.name, one.commitment.side) for one in PreventionAction.objects.all()]
        assert sorted(made) == [("Birch", "them"), ("Northwind", "us")]
        assert {one.commitment.source_type for one in PreventionAction.objects.all()} == {"postmortem"}
        first = PreventionAction.objects.get(organization=cast.northwind)
        with pytest.raises(DomainError):
            post_mortems.remove_action(by=sue, incident=over, action=first, now=at(64))
        post_mortems.write(by=tom, incident=over, texts={"impact": "More."}, now=at(65))
        post_mortems.submit(by=tom, incident=over, now=at(66))
        post_mortems.publish(by=sue, incident=over, now=at(67))
        row = PostMortem.objects.get()
        assert (row.published_number, row.published_at) == (2, at(63))
        assert PreventionAction.objects.exclude(commitment=None).count() == 2

    def test_not_before_it_is_whole_and_looked_at(self, cast: Cast, over: Incident) -> None:
        sue, sara = cast.actor("sue"), cast.actor("sara")
        post_mortems.write(by=sue, incident=over, texts={"summary": "x"}, now=at(61))
        for use_case in (post_mortems.submit, post_mortems.publish):
            with pytest.raises(DomainError):
                use_case(by=sara, incident=over, now=at(62))
        with pytest.raises(DomainError):
            post_mortems.share(by=sara, incident=over, sections=["summary"], now=at(62))
        written(over, sue, now=at(63))
        post_mortems.give_back(by=sara, incident=over, reason="Which certificate?", now=at(64))
        with pytest.raises(DomainError):
            post_mortems.publish(by=sara, incident=over, now=at(65))

    @pytest.mark.parametrize("texts", [{"impact": "a\0b"}, {"impact": "x" * 40_000}, {"surprise": "x"}])
    def test_texts_that_cannot_be(self, cast: Cast, over: Incident, texts: dict[str, str]) -> None:
        with pytest.raises((DomainError, ValueError)):
            post_mortems.write(by=cast.actor("sue"), incident=over, texts=texts, now=at(61))

    def test_two_people_write_at_once(self, cast: Cast, over: Incident) -> None:
        seen = PostMortem.objects.get().version
        post_mortems.write(by=cast.actor("sue"), incident=over, texts={"impact": "Hers"}, version=seen, now=at(61))
        with pytest.raises(Conflict):
            post_mortems.write(by=cast.actor("tom"), incident=over, texts={"impact": "His"}, version=seen, now=at(61))

    def test_whom_something_is_promised_stays_affected(self, cast: Cast, over: Incident) -> None:
        sara, sent = cast.actor("sara"), {"incident": over, "organization": cast.birch}
        action = post_mortems.add_action(by=sara, title="Watch", due_on=at(0).date(), now=at(61), **sent)
        with pytest.raises(DomainError):
            incident_parts.remove_organization(by=sara, now=at(62), **sent)
        post_mortems.remove_action(by=sara, incident=over, action=action, now=at(63))
        incident_parts.remove_organization(by=sara, now=at(64), **sent)

    def test_it_did_not_begin_after_it_was_over(self, cast: Cast, over: Incident) -> None:
        with pytest.raises(DomainError) as refused:
            incidents.edit(by=cast.actor("sue"), incident=over, values={"started_at": at(61)}, now=at(62))
        assert refused.value.field == "started_at"

    def test_what_stays_with_us_is_never_shared(self, cast: Cast, over: Incident) -> None:
        written(over, cast.actor("sue"), now=at(61))
        post_mortems.publish(by=cast.actor("sara"), incident=over, now=at(62))
        for section in ("timeline", "factors", "went_well", "whatever"):
            with pytest.raises(DomainError):
                post_mortems.share(by=cast.actor("sara"), incident=over, sections=[section], now=at(63))


# Whose eyes: Northwind's and Birch's people, the desk, everybody, nobody.
SEES: dict[str, tuple[set[str], set[str]]] = {
    "tom": ({"one", "both"}, {"Northwind", "Birch"}),
    "ana": ({"one", "both"}, {"Northwind"}),
    "carl": ({"both"}, {"Birch"}),
    "sue": ({"one", "both", "alone"}, {"Northwind"}),
    "sven": (set(), set()),
    "sara": ({"one", "both", "alone"}, {"Northwind", "Birch"}),
    "max": ({"one", "both", "alone"}, {"Northwind", "Birch"}),
    "adam": ({"one", "both", "alone"}, {"Northwind", "Birch"}),
    "sam": (set(), set()),
    "otto": (set(), set()),
    "nora": (set(), set()),
    "connie": ({"both"}, {"Northwind"}),
}


@pytest.mark.parametrize("name", SEES)
def test_who_sees_which_incident_and_whom_it_affects_by_both_walls(cast: Cast, name: str) -> None:
    desk, sara = make_desk(cast.sue), cast.actor("sara")
    made = {
        "one": make_incident(sara, desk, tickets=[make_ticket(desk, cast.northwind)]),
        "both": make_incident(sara, desk, organizations=[cast.northwind, cast.birch]),
        "alone": make_incident(sara, desk),
    }
    post(by=sara, incident=made["both"], said=public(), now=at(1))
    post(by=sara, incident=made["both"], said=Said(body="Secret", is_public=False), now=at(1))
    actor = cast.actor(name)
    wanted, names = SEES[name]
    with scoped(scope_of(actor)):
        seen = Incident.objects.visible_to(actor)
        assert {key for key, incident in made.items() if incident in seen} == wanted
        if name not in ("sam", "connie"):
            assert set(seen) == set(Incident.objects.all())
            for model in (IncidentEntry, IncidentOrganization, IncidentSubscriber):
                assert set(model.objects.visible_to(actor)) == set(model.objects.all())
        affected = IncidentOrganization.objects.visible_to(actor)
        assert set(affected.values_list("organization_id", flat=True)) == {
            one.pk for one in (cast.northwind, cast.birch) if one.name in names
        }
        said = set(IncidentEntry.objects.visible_to(actor).filter(incident=made["both"]).values_list("body", flat=True))
        assert ("Secret" in said) == ("both" in wanted and name != "connie")
        rows = incident_list(actor, IncidentFilter(show="all"), now=at(2)).rows if name != "connie" else []
        assert {shown for row in rows for shown in row.organizations} == (names if name != "connie" else set())
        assert all(row.more == 0 for row in rows)


def test_nothing_is_written_out_of_reach(cast: Cast, desk: Queue) -> None:
    foreign = make_incident(cast.actor("sara"), make_desk(cast.sara), organizations=[cast.birch])
    with scoped(scope_of(cast.actor("sue"))):
        assert Incident.objects.filter(pk=foreign.pk).update(title="Mine") == 0
        with pytest.raises(ProgrammingError), transaction.atomic():
            IncidentEntry.objects.create(
                incident_id=foreign.pk, at=MONDAY, kind="update", state="resolved", severity="s4"
            )
    with scoped(Scope.none()):
        assert not Incident.objects.exists()


def test_other_tools_are_told_of_what_they_want_to_know(cast: Cast, desk: Queue, settings: Any) -> None:
    settings.SITE_URL = "https://hub.example"
    wanted = ["incident.declared", "incident.updated", "incident.state", "incident.severity"]
    webhooks.add_endpoint(by=cast.actor("adam"), name="T", url="https://tool.example/x", events=wanted, now=MONDAY)
    sue = cast.actor("sue")
    incident = make_incident(sue, desk)
    post(by=sue, incident=incident, said=Said(body="Secret", is_public=False), now=at(1))
    post(by=sue, incident=incident, said=public("Secret too", state="resolved"), now=at(2))
    for _round in range(2):
        for row in Outbox.objects.filter(topic="tickets.incident_happened"):
            Outbox.objects.filter(pk=row.pk).update(done_at=None)
            assert outbox.deliver(outbox_id=row.pk, now=at(3))
    rows = WebhookDelivery.objects.order_by("pk")
    assert [row.name for row in rows] == ["incident.declared", "incident.state", "incident.updated"]
    assert "Secret" not in str([row.body for row in rows])
    assert rows[1].body["changes"] == {"state": ["investigating", "resolved"]}
    assert rows[1].body["incident"]["number"] == incident.number


def test_an_erased_contact_is_named_nowhere(cast: Cast, incident: Incident) -> None:
    from partners.services.erasure import erase_person
    from partners.services.person_records import export_person, find_person

    sue = cast.actor("sue")
    incident_parts.subscribe(by=sue, incident=incident, contact=cast.connie_contact, now=at(1))
    post(by=sue, incident=incident, said=public("Connie Contact told us."), now=at(2))
    incidents.move(by=sue, incident=incident, state="resolved", now=at(3))
    written(incident, sue, now=at(4), impact="Connie Contact could not order.")
    person = find_person("connie@northwind.example")
    assert export_person(person=person, now=at(5))["incident_subscriptions"]
    erase_person(person=person, reason="Asked for on March 2.", now=at(6))
    texts = [*IncidentEntry.objects.values_list("body", flat=True), PostMortem.objects.get().versions.get().impact]
    assert not any("Connie" in text for text in texts)
    assert not IncidentSubscriber.objects.filter(contact__isnull=False).exists()


Use = Callable[..., Any]


@pytest.mark.parametrize(
    ("use_case", "more"),
    [
        (incidents.edit, {"values": {"title": "x"}}),
        (incidents.set_severity, {"severity": "s1", "reason": "x"}),
        (incidents.move, {"state": "resolved"}),
        (incidents.set_commander, {"commander": None}),
        (post_mortems.write, {"texts": {"summary": "x"}}),
        (post_mortems.share, {"sections": []}),
    ],
)
def test_strangers_find_nothing_and_who_only_reads_may_not(
    cast: Cast, incident: Incident, use_case: Use, more: dict[str, Any]
) -> None:
    for name in ("otto", "nora", "connie"):
        with pytest.raises(Missing):
            use_case(by=cast.actor(name), incident=incident, now=at(1), **more)
    with pytest.raises(NotAllowed):
        use_case(by=cast.actor("max"), incident=incident, now=at(1), **more)
