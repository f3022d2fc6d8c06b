"""Saved reports and subscriptions on their pages and through the API: who opens, changes and ends what."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client

from accounts.models import Activity, Notification, Team, User
from common.errors import Conflict, DomainError, Missing, NotAllowed
from common.models import Outbox
from reports.models import ReportSubscription, SavedReport
from reports.services import saved, subscriptions
from tests.cast import Cast
from tests.hub.api_world import MISSING, call

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 7, 19, 12, tzinfo=UTC)
PAGE = {"name": "Monday", "period": "last-quarter", "sharing": "nobody"}
MAIL = {"every": "week", "weekday": "1", "day": "", "hour": "8", "attachment": "xlsx"}


def kept(cast: Cast, who: str = "max", **values: Any) -> SavedReport:
    given = {"name": "Monday", "query": "period=last-quarter&owner=me", **values}
    return saved.save_report(by=cast.actor(who), report="tam", values=given, now=NOW)


def signed_in(client: Client, cast: Cast, who: str) -> Client:
    client.force_login(getattr(cast, who))
    return client


def test_a_report_is_saved_opened_changed_and_deleted(client: Client, cast: Cast) -> None:
    signed_in(client, cast, "max")
    assert 'href="/reports/tam/save/?period=2026-Q2' in client.get("/reports/tam/?period=2026-Q2").content.decode()
    address = f"/reports/tam/save/?period=2026-Q2&owner={cast.tom.public_id}&page=x"
    assert "Last quarter" in client.get(address).content.decode()
    assert client.post(address, PAGE | {"name": "  "}).status_code == 422
    answer = client.post(address, PAGE)
    row = SavedReport.objects.get()
    assert answer["Location"] == f"/reports/saved/{row.public_id}/"
    assert row.query == f"period=last-quarter&owner={cast.tom.public_id}"
    page = client.get(answer["Location"], follow=True)
    assert page.redirect_chain[-1][0] == f"/reports/tam/?{row.query}&saved={row.public_id}"
    assert "Saved as “Monday”." in page.content.decode()
    assert client.post(address, PAGE).status_code == 422, "a name is taken once"
    edit = f"/reports/saved/{row.public_id}/edit/"
    client.post(edit, PAGE | {"name": "Tuesday", "sharing": "everybody", "version": "1"})
    row.refresh_from_db()
    assert (row.name, row.sharing, row.version) == ("Tuesday", "everybody", 2)
    late = client.post(edit, PAGE | {"name": "Late", "version": "1"})
    assert (late.status_code, "Somebody changed this" in late.content.decode()) == (422, True)
    assert client.post(edit, PAGE | {"sharing": "teams", "version": "2"}).status_code == 422
    assert "Tuesday" in client.get("/reports/?q=tues").content.decode()
    assert "No saved report is called so" in client.get("/reports/?q=none").content.decode()
    client.post(f"/reports/saved/{row.public_id}/delete/")
    assert not SavedReport.objects.exists()
    verbs = Activity.objects.filter(target_type="savedreport").order_by("id").values_list("verb", flat=True)
    assert list(verbs) == ["saved_report.saved", "saved_report.changed", "saved_report.deleted"]


def test_what_is_shared_is_opened_by_whom_it_is_shared_with(client: Client, cast: Cast) -> None:
    team = Team.objects.get(name="Technical success")
    rows = {
        "nobody": kept(cast, name="A"),
        "teams": kept(cast, name="B", sharing="teams", team_ids=[team.pk]),
        "roles": kept(cast, name="C", sharing="roles", roles=["pam", "csm"]),
        "everybody": kept(cast, name="D", sharing="everybody"),
    }
    seen = {
        who: {how for how, row in rows.items() if SavedReport.objects.visible_to(cast.actor(who)).filter(pk=row.pk)}
        for who in ("max", "tom", "lena", "otto", "ana", "sue", "nora", "connie")
    }
    nothing: set[str] = set()
    assert seen == {
        "max": set(rows), "tom": {"teams", "everybody"}, "lena": {"teams", "everybody"}, "otto": {"everybody"},
        "ana": {"roles", "everybody"}, "sue": nothing, "nora": nothing, "connie": nothing,
    }  # fmt: skip
    signed_in(client, cast, "otto")
    for what, status in (("nobody", 404), ("teams", 404), ("everybody", 302)):
        public_id = rows[what].public_id
        assert client.get(f"/reports/saved/{public_id}/").status_code == status
        for path in ("edit", "mail"):
            expected = 404 if status == 404 else 403 if path == "edit" else 200
            assert client.get(f"/reports/saved/{public_id}/{path}/").status_code == expected
    assert client.post(f"/reports/saved/{rows['everybody'].public_id}/delete/").status_code == 403
    page = client.get("/reports/").content.decode()
    assert f"/reports/saved/{rows['everybody'].public_id}/" in page
    assert f"/reports/saved/{rows['teams'].public_id}/" not in page


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": "x" * 81}, "name"),
        ({"sharing": "all"}, "sharing"),
        ({"sharing": "teams", "team_ids": [0]}, "team_ids"),
        ({"sharing": "roles", "roles": []}, "roles"),
        ({"sharing": "roles", "roles": ["king"]}, "roles"),
        ({"query": "period=next-quarter"}, "query"),
        ({"query": "period=2999"}, "query"),
        ({"query": f"q={'ä' * 1_000}"}, "query"),
    ],
)
def test_what_does_not_fit_is_refused_at_its_field(cast: Cast, values: dict[str, Any], field: str) -> None:
    with pytest.raises(DomainError) as refused:
        kept(cast, **values)
    assert refused.value.field == field
    assert not SavedReport.objects.exists()


def test_use_cases_ask_for_the_right_and_the_version(cast: Cast) -> None:
    row = kept(cast, sharing="everybody")
    for who, error in (("tom", NotAllowed), ("sue", Missing), ("connie", Missing)):
        with pytest.raises(error):
            saved.change_report(by=cast.actor(who), saved=row, values={"name": "Mine"}, now=NOW)
        with pytest.raises(error):
            saved.delete_report(by=cast.actor(who), saved=row, now=NOW)
    with pytest.raises(NotAllowed):
        saved.save_report(by=cast.actor("sue"), report="tam", values={"name": "x"}, now=NOW)
    with pytest.raises(NotAllowed):
        subscriptions.subscribe(by=cast.actor("sue"), report="tam", values={}, now=NOW)
    private = kept(cast, name="Private")
    with pytest.raises(Missing):
        subscriptions.subscribe(by=cast.actor("tom"), saved=private, values={}, now=NOW)
    mail = subscriptions.subscribe(by=cast.actor("tom"), saved=row, values={}, now=NOW)
    with pytest.raises(Missing):
        subscriptions.change_subscription(by=cast.actor("max"), subscription=mail, values={"hour": 9}, now=NOW)
    with pytest.raises(Conflict):
        subscriptions.change_subscription(
            by=cast.actor("tom"), subscription=mail, values={"hour": 9}, version=7, now=NOW
        )
    for values in ({"day": 8}, {"hour": 24}, {"every": "day"}, {"attachment": "doc"}, {"zone": "UTC"}):
        with pytest.raises(DomainError):
            subscriptions.change_subscription(by=cast.actor("tom"), subscription=mail, values=values, now=NOW)
    saved.delete_report(by=cast.actor("max"), saved=row, now=NOW)
    assert not ReportSubscription.objects.exists()
    assert "Max Feld has deleted" in Notification.objects.get(user=cast.tom).title


def test_a_report_by_mail_is_asked_for_changed_sent_stopped_and_ended(client: Client, cast: Cast) -> None:
    User.objects.filter(pk=cast.tom.pk).update(timezone="Europe/Berlin")
    signed_in(client, cast, "tom")
    assert "No report comes to you by mail" in client.get("/reports/mails/").content.decode()
    assert "Europe/Berlin" in client.get("/reports/tam/mail/").content.decode()
    assert client.post("/reports/tam/mail/", MAIL | {"period": "last-month", "hour": "25"}).status_code == 422
    assert client.post("/reports/tam/mail/", MAIL | {"period": "last-month", "every": "month"}).status_code == 422
    # The day of a month is hidden from who wants a weekday, with whatever stands in it.
    sent = MAIL | {"period": "last-month", "day": "500"}
    assert client.post("/reports/tam/mail/", sent)["Location"] == "/reports/mails/"
    row = ReportSubscription.objects.get()
    assert (row.query, row.every, row.day, row.hour, row.attachment) == ("period=last-month", "week", 1, 8, "xlsx")
    page = client.get("/reports/mails/").content.decode()
    assert "Every Monday at 8:00" in page
    assert "8:00" in page.split("Every Monday at 8:00")[1], "the next one by the clock of the reader"
    own = f"/reports/mails/{row.public_id}/"
    client.post(own, MAIL | {"every": "quarter", "day": "92", "version": "1"})
    client.post(f"{own}send/")
    client.post(f"{own}send/")
    assert Outbox.objects.filter(topic=subscriptions.TOPIC).count() == 1, "twice in a moment is once"
    client.post(f"{own}stop/")
    row.refresh_from_db()
    assert (row.every, row.day, row.is_active, row.paused_by, row.next_at) == ("quarter", 92, False, "person", None)
    assert "Stopped by hand" in client.get(own).content.decode()
    client.post(own, MAIL | {"version": str(row.version)})
    row.refresh_from_db()
    assert (row.is_active, row.paused_by) == (True, "")
    for path in (own, f"{own}send/", f"{own}stop/", f"{own}end/"):
        signed_in(client, cast, "otto")
        assert client.post(path).status_code == 404
    signed_in(client, cast, "tom")
    client.post(f"{own}end/")
    assert not ReportSubscription.objects.exists()


def test_what_is_no_longer_shared_can_neither_be_sent_nor_keeps_its_name_open(client: Client, cast: Cast) -> None:
    row = kept(cast, sharing="everybody")
    mail = subscriptions.subscribe(by=cast.actor("tom"), saved=row, values={}, now=NOW)
    saved.change_report(by=cast.actor("max"), saved=row, values={"sharing": "nobody", "name": "Merger"}, now=NOW)
    signed_in(client, cast, "tom")
    own = f"/reports/mails/{mail.public_id}/"
    for answer in (client.get("/reports/mails/"), client.get(own), client.post(f"{own}send/", follow=True)):
        assert "Merger" not in answer.content.decode()
        assert "TAM Analytics" in answer.content.decode()
    assert "It cannot be sent: The saved report is not shared with you any longer." in answer.content.decode()
    assert not Outbox.objects.filter(topic=subscriptions.TOPIC).exists()
    client.post(f"{own}stop/")
    assert client.post(own, MAIL | {"version": "2"}).status_code == 422
    client.post(f"{own}end/")
    assert not ReportSubscription.objects.exists()


def test_a_saved_report_is_mailed_to_others_by_who_leads_them_or_sees_all(client: Client, cast: Cast) -> None:
    """The receiver is told, finds it among their own, and ends it."""
    everybody, private = kept(cast, sharing="everybody"), kept(cast, name="Private")
    page = f"/reports/saved/{everybody.public_id}/mail/"
    offered = {}
    for who in ("max", "lena", "otto"):
        answer = signed_in(client, cast, who).get(page).content.decode()
        offered[who] = {name for name in ("tom", "otto", "sue") if str(getattr(cast, name).public_id) in answer}
    assert offered == {"max": {"tom", "otto"}, "lena": {"tom"}, "otto": set()}
    for who, reader in (("lena", cast.otto), ("otto", cast.tom), ("max", cast.sue), ("max", cast.connie)):
        with pytest.raises(NotAllowed):
            subscriptions.subscribe(by=cast.actor(who), saved=everybody, reader=reader, values={}, now=NOW)
    signed_in(client, cast, "max")
    asked = MAIL | {"reader": str(cast.tom.public_id)}
    refused = client.post(f"/reports/saved/{private.public_id}/mail/", asked)
    assert (refused.status_code, "Share it with them first" in refused.content.decode()) == (422, True)
    assert client.post(page, asked).status_code == 302
    row = ReportSubscription.objects.get()
    assert (row.user_id, row.set_by_id) == (cast.tom.pk, cast.max.pk)
    assert "mailed to you" in Notification.objects.get(user=cast.tom, kind="report_given").title
    assert client.get(f"/reports/mails/{row.public_id}/").status_code == 404, "it is the receiver's from then on"
    signed_in(client, cast, "tom")
    assert "Set up by Max Feld" in client.get("/reports/mails/").content.decode()
    client.post(f"/reports/mails/{row.public_id}/end/")
    assert not ReportSubscription.objects.exists()


def test_the_api_keeps_and_sends_them(cast: Cast) -> None:
    team = Team.objects.get(name="Technical success")
    body = {"report": "tam", "name": "Monday", "query": "period=last-month", "sharing": "teams"}
    base = "/api/v1/saved-reports/"
    made = call(cast.max, "post", base, body | {"teams": [str(team.public_id)]})
    assert made.status_code == 201, made.content
    assert made.json()["teams"] == [str(team.public_id)]
    own = f"{base}{made.json()['id']}/"
    assert call(cast.tom, "get", own).json()["is_own"] is False
    assert call(cast.otto, "get", own).status_code == 404
    assert call(cast.tom, "patch", own, {"name": "Mine"}, **{"If-Match": made["ETag"]}).status_code == 403
    assert call(cast.max, "patch", own, {"name": "x"}, **{"If-Match": '"9"'}).status_code == 412
    assert call(cast.max, "patch", own, {"name": "Friday"}, **{"If-Match": made["ETag"]}).json()["version"] == 2
    assert call(cast.max, "post", base, body | {"report": "none", "name": "y"}).status_code == 404

    mails = "/api/v1/report-subscriptions/"
    sent = {"saved_report": made.json()["id"], "every": "month", "day": 31, "hour": 7}
    foreign, missing = (call(cast.otto, "post", mails, sent | {"saved_report": one}) for one in (own[-37:-1], MISSING))
    assert (foreign.status_code, foreign.json()) == (missing.status_code, missing.json())
    assert (foreign.status_code, foreign.json()["errors"][0]["field"]) == (400, "saved_report")
    mail = call(cast.tom, "post", mails, sent)
    assert (mail.status_code, mail.json()["saved_report"]) == (201, made.json()["id"])
    for wrong in (sent | {"report": "tam"}, {"every": "week"}, sent | {"day": 93}, sent | {"saved_report": MISSING}):
        assert call(cast.tom, "post", mails, wrong).status_code == 400
    mine = f"{mails}{mail.json()['id']}/"
    assert call(cast.max, "get", mine).status_code == 404
    stopped = call(cast.tom, "patch", mine, {"is_active": False}, **{"If-Match": mail["ETag"]}).json()
    assert (stopped["is_active"], stopped["paused_by"], stopped["next_at"]) == (False, "person", None)
    assert call(cast.tom, "post", f"{mine}send/").status_code == 202
    assert call(cast.tom, "post", f"{mine}send/").status_code == 400
    assert call(cast.tom, "delete", mine).status_code == 204
    assert [row["name"] for row in call(cast.tom, "get", base).json()["results"]] == ["Friday"]
    assert call(cast.sue, "get", base).status_code == 403
