"""Reviews as people read them: the list of all, those of one organization, one as a page, and the portal's."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.urls import NoReverseMatch, reverse
from django.utils.safestring import SafeString

from accounts.rules.access import Actor, FieldClass
from common.charts_svg import page_chart
from common.document import Section
from common.pagination import Order, Page, SortKey, paginate
from common.pouring import poured
from common.templatetags.format import spell_day
from partners.models import BusinessReview, Commitment, Organization, ReviewDocument
from partners.permissions import may_read_fields
from partners.review_choices import Edition, ReviewState
from partners.rules.review_content import Kept, edition, section_of
from partners.rules.review_packs import fill
from partners.selectors.review_sheet import hash_of, kept_of, period_label

SIZE = 50
NEWEST = Order((SortKey(name="period_to", descending=True),))
TONES = {
    ReviewState.BUILDING: "info",
    ReviewState.READY: "warning",
    ReviewState.PRESENTED: "success",
    ReviewState.CANCELLED: "neutral",
}


@dataclass(frozen=True, kw_only=True)
class ReviewRow:
    """A review in a list."""

    public_id: str
    title: str
    organization: str
    organization_id: str
    period: str
    planned_on: date | None
    owner: str
    state: str
    state_label: str
    tone: str


@dataclass(frozen=True, kw_only=True)
class ShownFigure:
    """A number with the page that shows its rows; no address where there is none any more."""

    label: str
    value: str
    change: str
    tone: str
    source: str
    url: str


@dataclass(frozen=True, kw_only=True)
class ShownSection:
    """A section of the page; `public` says whether the other side gets it."""

    row: Any
    section: Section
    figures: tuple[ShownFigure, ...]
    charts: tuple[SafeString, ...]
    is_shared: bool
    is_commercial: bool


@dataclass(frozen=True, kw_only=True)
class ReviewSheet:
    """The page of a review in one edition."""

    sections: tuple[ShownSection, ...]
    left_out: tuple[ShownSection, ...]
    period: str
    agenda: str
    follow_up: str
    actions: tuple[Commitment, ...]
    documents: tuple[ReviewDocument, ...]
    is_intact: bool


def review_page(actor: Actor, *, state: str = "", mine: bool = False, cursor: str = "") -> Page:
    """A page of all that `actor` sees, the latest period first. One statement."""
    page = paginate(_listed(actor, state, mine=mine), NEWEST, cursor=cursor, size=SIZE)
    return Page(rows=[row_of(row) for row in page.rows], previous=page.previous, next=page.next)


def listed_ids(actor: Actor, *, state: str = "", mine: bool = False, most: int) -> list[int]:
    """The ids of the same list, the latest first."""
    return list(_listed(actor, state, mine=mine).order_by("-period_to", "-pk").values_list("pk", flat=True)[:most])


def reviews_of(actor: Actor, organization_id: int) -> list[ReviewRow]:
    """Those of one organization, the latest first. One statement."""
    return [row_of(row) for row in _rows(actor).filter(organization_id=organization_id).order_by("-period_to", "-pk")]


def review_rows(actor: Actor, *, state: str = "", mine: bool = False) -> Iterator[ReviewRow]:
    """The same as the list, for a file."""
    return (row_of(row) for row in poured(_listed(actor, state, mine=mine).order_by("-period_to", "-pk")))


def _listed(actor: Actor, state: str, *, mine: bool) -> QuerySet[Any]:
    """Those that were not held are listed only where they are asked for, in a file too."""
    rows = _rows(actor).filter(state=state) if state else _rows(actor).exclude(state=ReviewState.CANCELLED)
    return rows.filter(owner_id=actor.user_id) if mine else rows


def presented_to(actor: Actor) -> QuerySet[Any]:
    """What a contact may read: presented reviews of the organization that is open in the portal."""
    own = Organization.objects.visible_to(actor).filter(pk=actor.organization_id or 0)
    rows = BusinessReview.objects.filter(organization__in=own, state=ReviewState.PRESENTED)
    return rows.select_related("organization").order_by("-period_to", "-pk")


def sheet_of(actor: Actor, review: BusinessReview, *, name: str, with_links: bool) -> ReviewSheet:
    """The page of an edition; a reader without commercial fields gets it without them."""
    rows = list(review.sections.all())
    kept = kept_of(rows)
    is_inside = not actor.is_contact
    with_commercial = is_inside and may_read_fields(actor, review.organization, FieldClass.COMMERCIAL)
    by_key = {row.key: row for row in rows}
    shown = edition(kept, name=name, with_commercial=with_commercial)
    out = [row for row in kept if row.is_left_out and (with_commercial or row.field_class == "general")]
    actions = _actions(review) if is_inside else ()
    words = _words(review, actions)
    documents = tuple(_documents(actor, review, with_commercial)) if is_inside else ()
    return ReviewSheet(
        sections=tuple(_shown(row, by_key[row.key], with_links=with_links) for row in shown),
        left_out=tuple(_shown(row, by_key[row.key], with_links=False) for row in out) if is_inside else (),
        period=period_label(review),
        agenda=fill(review.agenda, words),
        follow_up=fill(review.follow_up, words),
        actions=actions,
        documents=documents,
        is_intact=not review.content_hash or (review.kept_hash or review.content_hash) == hash_of(review, kept),
    )


def row_of(row: Any) -> ReviewRow:
    state = ReviewState(row.state)
    return ReviewRow(
        public_id=str(row.public_id),
        title=row.title,
        organization=row.organization.name,
        organization_id=str(row.organization.public_id),
        period=period_label(row),
        planned_on=row.planned_on,
        owner=row.owner.name if row.owner else "",
        state=row.state,
        state_label=str(state.label),
        tone=TONES[state],
    )


def _rows(actor: Actor) -> QuerySet[Any]:
    return BusinessReview.objects.visible_to(actor).select_related("organization", "owner")


def _actions(review: BusinessReview) -> tuple[Commitment, ...]:
    made_here = Q(source_type="businessreview", source_id=review.pk)
    return tuple(Commitment.objects.filter(made_here, organization_id=review.organization_id).order_by("due_on", "pk"))


def _words(review: BusinessReview, actions: tuple[Commitment, ...]) -> Mapping[str, str]:
    day = review.planned_on or review.period_to
    listed = "\n".join(f"- {row.title} ({row.get_side_display()}, {spell_day(row.due_on)})" for row in actions)
    return {
        "organization": review.organization.name,
        "period": period_label(review),
        "day": spell_day(day),
        "promises": listed or "-",
    }


def documents_for(actor: Actor, review: BusinessReview) -> list[ReviewDocument]:
    """Documents of a review that its reader may have."""
    return _documents(actor, review, may_read_fields(actor, review.organization, FieldClass.COMMERCIAL))


def document_for(actor: Actor, document_id: UUID) -> ReviewDocument | None:
    """A finished document that its reader may have; None for any other."""
    rows = ReviewDocument.objects.visible_to(actor).select_related("file", "review__organization")
    found: ReviewDocument | None = rows.filter(public_id=document_id, file__removed_at__isnull=True).first()
    if found is None or found.file is None:
        return None
    if found.with_commercial and not may_read_fields(actor, found.review.organization, FieldClass.COMMERCIAL):
        return None
    return found


def _documents(actor: Actor, review: BusinessReview, with_commercial: bool) -> list[ReviewDocument]:
    rows = ReviewDocument.objects.visible_to(actor).filter(review=review)
    return list((rows if with_commercial else rows.filter(with_commercial=False))[:12])


def _shown(kept: Kept, row: Any, *, with_links: bool) -> ShownSection:
    section = section_of(kept)
    sources = [entry["source"] for entry in kept.content.get("figures", ())]
    figures = tuple(
        ShownFigure(
            label=figure.label,
            value=figure.value,
            change=figure.change,
            tone=figure.tone,
            source=figure.source,
            url=_url(source) if with_links else "",
        )
        for figure, source in zip(section.figures, sources, strict=True)
    )
    return ShownSection(
        row=row,
        section=section,
        figures=figures,
        charts=tuple(page_chart(chart) for chart in section.charts),
        is_shared=kept.audience == Edition.SHARED,
        is_commercial=kept.field_class == FieldClass.COMMERCIAL,
    )


def _url(source: Mapping[str, Any]) -> str:
    if not source.get("url_name"):
        return ""
    try:
        url = reverse(source["url_name"], args=source["args"])
    except NoReverseMatch:
        return ""
    return f"{url}?{source['query']}" if source.get("query") else url
