"""The triage board: open episodes by where they stand, and organizations at risk of which nobody has an alert."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Window
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from accounts.rules.access import Actor
from common import composed
from common.pagination import Order, Page, SortKey, paginate
from common.pouring import in_batches, poured
from health.alert_choices import EpisodeState, Route
from health.alert_policy import alert_policy, pack_columns
from health.alert_querysets import EpisodeQuerySet
from health.choices import AT_RISK
from health.models import Episode, HealthState
from health.rules.alert_packs import AlertPolicy
from health.selectors.episode_rows import FIELDS, HELD, SNOOZED, EpisodeRow, episode_rows, with_row_facts
from health.words import band_chip
from partners.models import Assignment

MINE, TEAM, ALL = "mine", "team", "all"
CARDS = 25
SHOWN = 6
SIZE = 50
# What is due next comes first; among those without a clock the heaviest.
ORDER = Order((SortKey(name="due_at", nulls="last"), SortKey(name="weight", descending=True)), tie_break="id")
_BOARD = ("due_at", "-weight", "-pk")
COLUMNS: Mapping[str, str | Promise] = {
    EpisodeState.OPEN.value: _("New"),
    EpisodeState.ACKNOWLEDGED.value: _("Acknowledged"),
    EpisodeState.ACTED.value: _("Acting"),
    SNOOZED: _("Snoozed"),
}


@dataclass(frozen=True, kw_only=True)
class TriageFilter:
    """What narrows board and list; empty narrows nothing. `show`: one column, "held", "late", "closed"; "" all open."""

    whose: str = MINE
    show: str = ""
    cause: str = ""
    severity: int = 0
    text: str = ""

    @property
    def is_narrowed(self) -> bool:
        return bool(self.show or self.cause or self.severity or self.text)


@dataclass(frozen=True, kw_only=True)
class RiskCard:
    """An organization at risk without an open alert."""

    public_id: str
    name: str
    band: str
    score: Decimal | None
    since: date

    @property
    def health_chip(self) -> SafeString:
        return band_chip(self.band, self.score)


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column with the first of its cards; `total` counts all of them."""

    key: str
    label: str
    total: int
    cards: Sequence[EpisodeRow]

    @property
    def has_more(self) -> bool:
        return self.total > len(self.cards)


@dataclass(frozen=True, kw_only=True)
class Board:
    """`held` and `late` count episodes left to the digest and those whose answer is late."""

    columns: Sequence[Column]
    risks: Sequence[RiskCard]
    risk_total: int
    held: int
    late: int

    @property
    def is_empty(self) -> bool:
        return not self.risk_total and not self.held and not any(column.total for column in self.columns)


def board(actor: Actor, wanted: TriageFilter, *, policy: AlertPolicy | None, now: datetime) -> Board:
    """The board as its reader sees it. Three statements for any number of rows."""
    plain = replace(wanted, show="")
    found = narrowed(actor, plain, now=now)
    counts = _counts(found, now)
    first, *others = (_in_column(found, key, now).order_by(*_BOARD).values("pk")[:CARDS] for key in COLUMNS)
    chosen: Any = first.union(*others, all=True)
    page = with_row_facts(Episode.objects.visible_to(actor).filter(pk__in=chosen), actor)
    rows = episode_rows(page.order_by(*_BOARD).values(*FIELDS), actor=actor, policy=policy, now=now)
    risks = _risks(actor, plain)
    return Board(
        columns=[
            Column(key=key, label=str(label), total=counts[key], cards=[row for row in rows if row.column == key])
            for key, label in COLUMNS.items()
        ],
        risks=[_card(row) for row in risks[:CARDS]],
        risk_total=int(risks[0]["total"]) if risks else 0,
        held=counts[HELD],
        late=counts["late"],
    )


def _counts(found: EpisodeQuerySet, now: datetime) -> Mapping[str, int]:
    asleep = Q(snoozed_until__gt=now)
    told = ~Q(state=EpisodeState.OPEN) | ~Q(route=Route.DIGEST)
    states = {state: Count("pk", filter=Q(state=state) & ~_asleep(now) & told) for state in COLUMNS if state != SNOOZED}
    counts: Mapping[str, int] = found.order_by().aggregate(
        **states,
        snoozed=Count("pk", filter=asleep),
        held=Count("pk", filter=Q(state=EpisodeState.OPEN, route=Route.DIGEST) & ~_asleep(now)),
        late=Count("pk", filter=_late(now)),
    )
    return counts


def _asleep(now: datetime) -> Q:
    return Q(snoozed_until__isnull=False, snoozed_until__gt=now)


def _late(now: datetime) -> Q:
    return Q(state=EpisodeState.OPEN, route=Route.NOW, answered_at__isnull=True, due_at__lt=now)


def _in_column(found: EpisodeQuerySet, key: str, now: datetime) -> EpisodeQuerySet:
    """The rows of a column: exactly those that its number counts."""
    if key == SNOOZED:
        return found.snoozed(now)
    if key == HELD:
        return found.held_back().awake(now)
    if key == "late":
        return found.filter(_late(now))
    rows = found.filter(state=key).awake(now)
    return rows.exclude(route=Route.DIGEST) if key == EpisodeState.OPEN else rows


def narrowed(actor: Actor, wanted: TriageFilter, *, now: datetime) -> EpisodeQuerySet:
    """The episodes that the filters leave, of those that the reader sees."""
    rows: EpisodeQuerySet = Episode.objects.visible_to(actor).of_current()
    if wanted.whose == MINE:
        rows = rows.filter(owner_id=actor.user_id or 0)
    elif wanted.whose == TEAM:
        rows = rows.filter(owner_id__in=_team(actor))
    if wanted.cause:
        rows = rows.filter(cause=wanted.cause)
    if wanted.severity:
        rows = rows.filter(severity=wanted.severity)
    if wanted.text:
        rows = rows.filter(organization__name__icontains=wanted.text)
    if wanted.show == EpisodeState.CLOSED:
        return rows.filter(state=EpisodeState.CLOSED)
    rows = rows.unfinished()
    return _in_column(rows, wanted.show, now) if wanted.show else rows


def _team(actor: Actor) -> list[int]:
    return sorted(actor.led_user_ids | {actor.user_id or 0})


def triage_list(
    actor: Actor, wanted: TriageFilter, *, policy: AlertPolicy | None, cursor: str = "", now: datetime
) -> Page:
    """A page of episodes. One statement."""
    rows = with_row_facts(narrowed(actor, wanted, now=now), actor).values(*FIELDS, "id")
    page = paginate(rows, ORDER, cursor=cursor, size=SIZE)
    shown = episode_rows(page.rows, actor=actor, policy=policy, now=now)
    return Page(rows=shown, previous=page.previous, next=page.next)


def export_rows(actor: Actor, wanted: TriageFilter, *, now: datetime) -> Iterator[EpisodeRow]:
    """The rows of a file, what is due next first."""
    rows = with_row_facts(narrowed(actor, wanted, now=now), actor).order_by(*ORDER.ordering())
    read = partial(episode_rows, actor=actor, policy=alert_policy(), now=now)
    return in_batches(poured(rows.values(*FIELDS)), read)


def _risks(actor: Actor, wanted: TriageFilter) -> list[dict[str, Any]]:
    """Organizations at risk that nobody has an open alert of, the worst first, each with the number of all."""
    if wanted.cause or wanted.severity:
        return []
    running = Episode.objects.unfinished().filter(organization_id=OuterRef("organization_id"))
    rows = HealthState.objects.visible_to(actor).main().in_band(*AT_RISK).filter(~Exists(running))
    rows = rows.filter(organization__archived_at__isnull=True)
    if wanted.whose != ALL:
        people = [actor.user_id or 0] if wanted.whose == MINE else _team(actor)
        held = Assignment.objects.active().filter(organization_id=OuterRef("organization_id"), user_id__in=people)
        rows = rows.filter(Exists(held))
    if wanted.text:
        rows = rows.filter(organization__name__icontains=wanted.text)
    return list(_with_total(rows)[:CARDS])


def _with_total(rows: QuerySet[Any]) -> QuerySet[Any]:
    total = Window(expression=Count("pk"))
    names = ("organization__public_id", "organization__name", "band", "score", "band_since", "total")
    # Red before yellow; of a band the lowest score first.
    found: QuerySet[Any] = rows.annotate(total=total).order_by(F("score").asc(nulls_first=True), "pk").values(*names)
    return found


def _card(values: Mapping[str, Any]) -> RiskCard:
    return RiskCard(
        public_id=str(values["organization__public_id"]),
        name=values["organization__name"],
        band=values["band"],
        score=values["score"],
        since=values["band_since"],
    )


def to_answer(actor: Actor, *, now: datetime) -> list[dict[str, Any]]:
    """The first alerts that wait for the reader's answer, or for the team's of a lead, each with the counts of all.

    One statement that is composed once.
    """
    return composed.records(_to_answer, actor, gaps=(now,))


def _to_answer(actor: Actor, now: datetime) -> QuerySet[Any]:
    own = Q(owner_id__in=_team(actor)) if actor.led_user_ids else Q(owner_id=actor.user_id or 0)
    rows = Episode.objects.visible_to(actor).of_current().to_answer().awake(now).filter(own)
    late = Count("pk", filter=Q(due_at__lt=now))
    found = with_row_facts(rows, actor).annotate(
        all_count=Window(expression=Count("pk")), late_count=Window(expression=late), **pack_columns()
    )
    counted = (*FIELDS, "all_count", "late_count", "pack_id", "pack_checksum")
    shown: QuerySet[Any] = found.order_by(F("due_at").asc(nulls_last=True), "pk").values(*counted)[:SHOWN]
    return shown
