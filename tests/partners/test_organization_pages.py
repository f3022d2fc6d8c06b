"""The page of an organization, tab by tab: who opens what, what it says, what it costs."""

from datetime import timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from accounts.models import User
from partners.models import Assignment, ContextGrant, Organization, OrganizationFacts, StagePeriod, TimelineEntry
from partners.services import assignments, classification, contacts, organizations
from tests.partners.page_world import NOW, actor, assign, contact, counting, entry, organization, person, signed_in

pytestmark = pytest.mark.django_db

TABS = ("", "journey/", "timeline/", "people/", "commercial/", "history/")
# Everything that takes the id of an organization in its address, as a method and a path below it.
DOORS = [
    *(("get", tab) for tab in TABS),
    *(("get", path) for path in ("edit/", "launch/", "log/", "owners/new/", "contacts/new/")),
    *(
        ("post", path)
        for path in ("context/ask/", "classification/gemstone/", "classification/gemstone/reset/", "edit/")
    ),
]


def url_of(one: Organization, tab: str = "") -> str:
    return f"/organizations/{one.public_id}/{tab}"


@pytest.fixture
def acme() -> Organization:
    one = organization("Acme", "gate_3", ccv=60_000_000, country="DE", summary="Sells cables.")
    contact(one, "Carla Contact", is_primary=True, phone="+49 30 1")
    return one


@pytest.fixture
def tam(acme: Organization) -> User:
    user = person("Tom Okafor", "tam")
    assign(user, "tam", acme)
    return user


class TestWhoOpensIt:
    @pytest.mark.parametrize(("method", "path"), DOORS)
    def test_foreign_and_missing_answer_alike(self, tam: User, method: str, path: str) -> None:
        foreign = organization("Foreign")
        client = signed_in(tam)
        answers = [getattr(client, method)(f"/organizations/{pk}/{path}") for pk in (foreign.public_id, uuid4())]
        assert [answer.status_code for answer in answers] == [404, 404]
        bodies = [answer.content.decode() for answer in answers]
        assert "Foreign" not in bodies[0]
        assert len({body.count("\n") for body in bodies}) == 1

    @pytest.mark.parametrize(("stage", "status"), [("gate_2", 404), ("gate_3", 200), ("post_launch", 200)])
    def test_a_tam_from_gate_3_on(self, tam: User, acme: Organization, stage: str, status: int) -> None:
        Organization.objects.filter(pk=acme.pk).update(stage=stage)
        assert [signed_in(tam).get(url_of(acme, tab)).status_code for tab in TABS] == [status] * len(TABS)

    def test_a_right_taken_away_is_gone_with_the_next_request(self, tam: User, acme: Organization) -> None:
        client = signed_in(tam)
        assert client.get(url_of(acme)).status_code == 200
        Assignment.objects.filter(user=tam).update(ended_at=NOW)
        assert client.get(url_of(acme)).status_code == 404

    def test_insiders_without_the_right_get_403(self, acme: Organization) -> None:
        psm = person("Paul Psm", "psm")
        assign(psm, "psm", acme)
        client = signed_in(psm)
        assert client.get(url_of(acme)).status_code == 200
        assert client.get(url_of(acme, "commercial/")).status_code == 403
        assert client.get(url_of(acme, "owners/new/")).status_code == 403
        manager = signed_in(person("Mia Manager", "manager"))
        assert manager.get(url_of(acme, "commercial/")).status_code == 200
        assert manager.get(url_of(acme, "edit/")).status_code == 403
        assert (
            manager.post(url_of(acme, "classification/partner_tier/"), {"value": "1", "reason": "x"}).status_code == 403
        )
        assert manager.get(url_of(acme, "archive/")).status_code == 403

    def test_participants_see_summary_and_timeline(self, acme: Organization) -> None:
        seller = person("Sue Sales", "sales")
        assign(seller, "sales", acme)
        entry(acme, "A call", body="Confidential notes")
        client = signed_in(seller)
        page = client.get(url_of(acme))
        text = page.content.decode()
        assert [tab.label for tab in page.context["tabs"]] == ["Overview", "Timeline"]
        assert "You know this organization by its summary" in text
        assert "Sells cables." in text
        assert "Carla Contact" not in text
        assert "Classification" not in text
        assert "Confidential notes" not in text
        assert "Its notes are closed to you" in text
        assert client.get(url_of(acme, "timeline/")).status_code == 200
        closed = ("journey/", "people/", "commercial/", "history/", "edit/", "log/", "contacts/new/")
        assert [client.get(url_of(acme, tab)).status_code for tab in closed] == [403] * len(closed)

    def test_tabs_stand_in_the_order_of_the_role(self, acme: Organization) -> None:
        def order(role: str) -> list[str]:
            user = person(f"R {role}", role)
            assign(user, role, acme)
            return [tab.label for tab in signed_in(user).get(url_of(acme)).context["tabs"]]

        work = ["Journey", "Tasks", "Health", "Tickets", "Cadence"]
        promises = ["Record", "Commitments", "Success plan", "Enablement"]
        looked_back = ["Reviews", "Feedback", "History"]
        assert order("tam") == [
            *("Overview", "Timeline", "People", *work, *promises, "Commercial", "Growth", *looked_back)
        ]
        psm = [
            "Overview",
            "Journey",
            "Tasks",
            "Timeline",
            "Health",
            "Tickets",
            "Cadence",
            "People",
            *promises,
            *looked_back,
        ]
        assert order("psm") == psm
        assert order("csm") == [
            *("Overview", "Timeline", "Commercial", *work, "People", *promises, "Growth", *looked_back)
        ]

    def test_an_archived_one_opens_and_offers_no_change(self, acme: Organization) -> None:
        Organization.objects.filter(pk=acme.pk).update(archived_at=NOW)
        page = signed_in(person("Ada Admin", "admin")).get(url_of(acme)).content.decode()
        assert "Archived" in page
        assert "Restore" in page
        assert "Log interaction" not in page


class TestWhatItSays:
    def test_the_headline(self, acme: Organization, tam: User) -> None:
        Organization.objects.filter(pk=acme.pk).update(target_launch_on=(NOW - timedelta(days=3)).date())
        acme.facts.__class__.objects.filter(pk=acme.pk).update(last_interaction_at=NOW - timedelta(days=2))
        page = signed_in(tam).get(url_of(acme)).content.decode()
        for words in ("Gate 3", "Tom Okafor", "Passed", "2 days ago", "Target launch"):
            assert words in page

    def test_countries_and_languages_are_named(self, acme: Organization, tam: User) -> None:
        page = signed_in(tam).get(url_of(acme)).content.decode()
        assert "Partner · Germany" in page
        assert "<dt>Country</dt><dd>Germany</dd>" in page
        assert "<dt>Language</dt><dd>English</dd>" in page
        Organization.objects.filter(pk=acme.pk).update(country="ZZ", language="xx")
        page = signed_in(tam).get(url_of(acme)).content.decode()
        assert "<dt>Country</dt><dd>ZZ</dd>" in page
        assert "<dt>Language</dt><dd>xx</dd>" in page

    @pytest.mark.parametrize(("days", "words"), [(-1, "One has been due since"), (0, "Next due:"), (1, "Next due:")])
    def test_a_task_that_is_overdue_is_not_called_the_next(
        self, acme: Organization, tam: User, days: int, words: str
    ) -> None:
        today = timezone.localdate(timezone=ZoneInfo(acme.timezone))
        facts = OrganizationFacts.objects.filter(organization=acme)
        assert facts.update(tasks_total=2, next_task_due_on=today + timedelta(days=days)) == 1
        page = signed_in(tam).get(url_of(acme)).content.decode()
        assert words in page
        assert page.count("One has been due since") + page.count("Next due:") == 1

    def test_overview_shows_the_rule_in_words_and_the_form_to_admins(self, acme: Organization, tam: User) -> None:
        classification.recompute([acme], now=NOW)
        page = signed_in(tam).get(url_of(acme)).content.decode()
        assert "Tier 0" in page
        assert "policy tiers, version 1" in page
        assert "by hand" not in page
        assert "Set Partner tier by hand" in signed_in(person("Ada Admin", "admin")).get(url_of(acme)).content.decode()

    def test_the_journey_with_days_reasons_and_who_moved_it(self, acme: Organization, tam: User) -> None:
        pam = person("Pia Pam", "pam")
        StagePeriod.objects.all().delete()
        days = (200, 150, 140, 60, 20)
        for stage, start, end in zip(
            ("pre_contract", "gate_0", "gate_1", "gate_2", "gate_3"), days, (*days[1:], None), strict=True
        ):
            StagePeriod.objects.create(
                organization=acme,
                stage=stage,
                entered_at=NOW - timedelta(days=start),
                left_at=NOW - timedelta(days=end) if end else None,
                moved_by=pam,
                reason="All sections passed" if stage == "gate_3" else "",
            )
        page = signed_in(tam).get(url_of(acme, "journey/"))
        text = page.content.decode()
        assert [step.days for step in page.context["steps"]] == [50, 10, 80, 40, 20, None]
        assert "Pia Pam" in text
        assert "All sections passed" in text
        assert "expected" in text
        assert "Ask for context" in text

    def test_who_reads_answers_anyway_need_not_ask(self, acme: Organization) -> None:
        page = signed_in(person("Ada Admin", "admin")).get(url_of(acme, "journey/")).content.decode()
        assert "They are open to you by your role" in page
        assert "Ask for context" not in page

    def test_history_says_before_and_after_and_hides_amounts(self, acme: Organization, tam: User) -> None:
        admin = actor(person("Ada Admin", "admin"))
        values = {"name": "Acme Cables", "ccv": 70_000_000, "target_launch_on": NOW.date()}
        organizations.edit_organization(by=admin, organization=acme, values=values, version=1, now=NOW)
        contacts.add_contact(by=admin, organization=acme, values={"name": "Nora New"}, now=NOW)
        assignments.assign_owner(by=admin, organization=acme, user=person("Cleo Csm", "csm"), role="csm", now=NOW)
        for_reader = signed_in(tam).get(url_of(acme, "history/")).content.decode()
        assert "Acme Cables" in for_reader
        assert "70,000,000" in for_reader
        assert "Contact added" in for_reader
        assert "Assigned: CSM Cleo Csm" in for_reader
        psm = person("Paul Psm", "psm")
        assign(psm, "psm", acme)
        page = signed_in(psm).get(url_of(acme, "history/"))
        assert "Acme Cables" in page.content.decode()
        assert "70,000,000" not in page.content.decode()
        assert "closed to you" in page.content.decode()

    def test_history_speaks_as_the_forms_do(self, acme: Organization, tam: User) -> None:
        admin = actor(person("Ada Admin", "admin"))
        organizations.edit_organization(by=admin, organization=acme, values={"country": "FR"}, version=1, now=NOW)
        contacts.add_contact(by=admin, organization=acme, values={"name": "Nora New", "role": "technical"}, now=NOW)
        page = signed_in(tam).get(url_of(acme, "history/")).content.decode()
        assert "Germany" in page
        assert "France" in page
        assert "Technical" in page

    def test_history_of_one_shows_nothing_of_another(self, acme: Organization, tam: User) -> None:
        other = organization("Other")
        admin = actor(person("Ada Admin", "admin"))
        organizations.edit_organization(by=admin, organization=other, values={"name": "Othello"}, version=1, now=NOW)
        assert "Othello" not in signed_in(tam).get(url_of(acme, "history/")).content.decode()

    def test_people_now_before_and_theirs(self, acme: Organization, tam: User) -> None:
        gone = person("Gil Gone", "tam")
        assign(
            gone,
            "tam",
            acme,
            started_at=NOW - timedelta(days=300),
            ended_at=NOW - timedelta(days=200),
            is_primary=False,
        )
        contact(acme, "Anton Archived", archived_at=NOW)
        page = signed_in(tam).get(url_of(acme, "people/")).content.decode()
        for words in ("Tom Okafor", "Gil Gone", "Carla Contact", "Nobody"):
            assert words in page
        assert "Anton Archived" not in page
        assert "Anton Archived" in signed_in(tam).get(url_of(acme, "people/?archived=1")).content.decode()
        assert "Assign somebody" not in page

    @pytest.mark.parametrize("tab", TABS)
    def test_every_tab_has_something_for_an_empty_organization(self, tab: str) -> None:
        bare = organization("Bare", "pre_contract")
        assert signed_in(person("Ada Admin", "admin")).get(url_of(bare, tab)).status_code == 200

    def test_markup_in_names_stays_text(self, tam: User) -> None:
        evil = organization("<script>alert(1)</script>", summary="<img src=x onerror=alert(1)>")
        assign(tam, "tam", evil)
        entry(evil, "<b>bold</b>", body="<script>2</script>")
        for tab in ("", "timeline/", "people/"):
            page = signed_in(tam).get(url_of(evil, tab)).content.decode()
            assert "<script>alert" not in page
            assert "<img src=x" not in page
            assert "<b>bold" not in page


class TestTimeline:
    def test_more_comes_as_a_fragment_and_as_a_page(self, acme: Organization, tam: User) -> None:
        for number in range(35):
            entry(acme, f"Line {number:02}", at=NOW - timedelta(hours=number))
        client = signed_in(tam)
        first = client.get(url_of(acme, "timeline/"))
        assert "Line 29" in first.content.decode()
        assert "Line 30" not in first.content.decode()
        query = {"cursor": first.context["story"].next_cursor}
        fragment = client.get(url_of(acme, "timeline/"), query, headers={"HX-Request": "true"}).content.decode()
        assert "<html" not in fragment
        assert "Line 34" in fragment
        assert "Line 29" not in fragment
        assert "timeline-more" not in fragment
        assert "<html" in client.get(url_of(acme, "timeline/"), query).content.decode()

    def test_by_kind(self, acme: Organization, tam: User) -> None:
        entry(acme, "A call")
        entry(acme, "A move", kind="stage")
        client = signed_in(tam)
        assert "A call" not in client.get(url_of(acme, "timeline/?kind=stage")).content.decode()
        assert "Nothing like this" in client.get(url_of(acme, "timeline/?kind=grant")).content.decode()
        assert "A call" in client.get(url_of(acme, "timeline/?kind=nonsense")).content.decode()

    def test_pinned_lines_stand_on_top(self, acme: Organization, tam: User) -> None:
        line = entry(acme, "Mind the certificate", at=NOW - timedelta(days=90))
        client = signed_in(tam)
        pin = url_of(acme, f"timeline/{line.public_id}/pin/")
        assert client.post(pin, {"pin": "1"}).status_code == 302
        pinned = client.get(url_of(acme, "timeline/")).context["story"].pinned
        assert [(one.public_id, one.title) for one in pinned] == [(str(line.public_id), line.title)]
        client.post(pin, {"pin": "0"})
        assert client.get(url_of(acme, "timeline/")).context["story"].pinned == ()

    def test_pinning_needs_the_right_and_has_an_end(self, acme: Organization, tam: User) -> None:
        lines = [entry(acme, f"Line {number}") for number in range(6)]
        client = signed_in(tam)
        for line in lines:
            answer = client.post(url_of(acme, f"timeline/{line.public_id}/pin/"), {"pin": "1"}, follow=True)
        assert "Unpin one first" in answer.content.decode()
        assert TimelineEntry.objects.filter(pinned_at__isnull=False).count() == 5
        seller = person("Sue Sales", "sales")
        assign(seller, "sales", acme)
        assert signed_in(seller).post(url_of(acme, f"timeline/{lines[5].public_id}/pin/")).status_code == 403
        foreign = entry(organization("Foreign"), "Theirs")
        assert client.post(url_of(acme, f"timeline/{foreign.public_id}/pin/")).status_code == 404


class TestGrants:
    def test_ask_decide_end(self, acme: Organization, tam: User) -> None:
        pam = person("Pia Pam", "pam")
        assign(pam, "pam", acme)
        asking, deciding = signed_in(tam), signed_in(pam)
        asking.post(url_of(acme, "context/ask/"), {"reason": "To prepare the launch"})
        grant = ContextGrant.objects.get()
        assert "To prepare the launch" in deciding.get(url_of(acme, "journey/")).content.decode()
        decide = url_of(acme, f"context/{grant.public_id}/decide/")
        assert asking.post(decide, {"decision": "give", "days": 7}).status_code == 403
        deciding.post(decide, {"decision": "give", "days": 7})
        assert "They are open to you until" in asking.get(url_of(acme, "journey/")).content.decode()
        asking.post(url_of(acme, f"context/{grant.public_id}/end/"))
        grant.refresh_from_db()
        assert grant.state == "ended"

    def test_refusing_needs_a_reason(self, acme: Organization, tam: User) -> None:
        signed_in(tam).post(url_of(acme, "context/ask/"), {"reason": "Curious"})
        grant = ContextGrant.objects.get()
        manager = signed_in(person("Mia Manager", "manager"))
        decide = url_of(acme, f"context/{grant.public_id}/decide/")
        manager.post(decide, {"decision": "refuse", "days": 7})
        grant.refresh_from_db()
        assert grant.state == "asked"
        manager.post(decide, {"decision": "refuse", "days": 7, "note": "Not needed for this"})
        assert "Not needed for this" in signed_in(tam).get(url_of(acme, "journey/")).content.decode()

    def test_asking_without_a_reason_says_so(self, acme: Organization, tam: User) -> None:
        answer = signed_in(tam).post(url_of(acme, "context/ask/"), {"reason": " "}, follow=True)
        assert "Say what you need the answers for" in answer.content.decode()
        assert not ContextGrant.objects.exists()


class TestCost:
    @pytest.mark.parametrize("tab", TABS)
    @pytest.mark.parametrize("query", ["", "?list=kind%3Dpartner%26sort%3D-contact"])
    def test_ten_statements_however_much_there_is(self, acme: Organization, tam: User, tab: str, query: str) -> None:
        client = signed_in(tam)

        def fill(count: int) -> None:
            for number in range(count):
                contact(acme, f"Person {count}-{number}")
                entry(acme, f"Line {number}", at=NOW - timedelta(minutes=number))
                assign(tam, "tam", organization(f"Org {count}-{number}"))

        fill(10)
        client.get(url_of(acme, tab) + query)
        with counting() as few:
            client.get(url_of(acme, tab) + query)
        fill(60)
        with counting() as many:
            assert client.get(url_of(acme, tab) + query).status_code == 200
        assert len(few) == len(many), "\n".join(many)
        assert len(many) <= 10, "\n".join(many)
