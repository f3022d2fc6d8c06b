"""Notices: told once, read and undone, opened in the reader's scope, mailed as wanted and only while it is right."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Delivery, Notification, NotificationPreference, User
from accounts.rules.digest import digest_cutoff, digest_day
from accounts.services import digests, inbox
from accounts.services.notifications import NoticeKind, _kinds, notify, register_kind
from common import outbox, targets
from common.errors import DomainError
from common.models import Occurrence, Outbox
from partners.models import Organization
from tests.cast import Cast
from tests.factories.accounts import take_role

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("accounts.services.notifications._kinds", dict(_kinds))
    monkeypatch.setitem(targets._resolvers, "organization", _open_organization)


def _open_organization(actor: Any, pk: int) -> str | None:
    return f"/o/{pk}/" if Organization.objects.visible_to(actor).filter(pk=pk).exists() else None


QUIET = NoticeKind(key="quiet", label="Quiet", delivery=Delivery.DIGEST)
LOUD = NoticeKind(key="loud", label="Loud", delivery=Delivery.INSTANT)


def tell(user: User, *, kind: NoticeKind = QUIET, key: str = "k", at: datetime = NOW, **fields: Any) -> Notification:
    register_kind(kind)
    notify(user_ids=[user.pk], kind=kind, title=fields.pop("title", f"Notice {key}"), key=key, now=at, **fields)
    return Notification.objects.get(user=user, key=key)


def deliver(at: datetime = NOW) -> None:
    for pk in outbox.claim(now=at):
        assert outbox.deliver(outbox_id=pk, now=at), Outbox.objects.get(pk=pk).last_error


class TestInbox:
    def test_shows_own_notices_newest_first(self, cast: Cast, client: Client) -> None:
        tell(cast.tom, key="a", title="Older", at=NOW)
        tell(cast.tom, key="b", title="Newer", at=NOW + timedelta(minutes=1))
        tell(cast.otto, key="c", title="Foreign")
        client.force_login(cast.tom)
        page = client.get(reverse("accounts:notifications")).content.decode()
        assert page.index("Newer") < page.index("Older")
        assert "Foreign" not in page

    def test_unread_leaves_out_what_was_read(self, cast: Cast, client: Client) -> None:
        inbox.mark_read(actor=cast.actor("tom"), public_ids=[tell(cast.tom, key="a", title="Done").public_id], now=NOW)
        tell(cast.tom, key="b", title="Open one")
        client.force_login(cast.tom)
        page = client.get(reverse("accounts:notifications"), {"show": "unread"}).content.decode()
        assert "Open one" in page
        assert "Done" not in page

    @pytest.mark.parametrize(("show", "words"), [("", "No notices yet"), ("unread", "Nothing unread")])
    def test_an_empty_inbox_says_so(self, cast: Cast, client: Client, show: str, words: str) -> None:
        client.force_login(cast.tom)
        assert words in client.get(reverse("accounts:notifications"), {"show": show}).content.decode()

    def test_pages_go_on_where_the_last_one_stood(self, cast: Cast, client: Client) -> None:
        for number in range(35):
            tell(cast.tom, key=str(number), title=f"Number {number:02d}", at=NOW + timedelta(minutes=number))
        client.force_login(cast.tom)
        first = client.get(reverse("accounts:notifications"))
        assert "Number 34" in first.content.decode()
        second = client.get(first.context["page"].next_url).content.decode()
        assert "Number 00" in second
        assert "Number 34" not in second

    def test_a_contact_has_an_inbox_in_the_portal(self, cast: Cast, client: Client) -> None:
        tell(cast.connie, title="For Connie")
        client.force_login(cast.connie)
        answer = client.get(reverse("accounts:notifications"))
        assert answer.status_code == 200
        assert "For Connie" in answer.content.decode()

    def test_reading_one_with_htmx_swaps_list_and_bell(self, cast: Cast, client: Client) -> None:
        notice = tell(cast.tom)
        client.force_login(cast.tom)
        answer = client.post(reverse("accounts:notification_read", args=[notice.public_id]), HTTP_HX_REQUEST="true")
        page = answer.content.decode()
        assert 'id="inbox"' in page
        assert 'hx-swap-oob="true"' in page
        assert "undo" in answer["HX-Trigger"]
        notice.refresh_from_db()
        assert notice.read_at is not None

    def test_all_read_is_undone_exactly(self, cast: Cast, client: Client) -> None:
        early, late = tell(cast.tom, key="a"), tell(cast.tom, key="b")
        foreign = tell(cast.otto, key="c")
        client.force_login(cast.tom)
        client.post(reverse("accounts:notification_read", args=[early.public_id]))
        answer = client.post(reverse("accounts:notifications_read"), HTTP_HX_REQUEST="true")
        assert Notification.objects.filter(user=cast.tom, read_at__isnull=True).count() == 0
        undo = answer["HX-Trigger"].split('"undo": "')[1].split('"')[0]
        client.post(undo)
        assert list(Notification.objects.filter(user=cast.tom, read_at__isnull=True)) == [late]
        foreign.refresh_from_db()
        assert foreign.read_at is None

    def test_what_htmx_swaps_in_is_what_the_page_showed(self, cast: Cast, client: Client) -> None:
        read = tell(cast.tom, key="a", title="Was read before")
        inbox.mark_read(actor=cast.actor("tom"), public_ids=[read.public_id], now=NOW)
        url = reverse("accounts:notification_read", args=[tell(cast.tom, key="b").public_id])
        client.force_login(cast.tom)
        on_unread = {"HTTP_HX_REQUEST": "true", "HTTP_HX_CURRENT_URL": "http://testserver/notifications/?show=unread"}
        assert "Nothing unread" in client.post(url, **on_unread).content.decode()
        assert "Was read before" in client.post(url, HTTP_HX_REQUEST="true").content.decode()

    def test_undo_of_others_or_of_nonsense_changes_nothing(self, cast: Cast, client: Client) -> None:
        notice = tell(cast.otto)
        inbox.mark_read(actor=cast.actor("otto"), public_ids=[notice.public_id], now=NOW)
        client.force_login(cast.tom)
        for stamp in (inbox.stamp_of(NOW), 0, 10**30):
            client.post(reverse("accounts:notifications_undo", args=[stamp]))
        notice.refresh_from_db()
        assert notice.read_at == NOW

    @pytest.mark.parametrize("name", ["notification", "notification_read", "notification_unread"])
    def test_foreign_and_missing_notices_look_alike(self, cast: Cast, client: Client, name: str) -> None:
        foreign = tell(cast.otto)
        client.force_login(cast.tom)
        codes = []
        for public_id in (foreign.public_id, uuid4()):
            url = reverse(f"accounts:{name}", args=[public_id])
            codes.append((client.get(url) if name == "notification" else client.post(url)).status_code)
        assert codes[0] == codes[1]
        foreign.refresh_from_db()
        assert foreign.read_at is None

    def test_changing_needs_a_post(self, cast: Cast, client: Client) -> None:
        notice = tell(cast.tom)
        client.force_login(cast.tom)
        assert client.get(reverse("accounts:notification_read", args=[notice.public_id])).status_code == 405
        assert client.get(reverse("accounts:notifications_read")).status_code == 405


class TestOpening:
    def test_goes_to_what_it_is_about_and_is_read(self, cast: Cast, client: Client) -> None:
        notice = tell(cast.tom, target_type="organization", target_id=cast.northwind.pk)
        client.force_login(cast.tom)
        answer = client.get(reverse("accounts:notification", args=[notice.public_id]))
        assert answer["Location"] == f"/o/{cast.northwind.pk}/"
        notice.refresh_from_db()
        assert notice.read_at is not None

    def test_says_that_the_target_is_not_open_now(self, cast: Cast, client: Client) -> None:
        notice = tell(cast.otto, title="About Northwind", target_type="organization", target_id=cast.northwind.pk)
        client.force_login(cast.otto)
        answer = client.get(reverse("accounts:notification", args=[notice.public_id]))
        assert answer.status_code == 200
        assert "not open to you now" in answer.content.decode()

    def test_one_without_a_target_opens_itself(self, cast: Cast, client: Client) -> None:
        notice = tell(cast.tom, body="Just so that you know.")
        client.force_login(cast.tom)
        page = client.get(reverse("accounts:notification", args=[notice.public_id])).content.decode()
        assert "Just so that you know." in page
        assert "not open to you now" not in page


class TestPreferences:
    def test_a_default_keeps_no_row(self, cast: Cast, client: Client) -> None:
        register_kind(QUIET)
        client.force_login(cast.tom)
        data = {**inbox.deliveries(cast.tom.pk), "quiet": Delivery.NONE.value}
        answer = client.post(reverse("accounts:notification_preferences"), data)
        assert answer.status_code == 302
        assert list(NotificationPreference.objects.values_list("kind", "delivery")) == [("quiet", "none")]
        client.post(reverse("accounts:notification_preferences"), {**data, "quiet": Delivery.DIGEST.value})
        assert not NotificationPreference.objects.exists()

    @pytest.mark.parametrize("chosen", [{"unknown": "none"}, {"quiet": "pigeon"}])
    def test_unknown_choices_are_refused(self, cast: Cast, chosen: dict[str, str]) -> None:
        register_kind(QUIET)
        with pytest.raises(DomainError):
            inbox.choose_deliveries(user_id=cast.tom.pk, chosen=chosen)


def test_all_are_told_in_one_statement_each_as_they_want_it(cast: Cast) -> None:
    register_kind(QUIET)
    NotificationPreference.objects.create(user=cast.tom, kind="quiet", delivery=Delivery.INSTANT)
    NotificationPreference.objects.create(user=cast.ana, kind="quiet", delivery=Delivery.NONE)
    people = [cast.tom.pk, cast.ana.pk, cast.otto.pk, cast.tom.pk]
    with CaptureQueriesContext(connection) as captured:
        assert notify(user_ids=people, kind=QUIET, title="News", key="news", now=NOW) == 3
    assert len([one for one in captured if "accounts_notification" in one["sql"]]) == 1
    assert [row.payload["user_id"] for row in Outbox.objects.all()] == [cast.tom.pk]
    assert notify(user_ids=[*people, cast.max.pk], kind=QUIET, title="News", key="news", now=NOW) == 1
    assert notify(user_ids=[], kind=QUIET, title="News", key="news", now=NOW) == 0
    assert Notification.objects.filter(key="news").count() == 4
    assert Outbox.objects.count() == 1


class TestInstantMail:
    def test_is_sent_once_with_a_link_into_the_hub(self, cast: Cast, settings: Any) -> None:
        notice = tell(cast.tom, kind=LOUD, title="Needs you", body="Now.")
        deliver()
        deliver()
        assert [message.to for message in mail.outbox] == [[cast.tom.email]]
        assert mail.outbox[0].subject == "Needs you"
        assert f"{settings.SITE_URL}/notifications/{notice.public_id}/" in mail.outbox[0].body
        notice.refresh_from_db()
        assert notice.mailed_at == NOW

    @pytest.mark.parametrize("change", ["inactive", "read", "preference", "lost"])
    def test_is_not_sent_when_it_has_become_wrong(self, cast: Cast, change: str) -> None:
        notice = tell(
            cast.tom,
            kind=LOUD,
            target_type="organization",
            target_id=cast.northwind.pk,
            organization_id=cast.northwind.pk,
        )
        match change:
            case "inactive":
                User.objects.filter(pk=cast.tom.pk).update(is_active=False)
            case "read":
                inbox.mark_read(actor=cast.actor("tom"), public_ids=[notice.public_id], now=NOW)
            case "preference":
                inbox.choose_deliveries(user_id=cast.tom.pk, chosen={"loud": "none"})
            case "lost":
                take_role(cast.tom, "tam")
        deliver()
        assert mail.outbox == []
        assert not Outbox.objects.filter(done_at__isnull=True).exists()

    def test_news_of_a_loss_is_sent_although_its_target_is_closed(self, cast: Cast) -> None:
        tell(cast.otto, kind=LOUD, title="No longer yours", target_type="organization", target_id=cast.northwind.pk)
        deliver()
        assert [message.subject for message in mail.outbox] == ["No longer yours"]

    def test_what_people_wrote_is_text_in_the_mail(self, cast: Cast) -> None:
        tell(cast.tom, kind=LOUD, title="Tom & <Jerry>\r\nBcc: evil@example.com", body="<script>x</script>")
        deliver()
        message: Any = mail.outbox[0]
        assert "\n" not in message.subject
        assert message.bcc == []
        html = message.alternatives[0][0]
        assert "<script>" not in html
        assert "&lt;Jerry&gt;" in html


@pytest.mark.parametrize(
    ("now", "zone", "expected"),
    [
        ("2026-03-02T07:29:59+00:00", "UTC", None),
        ("2026-03-02T07:30:00+00:00", "UTC", "2026-03-02"),
        ("2026-03-01T18:30:00+00:00", "Pacific/Auckland", "2026-03-02"),
        ("2026-03-01T18:29:00+00:00", "Pacific/Auckland", None),
        ("2026-03-02T15:00:00+00:00", "America/Los_Angeles", None),
        ("2026-03-02T15:30:00+00:00", "America/Los_Angeles", "2026-03-02"),
    ],
)
def test_a_digest_is_due_from_half_past_seven_of_the_reader_on(now: str, zone: str, expected: str | None) -> None:
    found = digest_day(datetime.fromisoformat(now), zone)
    assert (found.isoformat() if found else None) == expected


def test_the_cutoff_of_a_day_is_in_the_readers_zone() -> None:
    assert digest_cutoff(date(2026, 3, 2), "Europe/Berlin") == datetime(2026, 3, 2, 6, 30, tzinfo=UTC)


class TestDigest:
    MORNING = datetime(2026, 3, 3, 8, 0, tzinfo=UTC)

    def test_brings_together_what_is_unread(self, cast: Cast) -> None:
        for key in "abc":
            tell(cast.tom, key=key, title=f"Notice {key}")
        inbox.mark_read(actor=cast.actor("tom"), public_ids=[Notification.objects.get(key="b").public_id], now=NOW)
        assert digests.queue_due(now=self.MORNING) == 1
        deliver(self.MORNING)
        body = str(mail.outbox[0].body)
        assert "2 notices" in mail.outbox[0].subject
        assert "Notice a" in body
        assert "Notice b" not in body

    def test_comes_once_a_day_and_what_is_new_waits(self, cast: Cast) -> None:
        tell(cast.tom, key="a")
        assert [digests.queue_due(now=self.MORNING) for _again in range(3)] == [1, 0, 0]
        deliver(self.MORNING)
        tell(cast.tom, key="b", at=self.MORNING + timedelta(minutes=5))
        assert digests.queue_due(now=self.MORNING + timedelta(hours=2)) == 0
        assert digests.queue_due(now=self.MORNING + timedelta(days=1)) == 1
        deliver(self.MORNING + timedelta(days=1))
        assert [message.body.count("* ") for message in mail.outbox] == [1, 1]
        assert Occurrence.objects.filter(job=f"accounts.digest:{cast.tom.pk}").count() == 2

    def test_a_notice_after_half_past_seven_does_not_open_a_second_morning(self, cast: Cast) -> None:
        tell(cast.tom, at=self.MORNING)
        assert digests.queue_due(now=self.MORNING + timedelta(hours=1)) == 0

    def test_waits_for_the_morning_of_each_reader(self, cast: Cast) -> None:
        User.objects.filter(pk=cast.tom.pk).update(timezone="America/Los_Angeles")
        for person in (cast.tom, cast.ana):
            tell(person)
        assert digests.queue_due(now=self.MORNING) == 1
        evening = datetime(2026, 3, 3, 7, 30, tzinfo=ZoneInfo("America/Los_Angeles"))
        assert digests.queue_due(now=evening) == 1

    def test_leaves_out_what_its_reader_lost(self, cast: Cast) -> None:
        tell(cast.tom, key="a", title="Still his own")
        tell(cast.tom, key="b", title="About Northwind", organization_id=cast.northwind.pk)
        digests.queue_due(now=self.MORNING)
        take_role(cast.tom, "tam")
        deliver(self.MORNING)
        assert "About Northwind" not in str(mail.outbox[0].body)
        assert "Still his own" in str(mail.outbox[0].body)

    def test_is_not_sent_to_those_who_want_none_or_left(self, cast: Cast) -> None:
        tell(cast.tom)
        tell(cast.ana)
        inbox.choose_deliveries(user_id=cast.tom.pk, chosen={"quiet": "none"})
        assert digests.queue_due(now=self.MORNING) == 1
        User.objects.filter(pk=cast.ana.pk).update(is_active=False)
        deliver(self.MORNING)
        assert mail.outbox == []

    def test_stale_news_is_no_news(self, cast: Cast) -> None:
        tell(cast.tom, at=self.MORNING - timedelta(days=15))
        assert digests.queue_due(now=self.MORNING) == 0
