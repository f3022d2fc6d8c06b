"""The list of all reviews: who had none this quarter, packs built together, and who is told that one stands."""

from collections import defaultdict
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Notification
from common.errors import DomainError
from partners.cadence_policy import policy_in_force
from partners.models import BusinessReview, Organization, ReviewBatch, ReviewDocument, Touchpoint
from partners.rules.review_periods import Period, quarter_of
from partners.selectors.review_batches import progress_of
from partners.selectors.review_coverage import coverage, missing_page, quarter_named
from partners.services import review_batches, review_building, review_documents, review_reminders
from tests.cast import Cast
from tests.factories.partners import NOW, make_partner

pytestmark = pytest.mark.django_db
TODAY, DAY = NOW.date(), timedelta(days=1)
Q1 = Period(start=date(2026, 1, 1), end=date(2026, 4, 1))


def launched(cast: Cast, name: str, on: date | None, stage: str = "post_launch") -> Organization:
    return make_partner(stage, name=name, launched_on=on, owners={"tam": cast.tom})


def review_of(organization: Organization, **values: Any) -> BusinessReview:
    days = {"period_from": date(2025, 10, 1), "period_to": date(2026, 1, 1)}
    made: BusinessReview = BusinessReview.objects.create(organization=organization, title="Q4", **days, **values)
    return made


def foreign_to(cast: Cast) -> Organization:
    """One that Tom does not open."""
    return make_partner("post_launch", name="Foreign", owners={"tam": cast.otto})


def client_of(cast: Cast, name: str) -> Client:
    client = Client()
    client.force_login(getattr(cast, name))
    return client


def test_who_has_had_none_in_a_quarter(cast: Cast) -> None:
    held, kept, left_out, none = (launched(cast, name, date(2025, 6, 1)) for name in ("Had", "Kept", "Left", "None"))
    launched(cast, "Too fresh", date(2026, 1, 2))
    launched(cast, "Never launched", None)
    launched(cast, "On its way", date(2025, 6, 1), stage="gate_2")
    review_of(held, state="presented", presented_at=NOW)
    review_of(none, state="presented", presented_at=NOW - 100 * DAY)
    for organization, state in ((kept, "done"), (left_out, "skipped")):
        reason = {"skip_reason": "They merge"} if state == "skipped" else {}
        Touchpoint.objects.create(
            organization=organization, kind="business_review", planned_on=TODAY, state=state, closed_at=NOW, **reason
        )
    Touchpoint.objects.create(organization=none, kind="check_in", planned_on=TODAY, state="done", closed_at=NOW)
    tom, policy = cast.actor("tom"), policy_in_force()
    names = {"Had", "Kept", "Left", "None"}
    due = coverage(tom, policy, Q1)
    others = coverage(cast.actor("otto"), policy, Q1)
    rows = missing_page(tom, policy, Q1, kind="", cursor="").rows
    mine = [(row.name, row.planned_on, row.skip_reason, row.last_at) for row in rows if row.name in names]
    assert mine == [("Left", TODAY, "They merge", None), ("None", None, "", NOW - 100 * DAY)]
    assert {row.name for row in rows}.isdisjoint({"Too fresh", "Never launched", "On its way"})
    assert (due.had, due.missing, others.due) == (2, len(rows), 0)
    # A quarter later the fresh one is due as well, and nobody has had theirs.
    later = quarter_of(date(2026, 4, 1))
    assert coverage(tom, policy, later).due == due.due + 1
    assert missing_page(tom, policy, Q1, kind="customer", cursor="").rows == []
    assert coverage(tom, None, Q1).due == 0


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("", date(2026, 1, 1)),
        ("2025-4", date(2025, 10, 1)),
        ("2026-2", date(2026, 1, 1)),
        ("2025-5", date(2026, 1, 1)),
        ("１999-1", date(2026, 1, 1)),
        ("0001-1", date(2026, 1, 1)),
        ("2025", date(2026, 1, 1)),
    ],
)
def test_a_quarter_by_name(text: str, start: date) -> None:
    assert quarter_named(text, today=date(2026, 3, 2)).start == start


def test_the_pages_say_it(cast: Cast) -> None:
    launched(cast, "Left <alone>", timezone.localdate() - 400 * DAY)
    client = client_of(cast, "tom")
    assert "/reviews/coverage/" in client.get("/reviews/?mine=1&state=ready").content.decode()
    assert "0 of 1 that the cadence gives" in client.get("/reviews/coverage/").content.decode()
    assert "1 is missing" in client.get("/reviews/coverage/?quarter=x").content.decode()
    page = client.get("/reviews/missing/?quarter=x&kind=partner&cursor=y").content.decode()
    assert "Left &lt;alone&gt;" in page
    assert "Not planned" in page
    assert "Nobody is due" in client_of(cast, "otto").get("/reviews/missing/?kind=customer").content.decode()
    adam = client_of(cast, "adam")
    assert "Left <alone>" in adam.post("/reviews/missing/export/").content.decode()
    review_of(cast.northwind, state="cancelled")
    assert "Northwind" not in adam.post("/reviews/export/").content.decode()
    assert "Northwind" in adam.post("/reviews/export/?state=cancelled").content.decode()


def test_packs_are_built_together_part_by_part(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(review_batches, "CHUNK", 2)
    sent: dict[str, list[dict[str, Any]]] = defaultdict(list)
    monkeypatch.setattr(review_batches, "enqueue_on_commit", lambda task, **ids: sent[task].append(ids))
    monkeypatch.setattr(review_documents, "_RENDERERS", {"pdf": lambda _: b"%PDF-1.7", "pptx": lambda _: b"PK"})
    builds, renders = sent["partners.build_review_batch"], sent["partners.make_batch_document"]
    places = [launched(cast, f"Live {number}", date(2025, 6, 1)) for number in range(3)]
    mine = [review_of(place) for place in places]
    foreign, done = review_of(foreign_to(cast)), review_of(cast.northwind, state="presented", presented_at=NOW)
    by, wanted = cast.actor("tom"), [row.pk for row in (*mine, foreign, done)]
    batch = review_batches.start(by=by, review_ids=wanted, now=NOW)
    assert (batch.review_ids, len(builds)) == ([row.pk for row in mine], 2)
    assert [review_batches.build_part(**builds[0], now=NOW + DAY / 24) for _again in range(2)] == [2, 0]
    found = progress_of(by, now=NOW)
    assert found is not None
    assert (found.done, found.total, found.waiting, found.is_done) == (2, 3, 4, False)
    assert progress_of(cast.actor("petra"), now=NOW) is None
    again = review_batches.start(by=by, review_ids=wanted, now=NOW + DAY / 12)
    assert (again.pk, ReviewBatch.objects.count()) == (batch.pk, 1)
    assert review_batches.build_part(**builds[1], now=NOW + DAY / 12) == 0
    assert not review_batches.render_next(**renders[0], now=NOW + DAY / 12)
    renders.clear()
    for part in builds[2:]:
        review_batches.build_part(**part, now=NOW + DAY / 10)
    found = progress_of(by, now=NOW + DAY / 10)
    assert found is not None
    assert (found.is_built, found.waiting, found.is_done, len(renders)) == (True, 6, False, 2)
    # One document a message; each wakes the next until its part has none.
    while renders:
        review_batches.render_next(**renders.pop(0), now=NOW + DAY / 9)
    found = progress_of(by, now=NOW + DAY / 9)
    assert found is not None
    assert (found.documents, found.waiting, found.failed, found.is_done) == (6, 0, 0, True)
    kinds = ReviewDocument.objects.values_list("edition", "format", "asked_by", "state")
    assert set(kinds) == {("shared", format, cast.tom.pk, "done") for format in ("pdf", "pptx")}
    # What was made of this content is not made again.
    review_batches.build_part(**builds[2], now=NOW + DAY / 8)
    assert (renders, ReviewDocument.objects.count()) == ([], 6)
    for name in ("max", "connie"):
        with pytest.raises(DomainError):
            review_batches.start(by=cast.actor(name), review_ids=wanted, now=NOW)
    client = client_of(cast, "tom")
    assert client.post("/reviews/batch/?mine=1").status_code == 302
    assert client.post("/reviews/batch/").status_code == 302
    assert "0 of 3" in client.get("/reviews/").content.decode()
    assert "hx-get" in client.get("/reviews/batch/state/").content.decode()
    BusinessReview.objects.exclude(pk=done.pk).update(built_at=timezone.now())
    assert "All 3 reviews are up to date" in client.get("/reviews/batch/state/").content.decode()
    ReviewDocument.objects.filter(review=mine[0], format="pdf").delete()
    review_documents.want(by=by, review=mine[0], edition="shared", format="pdf", now=NOW)
    assert "1 document for the other side is still being made" in client.get("/reviews/batch/state/").content.decode()


def test_its_owner_hears_once_that_a_pack_stands(cast: Cast) -> None:
    soon = review_of(cast.northwind, planned_on=TODAY + 5 * DAY, owner=cast.tom)
    other = {"period_from": date(2025, 7, 1), "period_to": date(2025, 10, 1)}
    for planned_on, values in ((TODAY + 6 * DAY, {}), (TODAY - DAY, {}), (TODAY, {"state": "ready"})):
        BusinessReview.objects.create(
            organization=make_partner("post_launch", owners={"tam": cast.tom}),
            title="No",
            planned_on=planned_on,
            owner=cast.tom,
            built_at=NOW,
            **other,
            **values,
        )
    # Its owner does not open this one any more.
    review_of(foreign_to(cast), planned_on=TODAY + DAY, owner=cast.tom, built_at=NOW)
    assert review_reminders.remind_of_packs(now=NOW) == 0
    review_building.build([soon], now=NOW)
    assert [review_reminders.remind_of_packs(now=NOW) for _again in range(2)] == [1, 0]
    told = Notification.objects.get(key=f"review-stands:{soon.pk}")
    assert (told.user_id, "Northwind" in told.title, told.target_id) == (cast.tom.pk, True, soon.pk)
    BusinessReview.objects.filter(pk=soon.pk).update(planned_on=TODAY + 3 * DAY)
    assert review_reminders.remind_of_packs(now=NOW) == 0
    BusinessReview.objects.filter(pk=soon.pk).update(owner=cast.petra)
    assert review_reminders.remind_of_packs(now=NOW) == 1
