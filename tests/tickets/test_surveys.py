"""Solving a ticket asks its contact, once, after a while; the answer is theirs alone, until it ends."""

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core import mail, signing
from django.db import ProgrammingError, transaction
from django.test import Client
from django.utils import timezone

from accounts.models import Notification
from common import outbox
from common.errors import DomainError, Missing
from common.models import Outbox
from common.scope import scoped
from partners.models import SurveyRefusal, SurveyRequest, SurveyResponse, TimelineEntry
from partners.services import surveys
from partners.services.erasure import erase_person
from partners.services.person_records import export_person, find_person
from partners.services.survey_answers import answer, answer_by_link, comment_by_link
from partners.survey_links import token_of
from tests.cast import Cast, make_cast
from tests.factories.articles import make_article
from tests.factories.partners import make_contact
from tests.factories.surveys import make_survey
from tests.factories.tickets import MONDAY, make_desk, make_ticket
from tests.partners.test_gate_races import at_once
from tickets.models import Queue, Ticket
from tickets.scope import scope_of
from tickets.services.changes import change
from tickets.services.merging import merge
from tickets.services.messages import Letter, receive, reply

HOUR = timedelta(hours=1)
DUE = MONDAY + HOUR
TOPICS = ("tickets.event_happened", "partners.survey_mail")


@pytest.fixture
def desk(cast: Cast) -> Queue:
    return make_desk(cast.sue, cast.sven)


@pytest.fixture
def ticket(cast: Cast, desk: Queue) -> Ticket:
    return make_ticket(desk, cast.northwind, contact=cast.connie_contact, now=MONDAY - HOUR)


def work(*, at: datetime) -> None:
    """Do what waits in the outbox for surveys and their mails."""
    for row in Outbox.objects.filter(done_at__isnull=True, topic__in=TOPICS, available_at__lte=at).order_by("pk"):
        assert outbox.deliver(outbox_id=row.pk, now=at), Outbox.objects.get(pk=row.pk).last_error


def solve(cast: Cast, ticket: Ticket, *, at: datetime = MONDAY, who: str = "sue") -> None:
    change(by=cast.actor(who), ticket=ticket, values={"status": "solved"}, now=at)


def ask(cast: Cast, ticket: Ticket) -> SurveyRequest:
    """Solve it and let the mail go out."""
    change(by=cast.actor("sue"), ticket=ticket, values={"assignee": cast.sven}, now=MONDAY)
    solve(cast, ticket)
    work(at=MONDAY)
    assert surveys.send_due(now=DUE) == 1
    work(at=DUE)
    return SurveyRequest.objects.get()


@pytest.mark.django_db
def test_solving_asks_after_an_hour_with_agent_team_and_articles_as_they_were(
    cast: Cast, desk: Queue, ticket: Ticket
) -> None:
    article = make_article()
    change(by=cast.actor("sue"), ticket=ticket, values={"assignee": cast.sven}, now=MONDAY - HOUR)
    said = f"See https://hub.example/portal/help/{article.slug}/ and /kb/{article.slug}/, not /kb/no-such-one/."
    reply(by=cast.actor("sven"), ticket=ticket, body=said, status="solved", now=MONDAY)
    # Given on before the worker comes to it: it was Sven's when it was solved.
    change(by=cast.actor("sue"), ticket=ticket, values={"assignee": cast.sue}, now=MONDAY)
    work(at=MONDAY)
    work(at=MONDAY)
    request = SurveyRequest.objects.get()
    assert (request.agent, request.contact, request.due_at) == (cast.sven, cast.connie_contact, DUE)
    assert (request.subject_key, request.topics) == (str(ticket.number), [article.slug])
    assert request.team is not None
    assert request.team.queues.get().queue == desk
    assert surveys.send_due(now=DUE - timedelta(seconds=1)) == 0
    assert surveys.send_due(now=DUE) == 1
    assert surveys.send_due(now=DUE) == 0
    work(at=DUE)
    work(at=DUE)
    (sent,) = mail.outbox
    html = str(sent.alternatives[0][0])  # type: ignore[attr-defined]
    links = re.findall(r'href="([^"]+score=[1-5])"', html)
    assert [link[-1] for link in links] == ["5", "4", "3", "2", "1"]
    assert sent.to == [cast.connie.email]
    assert all(link in sent.body for link in links)
    assert sent.extra_headers["List-Unsubscribe"].endswith("/stop/>")


@pytest.mark.django_db
def test_a_ticket_that_opens_again_asks_nothing_until_it_is_solved_again(cast: Cast, ticket: Ticket) -> None:
    solve(cast, ticket)
    work(at=MONDAY)
    receive(
        by=None, ticket=ticket, contact=cast.connie_contact, body="Still broken", letter=Letter(), now=MONDAY + HOUR / 2
    )
    work(at=MONDAY + HOUR / 2)
    assert SurveyRequest.objects.get().state == "cancelled"
    solve(cast, ticket, at=DUE)
    work(at=DUE)
    assert surveys.send_due(now=DUE) == 0
    assert surveys.send_due(now=DUE + HOUR) == 1
    # The worker was slow: the first solve is no ground any more, its event asks nothing.
    assert sorted(SurveyRequest.objects.values_list("state", flat=True)) == ["cancelled", "sent"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("how", "reason"),
    [
        ("merged", "unsound"),
        ("tagged", "unsound"),
        ("archived", "gone"),
        ("no address", "no_address"),
        ("refused", "opted_out"),
        ("asked lately", "asked_lately"),
        ("refused elsewhere", "opted_out"),
        ("asked elsewhere", "asked_lately"),
        ("refused where they have left", "opted_out"),
        ("asked where they have left", "asked_lately"),
    ],
)
def test_who_is_not_asked(cast: Cast, desk: Queue, ticket: Ticket, how: str, reason: str) -> None:
    contact = cast.connie_contact
    # One person is contact of two organizations.
    is_other, has_left = how.endswith(("elsewhere", "left")), how.endswith("left")
    away = {"email": contact.email.upper(), "archived_at": MONDAY if has_left else None}
    asked = make_contact(cast.birch, **away) if is_other else contact
    if how.startswith("refused"):
        SurveyRefusal.objects.create(organization=asked.organization, contact=asked, refused_at=MONDAY)
    if how.startswith("asked"):
        make_survey(asked, at=DUE - timedelta(days=13))
    solve(cast, ticket)
    work(at=MONDAY)
    if how == "merged":
        other = make_ticket(desk, cast.northwind, contact=contact, now=MONDAY)
        Ticket.objects.filter(pk=ticket.pk).update(merged_into=other)
    if how == "tagged":
        Ticket.objects.filter(pk=ticket.pk).update(tags=["Spam"])
    if how == "archived":
        type(contact).objects.filter(pk=contact.pk).update(archived_at=MONDAY)
    if how == "no address":
        type(contact).objects.filter(pk=contact.pk).update(email="")
    assert surveys.send_due(now=DUE) == 1
    found = SurveyRequest.objects.get(subject_id=ticket.pk)
    assert (found.state, found.reason, found.sent_at) == ("skipped", reason, None)
    work(at=DUE)
    assert mail.outbox == []


@pytest.mark.django_db
def test_strangers_internal_and_merged_tickets_and_imports_ask_nobody(cast: Cast, desk: Queue, ticket: Ticket) -> None:
    for values in ({"is_internal": True}, {"channel": "import"}, {"contact": None}):
        Ticket.objects.filter(pk=ticket.pk).update(**{"is_internal": False, "channel": "mail", **values})
        solve(cast, ticket)
        work(at=MONDAY)
        change(by=cast.actor("sue"), ticket=ticket, values={"status": "open"}, now=MONDAY)
    target = make_ticket(desk, cast.northwind, contact=cast.connie_contact, now=MONDAY)
    merge(by=cast.actor("sue"), source=ticket, target=target, now=MONDAY)
    work(at=MONDAY)
    assert not SurveyRequest.objects.exists()


@pytest.mark.django_db
def test_of_two_that_are_due_one_is_asked(cast: Cast, desk: Queue, ticket: Ticket) -> None:
    solve(cast, ticket)
    solve(cast, make_ticket(desk, cast.northwind, contact=cast.connie_contact, now=MONDAY - HOUR))
    work(at=MONDAY)
    assert surveys.send_due(now=DUE) == 2
    assert sorted(SurveyRequest.objects.values_list("state", "reason")) == [("sent", ""), ("skipped", "asked_lately")]


@pytest.mark.django_db
def test_an_answer_is_changed_until_it_ends_and_a_low_one_is_told_once(cast: Cast, ticket: Ticket) -> None:
    request = ask(cast, ticket)
    token, later = token_of(request), DUE + HOUR
    with pytest.raises(DomainError) as unanswered:
        comment_by_link(token=token, comment="Hm", now=later)
    assert unanswered.value.code == "unanswered"
    answer_by_link(token=token, score="2", now=later)
    answer_by_link(token=token, score="1", now=later)
    comment_by_link(token=token, comment=" Slow.\0 ", now=later)
    row = SurveyResponse.objects.get()
    assert (row.score, row.comment, row.channel, row.changes, row.answered_at) == (1, "Slow.", "mail", 1, later)
    told = Notification.objects.filter(kind="surveys")
    assert {notice.user for notice in told} >= {cast.tom, cast.sara, cast.petra}
    assert cast.sue not in {notice.user for notice in told}
    assert told.count() == told.values("user").distinct().count()
    said = list(TimelineEntry.objects.filter(kind="survey").order_by("pk").values_list("title", flat=True))
    assert said == [f"Satisfaction with #{ticket.number}: 2 of 5", f"Now 1 of 5 for #{ticket.number}"]
    # What the story of a loss goes by.
    assert set(TimelineEntry.objects.filter(kind="survey").values_list("data__is_low", flat=True)) == {True}
    for raw in ("0", "6", "", "99", "x"):
        with pytest.raises(DomainError):
            answer_by_link(token=token, score=raw, now=later)
    with pytest.raises(DomainError) as ended:
        answer_by_link(token=token, score="5", now=DUE + timedelta(days=14))
    assert ended.value.code == "ended"
    assert SurveyResponse.objects.get().score == 1


@pytest.mark.django_db
def test_only_the_person_who_was_asked_answers_in_the_portal(cast: Cast, ticket: Ticket) -> None:
    request = ask(cast, ticket)
    answer(by=cast.actor("connie"), request=request, score=5, comment="Fine", now=DUE)
    row = SurveyResponse.objects.get()
    assert (row.score, row.comment, row.channel) == (5, "Fine", "portal")
    stranger = make_survey(make_contact(cast.birch), at=DUE)
    for who, what in (("connie", stranger), ("sue", request), ("max", request)):
        with pytest.raises(Missing):
            answer(by=cast.actor(who), request=what, score=1, comment="", now=DUE)


@pytest.mark.django_db
def test_the_page_of_a_link_answers_nothing_by_being_opened(cast: Cast) -> None:
    request = make_survey(cast.connie_contact, at=timezone.now())
    client, url = Client(), f"/survey/{token_of(request)}/"
    for opened in (client.get(f"{url}?score=1"), client.head(f"{url}?score=1"), client.get(url)):
        assert opened.status_code == 200
        assert "no-cache" in opened["Cache-Control"]
    assert not SurveyResponse.objects.exists()
    assert b"data-send-itself" in client.get(f"{url}?score=4").content
    assert b"data-send-itself" not in client.get(f"{url}?score=7").content
    assert client.post(url, {"score": "4"}).status_code == 302
    assert b"data-send-itself" not in client.get(f"{url}?score=4").content
    assert client.post(url, {"comment": "<script>alert(1)</script>"}).status_code == 302
    page = client.get(url).content.decode()
    assert "4 of 5" in page
    assert "<script>alert" not in page
    assert client.post(url, {"score": "44"}).status_code == 422
    assert SurveyResponse.objects.get().comment == "<script>alert(1)</script>"


@pytest.mark.django_db
def test_forged_foreign_and_ended_links(cast: Cast) -> None:
    now, client = timezone.now(), Client()
    open_one = make_survey(cast.connie_contact, at=now)
    ended = make_survey(cast.connie_contact, at=now - timedelta(days=15))
    waiting = make_survey(cast.connie_contact, at=now)
    SurveyRequest.objects.filter(pk=waiting.pk).update(state="waiting")
    token = token_of(open_one)
    forged = [
        token[:-1] + ("A" if token[-1] != "A" else "B"),
        "x",
        signing.dumps("x", salt="partners.survey"),
        "a" * 900,
    ]
    forged += [signing.dumps(open_one.public_id.hex, salt="other"), token_of(waiting)]
    for text in forged:
        for page in (client.get(f"/survey/{text}/"), client.post(f"/survey/{text}/", {"score": "1"})):
            assert page.status_code == 404
        assert client.post(f"/survey/{text}/stop/").status_code == 404
    assert client.post(f"/survey/{token_of(ended)}/", {"score": "1"}).status_code == 410
    assert not SurveyResponse.objects.exists()
    assert not SurveyRefusal.objects.exists()


@pytest.mark.django_db
def test_asking_no_more_takes_a_button(cast: Cast) -> None:
    url = f"/survey/{token_of(make_survey(cast.connie_contact, at=timezone.now()))}/stop/"
    assert Client().get(url).status_code == 200
    assert Client(enforce_csrf_checks=True).post(url).status_code == 403
    assert not SurveyRefusal.objects.exists()
    for _time in range(2):
        assert Client().post(url).status_code == 200
    assert SurveyRefusal.objects.get().contact == cast.connie_contact


FIGURES: list[tuple[str, tuple[int, int]]] = [
    # asked, answers; those who open both, one of them, none, and those who look after support
    ("max", (5, 4)),
    ("sara", (5, 4)),
    ("adam", (5, 4)),
    ("tom", (5, 4)),
    ("ana", (3, 2)),
    ("carl", (2, 2)),
    ("otto", (0, 0)),
    ("petra", (3, 2)),
]


@pytest.fixture
def world(cast: Cast) -> dict[str, Any]:
    """Three of Northwind and two of Birch: 5, 2, nothing; 4, 4."""
    now, birch = timezone.now() - timedelta(days=1), make_contact(cast.birch)
    for score in (5, 2, None):
        make_survey(
            cast.connie_contact, score=score, at=now, agent=cast.sue, topics=["a"], comment="Hm" if score else ""
        )
    for score in (4, 4):
        make_survey(birch, score=score, at=now, agent=cast.sven if score else None, topics=["a", "b"])
    return {"now": now}


@pytest.mark.django_db
@pytest.mark.parametrize(("who", "counts"), FIGURES)
def test_everybody_sees_the_figures_of_what_they_may_open(
    cast: Cast, world: dict[str, Any], who: str, counts: tuple[int, int]
) -> None:
    client = Client()
    client.force_login(getattr(cast, who))
    page = client.get("/surveys/?by=organization")
    assert page.status_code == 200
    shown = {line.label: (line.words.asked, line.words.answers) for line in page.context["lines"]}
    assert (sum(asked for asked, _ in shown.values()), sum(answers for _, answers in shown.values())) == counts
    for line in page.context["lines"]:
        for url, number in ((line.asked_url, line.words.asked), (line.satisfied_url, line.words.satisfied)):
            assert len(client.get(url).context["page"].rows) == number
    for by in ("agent", "team", "article", "month"):
        broken = client.get(f"/surveys/?by={by}").context["lines"]
        assert bool(broken) == bool(counts[0])
        for line in broken:
            assert len(client.get(line.answers_url).context["page"].rows) == line.words.answers


@pytest.mark.django_db
def test_figures_narrowed_by_foreign_and_broken_ids_and_days_hold_nothing_more(
    cast: Cast, world: dict[str, Any]
) -> None:
    client = Client()
    client.force_login(cast.carl)
    for query in (f"organization={cast.northwind.public_id}", "organization=x", "agent=x", "team=%00x", "article=c"):
        assert client.get(f"/surveys/list/?{query}").context["page"].rows == []
    assert client.get("/surveys/?since=x&until=2026-13-01&by=role&show=all").status_code == 200
    assert client.get("/surveys/?since=2026-03-02&until=2026-03-01").status_code == 200
    assert client.get("/surveys/?since=0001-01-01&until=9999-12-31").status_code == 200


@pytest.mark.django_db
def test_who_has_no_reports_has_no_figures_and_the_file_holds_the_list(cast: Cast, world: dict[str, Any]) -> None:
    for who, status in (("sue", 403), ("sven", 403), ("sam", 403), ("connie", 404)):
        client = Client()
        client.force_login(getattr(cast, who))
        assert client.get("/surveys/").status_code == status
        assert client.get("/surveys/list/").status_code == status
        assert client.post("/surveys/export/").status_code == status
    client.force_login(cast.sara)
    file = client.post("/surveys/export/?show=answered").content.decode()
    assert file.count("\r\n") == 5
    assert "Northwind" in file
    assert "Connie Contact" in file


@pytest.mark.django_db
def test_the_database_shows_surveys_with_what_they_are_about(cast: Cast, desk: Queue, ticket: Ticket) -> None:
    make_survey(cast.connie_contact, score=5, at=MONDAY, subject_id=ticket.pk, subject_key=str(ticket.number))
    elsewhere = make_ticket(make_desk(cast.lena), cast.birch, contact=make_contact(cast.birch), now=MONDAY)
    assert elsewhere.contact is not None
    make_survey(elsewhere.contact, score=1, at=MONDAY, subject_id=elsewhere.pk, subject_key="x")
    # The wall behind `visible_to`: no question of ours narrows these rows.
    counts = {"sue": 1, "sara": 2, "max": 2, "ana": 1, "carl": 1, "tom": 2, "otto": 0, "connie": 1}
    for who, count in counts.items():
        with scoped(scope_of(cast.actor(who))):
            assert SurveyRequest.objects.count() == count, who
            assert SurveyResponse.objects.count() == count, who
    # People at the desk read them and write none.
    with scoped(scope_of(cast.actor("sue"))):
        assert SurveyResponse.objects.update(score=1) == 0
        row = SurveyRefusal(organization=cast.northwind, contact=cast.connie_contact, refused_at=MONDAY)
        with pytest.raises(ProgrammingError), transaction.atomic():
            row.save()


@pytest.mark.django_db
def test_an_erased_person_is_asked_no_more_and_named_in_no_comment(cast: Cast, ticket: Ticket) -> None:
    name = cast.connie_contact.name
    make_survey(cast.connie_contact, score=4, at=MONDAY - timedelta(days=40), comment=f"Signed, {name}")
    solve(cast, ticket)
    work(at=MONDAY)
    person = find_person(str(cast.connie_contact.public_id))
    handed_out = export_person(person=person, now=MONDAY)["surveys"]
    assert [(row["response__score"], row["state"]) for row in handed_out] == [(4, "sent"), (None, "waiting")]
    erase_person(person=person, reason="asked for by them", now=MONDAY)
    assert SurveyResponse.objects.get().comment == "Signed, Erased person"
    assert surveys.send_due(now=DUE) == 0


@pytest.mark.django_db(transaction=True)
@pytest.mark.services
def test_two_answers_at_once_are_one_answer_told_once(transactional_db: None) -> None:
    cast = make_cast()
    request = make_survey(cast.connie_contact, at=MONDAY)
    token = token_of(request)
    found = at_once(*(lambda score=score: answer_by_link(token=token, score=score, now=DUE) for score in (1, 2)))
    row = SurveyResponse.objects.get()
    assert {one.score for one in found} == {1, 2}
    assert (row.changes, row.score in (1, 2)) == (1, True)
    assert Notification.objects.filter(kind="surveys", user=cast.tom).count() == 1
