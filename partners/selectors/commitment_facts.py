"""How promises were kept, counted where they lie: the rule of `rules.commitments` as columns, for any number."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, DateField, DateTimeField, Exists, F, Func, OuterRef, Q, Subquery, Value
from django.db.models.functions import Cast, Coalesce
from django.utils.translation import gettext as _

from common.templatetags.format import spell_percent
from partners.models import CommitmentChange
from partners.rules.commitments import Reliability
from partners.rules.small_samples import share
from partners.work_choices import CommitmentState, Side
from partners.work_querysets import CommitmentQuerySet


def _day(moment: Any, zone: str) -> Any:
    """The local day of a moment, in the zone that a column names."""
    local = Func(F(zone), moment, function="timezone", output_field=DateTimeField())
    return Cast(local, DateField())


def today_there(now: datetime) -> Any:
    """The day that it is where the organization is."""
    return _day(Value(now, output_field=DateTimeField()), "organization__timezone")


def judged(rows: CommitmentQuerySet, now: datetime) -> CommitmentQuerySet:
    """With `judged_on` and `today`: a day agreed anew counts if the one before it was not over yet."""
    too_late = CommitmentChange.objects.filter(commitment=OuterRef("pk")).annotate(
        agreed_on=_day(F("changed_at"), "organization__timezone")
    )
    first = too_late.filter(agreed_on__gt=F("was_due_on")).order_by("changed_at", "pk").values("was_due_on")[:1]
    judged_on = Coalesce(Subquery(first), F("due_on"))
    return rows.annotate(judged_on=judged_on, today=today_there(now))


_KEPT, _IN_TIME = Q(state=CommitmentState.KEPT), Q(closed_on__lte=F("judged_on"))
_OVERDUE = Q(state=CommitmentState.OPEN, today__gt=F("judged_on"))
COUNTS: Mapping[str, Any] = {
    "hits": Count("pk", filter=_KEPT & (_IN_TIME | Q(closed_on__isnull=True))),
    "late": Count("pk", filter=_KEPT & Q(closed_on__gt=F("judged_on"))),
    "broken": Count("pk", filter=Q(state=CommitmentState.BROKEN)),
    "overdue": Count("pk", filter=_OVERDUE),
    "still_open": Count("pk", filter=Q(state=CommitmentState.OPEN)),
    "all_rows": Count("pk"),
    "moved": Count("pk", filter=Q(has_moved=True)),
}


def counted(rows: CommitmentQuerySet, now: datetime, *groups: str) -> Any:
    """One row of COUNTS for each group. One statement."""
    moves = CommitmentChange.objects.filter(commitment=OuterRef("pk"))
    found = judged(rows, now).annotate(has_moved=Exists(moves))
    return found.order_by().values(*groups).annotate(**COUNTS)


def reliability_of(row: Mapping[str, int]) -> Reliability:
    """The counts of a group as the rule has them."""
    total = row["hits"] + row["late"] + row["broken"] + row["overdue"]
    return Reliability(
        on_time=share(row["hits"], total),
        late=row["late"],
        broken=row["broken"],
        overdue=row["overdue"],
        renegotiated=row["moved"],
    )


@dataclass(frozen=True, kw_only=True)
class SideWord:
    """How a side keeps its word: the rate with its interval, or that there are too few to tell."""

    label: str
    rate: str
    interval: str
    counts: str
    is_hint: bool


@dataclass(frozen=True, kw_only=True)
class Kept:
    """Both sides in words, and how many promises are open and settled."""

    sides: tuple[SideWord, ...]
    open_count: int
    settled_count: int


def kept_of(rows: CommitmentQuerySet, now: datetime) -> Kept:
    """How both sides keep their word in `rows`. One statement."""
    found = {row["side"]: row for row in counted(rows, now, "side")}
    still_open = sum(row["still_open"] for row in found.values())
    everything = sum(row["all_rows"] for row in found.values())
    return Kept(
        sides=tuple(_words(found)) if found else (), open_count=still_open, settled_count=everything - still_open
    )


def _words(found: Mapping[str, Mapping[str, int]]) -> Iterable[SideWord]:
    nothing = dict.fromkeys(COUNTS, 0)
    for side, label in ((Side.US, _("We")), (Side.THEM, _("They"))):
        yield side_word(label, reliability_of(found.get(side, nothing)))


def side_word(label: str, word: Reliability) -> SideWord:
    """A rate in words."""
    rate = word.on_time
    counts = _("%(hits)s of %(total)s on time; %(late)s late, %(broken)s not kept, %(overdue)s overdue")
    moved = _(", another day agreed for %(moved)s") if word.renegotiated else ""
    return SideWord(
        label=label,
        rate=spell_percent(rate.value) if rate.value is not None else "",
        interval=_("between %(low)s and %(high)s") % {"low": spell_percent(rate.low), "high": spell_percent(rate.high)},
        counts=(counts + moved)
        % {
            "hits": rate.hits,
            "total": rate.total,
            "late": word.late,
            "broken": word.broken,
            "overdue": word.overdue,
            "moved": word.renegotiated,
        },
        is_hint=word.is_hint,
    )
