"""Retention: what is due goes, all else stays, twice is once, one at a time, and files go with their rows."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import models
from django.test import Client
from django.urls import reverse

from accounts.models import Activity, ApiToken, Invitation, Notification, User
from common.leases import lease
from common.models import ImportRun, Occurrence, Outbox, PolicyVersion, StoredFile
from common.reading import MalformedInput
from hub import retention
from hub.retention import DUE, apply_retention
from hub.retention_pack import KEYS, LATER, SHORTEST, parse_retention
from hub.tasks import apply_retention as task
from partners.models import (
    BalanceProposal,
    BusinessReview,
    FeedbackItem,
    Opportunity,
    ReleaseNote,
    Renewal,
    RevenueChange,
    ReviewDocument,
    SurveyRequest,
)
from tests.cast import make_cast
from tests.factories.accounts import make_user
from tests.factories.partners import make_contact, make_partner
from tests.factories.surveys import make_survey
from tests.factories.tickets import make_desk, make_ticket
from tickets.models import HelpSearch, HelpSession, TicketEvent, WebhookDelivery, WebhookEndpoint

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
DAYS = dict.fromkeys(KEYS, 30) | {"expired_files": 0, "ended_sessions": 0, "notifications": 100}
DAYS |= {"review_documents": 31, "presented_reviews": 366}
OLD, FRESH = NOW - timedelta(days=31), NOW - timedelta(days=29)


class TestPack:
    def test_the_pack_of_the_house_is_read(self) -> None:
        version = PolicyVersion.objects.get(name="retention", is_active=True)
        assert set(parse_retention(version.body, version=1).days) == set(KEYS) == set(DUE)

    def test_a_pack_from_before_a_kind_keeps_the_days_of_the_house(self) -> None:
        older = {key: days for key, days in DAYS.items() if key not in LATER}
        assert parse_retention({"days": older}, version=1).days == older | LATER

    pytestmark = pytest.mark.django_db

    @pytest.mark.parametrize(
        "days",
        [
            {key: 30 for key in KEYS if key != "import_files"},
            {**DAYS, "people": 1},
            {**DAYS, "notifications": -1},
            {**DAYS, "notifications": "30"},
            {**DAYS, "notifications": 30.5},
            {**DAYS, "notifications": 36_501},
            {**DAYS, "occurrences": SHORTEST["occurrences"] - 1},
            {**DAYS, "done_effects": 0},
            {**DAYS, "presented_reviews": 365},
            [],
        ],
    )
    def test_what_is_no_number_of_days_is_refused(self, days: Any) -> None:
        with pytest.raises(MalformedInput):
            parse_retention({"days": days}, version=1)


transactional = pytest.mark.django_db(transaction=True)


@pytest.fixture
def short_policy(transactional_db: None, settings: Any, tmp_path: Any) -> None:
    """Thirty days of nearly everything, in force; files in a folder of the test."""
    PolicyVersion.objects.filter(name="retention").update(is_active=False)
    PolicyVersion.objects.create(
        name="retention", kind="retention", version=90, body={"days": DAYS}, checksum="test", is_active=True
    )
    settings.MEDIA_ROOT = tmp_path


def stored(name: str, **fields: Any) -> StoredFile:
    path = default_storage.save(name, ContentFile(b"name\nMia\n"))
    values = {"original_name": name, "content_type": "text/csv", "size": 9, "sha256": "0" * 64} | fields
    return StoredFile.objects.create(path=path, **values)


def at(row: models.Model, **moments: Any) -> Any:
    """Moments that are set by themselves, as they would be for an older row."""
    type(row)._default_manager.filter(pk=row.pk).update(**moments)
    return row


def notice(user: User, key: str, created: datetime, read: datetime | None = None) -> Notification:
    return Notification.objects.create(user=user, kind="x", title="x", key=key, created_at=created, read_at=read)


def invitation(by: User, name: str, **moments: datetime) -> Invitation:
    values = {"expires_at": NOW + timedelta(days=1)} | moments
    return Invitation.objects.create(email="a@b.example", token_hash=name, invited_by=by, **values)


def token(user: User, prefix: str, **moments: datetime) -> ApiToken:
    return ApiToken.objects.create(user=user, name="x", prefix=prefix, **({"expires_at": NOW} | moments))


def session(key: str, ends: datetime, user: User) -> Session:
    UserSession.objects.create(user=user, session_key=key, ip="127.0.0.1", user_agent="x", last_seen_at=NOW)
    return Session.objects.create(session_key=key, session_data="x", expire_date=ends)


def run_of(file: StoredFile, state: str, created: datetime) -> ImportRun:
    run: ImportRun = at(ImportRun.objects.create(kind="contacts", file=file, state=state), created_at=created)
    return run


def help_search(when: datetime) -> HelpSearch:
    return HelpSearch.objects.create(reader="staff", language="en", term="x", results=0, at=when)


def survey(state: str, when: datetime) -> SurveyRequest:
    contact = make_contact(make_partner("post_launch"))
    if state == "sent":
        return make_survey(contact, at=when, score=4)
    made: SurveyRequest = SurveyRequest.objects.create(
        organization=contact.organization,
        contact=contact,
        subject_type="ticket",
        subject_id=1,
        occasion=f"{state} {when} {contact.pk}",
        state=state,
        reason="gone" if state == "skipped" else "",
        occurred_at=when,
        due_at=when,
    )
    return made


def visit(when: datetime) -> HelpSession:
    organization = make_partner("post_launch", name="Northwind")
    return HelpSession.objects.create(
        organization=organization, user=make_user(audience="contact"), started_at=when, seen_at=when
    )


def delivery(state: str, when: datetime) -> WebhookDelivery:
    event = TicketEvent.objects.first() or make_ticket(make_desk(make_user("support")), None).events.get()
    endpoint = WebhookEndpoint.objects.create(name="x", url="https://x.example", sealed_secret="x", events=["x"])
    return WebhookDelivery.objects.create(
        endpoint=endpoint, ticket=event.ticket, event=event, name="x", body={}, state=state, made_at=when
    )


def world() -> tuple[list[models.Model], list[models.Model]]:
    """Rows that are due, and rows beside them that are not."""
    user = make_user("tam")
    due = [
        notice(user, "read long ago", OLD, OLD),
        notice(user, "very old", NOW - timedelta(days=101)),
        Outbox.objects.create(topic="x", available_at=OLD, done_at=OLD),
        invitation(user, "accepted", accepted_at=OLD),
        invitation(user, "revoked", revoked_at=OLD),
        invitation(user, "ran out", expires_at=OLD),
        token(user, "revoked", revoked_at=OLD, expires_at=NOW + timedelta(days=9)),
        token(user, "ran out", expires_at=OLD),
        session("ended", NOW - timedelta(minutes=1), user),
        stored("expired.csv", expires_at=NOW),
        at(Occurrence.objects.create(job="x", slot="1"), finished_at=OLD),
        survey("skipped", OLD),
        survey("cancelled", OLD),
        survey("sent", OLD),
        help_search(OLD),
        visit(OLD),
        delivery("delivered", OLD),
        delivery("failed", OLD),
    ]
    stays = [
        notice(user, "read lately", OLD, FRESH),
        notice(user, "unread", OLD),
        Outbox.objects.create(topic="x", available_at=OLD, done_at=FRESH),
        Outbox.objects.create(topic="x", available_at=OLD),
        Outbox.objects.create(topic="x", available_at=OLD, set_aside_at=OLD),
        invitation(user, "open"),
        invitation(user, "accepted lately", accepted_at=FRESH, expires_at=OLD),
        token(user, "lately", revoked_at=FRESH, expires_at=NOW + timedelta(days=9)),
        token(user, "alive", expires_at=NOW + timedelta(days=9)),
        session("alive", NOW + timedelta(minutes=1), user),
        stored("later.csv", expires_at=NOW + timedelta(seconds=1)),
        stored("kept.csv"),
        at(Occurrence.objects.create(job="x", slot="2"), finished_at=FRESH),
        survey("skipped", FRESH),
        survey("waiting", OLD),
        survey("sent", FRESH),
        help_search(FRESH),
        visit(FRESH),
        delivery("delivered", FRESH),
        delivery("waiting", OLD),
    ]
    return due, stays


@transactional
@pytest.mark.usefixtures("short_policy")
def test_of_the_relationship_what_is_over_goes_and_revenue_stays() -> None:
    long_ago, organization = NOW - timedelta(days=2_500), make_partner("post_launch")
    user, own = make_user("tam"), {"organization": organization}

    def review(number: int, **values: Any) -> BusinessReview:
        days = {"period_from": date(2015, 1, number), "period_to": date(2015, 4, 1)}
        return BusinessReview.objects.create(**own, title="Q", **days, **values)

    def document(of: BusinessReview, made_at: datetime) -> ReviewDocument:
        values = {"edition": "shared", "format": "pdf", "content_hash": f"{made_at:%Y}", "state": "done"}
        file = stored(f"review {of.pk} {made_at:%Y}.pdf")
        return ReviewDocument.objects.create(**own, review=of, file=file, made_at=made_at, **values)

    def opportunity(closed_on: date | None) -> Opportunity:
        values = {"stage": "won" if closed_on else "identified", "closed_on": closed_on, "expected_on": NOW.date()}
        return Opportunity.objects.create(**own, title="More", amount=1, **values)

    def renewal(due_on: date, closed_on: date | None) -> Renewal:
        values = {"state": "renewed" if closed_on else "open", "closed_on": closed_on}
        return Renewal.objects.create(**own, due_on=due_on, amount=1, **values)

    def note(state: str, at_moment: datetime) -> ReleaseNote:
        item = FeedbackItem.objects.create(title=f"{state} {at_moment}", kind="idea")
        moments = {"sent_at": at_moment} if state == "sent" else {}
        made = ReleaseNote.objects.create(**own, item=item, subject="x", body="x", state=state, **moments)
        return at(made, updated_at=at_moment)

    shown, lately = (review(n, state="presented", presented_at=then) for n, then in ((1, long_ago), (2, FRESH)))
    papers = [document(lately, long_ago), document(shown, long_ago)]
    due = [
        shown,
        *papers,
        at(review(3, state="cancelled", cancel_reason="x"), updated_at=OLD),
        opportunity(OLD.date() - timedelta(days=1)),
        renewal(date(2016, 1, 1), OLD.date() - timedelta(days=1)),
        note("sent", OLD),
        note("discarded", OLD),
        BalanceProposal.objects.create(role="tam", made_at=OLD, state="closed"),
    ]
    stays = [
        lately,
        document(lately, FRESH),
        at(review(4, state="cancelled", cancel_reason="x"), updated_at=FRESH),
        at(review(5), updated_at=long_ago),
        opportunity(FRESH.date()),
        opportunity(None),
        renewal(date(2016, 2, 1), None),
        note("sent", FRESH),
        note("draft", OLD),
        BalanceProposal.objects.create(role="tam", made_at=OLD, made_by=user),
        RevenueChange.objects.create(**own, on=date(2015, 1, 1), kind="new", amount=1, recorded_at=long_ago),
    ]
    removed = apply_retention(holder="test", now=NOW)
    assert there(due) == []
    assert there(stays) == stays
    assert not any(default_storage.exists(paper.file.path) for paper in papers if paper.file)
    assert removed["expired_files"] == 2
    assert apply_retention(holder="test", now=NOW) == {}


def there(rows: list[models.Model]) -> list[models.Model]:
    return [row for row in rows if type(row)._default_manager.filter(pk=row.pk).exists()]


@transactional
@pytest.mark.usefixtures("short_policy")
def test_what_is_due_goes_and_all_else_stays_and_twice_is_once() -> None:
    due, stays = world()
    removed = apply_retention(holder="test", now=NOW)
    assert there(due) == []
    assert there(stays) == stays
    assert sum(removed.values()) >= len(due)
    assert not UserSession.objects.filter(session_key="ended").exists()
    assert UserSession.objects.filter(session_key="alive").exists()
    assert not default_storage.exists("expired.csv")
    assert default_storage.exists("kept.csv")
    assert apply_retention(holder="test", now=NOW) == {}
    line = Activity.objects.get(verb="retention.applied")
    assert line.changes == {what: [count, None] for what, count in removed.items()}


@transactional
@pytest.mark.usefixtures("short_policy")
def test_files_of_imports_go_and_the_imports_stay() -> None:
    over, waits, works, fresh = (
        run_of(stored(f"{state}.csv"), state, created)
        for state, created in (("done", OLD), ("checked", OLD), ("running", OLD), ("undone", FRESH))
    )
    rejected = stored("rejected.csv")
    at(over, rejected_file=rejected)
    assert apply_retention(holder="test", now=NOW)["import_files"] == 3
    assert [default_storage.exists(run.file.path) for run in (over, waits, works, fresh)] == [False, False, True, True]
    assert not default_storage.exists("rejected.csv")
    rejected.refresh_from_db()
    assert rejected.removed_at == NOW
    assert ImportRun.objects.count() == 4
    assert apply_retention(holder="test", now=NOW) == {}


@transactional
@pytest.mark.usefixtures("short_policy")
def test_the_pages_of_an_import_say_that_its_file_is_gone(client: Client) -> None:
    cast = make_cast()
    run = run_of(stored("open.csv"), "checked", OLD)
    done = run_of(stored("done.csv"), "done", OLD)
    at(done, rejected_file=stored("rejected.csv"))
    apply_retention(holder="test", now=NOW)
    client.force_login(cast.adam)
    assert client.get(reverse("partners:import_run", args=[run.public_id])).status_code == 410
    assert client.get(reverse("partners:import_run", args=[done.public_id])).status_code == 200
    assert client.get(reverse("partners:import_rejected", args=[done.public_id])).status_code == 404


@transactional
@pytest.mark.usefixtures("short_policy")
def test_a_run_is_bounded_and_the_next_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "BATCH", 2)
    monkeypatch.setattr(retention, "MAX_BATCHES", 2)
    Outbox.objects.bulk_create([Outbox(topic="x", available_at=OLD, done_at=OLD) for _number in range(5)])
    assert apply_retention(holder="test", now=NOW)["done_effects"] == 4
    assert apply_retention(holder="test", now=NOW)["done_effects"] == 1


@transactional
@pytest.mark.usefixtures("short_policy")
def test_a_run_that_dies_keeps_what_it_did(monkeypatch: pytest.MonkeyPatch) -> None:
    world()

    def dies(before: datetime) -> Any:
        raise RuntimeError("killed")

    with monkeypatch.context() as patched:
        patched.setitem(DUE, "ended_invitations", dies)
        with pytest.raises(RuntimeError):
            apply_retention(holder="test", now=NOW)
    assert not Outbox.objects.filter(done_at=OLD).exists()
    removed = apply_retention(holder="test", now=NOW)
    assert removed["ended_invitations"] == 3
    assert "done_effects" not in removed


@transactional
@pytest.mark.usefixtures("short_policy")
def test_a_file_that_is_gone_already_does_not_stop_the_rest() -> None:
    gone, other = stored("gone.csv", expires_at=OLD), stored("other.csv", expires_at=OLD)
    default_storage.delete(gone.path)
    assert apply_retention(holder="test", now=NOW)["expired_files"] == 2
    assert there([gone, other]) == []


@transactional
@pytest.mark.usefixtures("short_policy")
def test_one_at_a_time() -> None:
    due, _stays = world()
    with lease(retention.LEASE, "other", 60):
        assert apply_retention(holder="test", now=NOW) == {}
    assert there(due) == due


@transactional
def test_without_a_policy_nothing_is_deleted() -> None:
    due, _stays = world()
    PolicyVersion.objects.filter(name="retention").update(is_active=False)
    assert apply_retention(holder="test", now=NOW) == {}
    assert there(due) == due


@transactional
def test_the_task_runs_twice(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path
    expired = stored("expired.csv", expires_at=OLD)
    calls: list[Callable[[], None]] = [task, task]
    for call in calls:
        call()
    assert there([expired]) == []
    assert Activity.objects.filter(verb="retention.applied").count() == 1
