"""Rows of the organization list and cards of the board: what one looks at, within what the reader may see."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.contrib.postgres.aggregates import JSONBAgg
from django.db.models import F, Func, JSONField, OuterRef, Subquery

from accounts.labels import kind_label, role_short_label
from accounts.rules.access import Actor
from partners.choices import LAUNCHED_STAGES, ArrSegment, Gemstone, MarketSegment, Stage
from partners.models import Assignment, Organization
from partners.querysets import OrganizationQuerySet

STAGE_TONES = {"pre_contract": "neutral", "pre_sales": "neutral", "post_launch": "success", "live": "success"}


@dataclass(frozen=True, kw_only=True)
class OwnerChip:
    """A person who holds an organization today, as a list shows them."""

    user_id: int
    public_id: str
    name: str
    role: str
    role_label: str
    is_primary: bool


@dataclass(frozen=True, kw_only=True)
class OrganizationRow:
    """One organization in a list. What the reader may not see is empty or None; `is_open` tells summaries apart.

    `may_work` holds in lists that ask for it.
    """

    pk: int
    public_id: str
    name: str
    kind: str
    kind_label: str
    stage: str
    stage_label: str
    stage_entered_at: datetime
    days_in_stage: int
    target_launch_on: date | None
    launched_on: date | None
    is_late: bool
    country: str
    industry: str
    market_segment: str
    partner_tier: int | None
    engagement_tier: int | None
    arr_segment: str
    gemstone: str
    gemstone_label: str
    arr: Decimal | None
    currency: str
    owners: tuple[OwnerChip, ...]
    via_partner_name: str
    last_interaction_at: datetime | None
    last_two_way_at: datetime | None
    is_open: bool
    is_archived: bool
    may_work: bool

    @property
    def stage_tone(self) -> str:
        return STAGE_TONES.get(self.stage, "accent")

    @property
    def lead_owners(self) -> tuple[OwnerChip, ...]:
        """The primary owners, for a card: four at most."""
        return tuple(owner for owner in self.owners if owner.is_primary)[:4]

    def owners_in(self, role: str) -> tuple[OwnerChip, ...]:
        """The people who hold it in `role`, the primary one first."""
        return tuple(owner for owner in self.owners if owner.role == role)


def with_row_facts(organizations: OrganizationQuerySet, actor: Actor) -> OrganizationQuerySet:
    """The query of a list, with all that `organization_rows` reads from its rows: one statement, however many."""
    held = (
        Assignment.objects.visible_to(actor)
        .active()
        .filter(organization_id=OuterRef("pk"))
        .order_by()
        .values("organization_id")
        .annotate(found=JSONBAgg(_OWNER, order_by=("role", "-is_primary", "started_at")))
        .values("found")
    )
    partner = Organization.objects.visible_to(actor).filter(pk=OuterRef("via_partner_id")).order_by().values("name")
    return (
        organizations.with_reach(actor)
        .select_related("facts")
        .annotate(owner_rows=Subquery(held), via_partner_name=Subquery(partner[:1]))
    )


# A person in a row: user, public id, name, role, is primary.
_OWNER = Func(
    F("user_id"),
    F("user__public_id"),
    F("user__name"),
    F("role"),
    F("is_primary"),
    function="jsonb_build_array",
    output_field=JSONField(),
)


def organization_rows(page: Sequence[Organization], *, now: datetime) -> list[OrganizationRow]:
    """The rows of one page, read through `with_row_facts`; no statement."""
    return [_row(organization, now) for organization in page]


def _owners(found: list[list[Any]] | None) -> tuple[OwnerChip, ...]:
    return tuple(
        OwnerChip(
            user_id=user_id,
            public_id=public_id,
            name=name,
            role=role,
            role_label=role_short_label(role),
            is_primary=is_primary,
        )
        for user_id, public_id, name, role, is_primary in found or ()
    )


def _row(organization: Any, now: datetime) -> OrganizationRow:
    facts, is_open = organization.facts, organization.is_open
    target = organization.target_launch_on
    return OrganizationRow(
        pk=organization.pk,
        public_id=str(organization.public_id),
        name=organization.name,
        kind=organization.kind,
        kind_label=kind_label(organization.kind),
        stage=organization.stage,
        stage_label=str(Stage(organization.stage).label),
        stage_entered_at=organization.stage_entered_at,
        days_in_stage=max((now - organization.stage_entered_at).days, 0),
        target_launch_on=target,
        launched_on=organization.launched_on,
        is_late=bool(target and organization.stage not in LAUNCHED_STAGES and target < now.date()),
        country=organization.country,
        industry=organization.industry if is_open else "",
        market_segment=_label(MarketSegment, organization.market_segment) if is_open else "",
        partner_tier=facts.partner_tier if is_open else None,
        engagement_tier=facts.engagement_tier if is_open else None,
        arr_segment=_label(ArrSegment, facts.arr_segment) if is_open else "",
        gemstone=facts.gemstone if is_open else "",
        gemstone_label=_label(Gemstone, facts.gemstone) if is_open else "",
        arr=organization.arr if organization.shows_commercial else None,
        currency=organization.currency,
        owners=_owners(organization.owner_rows),
        via_partner_name=organization.via_partner_name or "",
        last_interaction_at=facts.last_interaction_at,
        last_two_way_at=facts.last_two_way_at,
        is_open=is_open,
        is_archived=organization.archived_at is not None,
        may_work=getattr(organization, "may_work", False),
    )


def _label(choices: type[MarketSegment | ArrSegment | Gemstone], value: str) -> str:
    """The word for a value; one that a policy made up stands for itself."""
    return str(choices(value).label) if value in choices.values else value
