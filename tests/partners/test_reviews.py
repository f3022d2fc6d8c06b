"""Business reviews: begun ahead, built, edited, presented once and frozen; documents; who may; what leaks not."""

from datetime import date, timedelta
from typing import Any

import pytest

from common.errors import Conflict, DomainError, Missing, NotAllowed
from partners import review_sections
from partners.models import (
    BusinessReview,
    Commitment,
    ReferenceRequest,
    ReviewDocument,
    ReviewSection,
    TimelineEntry,
    Touchpoint,
    Training,
    TrainingAttendee,
    Win,
)
from partners.rules.review_content import Figure, SectionContent, Source, edition
from partners.selectors.review_sheet import hash_of, kept_of
from partners.services import review_building, review_documents, review_opening, reviews
from tests.cast import Cast
from tests.factories.partners import NOW, make_contact

pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 2)
DAY = timedelta(days=1)


def planned(cast: Cast, **values: Any) -> Touchpoint:
    sent = {"kind": "business_review", "planned_on": TODAY + 10 * DAY, "owner": cast.tom, **values}
    return Touchpoint.objects.create(organization=values.pop("organization", cast.northwind), **sent)


def begun(cast: Cast, **values: Any) -> BusinessReview:
    planned(cast, **values)
    review_opening.open_next(after=0, now=NOW)
    review_building.build_next(after=0, now=NOW)
    return BusinessReview.objects.get()


def made_hash(review: BusinessReview) -> str:
    review.refresh_from_db()
    return review.content_hash


def test_reviews_begin_ahead_once_and_follow_their_touchpoint(cast: Cast) -> None:
    near = planned(cast)
    planned(cast, kind="check_in")
    planned(cast, planned_on=TODAY + 90 * DAY)
    planned(cast, kind="technical_review", state="done")
    for _run in range(2):
        assert review_opening.open_next(after=0, now=NOW) == 0
    made = BusinessReview.objects.get()
    assert (made.period_from, made.period_to, made.owner_id) == (date(2026, 1, 1), date(2026, 4, 1), cast.tom.pk)
    assert "Q1 2026" in made.title
    assert made.agenda
    Touchpoint.objects.filter(pk=near.pk).update(planned_on=TODAY + 12 * DAY, owner=cast.petra)
    review_opening.open_next(after=0, now=NOW)
    made.refresh_from_db()
    assert (made.planned_on, made.owner_id, made.version) == (TODAY + 12 * DAY, cast.petra.pk, 2)
    BusinessReview.objects.update(state="presented", presented_at=NOW)
    Touchpoint.objects.filter(pk=near.pk).update(planned_on=TODAY + 14 * DAY)
    review_opening.open_next(after=0, now=NOW)
    made.refresh_from_db()
    assert made.planned_on == TODAY + 12 * DAY


def test_sections_say_what_they_know_and_keep_what_people_set(cast: Cast) -> None:
    made = begun(cast)
    keys = list(made.sections.values_list("key", flat=True))
    assert keys[0] == "opening_commitments"
    assert set(keys) == {
        "opening_commitments", "health", "tickets", "adoption", "trainings", "outcomes", "wins", "commitments",
        "incidents", "expansion", "next_quarter", "renewal",
    }  # fmt: skip
    assert all(row.content["lead"] for row in made.sections.all())
    by, section = cast.actor("tom"), made.sections.get(key="health")
    values = {"note": "Look here", "audience": "shared", "is_left_out": True}
    reviews.edit_section(by=by, section=section, values=values, version=1, now=NOW)
    Commitment.objects.create(organization=cast.northwind, title="Train them", due_on=TODAY, made_at=NOW)
    reviews.rebuild(by=by, review=made, now=NOW)
    section.refresh_from_db()
    assert (section.note, section.audience, section.is_left_out, section.version) == ("Look here", "shared", True, 2)
    assert "Train them" in str(made.sections.get(key="commitments").content)
    with pytest.raises(Conflict):
        reviews.edit_section(by=by, section=section, values={"note": "x"}, version=1, now=NOW)
    money = made.sections.get(key="expansion")
    with pytest.raises(DomainError) as caught:
        reviews.edit_section(by=by, section=money, values={"audience": "shared"}, version=1, now=NOW)
    assert caught.value.code == "commercial"


def test_a_module_that_is_not_there_leaves_a_section_out(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    made = begun(cast)
    without = {key: source for key, source in review_sections._sources.items() if key != "tickets"}
    monkeypatch.setattr(review_sections, "_sources", without)
    reviews.rebuild(by=cast.actor("tom"), review=made, now=NOW)
    assert not made.sections.filter(key="tickets").exists()
    assert made.sections.filter(key="incidents").exists()


def test_presenting_freezes_once(cast: Cast) -> None:
    made, by = begun(cast), cast.actor("tom")
    reviews.edit(by=by, review=made, values={"summary": "A good quarter"}, version=1, now=NOW)
    shown = reviews.present(by=by, review=made, version=2, now=NOW)
    made.refresh_from_db()
    assert (made.state, made.presented_by_id, len(made.content_hash)) == ("presented", cast.tom.pk, 64)
    assert made.content_hash == hash_of(made, kept_of(made.sections.all())) == shown.content_hash
    assert list(made.organization.touchpoints.values_list("state", flat=True)) == ["done"]
    assert TimelineEntry.objects.filter(kind="review", audience="shared").count() == 1
    assert "{promises}" in made.follow_up
    section = made.sections.first()
    assert section is not None
    refused: list[Any] = [
        lambda: reviews.present(by=by, review=made, now=NOW),
        lambda: reviews.rebuild(by=by, review=made, now=NOW),
        lambda: reviews.edit(by=by, review=made, values={"title": "Other"}, version=made.version, now=NOW),
        lambda: reviews.edit_section(by=by, section=section, values={"note": "x"}, version=1, now=NOW),
        lambda: reviews.cancel(by=by, review=made, reason="x", now=NOW),
        lambda: reviews.mark_ready(by=by, review=made, now=NOW),
    ]
    for attempt in refused:
        with pytest.raises(DomainError) as caught:
            attempt()
        assert caught.value.code == "frozen"
    assert review_building.build([made], now=NOW) == 0
    reviews.edit(by=by, review=made, values={"follow_up": "Thanks"}, version=made.version, now=NOW)
    sent = {"title": "Send the plan", "due_on": TODAY + 7 * DAY, "side": "us"}
    promise = reviews.add_action(by=by, review=made, values=sent, now=NOW)
    assert (promise.source_type, promise.source_id) == ("businessreview", made.pk)
    made.refresh_from_db()
    assert made.content_hash == shown.content_hash


def test_the_next_review_opens_with_what_was_agreed(cast: Cast) -> None:
    made, by = begun(cast), cast.actor("tom")
    reviews.present(by=by, review=made, now=NOW)
    sent = {"title": "Send the plan", "due_on": TODAY + 7 * DAY, "side": "us"}
    reviews.add_action(by=by, review=made, values=sent, now=NOW)
    later = reviews.begin(
        by=by, organization=cast.northwind, kind="business_review", on=TODAY + 80 * DAY, now=NOW + 60 * DAY
    )
    opening = later.sections.get(key="opening_commitments").content
    assert "Send the plan" in str(opening["tables"])
    assert opening["figures"][2]["value"] == "1"
    with pytest.raises(DomainError) as caught:
        reviews.begin(by=by, organization=cast.northwind, kind="business_review", on=TODAY + 81 * DAY, now=NOW)
    assert caught.value.code == "twice"
    reviews.cancel(by=by, review=later, reason="They merge", now=NOW)
    with pytest.raises(DomainError):
        reviews.cancel(by=by, review=later, reason="again", now=NOW)


@pytest.mark.parametrize("name", ["sam", "paul", "sue", "otto", "max", "lena", "connie", "nora"])
def test_who_may_not(cast: Cast, name: str) -> None:
    made = begun(cast)
    with pytest.raises((NotAllowed, Missing)):
        reviews.present(by=cast.actor(name), review=made, now=NOW)
    made.refresh_from_db()
    assert made.state == "building"


def test_a_document_is_made_once_for_each_content(cast: Cast, monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    made, by = begun(cast), cast.actor("tom")
    calls: list[Any] = []

    def render(document: Any) -> bytes:
        calls.append(document)
        return b"%PDF-1.7\nsomething"

    monkeypatch.setitem(review_documents._RENDERERS, "pdf", render)
    sent: dict[str, Any] = {"by": by, "review": made, "format": "pdf", "now": NOW}
    first = review_documents.want(edition="shared", **sent)
    assert review_documents.want(edition="shared", **sent).pk == first.pk
    assert [review_documents.make(document_id=first.pk, now=NOW) for _ in range(2)] == [True, False]
    keys = {section.key for section in calls[0].sections}
    assert keys.isdisjoint({"health", "expansion"})
    assert "tickets" in keys
    first.refresh_from_db()
    assert (first.state, first.with_commercial, first.file is not None) == ("done", False, True)
    stale = review_documents.want(edition="internal", **sent)
    assert stale.with_commercial
    ReviewSection.objects.filter(review=made, key="health").update(note="moved on")
    assert not review_documents.make(document_id=stale.pk, now=NOW)
    stale.refresh_from_db()
    assert stale.state == "failed"
    assert len(calls) == 1
    with pytest.raises(NotAllowed):
        review_documents.want(by=cast.actor("connie"), review=made, edition="shared", format="pdf", now=NOW)
    assert ReviewDocument.objects.count() == 2
    # Made while it was a draft, it says so; presented with the same words it is made anew, in both formats.
    draft = review_documents.want(edition="shared", **sent)
    review_documents.make(document_id=draft.pk, now=NOW)
    reviews.present(by=by, review=made, now=NOW)
    final = review_documents.want(edition="shared", **sent)
    assert (final.pk != draft.pk, final.state, final.content_hash) == (True, "waiting", made_hash(made))
    review_documents.make(document_id=final.pk, now=NOW)
    assert ["Draft" in shown.edition for shown in calls[-2:]] == [True, False]
    assert ReviewDocument.objects.filter(review=made, format="pptx", edition="shared", state="waiting").count() == 1


def test_figures_of_every_section_say_where_they_are_from(cast: Cast) -> None:
    made = begun(cast)
    source = Source(words="38 tickets", url_name="partners:organization_commitments", args=("x",))
    content = SectionContent(lead="l", figures=(Figure(label="a", value="1", source=source),))
    found = review_sections.SectionSource(key="outcomes", title="Outcomes", build=lambda asked: content)
    before = review_sections.source_of("outcomes")
    review_sections.register(found)
    try:
        reviews.rebuild(by=cast.actor("tom"), review=made, now=NOW)
    finally:
        assert before is not None
        review_sections.register(before)
    for row in made.sections.all():
        assert all(figure["source"]["words"] for figure in row.content["figures"])


def test_what_was_learned_and_what_went_well_is_told_without_names(cast: Cast) -> None:
    made, by, place = begun(cast), cast.actor("tom"), cast.northwind
    own: dict[str, Any] = {"organization": place, "held_on": TODAY - 9 * DAY}
    held = Training.objects.create(**own, title="Webhooks", state="held", need="They poll", outcome_note="Slow start")
    Training.objects.create(**own | {"held_on": TODAY - 99 * DAY}, title="Last year", state="held")
    Training.objects.create(**own | {"held_on": TODAY + 60 * DAY}, title="Reports", state="planned")
    for number, result in enumerate(("passed", "passed", "failed", "absent")):
        person = make_contact(place, name=f"Zara {number}", email=f"z{number}@northwind.example")
        TrainingAttendee.objects.create(organization=place, training=held, contact=person, result=result)
    TrainingAttendee.objects.create(organization=place, training=held, user=cast.tom, result="passed")
    won = Win.objects.create(organization=place, title="Live early", story="Zara insisted", achieved_on=TODAY)
    Win.objects.create(organization=place, title="Gone", achieved_on=TODAY, archived_at=NOW)
    served = {"state": "served", "closed_on": TODAY, "asked_on": TODAY - DAY, "wanted_for": "A bank"}
    ReferenceRequest.objects.create(organization=place, win=won, **served)
    reviews.rebuild(by=by, review=made, now=NOW)
    sections = {row.key: row for row in made.sections.all()}
    shown = {key: [figure["value"] for figure in sections[key].content["figures"]] for key in ("trainings", "wins")}
    assert shown["wins"] == ["1", "1"]
    assert shown["trainings"] == ["1", "3", "67%"]
    rows = sections["trainings"].content["tables"][0]["rows"]
    assert [(row[1], row[3]) for row in rows] == [("Webhooks", "3"), ("Reports", "0")]
    assert sections["trainings"].content["charts"][0]["series"][0]["values"] == ["0", "2", "1", "1"]
    told = str([sections[key].content for key in ("trainings", "wins")])
    assert not any(word in told for word in ("Zara", "poll", "Slow start", "bank", "Gone", "Last year"))
    assert {sections[key].audience for key in ("trainings", "wins")} == {"shared"}
    # Presented, they stay; in their edition too.
    reviews.present(by=by, review=made, now=NOW)
    Win.objects.update(title="Live late")
    kept = edition(kept_of(made.sections.all()), name="shared", with_commercial=False)
    assert "Live early" in str([row.content for row in kept])
