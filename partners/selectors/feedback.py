"""Product feedback as people read it: items with what stands behind them, the voices of those whom the reader opens."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Any
from uuid import UUID

from django.contrib.postgres.search import TrigramSimilarity
from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from accounts.rules.access import Actor, FieldClass, visibility_terms
from common.pagination import Order, Page, SortKey, paginate
from common.policy_cache import active_policy
from common.pouring import in_batches, poured
from common.scope import Scope, scoped
from partners.feedback_choices import FeedbackKind, FeedbackState, Need
from partners.feedback_sources import label_of, url_of
from partners.growth_querysets import CommercialQuerySet
from partners.models import FeedbackItem, FeedbackVoice, Organization
from partners.rules.classification_packs import RateTable
from partners.rules.feedback import Amount, IssueRef, Weight, weigh

NEWEST = Order((SortKey(name="created_at", descending=True),))
SIZE = 50
COLUMN = 50
_TONES = {
    FeedbackState.NEW: "info",
    FeedbackState.PLANNED: "accent",
    FeedbackState.BUILDING: "warning",
    FeedbackState.RELEASED: "success",
    FeedbackState.DECLINED: "neutral",
}
_NEED_TONES = {Need.NICE: "neutral", Need.IMPORTANT: "info", Need.BLOCKING: "danger"}


@dataclass(frozen=True, kw_only=True)
class Behind:
    """What stands behind an item: `seen` organizations that the reader opens, `others` that are never named.

    `weight` is the revenue of those whose commercial fields the reader reads; None where there are none.
    """

    seen: int = 0
    others: int = 0
    tickets: int = 0
    blocking: int = 0
    weight: Weight | None = None
    currency: str = "USD"

    @property
    def total(self) -> int:
        return self.seen + self.others


@dataclass(frozen=True, kw_only=True)
class FeedbackRow:
    """One item in a list."""

    item: FeedbackItem
    kind_label: str
    state_label: str
    tone: str
    behind: Behind

    @property
    def issue_url(self) -> str:
        ref = issue_of(self.item)
        return ref.url if ref else ""


@dataclass(frozen=True, kw_only=True)
class VoiceRow:
    """One organization that asks; `source_url` where the reader may look it up."""

    voice: FeedbackVoice
    need_label: str
    tone: str
    source_label: str
    source_url: str


@dataclass(frozen=True, kw_only=True)
class FeedbackFilter:
    """What a list is narrowed to; empty texts narrow nothing."""

    q: str = ""
    state: str = ""
    kind: str = ""


@dataclass(frozen=True, kw_only=True)
class Column:
    state: str
    label: str
    rows: Sequence[FeedbackRow] = field(default_factory=tuple)


def may_read(actor: Actor) -> bool:
    """Colleagues who open an organization in full, and those who manage feedback. One statement at most."""
    if not actor.is_staff:
        return False
    return actor.has("manage_feedback") or Organization.objects.opened_to(actor).exists()


def items_for(actor: Actor) -> "QuerySet[FeedbackItem]":
    """The items that `actor` reads: all that stand in lists, or none."""
    return FeedbackItem.objects.filter(archived_at__isnull=True) if may_read(actor) else FeedbackItem.objects.none()


def feedback_page(actor: Actor, narrowed: FeedbackFilter, *, cursor: str) -> Page:
    """A page of items, the latest first."""
    page = paginate(_narrowed(actor, narrowed), NEWEST, cursor=cursor, size=SIZE)
    return Page(rows=rows_of(actor, page.rows), previous=page.previous, next=page.next)


def feedback_rows(actor: Actor, narrowed: FeedbackFilter) -> Iterator[FeedbackRow]:
    """The same for a file."""
    rows = poured(_narrowed(actor, narrowed).order_by("-created_at", "-pk"))
    return in_batches(rows, partial(rows_of, actor))


def feedback_board(actor: Actor) -> list[Column]:
    """Items by state; in each column what most stands behind comes first."""
    found = list(items_for(actor).exclude(state=FeedbackState.DECLINED).order_by("-created_at", "-pk")[: 10 * COLUMN])
    by_state: dict[str, list[FeedbackRow]] = defaultdict(list)
    for row in sorted(rows_of(actor, found), key=_heaviest_first):
        by_state[row.item.state].append(row)
    states = (FeedbackState.NEW, FeedbackState.PLANNED, FeedbackState.BUILDING, FeedbackState.RELEASED)
    return [Column(state=one.value, label=str(one.label), rows=by_state[one.value][:COLUMN]) for one in states]


def one_row(actor: Actor, item: FeedbackItem) -> FeedbackRow:
    """One item with what stands behind it."""
    return rows_of(actor, [item])[0]


def voices_of(actor: Actor, item: FeedbackItem) -> list[VoiceRow]:
    """Those who ask for it, of the organizations that the reader opens: one statement."""
    rows = FeedbackVoice.objects.all().visible_to(actor).filter(item=item)
    found = rows.select_related("organization", "contact", "added_by").order_by("organization__name_sort", "pk")
    return [_voice(row) for row in found[:500]]


def voices_at(actor: Actor, organization_id: int) -> list[VoiceRow]:
    """What one organization asks for, the latest first: one statement."""
    rows = FeedbackVoice.objects.all().visible_to(actor).filter(organization_id=organization_id)
    found = rows.select_related("item", "contact", "added_by").order_by("-created_at", "-pk")
    return [_voice(row) for row in found[:500]]


def similar_to(actor: Actor, title: str, *, but: int | None = None) -> list[FeedbackItem]:
    """Items that may say the same, the nearest first: up to five, in one statement."""
    rows = items_for(actor).exclude(pk=but or 0).annotate(nearness=TrigramSimilarity("title", title[:200]))
    return list(rows.filter(nearness__gt=0.3).order_by("-nearness", "-pk")[:5])


def issue_of(item: FeedbackItem) -> IssueRef | None:
    """The outside issue that an item follows."""
    if not item.issue_provider or item.issue_number is None:
        return None
    return IssueRef(provider=item.issue_provider, repository=item.issue_repository, number=item.issue_number)


def _narrowed(actor: Actor, narrowed: FeedbackFilter) -> "QuerySet[Any]":
    wanted = Q()
    if narrowed.q:
        wanted &= Q(title__icontains=narrowed.q) | Q(description__icontains=narrowed.q)
    if narrowed.state:
        wanted &= Q(state=narrowed.state)
    if narrowed.kind:
        wanted &= Q(kind=narrowed.kind)
    return items_for(actor).filter(wanted)


def rows_of(actor: Actor, items: Sequence[FeedbackItem]) -> list[FeedbackRow]:
    """Items with what stands behind each of them."""
    behind = _behind(actor, [item.pk for item in items])
    return [
        FeedbackRow(
            item=item,
            kind_label=str(FeedbackKind(item.kind).label),
            state_label=str(FeedbackState(item.state).label),
            tone=_TONES[FeedbackState(item.state)],
            behind=behind.get(item.pk, Behind()),
        )
        for item in items
    ]


def _behind(actor: Actor, ids: Sequence[int]) -> Mapping[int, Behind]:
    """What stands behind items: the voices that the reader sees, and how many there are in all."""
    if not ids:
        return {}
    seen = FeedbackVoice.objects.all().visible_to(actor).filter(item_id__in=ids)
    names = ("item_id", "need", "source_type", "organization__arr", "organization__currency", "pk")
    rows = list(seen.values_list(*names))
    commercial = _commercial(actor, [row[5] for row in rows])
    with scoped(Scope.all()):
        counts = FeedbackVoice.objects.filter(item_id__in=ids).values_list("item_id").annotate(count=Count("pk"))
        totals = dict(counts.order_by())
    on, rates = timezone.localdate(), _rates()
    by_item: dict[int, list[tuple[Any, ...]]] = defaultdict(list)
    for row in rows:
        by_item[row[0]].append(row)
    return {pk: _behind_one(by_item[pk], totals.get(pk, 0), commercial, rates, on) for pk in ids}


def _behind_one(
    rows: Sequence[tuple[Any, ...]], total: int, commercial: frozenset[int], rates: RateTable | None, on: date
) -> Behind:
    amounts = [Amount(value=row[3], currency=row[4]) for row in rows if row[5] in commercial]
    return Behind(
        seen=len(rows),
        others=max(total - len(rows), 0),
        tickets=sum(row[2] == "ticket" for row in rows),
        blocking=sum(row[1] == Need.BLOCKING for row in rows),
        weight=weigh(amounts, rates, on=on) if amounts else None,
        currency=rates.reporting_currency if rates else "USD",
    )


def _commercial(actor: Actor, voice_ids: Iterable[int]) -> frozenset[int]:
    """Which of these voices are of organizations whose commercial fields `actor` reads: no more than one statement."""
    ids = list(voice_ids)
    terms = visibility_terms(actor, field_class=FieldClass.COMMERCIAL)
    if terms.everything:
        return frozenset(ids)
    if terms.is_empty or not ids:
        return frozenset()
    rows = CommercialQuerySet(FeedbackVoice).visible_to(actor).filter(pk__in=ids)
    return frozenset(rows.values_list("pk", flat=True))


def _rates() -> RateTable | None:
    found = active_policy("rates")
    return found.policy if found is not None and isinstance(found.policy, RateTable) else None


def _heaviest_first(row: FeedbackRow) -> tuple[Any, ...]:
    weight = row.behind.weight
    return (-(weight.amount if weight else 0), -row.behind.total, -row.item.pk)


def _voice(row: FeedbackVoice) -> VoiceRow:
    return VoiceRow(
        voice=row,
        need_label=str(Need(row.need).label),
        tone=_NEED_TONES[Need(row.need)],
        source_label=label_of(row.source_type),
        source_url=url_of(row.source_type, row.source_id),
    )


def item_or_none(actor: Actor, public_id: UUID) -> FeedbackItem | None:
    """An item by its id; None for one that is merged, missing, or not for this reader."""
    return items_for(actor).filter(public_id=public_id).first()
