"""Campaigns: who is drawn and spared, what answers add up to, and that they mix with nothing else."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import Activity, Notification
from common.errors import DomainError, NotAllowed
from common.models import Outbox
from partners.models import Contact, SurveyCampaign, SurveyRequest, SurveyResponse, TimelineEntry
from partners.rules.campaigns import Person, Spared, draw, is_chosen, spared
from partners.rules.nps import nps_figure, nps_figure_of, nps_score_of
from partners.rules.surveys import NpsPolicy, parse_surveys
from partners.selectors import campaigns as read
from partners.selectors.surveys import of_organization
from partners.services import campaigns, surveys
from partners.services.survey_answers import answer_by_link, comment_by_link
from partners.services.survey_mail import deliver_survey_mail
from partners.survey_links import token_of
from tests.cast import Cast
from tests.factories.partners import NOW, make_contact, make_customer
from tests.factories.surveys import make_survey
from tests.factories.tickets import make_desk, make_ticket

POLICY = NpsPolicy()
PERSON: dict[str, Any] = {"contact_id": 1, "organization_id": 1}
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("raw", "score"),
    [
        (0, 0),
        ("10", 10),
        ("0", 0),
        (6.0, 6),
        (11, None),
        (-1, None),
        ("99", None),
        ("", None),
        (True, None),
        (2.5, None),
    ],
)
def test_what_is_an_answer(raw: object, score: int | None) -> None:
    assert nps_score_of(raw) == score


def test_figures() -> None:
    found = nps_figure_of([10, 9, 8, 7, 6, 0, "", 99, None])
    assert (found.asked, found.answers, found.promoters, found.detractors, found.passives) == (9, 6, 2, 2, 2)
    assert found.value == 0
    assert nps_figure_of([]).value is None
    same = nps_figure(asked=3, answers=3, promoters=3, detractors=0)
    assert same.value == 100
    assert same.low < 60 < same.high
    assert not same.is_shown
    with pytest.raises(ValueError, match="there are not"):
        nps_figure(asked=1, answers=2, promoters=0, detractors=0)


@given(st.lists(st.integers(0, 10), min_size=1, max_size=60))
def test_the_interval_stays_on_the_scale(scores: list[int]) -> None:
    found = nps_figure_of(scores)
    assert -100 <= found.low <= found.high <= 100
    assert found.value is not None
    assert -100 <= found.value <= 100


@pytest.mark.parametrize(
    ("change", "here", "why"),
    [
        ({}, 0, None),
        ({"is_there": False}, 0, Spared.GONE),
        ({"has_opted_out": True}, 0, Spared.OPTED_OUT),
        ({"has_address": False}, 0, Spared.NO_ADDRESS),
        ({"is_in_trouble": True}, 0, Spared.IN_TROUBLE),
        ({"asked_at": NOW - 13 * DAY}, 0, Spared.ASKED_LATELY),
        ({"asked_at": NOW - 14 * DAY}, 0, None),
        ({"asked_at": NOW - 100 * DAY, "asked_same_at": NOW - 100 * DAY}, 0, Spared.ASKED_BEFORE),
        ({"asked_same_at": NOW - 170 * DAY}, 0, None),
        ({}, 4, None),
        ({}, 5, Spared.ORGANIZATION_FULL),
    ],
)
def test_who_is_spared(change: dict[str, Any], here: int, why: Spared | None) -> None:
    assert spared(Person(**PERSON | change), POLICY, asked_here=here, now=NOW) == why


def test_the_lot_is_the_same_whenever_one_looks() -> None:
    people = [Person(contact_id=pk, organization_id=pk % 3) for pk in range(200)]
    sent: dict[str, Any] = {"seed": "a", "share": 50, "asked_in_quarter": {0: 3}, "now": NOW}
    first, again = draw(people, POLICY, **sent), draw(reversed(people), POLICY, **sent)
    assert first == again
    asked = [person.organization_id for person, why in first.people if why is None]
    assert [asked.count(pk) for pk in range(3)] == [2, 5, 5]
    assert 60 < len(first.people) < 140
    assert {person.contact_id for person, _why in first.people} != {
        person.contact_id for person, _why in draw(people, POLICY, **sent | {"seed": "b"}).people
    }
    assert all(is_chosen("a", pk, 100) for pk in range(50))
    # A larger share holds everybody of a smaller one.
    assert all(is_chosen("a", pk, 80) for pk in range(200) if is_chosen("a", pk, 30))


def test_packs_from_before_campaigns_hold() -> None:
    csat = {"delay_minutes": 0, "open_days": 1, "quiet_days": 1, "low_score": 2, "goal_mean": "4", "goal_percent": 9}
    assert parse_surveys({"csat": csat}, version=1).nps == POLICY


WHEN: dict[str, Any] = {"starts_on": NOW.date(), "ends_on": NOW.date() + 20 * DAY}


def make(cast: Cast, **values: Any) -> SurveyCampaign:
    sent = {"name": "Spring", "share": 100, "stages": [], "contact_roles": [], **WHEN, **values}
    return campaigns.make(by=cast.actor("max"), values=sent, now=NOW)


def request_of(contact: Contact) -> SurveyRequest:
    found: SurveyRequest = SurveyRequest.objects.get(contact=contact, kind="nps")
    return found


@pytest.mark.django_db
def test_a_preview_says_what_a_start_does(cast: Cast) -> None:
    birch = [make_contact(cast.birch, name=f"Bo {n}", email=f"bo{n}@birch.example") for n in range(7)]
    silent = make_contact(cast.birch, name="Silent", email="")
    make_survey(birch[0], at=NOW - 3 * DAY)
    ticket = make_ticket(make_desk(cast.sue), cast.northwind)
    type(ticket).objects.filter(pk=ticket.pk).update(priority="critical")
    made = make(cast)
    lot = campaigns.preview(by=cast.actor("max"), campaign=made, now=NOW)
    reasons = {person.contact_id: why for person, why in lot.people}
    assert reasons[cast.connie_contact.pk] == Spared.IN_TROUBLE
    assert reasons[silent.pk] == Spared.NO_ADDRESS
    assert reasons[birch[0].pk] == Spared.ASKED_LATELY
    assert list(reasons.values()).count(Spared.ORGANIZATION_FULL) == 1
    assert lot.asked == 5
    campaigns.start(by=cast.actor("max"), campaign=made, now=NOW)
    with pytest.raises(DomainError):
        campaigns.start(by=cast.actor("max"), campaign=made, now=NOW)
    later = NOW + DAY
    assert surveys.send_due(now=later) == 5
    assert surveys.send_due(now=later) == 0
    sent = SurveyRequest.objects.filter(kind="nps", state="sent")
    assert set(sent.values_list("contact_id", flat=True)) == {pk for pk, why in reasons.items() if why is None}
    assert SurveyRequest.objects.filter(kind="nps", state="skipped").count() == 4


@pytest.mark.django_db
def test_who_is_contact_of_two_organizations_is_one_person(cast: Cast) -> None:
    other = make_customer()
    twins = [make_contact(cast.birch, email="bo@x.example"), make_contact(other, email="BO@x.example")]
    make_survey(make_contact(cast.birch, email="both@x.example"), at=NOW - 3 * DAY)
    elsewhere = make_contact(other, email="Both@x.example")
    made = make(cast)
    reasons = {
        person.contact_id: why for person, why in campaigns.preview(by=cast.actor("max"), campaign=made, now=NOW).people
    }
    assert reasons[elsewhere.pk] == Spared.ASKED_LATELY
    assert {reasons[twin.pk] for twin in twins} == {None, Spared.ASKED_BEFORE}
    # Also where both were drawn before anybody thought of persons.
    SurveyRequest.objects.bulk_create(
        SurveyRequest(
            organization_id=twin.organization_id,
            contact=twin,
            kind="nps",
            subject_type="campaign",
            subject_id=made.pk,
            occasion=f"campaign:{made.pk}:{twin.pk}",
            occurred_at=NOW,
            due_at=NOW,
        )
        for twin in twins
    )
    SurveyCampaign.objects.update(state="running")
    surveys.send_due(now=NOW + DAY)
    sent = SurveyRequest.objects.filter(kind="nps", contact__in=twins).values_list("state", "reason")
    assert sorted(sent) == [("sent", ""), ("skipped", "asked_before")]


@pytest.mark.django_db
def test_an_answer_of_zero_is_an_answer_and_reaches_its_owner(cast: Cast) -> None:
    made = make(cast, stages=["gate_3"])
    campaigns.start(by=cast.actor("adam"), campaign=made, now=NOW)
    surveys.send_due(now=NOW + DAY)
    row = request_of(cast.connie_contact)
    out = Outbox.objects.get(topic=surveys.MAIL)
    deliver_survey_mail(out.payload, out.public_id, NOW + DAY)
    assert mail.outbox[0].body.count("?score=") == 11
    token, client = token_of(row), Client()
    SurveyRequest.objects.filter(pk=row.pk).update(expires_at=NOW + 5_000 * DAY)
    assert "You chose: 0 of 10" in client.get(f"/survey/{token}/?score=0").content.decode()
    assert not SurveyResponse.objects.exists()
    assert client.post(f"/survey/{token}/", {"score": "11"}).status_code == 422
    assert client.post(f"/survey/{token}/", {"score": "0"}).status_code == 302
    assert "Your answer: 0 of 10" in client.get(f"/survey/{token}/").content.decode()
    comment_by_link(token=token, comment="Never again", now=NOW + DAY)
    answer_by_link(token=token, score=1, now=NOW + DAY)
    told = Notification.objects.filter(kind="surveys")
    assert set(told.values_list("user__name", flat=True)) >= {"Petra Okafor", "Tom Okafor"}
    assert told.count() == len(set(told.values_list("user_id", flat=True)))
    # The story and the trail, which programs read, say that there was an answer and not which.
    lines = list(TimelineEntry.objects.filter(kind="survey").values_list("title", "data__is_low"))
    assert lines == [("Said how likely they are to recommend us (Spring)", True)] * 2
    assert (
        list(Activity.objects.filter(verb="survey.answered").values_list("changes", flat=True))
        == [{"score": ["*", "*"]}] * 2
    )
    # Satisfaction counts none of it.
    assert of_organization(cast.actor("tom"), cast.northwind.pk, since=NOW - 9 * DAY).asked == 0
    found = read.results(cast.actor("tom"), made)
    assert (found.total.asked, found.total.detractors, found.value.strip("\u2212-")) == (1, 1, "100")
    assert found.by["stage"][0].value == ""
    assert read.results(cast.actor("lou"), made).total.asked == 0
    assert [one.comment for one in read.answer_rows(cast.actor("petra"), made, "detractors")] == ["Never again"]
    assert list(read.answer_rows(cast.actor("petra"), made, "promoters")) == []


@pytest.mark.django_db
def test_who_runs_campaigns_and_how_they_end(cast: Cast) -> None:
    for name in ("lena", "tina", "tom", "sara", "connie"):
        with pytest.raises(NotAllowed):
            campaigns.make(by=cast.actor(name), values={"name": "x", **WHEN}, now=NOW)
    with pytest.raises(DomainError):
        make(cast, stages=["nowhere"])
    over = make(cast, starts_on=date(2020, 1, 1), ends_on=date(2020, 1, 2))
    with pytest.raises(DomainError) as caught:
        campaigns.start(by=cast.actor("max"), campaign=over, now=NOW)
    assert caught.value.code == "over"
    made = make(cast)
    campaigns.start(by=cast.actor("max"), campaign=made, now=NOW)
    assert campaigns.end_due(now=NOW + 19 * DAY) == 0
    assert campaigns.end_due(now=NOW + 22 * DAY) == 1
    made.refresh_from_db()
    assert (made.state, made.asked) == ("ended", 0)
    assert request_of(cast.connie_contact).state == "cancelled"


@pytest.mark.django_db
def test_the_way_through_the_pages(cast: Cast) -> None:
    client, sent = Client(), {"name": "Autumn", "share": "100", "starts_on": "2026-03-01", "ends_on": "2099-03-20"}
    client.force_login(cast.max)
    assert "No campaigns yet" in client.get("/surveys/campaigns/").content.decode()
    assert client.post("/surveys/campaigns/new/", sent | {"share": "0"}).status_code == 422
    assert client.post("/surveys/campaigns/new/", sent | {"stages": ["gate_3"]}).status_code == 302
    here = f"/surveys/campaigns/{SurveyCampaign.objects.get().public_id}/"
    assert "Who would be asked" in client.get(here).content.decode()
    assert client.post(f"{here}edit/", sent | {"version": "9"}).status_code == 422
    assert client.post(f"{here}edit/", sent | {"version": "1", "name": "Fall"}).status_code == 302
    client.post(f"{here}start/")
    assert "still to be asked" in client.get(here).content.decode()
    assert client.post(f"{here}export/").status_code == 200
    # A single answer is told with its name to who opens the organization in full, and to nobody else.
    make_survey(cast.connie_contact, score=3, at=NOW, kind="nps", subject_type="campaign",
                subject_id=SurveyCampaign.objects.get().pk)  # fmt: skip
    for name, status, is_told in (("petra", 200, True), ("lou", 200, False), ("sam", 403, False), ("sue", 403, False),
                                  ("connie", 404, False)):  # fmt: skip
        client.force_login(getattr(cast, name))
        page, file = client.get(here), client.post(f"{here}export/")
        assert ((page.status_code, file.status_code), name) == ((status, status), name)
        for told in (page, file):
            assert (cast.connie_contact.name in told.content.decode()) is is_told
    client.force_login(cast.tom)
    assert "Whom it asks" not in client.get(here).content.decode()
    assert client.post(f"{here}end/").status_code == 403
    client.force_login(cast.max)
    client.post(f"{here}end/")
    assert SurveyCampaign.objects.get().state == "ended"
