"""Quality reviews: proposed by lot, given by those who look after quality, read and answered by whose work it was."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.models import Notification
from common.errors import Conflict, DomainError, Missing, NotAllowed
from common.targets import resolve_target
from tests.cast import Cast
from tests.factories.surveys import make_survey
from tests.factories.tickets import MONDAY, make_desk, make_ticket
from tickets.models import QualityReview, Queue, SlaClock, Ticket
from tickets.rules.quality import draw
from tickets.selectors import quality as reading
from tickets.services import quality
from tickets.services.changes import change

GOOD = dict.fromkeys(("accuracy", "completeness", "tone", "process", "documentation"), 4)
POOR = GOOD | {"accuracy": 0}
MARCH = reading.month_of("2026-03", now=MONDAY)


@pytest.fixture
def desk(cast: Cast) -> Queue:
    return make_desk(cast.sue, cast.sven)


def solved(cast: Cast, desk: Queue, *, agent: str = "sven", **values: Any) -> Ticket:
    ticket = make_ticket(desk, cast.northwind, contact=cast.connie_contact, now=MONDAY - timedelta(hours=1))
    by = cast.actor("sue")
    change(by=by, ticket=ticket, values={"assignee": getattr(cast, agent), "status": "solved"}, now=MONDAY)
    Ticket.objects.filter(pk=ticket.pk).update(**values)
    ticket.refresh_from_db()
    return ticket


def give(cast: Cast, ticket: Ticket, *, points: Any = None, agent: str = "sven") -> QualityReview:
    return quality.review(
        by=cast.actor("sara"),
        ticket=ticket,
        agent=getattr(cast, agent),
        points=points or GOOD,
        comment="Well done",
        now=MONDAY,
    )


@pytest.mark.django_db
def test_the_sample_is_that_of_the_rule(cast: Cast, desk: Queue) -> None:
    tickets = [solved(cast, desk) for _number in range(8)]
    solved(cast, desk, agent="sue")
    low, breached, reopened, done, unsolved = tickets[:5]
    make_survey(cast.connie_contact, at=MONDAY, score=2, subject_id=low.pk)
    SlaClock.objects.filter(ticket=breached).update(breached_at=MONDAY)
    Ticket.objects.filter(pk=reopened.pk).update(reopened=1)
    Ticket.objects.filter(pk=unsolved.pk).update(status="open")
    give(cast, done)
    card = quality.card_in_force()
    found = reading.sample(cast.actor("sara"), MARCH, card)
    mine = [one.number for one in found if one.agent == cast.sven.name]
    calm = sorted((one.number for one in tickets[5:]), key=lambda number: draw(number, "2026-03"))
    # One of five has been reviewed: four are left.
    assert mine == [low.number, breached.number, reopened.number, calm[0]]
    assert len(found) == 5
    assert reading.sample(cast.actor("sara"), MARCH.later(1), card) == []


@pytest.mark.django_db
def test_a_review_is_given_read_and_answered(cast: Cast, desk: Queue) -> None:
    ticket = solved(cast, desk)
    made = give(cast, ticket, points=POOR)
    assert (made.score, made.is_passed, made.solved_at) == (70, False, MONDAY)
    assert Notification.objects.get(kind="quality").user == cast.sven
    after = quality.change(
        by=cast.actor("max"), review=made, points=GOOD, comment="Right after all", version=1, now=MONDAY
    )
    assert (after.score, after.is_passed, after.reviewer) == (100, True, cast.max)
    with pytest.raises(Conflict):
        quality.change(by=cast.actor("sara"), review=made, points=POOR, comment="", version=1, now=MONDAY)
    quality.answer(by=cast.actor("sven"), review=made, text="Thank you", now=MONDAY)
    assert Notification.objects.filter(kind="quality", user=cast.max).count() == 1
    with pytest.raises(DomainError):
        quality.answer(by=cast.actor("sven"), review=made, text=" \0", now=MONDAY)
    with pytest.raises(NotAllowed):
        quality.answer(by=cast.actor("sara"), review=made, text="I too", now=MONDAY)
    with pytest.raises(Missing):
        quality.answer(by=cast.actor("sue"), review=made, text="I too", now=MONDAY)


@pytest.mark.django_db
def test_what_is_no_review(cast: Cast, desk: Queue) -> None:
    ticket = solved(cast, desk)
    sent: dict[str, Any] = {"ticket": ticket, "agent": cast.sven, "points": GOOD, "comment": "", "now": MONDAY}
    with pytest.raises(NotAllowed):
        quality.review(by=cast.actor("sue"), **sent)
    for changed, code in (
        ({"points": GOOD | {"tone": 9}}, "points"),
        ({"points": {}}, "points"),
        ({"agent": cast.sara}, "own"),
        ({"comment": "x" * 8_001}, "too_long"),
    ):
        with pytest.raises(DomainError) as refused:
            quality.review(by=cast.actor("sara"), **{**sent, **changed})
        assert refused.value.code == code
    give(cast, ticket)
    with pytest.raises(DomainError) as twice:
        give(cast, ticket)
    assert twice.value.code == "reviewed"
    Ticket.objects.filter(pk=ticket.pk).update(status="open")
    with pytest.raises(DomainError) as unsolved:
        give(cast, ticket, agent="sue")
    assert unsolved.value.code == "unsolved"


@pytest.mark.django_db
def test_who_sees_what(cast: Cast, desk: Queue) -> None:
    made, other = give(cast, solved(cast, desk)), give(cast, solved(cast, desk, agent="sue"), agent="sue")
    for who, statuses in {
        "sara": (200, 200, 200, 200),
        "max": (200, 200, 200, 200),
        "adam": (200, 200, 200, 200),
        "sven": (403, 200, 200, 404),
        "sue": (403, 200, 404, 200),
        "tom": (403, 200, 404, 404),
        "otto": (403, 200, 404, 404),
        "connie": (404, 404, 404, 404),
    }.items():
        client = Client()
        client.force_login(getattr(cast, who))
        paths = ("", "mine/", f"{made.public_id}/", f"{other.public_id}/")
        found = tuple(client.get(f"/tickets/quality/{path}").status_code for path in paths)
        assert found == statuses, who
    for who, number in (("sven", 1), ("sue", 1), ("sara", 0)):
        client = Client()
        client.force_login(getattr(cast, who))
        assert len(client.get("/tickets/quality/mine/?month=2026-03").context["reviews"]) == number
    client.force_login(cast.sven)
    assert client.post(f"/tickets/quality/{other.public_id}/answer/", {"answer": "x"}).status_code == 404
    assert client.get(f"/tickets/quality/{made.public_id}/edit/").status_code == 403
    page = client.get(f"/tickets/{made.ticket.number}/").content.decode()
    assert str(made.public_id) in page
    client.force_login(cast.sue)
    assert str(made.public_id) not in client.get(f"/tickets/{made.ticket.number}/").content.decode()


@pytest.mark.django_db
def test_ones_own_work_is_read_where_the_team_serves_the_queue_no_more(cast: Cast, desk: Queue) -> None:
    made, other = give(cast, solved(cast, desk)), give(cast, solved(cast, desk, agent="sue"), agent="sue")
    Ticket.objects.filter(pk=made.ticket_id).update(subject="Gone from sight")
    desk.served_by.all().delete()
    client = Client()
    client.force_login(cast.sven)
    assert client.get(f"/tickets/{made.ticket.number}/").status_code == 404
    mine = client.get("/tickets/quality/mine/?month=2026-03")
    assert [row.number for row in mine.context["reviews"]] == [made.ticket.number]
    assert mine.context["mine"][0].months[-1].count == 1
    page = client.get(f"/tickets/quality/{made.public_id}/").content.decode()
    assert "Well done" in page
    assert "Gone from sight" not in page + mine.content.decode()
    assert client.post(f"/tickets/quality/{made.public_id}/answer/", {"answer": "Thanks"}).status_code == 302
    made.refresh_from_db()
    assert made.answer == "Thanks"
    assert resolve_target(cast.actor("sven"), "qualityreview", made.pk) is not None
    for path in (f"{other.public_id}/", f"{other.public_id}/answer/"):
        assert client.post(f"/tickets/quality/{path}", {"answer": "x"}).status_code in (404, 405)
    assert client.get(f"/tickets/quality/{other.public_id}/").status_code == 404


@pytest.mark.django_db
def test_the_form_and_the_file(cast: Cast, desk: Queue) -> None:
    ticket, client = solved(cast, desk), Client()
    client.force_login(cast.sara)
    assert client.get("/tickets/quality/?month=2026-03").content.decode().count("Review<") == 1
    url = f"/tickets/quality/tickets/{ticket.number}/"
    sent = {f"points_{key}": number for key, number in GOOD.items()} | {"agent": cast.sven.pk, "comment": "<b>Good</b>"}
    assert client.get(url).status_code == 200
    for wrong in ({"points_tone": "9"}, {"points_tone": ""}, {"agent": cast.tom.pk}, {"agent": "x"}):
        assert client.post(url, sent | wrong).status_code == 422
    answer = client.post(url, sent)
    assert answer.status_code == 302
    page = client.get(answer["Location"]).content.decode()
    assert "100 %" in page
    assert "<b>Good</b>" not in page
    edit = client.post(f"{answer['Location']}edit/", sent | {"version": 1, "points_accuracy": "0"})
    assert edit.status_code == 302
    file = client.post("/tickets/quality/export/", {"month": "2026-03"}).content.decode()
    assert f"{ticket.number},{MONDAY.isoformat()},Sven Aalto,Sara Haddad" in file
    assert client.get("/tickets/quality/?month=2026-13").status_code == 200
    assert client.get("/tickets/quality/tickets/999999/").status_code == 404
