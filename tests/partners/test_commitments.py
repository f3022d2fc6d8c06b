"""Promises of both sides: made, kept, broken, renegotiated; who may; who is reminded; what the partner sees."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.models import Notification
from common.errors import Conflict, DomainError, NotAllowed
from partners.models import Commitment, CommitmentChange, TimelineEntry
from partners.services import commitments, reminders
from tests.cast import Cast, make_cast
from tests.factories.partners import NOW, make_contact, make_interaction, make_partner
from tests.factories.tasks import TODAY, in_threads, make_commitment

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def make(cast: Cast, by: str = "tom", **values: Any) -> Commitment:
    source = values.pop("source", None)
    sent = {"title": "Send the plan", "due_on": TODAY, "side": "us", **values}
    return commitments.make(by=cast.actor(by), organization=cast.northwind, values=sent, source=source, now=NOW)


@pytest.fixture
def visit(cast: Cast) -> Any:
    def client(name: str) -> Client:
        found = Client()
        found.force_login(getattr(cast, name))
        return found

    return client


class TestMaking:
    def test_a_line_and_a_notice(self, cast: Cast) -> None:
        talk = make_interaction(cast.northwind)
        made = make(cast, owner=cast.petra, source=talk)
        assert (made.state, made.source_type, made.source_id, made.made_at) == ("open", "interaction", talk.pk, NOW)
        assert TimelineEntry.objects.get(kind="commitment").title == "We promised: Send the plan"
        assert Notification.objects.get(kind="commitments").user_id == cast.petra.pk

    @pytest.mark.parametrize(
        ("values", "field"),
        [
            ({"title": " "}, "title"),
            ({"title": "a\0"}, "title"),
            ({"title": "x" * 201}, "title"),
            ({"description": "\0"}, "description"),
            ({"side": "both"}, "side"),
            ({"due_on": None}, "due_on"),
            ({"due_on": date(1, 1, 1)}, "due_on"),
        ],
    )
    def test_what_does_not_fit_names_its_field(self, cast: Cast, values: dict[str, Any], field: str) -> None:
        with pytest.raises(DomainError) as caught:
            make(cast, **values)
        assert caught.value.field == field
        assert not Commitment.objects.exists()

    def test_strangers_keep_no_promises(self, cast: Cast) -> None:
        # Sam knows Northwind by its summary, in which no promise stands.
        strangers = ({"owner": getattr(cast, name)} for name in ("paul", "connie", "sam"))
        for values in (*strangers, {"contact": make_contact(cast.birch)}):
            with pytest.raises(DomainError):
                make(cast, **values)

    @pytest.mark.parametrize("name", ["sam", "paul", "otto", "max", "lena", "connie", "nora"])
    def test_who_may_not(self, cast: Cast, name: str) -> None:
        with pytest.raises(NotAllowed):
            make(cast, name)


class TestSettling:
    def test_kept_on_the_organization_s_day(self, cast: Cast) -> None:
        cast.northwind.timezone = "Pacific/Auckland"
        cast.northwind.save(update_fields=["timezone"])
        late = datetime.fromisoformat("2026-03-02T23:30:00+00:00")
        kept = commitments.keep(by=cast.actor("tom"), commitment=make(cast), note="By mail", now=late)
        assert (kept.state, kept.closed_at, kept.closed_on) == ("kept", late, date(2026, 3, 3))
        assert kept.outcome_note == "By mail"

    def test_broken_says_why(self, cast: Cast) -> None:
        made = make(cast)
        for use_case in (commitments.break_, commitments.withdraw):
            with pytest.raises(DomainError) as caught:
                use_case(by=cast.actor("tom"), commitment=made, note=" ", now=NOW)
            assert caught.value.field == "note"
        assert commitments.break_(by=cast.actor("tom"), commitment=made, note="Forgot", now=NOW).state == "broken"
        # What was given up may still be done, late.
        assert commitments.keep(by=cast.actor("tom"), commitment=made, now=NOW).state == "kept"

    def test_settled_ones_are_reopened_first(self, cast: Cast) -> None:
        made = make(cast)
        commitments.withdraw(by=cast.actor("tom"), commitment=made, note="Not needed", now=NOW)
        with pytest.raises(DomainError) as caught:
            commitments.keep(by=cast.actor("tom"), commitment=made, now=NOW)
        assert caught.value.code == "settled"
        reopened = commitments.reopen(by=cast.actor("tom"), commitment=made, now=NOW)
        assert (reopened.state, reopened.closed_at, reopened.outcome_note) == ("open", None, "")

    def test_another_day_keeps_the_one_before(self, cast: Cast) -> None:
        made = make(cast)
        moved = commitments.renegotiate(
            by=cast.actor("tom"), commitment=made, due_on=TODAY + 9 * DAY, reason="Kim is away", now=NOW
        )
        change = CommitmentChange.objects.get()
        assert (moved.due_on, change.was_due_on, change.due_on) == (TODAY + 9 * DAY, TODAY, TODAY + 9 * DAY)
        for sent in (
            {"due_on": moved.due_on, "reason": "Same"},
            {"due_on": TODAY + DAY, "reason": " "},
            {"due_on": date(1, 1, 1), "reason": "x"},
        ):
            with pytest.raises(DomainError):
                commitments.renegotiate(by=cast.actor("tom"), commitment=made, now=NOW, **sent)  # type: ignore[arg-type]
        assert CommitmentChange.objects.count() == 1

    def test_old_versions_are_told(self, cast: Cast) -> None:
        made = make(cast)
        commitments.edit(by=cast.actor("tom"), commitment=made, values={"title": "Other"}, version=1, now=NOW)
        for call in (
            lambda: commitments.keep(by=cast.actor("tom"), commitment=made, version=1, now=NOW),
            lambda: commitments.edit(by=cast.actor("ana"), commitment=made, values={"title": "x"}, version=1, now=NOW),
        ):
            with pytest.raises(Conflict):
                call()

    def test_its_owner_settles_without_the_right_to_work(self, cast: Cast) -> None:
        made = make_commitment(cast.northwind, owner=cast.max)
        assert commitments.keep(by=cast.actor("max"), commitment=made, now=NOW).state == "kept"
        with pytest.raises(NotAllowed):
            commitments.edit(by=cast.actor("max"), commitment=made, values={"title": "x"}, version=2, now=NOW)

    def test_who_has_lost_sight_of_it_is_told_nothing(self, cast: Cast) -> None:
        made = make_commitment(cast.northwind, owner=cast.petra, made_by=cast.paul)
        commitments.keep(by=cast.actor("tom"), commitment=made, now=NOW)
        # Paul made it in a stage that is over for him.
        assert list(Notification.objects.values_list("user", flat=True)) == [cast.petra.pk]
        cast.petra.is_active = False
        cast.petra.save(update_fields=["is_active"])
        commitments.reopen(by=cast.actor("tom"), commitment=made, now=NOW)
        assert Notification.objects.count() == 1

    @pytest.mark.parametrize("name", ["sam", "paul", "otto", "max", "lena", "connie", "sue"])
    def test_who_may_not(self, cast: Cast, name: str) -> None:
        made = make_commitment(cast.northwind, owner=cast.tom, side="us", contact=cast.connie_contact)
        with pytest.raises(NotAllowed):
            commitments.keep(by=cast.actor(name), commitment=made, now=NOW)

    def test_a_participant_owns_nothing_to_settle(self, cast: Cast) -> None:
        made = make_commitment(cast.northwind, owner=cast.sam)
        with pytest.raises(NotAllowed):
            commitments.keep(by=cast.actor("sam"), commitment=made, now=NOW)


class TestReminding:
    def told(self) -> list[tuple[str, str]]:
        rows = Notification.objects.filter(kind="commitments").order_by("title")
        return list(rows.values_list("user__name", "title"))

    def test_before_on_the_day_and_weekly_once_it_is_late(self, cast: Cast) -> None:
        own = {"owner": cast.tom}
        make_commitment(cast.northwind, title="Late", due_on=TODAY - 3 * DAY, **own)
        make_commitment(cast.northwind, title="Today", due_on=TODAY, **own)
        make_commitment(cast.birch, title="Soon", due_on=TODAY + 2 * DAY, **own)
        make_commitment(cast.birch, title="Far", due_on=TODAY + 4 * DAY, **own)
        make_commitment(cast.birch, title="Kept", due_on=TODAY, state="kept", closed_at=NOW, **own)
        make_commitment(cast.birch, title="Nobody's", due_on=TODAY)
        assert reminders.remind_due(now=NOW) == 3
        assert self.told() == [
            ("Tom Okafor", "Promise 3 days overdue: Late"),
            ("Tom Okafor", "Promise due in 2 days: Soon"),
            ("Tom Okafor", "Promise due today: Today"),
        ]
        assert reminders.remind_due(now=NOW + timedelta(hours=3)) == 0
        # The next day: one comes near, one became late; a week after a third is told again.
        assert reminders.remind_due(now=NOW + DAY) == 2
        assert reminders.remind_due(now=NOW + 2 * DAY) == 1
        assert reminders.remind_due(now=NOW + 5 * DAY) == 3
        assert reminders.remind_due(now=NOW + 5 * DAY) == 0

    def test_not_of_what_one_may_no_longer_see(self, cast: Cast) -> None:
        make_commitment(cast.northwind, owner=cast.paul, due_on=TODAY)
        make_commitment(make_partner("gate_3"), owner=cast.tom, due_on=TODAY)
        cast.otto.is_active = False
        cast.otto.save(update_fields=["is_active"])
        make_commitment(cast.northwind, owner=cast.otto, due_on=TODAY)
        assert reminders.remind_due(now=NOW) == 0

    def test_the_day_is_the_organization_s(self, cast: Cast) -> None:
        cast.northwind.timezone = "Pacific/Kiritimati"
        cast.northwind.save(update_fields=["timezone"])
        make_commitment(cast.northwind, title="There", due_on=TODAY, owner=cast.tom)
        # 10:30 UTC on March 2 is half past midnight of March 3 there.
        reminders.remind_due(now=NOW + timedelta(hours=1))
        assert self.told() == [("Tom Okafor", "Promise 1 day overdue: There")]


class TestPages:
    def test_the_list_and_how_words_are_kept(self, cast: Cast, visit: Any) -> None:
        make_commitment(cast.northwind, title="Ours", due_on=date.today() + 5 * DAY)  # noqa: DTZ011
        make_commitment(cast.northwind, title="Kept one", state="kept", closed_at=NOW, closed_on=TODAY)
        make_commitment(cast.northwind, title="Theirs", side="them", state="broken", closed_at=NOW, closed_on=TODAY)
        make_commitment(cast.birch, title="Elsewhere")
        page = visit("tom").get(f"/organizations/{cast.northwind.public_id}/commitments/")
        found = page.context["found"]
        assert [row.title for row in found.open] == ["Ours"]
        assert [(side.label, side.rate, side.is_hint) for side in found.sides] == [
            ("We", "100%", True),
            ("They", "0%", True),
        ]
        assert "too few to tell much" in page.content.decode()

    def test_from_the_form_to_kept(self, cast: Cast, visit: Any) -> None:
        client = visit("tom")
        url = f"/organizations/{cast.northwind.public_id}/commitments/new/"
        sent = {"side": "them", "title": "Send data", "due_on": "2026-04-01", "owner": cast.tom.email}
        sent["contact"] = str(cast.connie_contact.public_id)
        assert client.post(url, sent).status_code == 302
        made = Commitment.objects.get()
        assert (made.side, made.contact, made.owner) == ("them", cast.connie_contact, cast.tom)
        base = f"/commitments/{made.public_id}"
        assert client.post(f"{base}/renegotiate/", {"due_on": "2026-05-01", "reason": "Later"}).status_code == 302
        assert client.post(f"{base}/edit/", {"title": "Send it", "version": "2"}).status_code == 302
        assert client.post(f"{base}/edit/", {"title": "Other", "version": "2"}).status_code == 422
        for act, state in (("break", "broken"), ("reopen", "open"), ("withdraw", "withdrawn"), ("reopen", "open")):
            client.post(f"{base}/{act}/", {"note": "Because"})
            made.refresh_from_db()
            assert made.state == state
        client.post(f"{base}/keep/")
        made.refresh_from_db()
        assert (made.state, made.title, made.due_on) == ("kept", "Send it", date(2026, 5, 1))

    @pytest.mark.parametrize("sent", [{}, {"due_on": "x", "reason": "y"}, {"due_on": "2026-05-01"}, {"reason": "y"}])
    def test_another_day_needs_both(self, cast: Cast, visit: Any, sent: dict[str, str]) -> None:
        made = make_commitment(cast.northwind, owner=cast.tom)
        assert visit("tom").post(f"/commitments/{made.public_id}/renegotiate/", sent).status_code == 302
        assert not CommitmentChange.objects.exists()

    @pytest.mark.parametrize("act", ["keep", "break", "withdraw", "reopen", "renegotiate"])
    def test_who_may_not(self, cast: Cast, visit: Any, act: str) -> None:
        made = make_commitment(cast.northwind, owner=cast.tom)
        sent = {"note": "x", "due_on": "2026-05-01", "reason": "x"}
        for name, status in (("max", 403), ("lena", 403), ("sam", 404), ("otto", 404), ("connie", 404), ("sue", 404)):
            assert visit(name).post(f"/commitments/{made.public_id}/{act}/", sent).status_code == status
        assert visit("sam").get(f"/organizations/{cast.northwind.public_id}/commitments/").status_code == 403
        made.refresh_from_db()
        assert made.version == 1

    def test_the_partner_sees_the_same_list_without_our_notes(self, cast: Cast, visit: Any) -> None:
        make_commitment(cast.northwind, title="Ours", description="Inside", owner=cast.tom)
        make_commitment(
            cast.northwind, title="Broken", state="broken", closed_at=NOW, closed_on=TODAY, outcome_note="Our fault"
        )
        make_commitment(cast.birch, title="Elsewhere")
        page = visit("connie").get("/portal/commitments/").content.decode()
        assert "Ours" in page
        assert "Broken" in page
        assert [words for words in ("Inside", "Our fault", "Elsewhere", "/organizations/") if words in page] == []

    def test_a_promise_beside_an_interaction(self, cast: Cast, visit: Any) -> None:
        url = f"/organizations/{cast.northwind.public_id}/log/"
        talk = {"kind": "call", "summary": "Talked", "happened_at": "2026-03-02T09:00"}
        promise = {"promise-title": "Send slides", "promise-side": "us", "promise-due_on": "2026-04-01"}
        assert visit("tom").post(url, {**talk, "promise-title": "No day"}).status_code == 422
        assert not Commitment.objects.exists()
        assert visit("tom").post(url, talk).status_code == 302
        assert visit("tom").post(url, {**talk, **promise}).status_code == 302
        made = Commitment.objects.get()
        assert (made.title, made.owner, made.source_type) == ("Send slides", cast.tom, "interaction")
        # Whoever only sees the organization logs, and promises nothing in its name.
        assert "promise-title" not in visit("max").get(url).content.decode()
        assert visit("max").post(url, {**talk, **promise}).status_code == 302
        assert Commitment.objects.count() == 1


@pytest.mark.services
@pytest.mark.django_db(transaction=True)
def test_kept_and_broken_at_once_ends_in_one_of_them() -> None:
    cast = make_cast()
    made = make_commitment(cast.northwind, owner=cast.tom)
    tom, ana = cast.actor("tom"), cast.actor("ana")
    outcomes = in_threads(
        lambda: commitments.keep(by=tom, commitment=made, version=1, now=NOW),
        lambda: commitments.break_(by=ana, commitment=made, note="Not seen", version=1, now=NOW),
    )
    assert sum(isinstance(outcome, Conflict) for outcome in outcomes) == 1, outcomes
    assert TimelineEntry.objects.filter(kind="commitment").count() == 1
