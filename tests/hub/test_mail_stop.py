"""One click ends what a mail is one of, and nothing beside it (RFC 8058)."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from accounts.models import Activity, Delivery, NotificationPreference
from accounts.services import digests
from accounts.services.inbox import deliveries
from accounts.services.notifications import NoticeKind, notify
from accounts.services.unsubscribing import stop_url
from common import outbox
from common.ids import uuid7
from common.models import Outbox
from partners import notices
from partners.models import SurveyCampaign, SurveyRefusal
from partners.services import campaigns, survey_mail
from reports.models import ReportSubscription
from reports.services import report_mails, subscriptions
from tests.cast import Cast
from tests.factories.incidents import make_incident
from tests.factories.partners import make_contact
from tests.factories.surveys import make_survey
from tests.factories.tickets import make_desk, make_ticket
from tickets.models import IncidentSubscriber
from tickets.services import incident_mails, incident_parts
from tickets.services.incident_updates import Said, post

pytestmark = pytest.mark.django_db
NOW = timezone.now()
ONE_CLICK = {"List-Unsubscribe": "One-Click"}
State = Callable[[], Any]


def sent_mail() -> tuple[str, str]:
    """The address in the head of the one mail that went out, and what stands in it."""
    (sent,) = mail.outbox
    assert sent.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    found = re.fullmatch(r"<(https?://.+/hooks/mail/.+/stop/)>", sent.extra_headers["List-Unsubscribe"])
    assert found is not None
    html: Any = sent.alternatives[0]  # type: ignore[attr-defined]
    return found[1], f"{sent.body} {html[0]}"


def _digest(cast: Cast) -> tuple[State, State]:
    """What comes in the digest stops; what comes at once, and the digest of others, does not."""
    told = {"title": "News", "now": NOW - timedelta(hours=30)}
    notify(user_ids=[cast.tom.pk, cast.otto.pk], kind=notices.SURVEYS, key="a", **told)
    NotificationPreference.objects.create(user=cast.tom, kind=notices.SURVEYS.key, delivery=Delivery.DIGEST)
    digests.send_digest({"user_id": cast.tom.pk, "on": (NOW + timedelta(days=1)).date().isoformat()}, uuid7(), NOW)
    before = {kind for kind, way in deliveries(cast.tom.pk).items() if way == Delivery.INSTANT}
    return (
        lambda: Delivery.DIGEST in deliveries(cast.tom.pk).values(),
        lambda: (
            {kind for kind, way in deliveries(cast.tom.pk).items() if way == Delivery.INSTANT} == before != set(),
            Delivery.DIGEST in deliveries(cast.otto.pk).values(),
        ),
    )


def _notices(cast: Cast) -> tuple[State, State]:
    kind = NoticeKind(key=notices.SURVEYS.key, label="", delivery=Delivery.INSTANT)
    NotificationPreference.objects.create(user=cast.tom, kind=kind.key, delivery=Delivery.INSTANT)
    notify(user_ids=[cast.tom.pk], kind=kind, key="b", title="News", now=NOW)
    digests.send_notification({"user_id": cast.tom.pk, "key": "b"}, uuid7(), NOW)
    others = {name: way for name, way in deliveries(cast.tom.pk).items() if name != kind.key}
    return (
        lambda: deliveries(cast.tom.pk)[kind.key] == Delivery.INSTANT,
        lambda: {name: way for name, way in deliveries(cast.tom.pk).items() if name != kind.key} == others,
    )


def _report(cast: Cast) -> tuple[State, State]:
    sent: dict[str, Any] = {"report": "tam", "values": {"every": "week", "day": 1, "hour": 8}, "now": NOW}
    mine, other = (subscriptions.subscribe(by=cast.actor("tom"), query=query, **sent) for query in ("", "kind=partner"))
    report_mails.send({"subscription_id": mine.pk, "slot": ""}, uuid7(), NOW)

    def is_on(row: ReportSubscription) -> bool:
        found = ReportSubscription.objects.get(pk=row.pk)
        return found.is_active and found.next_at is not None

    return lambda: is_on(mine), lambda: is_on(other)


def _survey(cast: Cast) -> tuple[State, State]:
    values = {"name": "Spring", "starts_on": NOW.date(), "ends_on": NOW.date()}
    campaign = campaigns.make(by=cast.actor("adam"), values=values, now=NOW)
    SurveyCampaign.objects.filter(pk=campaign.pk).update(state="running")
    subject = {"kind": "nps", "subject_type": "campaign", "subject_id": campaign.pk}
    request = make_survey(cast.connie_contact, at=NOW - timedelta(days=1), **subject)
    other = make_contact(cast.northwind, name="Kim", email="kim@northwind.example")
    survey_mail.deliver_survey_mail({"request_id": request.pk}, uuid7(), NOW)
    return (
        lambda: not SurveyRefusal.objects.filter(contact=cast.connie_contact).exists(),
        lambda: not SurveyRefusal.objects.filter(contact=other).exists(),
    )


def _incident(cast: Cast) -> tuple[State, State]:
    queue, sue = make_desk(cast.sue), cast.actor("sue")
    tickets = [make_ticket(queue, cast.northwind) for _number in range(2)]
    first, second = (make_incident(sue, queue, tickets=[ticket], now=NOW) for ticket in tickets)
    for incident in (first, second):
        incident_parts.subscribe(by=sue, incident=incident, contact=cast.connie_contact, now=NOW)
    post(by=sue, incident=first, said=Said(body="We look into it.", is_public=True), now=NOW)
    row = Outbox.objects.get(topic=incident_mails.MAIL)
    mail.outbox.clear()
    assert outbox.deliver(outbox_id=row.pk, now=NOW)
    follows = IncidentSubscriber.objects.filter(contact=cast.connie_contact)
    return lambda: follows.filter(incident=first).exists(), lambda: follows.filter(incident=second).exists()


@pytest.mark.parametrize("make", [_digest, _notices, _report, _survey, _incident])
def test_one_click_ends_this_and_nothing_else(cast: Cast, make: Callable[[Cast], tuple[State, State]]) -> None:
    """A mail program sends it without a session and without a form of ours; opening the page ends nothing."""
    is_on, others = make(cast)
    address, text = sent_mail()
    assert is_on()
    path = address.removeprefix("http://testserver").removeprefix("http://localhost:8000")
    path = path[path.index("/hooks/") :]
    before = others()
    client = Client(enforce_csrf_checks=True)
    if make is not _survey:
        # Surveys have a page of their own for it.
        assert path in text
    for page in (client.get(path), client.head(path)):
        assert page.status_code == 200
        assert is_on()
    answer = client.post(path, ONE_CLICK)
    assert answer.status_code == 200
    assert "sessionid" not in answer.cookies
    assert "Done." in answer.content.decode()
    assert not is_on()
    assert others() == before
    trail = Activity.objects.count()
    assert client.post(path, ONE_CLICK).status_code == 200
    assert Activity.objects.count() == trail


def test_a_link_that_is_not_ours_ends_nothing(cast: Cast) -> None:
    client = Client(enforce_csrf_checks=True)
    ours = stop_url("digest", cast.tom.pk)
    path = ours[ours.index("/hooks/") :]
    wrong = [path.replace("/stop/", "x/stop/"), "/hooks/mail/x/stop/", f"/hooks/mail/{'x' * 400}/stop/"]
    for link in (stop_url("digest", 0), stop_url("report", uuid7().hex), stop_url("nothing", 1)):
        wrong.append(link[link.index("/hooks/") :])
    for address in wrong:
        answer = client.post(address, ONE_CLICK)
        assert answer.status_code == 404, address
        assert "leads nowhere" in answer.content.decode()
    assert not NotificationPreference.objects.exists()
