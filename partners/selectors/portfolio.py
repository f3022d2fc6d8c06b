"""What the homes show of organizations: own portfolios, a team's load, everybody's stages; one statement each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Case, Count, Exists, F, Max, Min, OuterRef, Q, QuerySet, Value, When

from accounts.rules.access import Actor
from common import composed
from partners.choices import CARRYING_ROLE, LAUNCHED_STAGES, EntryKind, OrganizationKind, Stage
from partners.models import Assignment, ContextGrant, Organization, TimelineEntry
from partners.selectors.listing import STAGE_TONES

# Without a two-way contact for this long an organization counts as quiet (journey.md, interaction debt).
QUIET_AFTER = timedelta(days=30)
# Bounded: a home shows what one looks at; the list has the rest.
SHOWN = 50


@dataclass(frozen=True, kw_only=True)
class PortfolioRow:
    """One organization of a home. `quiet_days` is None when somebody spoke with them lately."""

    public_id: str
    name: str
    kind: str
    stage: str
    stage_label: str
    days_in_stage: int
    gemstone: str
    partner_tier: int | None
    target_launch_on: date | None
    launched_on: date | None
    is_late: bool
    last_two_way_at: datetime | None
    quiet_days: int | None

    @property
    def stage_tone(self) -> str:
        return STAGE_TONES.get(self.stage, "accent")


@dataclass(frozen=True, kw_only=True)
class Portfolio:
    """The rows of a home, most urgent first, and whether the list has more."""

    rows: tuple[PortfolioRow, ...]
    has_more: bool

    @property
    def quiet(self) -> tuple[PortfolioRow, ...]:
        return tuple(row for row in self.rows if row.quiet_days is not None)

    @property
    def late(self) -> tuple[PortfolioRow, ...]:
        return tuple(row for row in self.rows if row.is_late)


_COLUMNS = (
    "pk",
    "public_id",
    "name",
    "kind",
    "stage",
    "stage_entered_at",
    "target_launch_on",
    "launched_on",
    "facts__gemstone",
    "facts__partner_tier",
    "facts__last_two_way_at",
)


def own_portfolio(actor: Actor, *, now: datetime, kind: str | None = None, roles: Sequence[str] = ()) -> Portfolio:
    """Organizations that `actor` owns in one of `roles` (all, if none is given) and sees today: one statement."""
    rows = composed.fetch(_held, actor, kind, tuple(roles))
    found = (dict(zip(_COLUMNS, row, strict=True)) for row in rows[:SHOWN])
    return Portfolio(rows=tuple(_row(values, now) for values in found), has_more=len(rows) > SHOWN)


def _held(actor: Actor, kind: str | None, roles: tuple[str, ...]) -> "QuerySet[Any, Any]":
    held = Assignment.objects.active().filter(user_id=actor.user_id)
    if roles:
        held = held.filter(role__in=roles)
    found = Organization.objects.visible_to(actor).current().filter(pk__in=held.values("organization_id"))
    if kind is not None:
        found = found.of_kind(kind)
    quietest = F("facts__last_two_way_at").asc(nulls_first=True)
    return found.order_by(quietest, "name_sort").values_list(*_COLUMNS)[: SHOWN + 1]


def _row(values: dict[str, Any], now: datetime) -> PortfolioRow:
    spoke_at = values["facts__last_two_way_at"]
    is_launched = values["stage"] in LAUNCHED_STAGES
    quiet_since = spoke_at or values["stage_entered_at"]
    is_quiet = now - quiet_since > QUIET_AFTER
    target = values["target_launch_on"]
    return PortfolioRow(
        public_id=str(values["public_id"]),
        name=values["name"],
        kind=values["kind"],
        stage=values["stage"],
        stage_label=str(Stage(values["stage"]).label),
        days_in_stage=(now - values["stage_entered_at"]).days,
        gemstone=values["facts__gemstone"] or "",
        partner_tier=values["facts__partner_tier"],
        target_launch_on=target,
        launched_on=values["launched_on"] if is_launched else None,
        is_late=bool(target and not is_launched and target < now.date()),
        last_two_way_at=spoke_at,
        quiet_days=(now - quiet_since).days if is_quiet else None,
    )


@dataclass(frozen=True, kw_only=True)
class StageCount:
    kind: str
    stage: str
    label: str
    total: int
    oldest_days: int

    @property
    def kind_label(self) -> str:
        return str(OrganizationKind(self.kind).label)


def stage_counts(actor: Actor, *, now: datetime) -> list[StageCount]:
    """How many organizations stand in each stage, of those that `actor` sees: one aggregate."""
    order = {stage.value: position for position, stage in enumerate(Stage)}
    counts = [
        StageCount(
            kind=kind,
            stage=stage,
            label=str(Stage(stage).label),
            total=total,
            oldest_days=(now - oldest).days,
        )
        for kind, stage, total, oldest in composed.fetch(_by_stage, actor)
    ]
    return sorted(counts, key=lambda count: (count.kind != "partner", order[count.stage]))


def _by_stage(actor: Actor) -> "QuerySet[Any, Any]":
    found = Organization.objects.visible_to(actor).current().order_by().values("kind", "stage")
    counted = found.annotate(total=Count("pk"), oldest=Min("stage_entered_at"))
    return counted.values_list("kind", "stage", "total", "oldest")


@dataclass(frozen=True, kw_only=True)
class MemberLoad:
    """What one member of a team holds: organizations by role and those that went quiet."""

    public_id: str
    name: str
    organizations: int
    quiet: int
    last_two_way_at: datetime | None


def team_load(actor: Actor, *, now: datetime) -> list[MemberLoad]:
    """The portfolios of the people that `actor` leads, most organizations first: one aggregate."""
    if not actor.led_user_ids:
        return []
    quiet = Q(organization__facts__last_two_way_at__lt=now - QUIET_AFTER) | Q(
        organization__facts__last_two_way_at__isnull=True
    )
    rows = (
        Assignment.objects.visible_to(actor)
        .active()
        .filter(user_id__in=sorted(actor.led_user_ids), organization__archived_at__isnull=True)
        .order_by()
        .values("user__public_id", "user__name")
        .annotate(
            organizations=Count("organization_id", distinct=True),
            quiet=Count("organization_id", distinct=True, filter=quiet),
            last=Max("organization__facts__last_two_way_at"),
        )
        .order_by("-organizations", "user__name")
    )
    return [
        MemberLoad(
            public_id=str(row["user__public_id"]),
            name=row["user__name"],
            organizations=row["organizations"],
            quiet=row["quiet"],
            last_two_way_at=row["last"],
        )
        for row in rows
    ]


@dataclass(frozen=True, kw_only=True)
class NewsItem:
    at: datetime
    title: str
    kind: str
    organization_name: str
    organization_id: str
    actor_name: str


def recent_news(actor: Actor, *, limit: int = 8) -> list[NewsItem]:
    """The newest timeline lines of the organizations that `actor` sees: one statement, titles only."""
    return [
        NewsItem(
            at=at,
            title=title,
            kind=kind,
            organization_name=name,
            organization_id=str(public_id),
            actor_name=actor_name or "",
        )
        for at, title, kind, name, public_id, actor_name in composed.fetch(_news, actor, limit)
    ]


def _news(actor: Actor, limit: int) -> "QuerySet[Any, Any]":
    found = TimelineEntry.objects.visible_to(actor).filter(
        field_class="general", organization__archived_at__isnull=True
    )
    # A talk is followed at its ticket.
    found = found.exclude(kind=EntryKind.TICKET_REPLY)
    names = ("at", "title", "kind", "organization__name", "organization__public_id", "actor__name")
    return found.newest_first().values_list(*names)[:limit]


@dataclass(frozen=True, kw_only=True)
class Unowned:
    public_id: str
    name: str
    stage_label: str
    missing_role: str


def without_owner(actor: Actor, *, limit: int = 10) -> list[Unowned]:
    """Organizations whose stage has nobody who carries it, longest first: one statement."""
    return [
        Unowned(
            public_id=str(public_id),
            name=name,
            stage_label=str(Stage(stage).label),
            missing_role=CARRYING_ROLE[Stage(stage)],
        )
        for public_id, name, stage in composed.fetch(_not_carried, actor, limit)
    ]


def _not_carried(actor: Actor, limit: int) -> "QuerySet[Any, Any]":
    role = Case(*(When(stage=stage, then=Value(role)) for stage, role in CARRYING_ROLE.items()))
    carriers = Assignment.objects.active().filter(organization=OuterRef("pk"), role=OuterRef("carrying_role"))
    found = Organization.objects.visible_to(actor).current().alias(carrying_role=role).filter(~Exists(carriers))
    return found.order_by("stage_entered_at").values_list("public_id", "name", "stage")[:limit]


@dataclass(frozen=True, kw_only=True)
class AskedGrant:
    """A request for context that waits for an answer."""

    organization_id: str
    organization_name: str
    person_name: str
    reason: str
    asked_at: datetime


def grants_to_decide(actor: Actor, *, limit: int = 10) -> list[AskedGrant]:
    """Open requests for a context grant that `actor` may answer: as PAM of the organization, manager or admin."""
    if actor.user_id is None:
        return []
    return [
        AskedGrant(
            organization_id=str(public_id),
            organization_name=name,
            person_name=person,
            reason=reason,
            asked_at=asked_at,
        )
        for public_id, name, person, reason, asked_at in composed.fetch(_asked, actor, limit)
    ]


def _asked(actor: Actor, limit: int) -> "QuerySet[Any, Any]":
    asked = ContextGrant.objects.visible_to(actor).filter(state="asked").exclude(user_id=actor.user_id or 0)
    if not actor.has("decide_context_grant"):
        own = Assignment.objects.active().filter(user_id=actor.user_id, role="pam").values("organization_id")
        asked = asked.filter(organization_id__in=own)
    names = ("organization__public_id", "organization__name", "user__name", "reason", "asked_at")
    return asked.order_by("asked_at").values_list(*names)[:limit]
