"""What was presented stays, whoever writes: the database refuses, but for words of a person who is erased."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib.postgres.functions import TransactionNow
from django.db import IntegrityError, transaction
from django.test import Client

from common.models import StoredFile
from partners.models import BusinessReview, ReviewDocument, ReviewSection
from partners.selectors.review_sheet import hash_of, kept_of
from partners.services import review_documents, reviews
from partners.services.erasure import NEUTRAL_NAME, erase_person
from partners.services.person_records import find_person
from tests.cast import Cast
from tests.factories.partners import NOW, make_contact

pytestmark = pytest.mark.django_db(transaction=True)
Q4 = {"period_from": date(2025, 10, 1), "period_to": date(2026, 1, 1)}


@pytest.fixture
def made(cast: Cast) -> BusinessReview:
    """Presented, with a finished document; it names Mia Wallace in its summary, in a note and in what it holds."""
    by = cast.actor("tom")
    review = BusinessReview.objects.create(organization=cast.northwind, title="Q4", summary="Mia Wallace led", **Q4)
    reviews.rebuild(by=by, review=review, now=NOW)
    health = review.sections.get(key="health")
    ReviewSection.objects.filter(pk=health.pk).update(
        note="Ask Mia Wallace", content=health.content | {"lead": "Mia Wallace is glad"}
    )
    reviews.present(by=by, review=review, now=NOW)
    document = review_documents.want(by=by, review=review, edition="shared", format="pdf", now=NOW)
    file = StoredFile.objects.create(path="r.pdf", original_name="r.pdf", content_type="c", size=1, sha256="0")
    ReviewDocument.objects.filter(pk=document.pk).update(state="done", file=file, made_at=NOW + timedelta(days=9_000))
    review.refresh_from_db()
    return review


def refused(attempt: Any) -> bool:
    try:
        with transaction.atomic():
            attempt()
    except IntegrityError as error:
        return "presented review" in str(error) or "as it was made" in str(error)
    return False


def test_the_database_takes_no_change_of_what_was_presented(cast: Cast, made: BusinessReview) -> None:
    review = BusinessReview.objects.filter(pk=made.pk)
    sections, documents = ReviewSection.objects.filter(review=made), ReviewDocument.objects.filter(review=made)
    own = {"organization": made.organization, "review": made}
    other = BusinessReview.objects.create(organization=cast.northwind, title="Q1", period_from=Q4["period_to"],
                                          period_to=date(2026, 4, 1))  # fmt: skip
    moved = ReviewSection.objects.create(
        organization=made.organization, review=other, key="other", place=1, built_at=NOW
    )
    attempts: dict[str, Any] = {
        "words": lambda: review.update(summary="Better"),
        "state": lambda: review.update(state="building", presented_at=None),
        "whose": lambda: review.update(organization=cast.birch),
        "hash": lambda: review.update(content_hash="0" * 64),
        "mark": lambda: review.update(erased_at=NOW),
        "state while erasing": lambda: review.update(erased_at=TransactionNow(), state="ready"),
        "section": lambda: sections.update(content={}),
        "audience": lambda: sections.filter(key="health").update(audience="shared"),
        "less": lambda: sections.filter(key="health").delete(),
        "more": lambda: ReviewSection.objects.create(**own, key="extra", place=99, built_at=NOW),
        "brought in": lambda: ReviewSection.objects.filter(pk=moved.pk).update(review=made),
        "document": lambda: documents.update(file=None),
        "its content": lambda: documents.update(content_hash="0" * 64),
        "no document": documents.delete,
        "no review": review.delete,
    }
    assert [what for what, attempt in attempts.items() if not refused(attempt)] == []
    review.update(follow_up="Thank you")
    ReviewSection.objects.filter(pk=moved.pk).update(note="Not presented yet")


def test_an_erased_person_is_taken_out_and_the_review_says_so(cast: Cast, made: BusinessReview) -> None:
    mia = make_contact(cast.northwind, name="Mia Wallace", email="mia@northwind.example")
    shown = made.content_hash
    done = erase_person(person=find_person(mia.email), reason="asked for in writing", now=NOW)
    made.refresh_from_db()
    health = made.sections.get(key="health")
    assert (made.summary, health.note, health.content["lead"]) == (
        f"{NEUTRAL_NAME} led",
        f"Ask {NEUTRAL_NAME}",
        f"{NEUTRAL_NAME} is glad",
    )
    assert (done.reviews, made.content_hash, made.state) == (1, shown, "presented")
    assert made.kept_hash == hash_of(made, kept_of(made.sections.all())) != shown
    assert (ReviewDocument.objects.count(), StoredFile.objects.get(path="r.pdf").expires_at) == (0, NOW)
    assert refused(lambda: ReviewSection.objects.filter(pk=health.pk).update(note="Mia"))
    for name, path in {"tom": f"/reviews/{made.public_id}/", "connie": f"/portal/reviews/{made.public_id}/"}.items():
        client = Client()
        client.force_login(getattr(cast, name))
        page = client.get(path).content.decode()
        assert "Words that identify a person were taken out" in page
        assert "no longer the one that was presented" not in page
    again = review_documents.want(by=cast.actor("tom"), review=made, edition="internal", format="pdf", now=NOW)
    assert again.content_hash == made.kept_hash
    assert erase_person(person=find_person(str(mia.public_id)), reason="again", now=NOW).reviews == 0


def test_a_document_of_what_is_left_can_be_made(
    cast: Cast, made: BusinessReview, monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path
    seen: list[Any] = []

    def render(document: Any) -> bytes:
        seen.append(document)
        return b"%PDF-1.7\nsomething"

    monkeypatch.setitem(review_documents._RENDERERS, "pdf", render)
    mia = make_contact(cast.northwind, name="Mia Wallace", email="mia@northwind.example")
    erase_person(person=find_person(mia.email), reason="asked for in writing", now=NOW)
    made.refresh_from_db()
    wanted = review_documents.want(by=cast.actor("tom"), review=made, edition="shared", format="pdf", now=NOW)
    with transaction.atomic():
        assert review_documents.make(document_id=wanted.pk, now=NOW)
    assert (seen[0].subtitle, "taken out" in seen[0].edition) == (f"{NEUTRAL_NAME} led", True)
