"""Rows of the organization list and cards of the board: what one looks at, within what the reader may see."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from accounts.labels import kind_label, role_short_label
from accounts.rules.access import Actor
from partners.choices import LAUNCHED_STAGES, ArrSegment, Gemstone, MarketSegment, Stage
from partners.models import Assignment, Organization
from partners.querysets import OrganizationQuerySet


@dataclass(frozen=True, kw_only=True)
class OwnerChip:
    """A person who holds an organization today, as a list shows them."""

    user_id: int
    name: str
    role: str
    role_label: str
    is_primary: bool


@dataclass(frozen=True, kw_only=True)
class OrganizationRow:
    """One organization in a list. What the reader may not see is empty or None; `is_open` tells summaries apart."""

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

    def owners_in(self, role: str) -> tuple[OwnerChip, ...]:
        """The people who hold it in `role`, the primary one first."""
        return tuple(owner for owner in self.owners if owner.role == role)


def with_row_facts(organizations: OrganizationQuerySet, actor: Actor) -> OrganizationQuerySet:
    """The query of a list, with all that `organization_rows` reads from its rows."""
    return organizations.with_reach(actor).select_related("facts")


def organization_rows(page: Sequence[Organization], *, actor: Actor, now: datetime) -> list[OrganizationRow]:
    """The rows of one page, read through `with_row_facts`: two statements, however many rows."""
    owners = owners_of(page, actor=actor)
    through = {row.via_partner_id for row in page if row.via_partner_id}
    names = dict(Organization.objects.visible_to(actor).filter(pk__in=through).values_list("pk", "name"))
    return [
        _row(organization, owners.get(organization.pk, ()), names.get(organization.via_partner_id, ""), now)
        for organization in page
    ]


def owners_of(page: Sequence[Organization], *, actor: Actor) -> dict[int, tuple[OwnerChip, ...]]:
    """Today's owners of each organization of a page by its pk, primary ones first: one statement."""
    found: dict[int, list[OwnerChip]] = {}
    rows = (
        Assignment.objects.visible_to(actor)
        .active()
        .filter(organization_id__in=[organization.pk for organization in page])
        .order_by("organization_id", "role", "-is_primary", "started_at")
        .values_list("organization_id", "user_id", "user__name", "role", "is_primary")
    )
    for organization_id, user_id, name, role, is_primary in rows:
        chip = OwnerChip(
            user_id=user_id, name=name, role=role, role_label=role_short_label(role), is_primary=is_primary
        )
        found.setdefault(organization_id, []).append(chip)
    return {organization_id: tuple(chips) for organization_id, chips in found.items()}


def _row(
    organization: Organization, owners: tuple[OwnerChip, ...], via_partner_name: str, now: datetime
) -> OrganizationRow:
    facts, is_open = organization.facts, bool(getattr(organization, "is_open", False))
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
        arr=organization.arr if getattr(organization, "shows_commercial", False) else None,
        currency=organization.currency,
        owners=owners,
        via_partner_name=via_partner_name,
        last_interaction_at=facts.last_interaction_at,
        last_two_way_at=facts.last_two_way_at,
        is_open=is_open,
        is_archived=organization.archived_at is not None,
    )


def _label(choices: type[MarketSegment | ArrSegment | Gemstone], value: str) -> str:
    """The word for a value; one that a policy made up stands for itself."""
    return str(choices(value).label) if value in choices.values else value
