"""A review as a sheet: its sections as they are kept, its hash, and the document of an edition."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from common.document import Document
from common.document_brand import house_brand
from common.templatetags.format import spell_day
from partners.models import BusinessReview, ReviewSection
from partners.review_choices import Edition, ReviewState
from partners.review_sections import title_of
from partners.rules.review_content import Kept, content_hash, edition, section_of
from partners.rules.review_periods import Period, quarter_of
from partners.selectors.handoff_checks import local_day


def kept_of(rows: Iterable[ReviewSection]) -> tuple[Kept, ...]:
    """Sections without the database. The heading is kept with the content once built, and does not move either."""
    return tuple(
        Kept(
            key=row.key,
            title=row.content.get("title") or title_of(row.key),
            audience=row.audience,
            field_class=row.field_class,
            is_left_out=row.is_left_out,
            note=row.note,
            content=row.content,
        )
        for row in rows
    )


def hash_of(review: BusinessReview, sections: Sequence[Kept]) -> str:
    """SHA-256 over what is shown of it."""
    days = {"period_from": review.period_from.isoformat(), "period_to": review.period_to.isoformat()}
    return content_hash({"title": review.title, "summary": review.summary, **days}, sections)


def period_label(review: BusinessReview) -> str:
    """Q3 2026 for a whole quarter, else its days."""
    period = Period(start=review.period_from, end=review.period_to)
    if quarter_of(review.period_from) == period:
        return period.label
    return f"{spell_day(period.start)} - {spell_day(period.last)}"


def document_of(
    review: BusinessReview,
    sections: Sequence[Kept],
    *,
    name: str,
    with_commercial: bool,
    language: str,
    now: datetime,
) -> Document:
    """What the renderings know of an edition; a review that was not presented says that it is a draft."""
    shown = edition(sections, name=name, with_commercial=with_commercial)
    is_final = review.state == ReviewState.PRESENTED
    day = review.presented_at if is_final and review.presented_at is not None else now
    return Document(
        title=review.title,
        subtitle=review.summary,
        organization=review.organization.name,
        period=period_label(review),
        edition=edition_label(name, is_final=is_final, is_erased=review.erased_at is not None),
        language=language,
        brand=house_brand(),
        generated_on=local_day(review.organization, day),
        sections=tuple(section_of(row) for row in shown),
        footer=review.organization.name if name == Edition.SHARED else _("Internal: not for the other side"),
    )


def edition_label(name: str, *, is_final: bool, is_erased: bool = False) -> str:
    """What stands on the first page."""
    whose = "" if name == Edition.SHARED else _("Internal edition")
    draft = "" if is_final else _("Draft")
    erased = _("A person's words were taken out") if is_erased else ""
    return ", ".join(part for part in (whose, draft, erased) if part)
