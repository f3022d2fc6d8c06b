"""All promises that one may see: narrowed, by day, page by page; and how well each organization or person kept them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import BooleanField, ExpressionWrapper, F, Q, Value
from django.db.models.functions import ExtractQuarter, ExtractYear
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.rules.access import Actor, Right, visibility_terms
from common.pagination import Order, Page, SortKey, paginate
from common.pouring import poured
from partners.models import Commitment
from partners.querysets import opened_by
from partners.selectors.commitment_facts import SideWord, counted, reliability_of, side_word, today_there
from partners.selectors.commitments import CommitmentRow, row_of, with_moves
from partners.work_choices import CommitmentState
from partners.work_querysets import CommitmentQuerySet

SIZE, MOST_GROUPS = 50, 100
SOONEST = Order((SortKey(name="due_on"),))
LATEST = Order((SortKey(name="due_on", descending=True),))
MINE, TEAM, ALL = "mine", "team", "all"
OPEN, OVERDUE, SETTLED, EVERY = "open", "overdue", "settled", "every"
BY_ORGANIZATION, BY_OWNER, BY_QUARTER = "organization", "owner", "quarter"
_YEAR = timedelta(days=365)


@dataclass(frozen=True, kw_only=True)
class CommitmentFilter:
    """What a list is narrowed to."""

    whose: str = MINE
    state: str = OPEN
    side: str = ""
    organization: str = ""


def commitment_page(actor: Actor, narrowed: CommitmentFilter, *, cursor: str, now: datetime) -> Page:
    """A page: two statements. Open ones begin with what is due first, settled ones with the latest day."""
    order = LATEST if narrowed.state in (SETTLED, EVERY) else SOONEST
    rows = with_moves(_narrowed(actor, narrowed, now).annotate(may_arrange=_may_arrange(actor)))
    page = paginate(rows, order, cursor=cursor, size=SIZE)  # type: ignore[arg-type]
    return Page(rows=[_row(one, actor, now) for one in page.rows], previous=page.previous, next=page.next)


def commitments_as_file(actor: Actor, narrowed: CommitmentFilter, *, now: datetime) -> Iterator[CommitmentRow]:
    """The same for a file."""
    found = poured(with_moves(_narrowed(actor, narrowed, now).order_by("due_on", "pk")))
    return (row_of(one, actor, now, may_arrange=False) for one in found)


@dataclass(frozen=True, kw_only=True)
class KeptRow:
    """How promises of one group were kept: ours, theirs."""

    name: str
    organization_id: str
    us: SideWord
    them: SideWord


def kept_rows(actor: Actor, *, by: str, now: datetime) -> list[KeptRow]:
    """Promises whose day lay within the last year, by organization, owner or quarter; most promises first.

    One statement. The quarters are those of the calendar, by the day that stands now.
    """
    since = timezone.localdate(now) - _YEAR
    seen = Commitment.objects.visible_to(actor).filter(due_on__gt=since, due_on__lte=timezone.localdate(now))
    groups: tuple[str, ...]
    if by == BY_OWNER:
        seen, groups = seen.filter(owner__isnull=False), ("owner_id", "owner__name")
    elif by == BY_QUARTER:
        seen = seen.annotate(year=ExtractYear("due_on"), quarter=ExtractQuarter("due_on"))
        groups = ("year", "quarter")
    else:
        groups = ("organization_id", "organization__name", "organization__public_id")
    return _grouped(counted(seen, now, *groups, "side"), groups)


def _grouped(found: Any, groups: tuple[str, ...]) -> list[KeptRow]:
    sides: dict[tuple[Any, ...], dict[str, Any]] = {}
    for row in found:
        sides.setdefault(tuple(row[name] for name in groups), {})[row["side"]] = row
    if groups[0] == "year":
        ordered = sorted(sides, reverse=True)
    else:
        ordered = sorted(sides, key=lambda key: (-sum(one["all_rows"] for one in sides[key].values()), str(key[1])))
    return [_kept(key, sides[key], groups) for key in ordered[:MOST_GROUPS]]


def _kept(key: tuple[Any, ...], sides: dict[str, Any], groups: tuple[str, ...]) -> KeptRow:
    nothing = dict.fromkeys(("hits", "late", "broken", "overdue", "moved"), 0)
    words = {
        side: side_word(label, reliability_of(sides.get(side, nothing)))
        for side, label in (("us", _("We")), ("them", _("They")))
    }
    is_quarter = groups[0] == "year"
    return KeptRow(
        name=_("Quarter %(quarter)s of %(year)s") % {"quarter": key[1], "year": key[0]} if is_quarter else key[1],
        organization_id=str(key[2]) if groups[0] == "organization_id" else "",
        us=words["us"],
        them=words["them"],
    )


def _narrowed(actor: Actor, narrowed: CommitmentFilter, now: datetime) -> CommitmentQuerySet:
    wanted = Q(organization__archived_at__isnull=True)
    if narrowed.whose == MINE:
        wanted &= Q(owner_id=actor.user_id)
    elif narrowed.whose == TEAM:
        wanted &= Q(owner_id__in=sorted({*actor.led_user_ids, actor.user_id or 0}))
    if narrowed.side:
        wanted &= Q(side=narrowed.side)
    if narrowed.organization:
        wanted &= _of_organization(narrowed.organization)
    seen = Commitment.objects.visible_to(actor)
    if narrowed.state == OVERDUE:
        # The furthest zone bounds what an index has to read.
        latest = timezone.localdate(now, ZoneInfo("Pacific/Kiritimati"))
        late: CommitmentQuerySet = seen.unfinished().filter(wanted, due_on__lt=latest)
        return late.annotate(today=today_there(now)).filter(due_on__lt=F("today"))
    if narrowed.state == SETTLED:
        wanted &= ~Q(state=CommitmentState.OPEN)
    elif narrowed.state == OPEN:
        wanted &= Q(state=CommitmentState.OPEN)
    found: CommitmentQuerySet = seen.filter(wanted)
    return found


def _may_arrange(actor: Actor) -> Any:
    """Whether the promise's organization is one that the reader works on, as a column."""
    terms = visibility_terms(actor, Right.WORK)
    if terms.everything or terms.is_empty:
        return Value(terms.everything, output_field=BooleanField())
    reach = Q(organization_id__in=opened_by(terms, with_summary=False))
    return ExpressionWrapper(reach, output_field=BooleanField())


def _row(one: Any, actor: Actor, now: datetime) -> CommitmentRow:
    return row_of(one, actor, now, may_arrange=bool(one.may_arrange))


def _of_organization(text: str) -> Q:
    try:
        return Q(organization__public_id=UUID(text))
    except ValueError:
        return Q(pk__in=[])
