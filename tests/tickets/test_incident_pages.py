"""Incidents and post-mortems on pages: for colleagues, in the portal, and wherever else people work."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from tests.cast import Cast
from tests.factories.incidents import make_incident, written
from tests.factories.tickets import make_desk, make_ticket
from tickets.models import Incident, IncidentEntry, IncidentSubscriber, PostMortem, PreventionAction, Queue, Ticket
from tickets.services import incident_parts, incidents, post_mortems
from tickets.services.incident_updates import Said, post

pytestmark = pytest.mark.django_db
URL = "/incidents/"
ATTACK = "<script>alert(1)</script><img src=x onerror=alert(2)> [x](javascript:alert(3))"


def signed_in(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def page(client: Client, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200, (url, answer)
    return str(answer.content.decode())


@pytest.fixture
def desk(cast: Cast) -> Queue:
    return make_desk(cast.sue, is_default=True)


@pytest.fixture
def ticket(cast: Cast, desk: Queue) -> Ticket:
    return make_ticket(desk, cast.northwind, contact=cast.connie_contact, subject="Orders do not arrive")


@pytest.fixture
def incident(cast: Cast, desk: Queue, ticket: Ticket) -> Incident:
    long_ago = timezone.now() - timedelta(hours=3)
    return make_incident(cast.actor("sara"), desk, tickets=[ticket], organizations=[cast.birch], now=long_ago)


class TestTheWayOfOne:
    def test_from_the_ticket_to_the_portal(self, cast: Cast, desk: Queue, ticket: Ticket) -> None:
        sue, connie = signed_in(cast.sue), signed_in(cast.connie)
        form = page(sue, f"{URL}declare/?ticket={ticket.number}")
        assert "Orders do not arrive" in form
        sent = {"severity": "s1", "title": "Orders are lost", "tickets": f"#{ticket.number}", "takes_command": "on"}
        answer = sue.post(f"{URL}declare/", sent)
        incident = Incident.objects.get()
        here = f"{URL}{incident.number}/"
        assert answer["Location"] == here
        assert (incident.commander, incident.severity, incident.queue) == (cast.sue, "s1", desk)
        assert "Orders are lost" in page(sue, f"/tickets/{ticket.number}/")
        assert "Orders are lost" not in connie.get("/portal/incidents/").content.decode()
        assert connie.get(f"/portal/incidents/{incident.number}/").status_code == 404
        sue.post(f"{here}update/internal/", {"body": "Secret: the disk."})
        sue.post(f"{here}update/public/", {"body": "We know **why**.", "state": "identified", "version": "99"})
        assert not IncidentEntry.objects.filter(is_public=True).exists()
        incident.refresh_from_db()
        version = str(incident.version)
        sue.post(f"{here}update/public/", {"body": "We know **why**.", "state": "identified", "version": version})
        shown = page(connie, f"/portal/incidents/{incident.number}/")
        assert "We know <strong>why</strong>" in shown
        for hidden in ("Secret", "Orders are lost", "Sue Tanaka", "Birch"):
            assert hidden not in shown
        connie.post(f"/portal/incidents/{incident.number}/follow/")
        assert IncidentSubscriber.objects.get(contact=cast.connie_contact).organization == cast.northwind
        connie.post(f"/portal/incidents/{incident.number}/follow/", {"stop": "1"})
        assert not IncidentSubscriber.objects.filter(contact=cast.connie_contact).exists()

    def test_a_post_mortem_from_its_proposal_to_the_partner(self, cast: Cast, incident: Incident) -> None:
        sue, sara, connie = signed_in(cast.sue), signed_in(cast.sara), signed_in(cast.connie)
        incidents.move(by=cast.actor("sue"), incident=incident, state="resolved", now=timezone.now())
        here = f"{URL}{incident.number}/post-mortem/"
        assert "Declared as S2" in page(sue, f"{here}edit/")
        texts = {"summary": "A", "impact": "B", "root_cause": "C", "prevention": "D", "timeline": "Secret"}
        version = PostMortem.objects.get().version
        sue.post(f"{here}edit/", {**texts, "version": version})
        assert sue.post(f"{here}edit/", {**texts, "summary": "Z", "version": version}).status_code == 422
        added = {"title": "Watch it", "organization": cast.northwind.pk, "side": "us", "due_on": "2030-01-02"}
        sue.post(f"{here}actions/", {**added, "organization": cast.birch.pk})
        assert not PreventionAction.objects.exists()
        sue.post(f"{here}actions/", added)
        sue.post(f"{here}submit/", {"version": PostMortem.objects.get().version})
        assert sue.post(f"{here}publish/").status_code == 403
        sara.post(f"{here}publish/", {"version": PostMortem.objects.get().version})
        assert PreventionAction.objects.get().commitment is not None
        assert connie.get(f"/portal/incidents/{incident.number}/").status_code == 404
        sara.post(f"{here}share/", {"sections": ["summary", "root_cause"]})
        shown = page(connie, f"/portal/incidents/{incident.number}/")
        assert "What we learned" in shown
        assert ("<p>A</p>" in shown, "<p>B</p>" in shown, "<p>C</p>" in shown) == (True, False, True)
        assert "Secret" not in shown
        assert "Watch it" in page(connie, "/portal/commitments/")
        assert "Secret" in page(sue, here)
        written(incident, cast.actor("sue"), now=timezone.now(), summary="A new", root_cause="C")
        sara.post(f"{here}publish/", {"version": PostMortem.objects.get().version})
        shown = page(connie, f"/portal/incidents/{incident.number}/")
        assert ("<p>A</p>" in shown, "A new" in shown) == (True, False)
        mine = page(sara, here)
        assert mine.count("Partners read version 1") == 1
        assert "Version 2 is published and not shared with them yet." in mine
        sara.post(f"{here}share/", {"sections": ["summary", "root_cause"]})
        assert "A new" in page(connie, f"/portal/incidents/{incident.number}/")
        assert "Partners read version" not in page(sara, here)

    def test_all_buttons(self, cast: Cast, incident: Incident, ticket: Ticket, desk: Queue) -> None:
        sue, here = signed_in(cast.sue), f"{URL}{incident.number}/"
        other = make_ticket(desk, cast.northwind)
        for path, sent in (
            ("severity/", {"severity": "s1", "reason": "Worse"}),
            ("command/", {"me": "1"}),
            ("command/", {"commander": "tom@vendor.example"}),
            ("tickets/", {"ticket": f"#{other.number}"}),
            (f"tickets/{other.number}/remove/", {}),
            ("follow/", {}),
            ("followers/", {"follower": "tom@vendor.example"}),
            ("followers/", {"follower": "connie@northwind.example"}),
            ("followers/remove/", {"contact": str(cast.connie_contact.pk)}),
            ("move/", {"state": "resolved"}),
            ("move/", {"state": "investigating", "note": "Again"}),
        ):
            answer = sue.post(here + path, sent)
            assert answer.status_code == 302, (path, answer.content.decode()[:3000])
        incident.refresh_from_db()
        assert (incident.severity, incident.commander, incident.reopened) == ("s1", cast.tom, 1)
        assert not IncidentSubscriber.objects.filter(contact__isnull=False).exists()
        tom = signed_in(cast.tom)
        tom.post(here + "organizations/remove/", {"organization": cast.birch.pk})
        assert incident.affected.count() == 1
        tom.post(here + "organizations/", {"organization": "birch"})
        assert incident.affected.count() == 2
        tom.post(here + "edit/", {"title": "New name", "version": Incident.objects.get().version})
        assert Incident.objects.get().title == "New name"

    @pytest.mark.parametrize(
        ("path", "sent"),
        [
            ("severity/", {"severity": "s1"}),
            ("command/", {"commander": "otto@vendor.example"}),
            ("tickets/", {"ticket": "999999"}),
            ("organizations/", {"organization": "Birch"}),
            ("followers/", {"follower": "nobody@example.com"}),
            ("move/", {"state": "closed"}),
            ("update/public/", {"body": " "}),
            ("post-mortem/actions/", {"title": "x", "organization": "abc", "due_on": "never"}),
        ],
    )
    def test_what_is_refused_says_so(self, cast: Cast, incident: Incident, path: str, sent: dict[str, str]) -> None:
        answer = signed_in(cast.sue).post(f"{URL}{incident.number}/{path}", sent)
        assert answer.status_code == 422
        assert "field-error" in answer.content.decode() or "notice-danger" in answer.content.decode()


# Who opens the page of an incident of Northwind's ticket that affects Birch as well, and whom of both they read there.
READS: dict[str, tuple[int, set[str]]] = {
    "tom": (200, {"Northwind", "Birch"}),
    "carl": (200, {"Birch"}),
    "ana": (200, {"Northwind"}),
    "sue": (200, {"Northwind"}),
    "sara": (200, {"Northwind", "Birch"}),
    "max": (200, {"Northwind", "Birch"}),
    "adam": (200, {"Northwind", "Birch"}),
    "sven": (404, set()),
    "sam": (404, set()),
    "otto": (404, set()),
    "nora": (302, set()),
    "connie": (404, set()),
}


@pytest.mark.parametrize("name", READS)
def test_who_opens_it_and_what_they_read(cast: Cast, incident: Incident, name: str) -> None:
    written(incident, cast.actor("sue"), now=timezone.now())
    client, (status, names) = signed_in(getattr(cast, name)), READS[name]
    for path in ("", "head/", "post-mortem/", "post-mortem/?newest=1", "post-mortem/compare/1/"):
        answer = client.get(f"{URL}{incident.number}/{path}")
        assert answer.status_code == status, path
        text = answer.content.decode()
        hidden = {"Northwind", "Birch"} - names
        assert not [one for one in hidden if one in text], path
    listed = client.get(f"{URL}?show=all")
    if listed.status_code == 200:
        text = listed.content.decode()
        assert (f"INC-{incident.number}" in text) == (status == 200)
        assert not [one for one in {"Northwind", "Birch"} - names if one in text]
    assert client.get(f"{URL}999999/").status_code == (302 if name == "nora" else 404)


@pytest.mark.parametrize("name", ["max", "ana", "tina", "paul"])
def test_who_only_reads_gets_no_buttons_and_403(cast: Cast, incident: Incident, name: str) -> None:
    client, here = signed_in(getattr(cast, name)), f"{URL}{incident.number}/"
    answer = client.get(here)
    if answer.status_code == 200:
        assert "Public update</strong>" not in answer.content.decode()
        assert client.post(here + "severity/", {"severity": "s1", "reason": "x"}).status_code == 403
        assert client.post(here + "update/public/", {"body": "x"}).status_code == 403
        assert client.get(here + "post-mortem/edit/").status_code == 403
    assert client.get(f"{URL}declare/").status_code == 403


def test_attacks_stay_words(cast: Cast, desk: Queue, ticket: Ticket) -> None:
    sara, now = cast.actor("sara"), timezone.now()
    incident = make_incident(sara, desk, tickets=[ticket], title=ATTACK, summary=ATTACK, public_title=ATTACK, now=now)
    for is_public in (True, False):
        post(by=sara, incident=incident, said=Said(body=ATTACK, is_public=is_public), now=now)
    incidents.set_severity(by=sara, incident=incident, severity="s1", reason=ATTACK, now=now)
    incidents.move(by=sara, incident=incident, state="resolved", note=ATTACK, now=now)
    parts = dict.fromkeys(("summary", "timeline", "impact", "root_cause", "prevention"), ATTACK)
    written(incident, cast.actor("sue"), now=now, **parts)
    post_mortems.publish(by=sara, incident=incident, now=now)
    post_mortems.share(by=sara, incident=incident, sections=["summary", "impact"], now=now)
    pages = {
        "sara": ("", "post-mortem/", "post-mortem/edit/", "edit/", "../?show=all", "../../search/?q=alert"),
        "connie": ("../../portal/incidents/", f"../../portal/incidents/{incident.number}/", "../../portal/"),
        "tom": (f"../../organizations/{cast.northwind.public_id}/", "../../"),
    }
    for name, paths in pages.items():
        client = signed_in(getattr(cast, name))
        for path in paths:
            url = f"{URL}{incident.number}/{path}"
            while "/../" in url:
                before, after = url.split("/../", 1)
                url = f"{before.rpartition('/')[0]}/{after}"
            text = page(client, url)
            assert "<script>alert(1)" not in text, url
            assert "<img src=x" not in text, url
            assert 'href="javascript:' not in text, url


def test_shown_where_people_work(cast: Cast, incident: Incident, ticket: Ticket) -> None:
    marker = f"INC-{incident.number}"
    for name, url, is_there in (
        ("sara", "/", True),
        ("tom", "/", True),
        ("otto", "/", False),
        ("tom", f"/organizations/{cast.northwind.public_id}/", True),
        ("tom", f"/organizations/{cast.northwind.public_id}/timeline/", True),
        ("sue", f"/tickets/{ticket.number}/", True),
        ("tom", f"/palette/?q={marker}", True),
        ("tom", "/search/?q=Orders+fail", True),
        ("otto", "/search/?q=Orders+fail", False),
        ("tom", f"{URL}recurring/", False),
    ):
        assert (marker in page(signed_in(getattr(cast, name)), url)) == is_there, (name, url)


def test_what_comes_again_is_listed_for_whoever_sees_it(cast: Cast, desk: Queue) -> None:
    sara, now = cast.actor("sara"), timezone.now()
    for number, organizations in enumerate(([cast.northwind], [cast.northwind], [cast.birch])):
        moment = now - timedelta(days=number)
        incident = make_incident(sara, desk, organizations=organizations, cause="certificate", now=moment)
        incidents.move(by=sara, incident=incident, state="resolved", now=moment + timedelta(hours=1))
    tom, carl = page(signed_in(cast.tom), f"{URL}recurring/"), page(signed_in(cast.carl), f"{URL}recurring/")
    assert "A certificate or a credential" in tom
    assert "Northwind (2)" in tom
    assert "3 post-mortems are missing" in tom
    # Carl sees the one of Birch: once is not again.
    assert "Nothing comes again" in carl


def test_names_to_choose_from_are_of_those_one_may_name(cast: Cast, ticket: Ticket) -> None:
    found = {
        name: page(signed_in(getattr(cast, name)), f"{URL}organization-names/?organization={text}")
        for name, text in (("sue", "north"), ("carl", "north"), ("tom", "birch"), ("sara", "birch"))
    }
    assert {name: "option" in text for name, text in found.items()} == {
        "sue": True,
        "carl": False,
        "tom": True,
        "sara": True,
    }
    assert "Birch" not in page(signed_in(cast.sue), f"{URL}organization-names/?organization=birch")


@pytest.mark.parametrize(
    "query",
    [
        "?show=x&severity=s9&queue=%00&organization=abc&cursor=zzz&q=%00",
        "?q=INC-999999999999999999999",
        "?late=1",
        "?whose=mine",
    ],
)
def test_odd_filters_harm_nothing(cast: Cast, incident: Incident, query: str) -> None:
    page(signed_in(cast.sue), URL + query)


def test_a_second_click_posts_once(cast: Cast, incident: Incident) -> None:
    sue, here = signed_in(cast.sue), f"{URL}{incident.number}/"
    key = page(sue, here).split('name="sent_key" value="')[1].split('"')[0] if "sent_key" in page(sue, here) else ""
    sent = {"body": "Once.", "sent_key": key} if key else {"body": "Once."}
    for _click in range(2 if key else 1):
        sue.post(f"{here}update/public/", sent)
    assert IncidentEntry.objects.filter(body="Once.").count() == 1
    incident_parts.subscribe(by=cast.actor("sue"), incident=incident, user=cast.sue, now=timezone.now())
