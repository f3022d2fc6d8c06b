"""Which organizations contact has fallen behind with, the worst first."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils import timezone

from accounts.rules.access import Actor
from partners import cadence_policy
from partners.models import Touchpoint
from partners.rules.cadence_debt import Debt, debt
from partners.selectors.touchpoints import owed_of
from partners.work_choices import TouchpointState

MOST_ROWS = 2_000


@dataclass(frozen=True, kw_only=True)
class OrganizationDebt:
    """What is owed to one organization by one owner."""

    organization_name: str
    url: str
    owner_name: str
    debt: Debt


def debts_of(actor: Actor, *, user_ids: Collection[int], now: datetime) -> list[OrganizationDebt]:
    """The debt of each organization of these owners, the worst first. Two statements."""
    seen = Touchpoint.objects.visible_to(actor).filter(
        owner_id__in=user_ids, state=TouchpointState.PLANNED, organization__archived_at__isnull=True
    )
    late = seen.filter(organization_id=OuterRef("organization_id"), planned_on__lt=timezone.localdate(now))
    rows = seen.filter(Exists(late)).select_related("organization", "owner")
    found = list(rows.order_by("organization_id", "owner_id", "planned_on", "pk")[:MOST_ROWS])
    policy = cadence_policy.policy_in_force() if found else None
    debts = []
    for _ids, group in groupby(found, key=lambda row: (row.organization_id, row.owner_id)):
        together = list(group)
        organization, owner = together[0].organization, together[0].owner
        owed = debt(owed_of(together, policy), today=timezone.localdate(now, ZoneInfo(organization.timezone)))
        if owed.owed:
            debts.append(
                OrganizationDebt(
                    organization_name=organization.name,
                    url=reverse("partners:organization_cadence", args=[organization.public_id]),
                    owner_name=owner.name if owner else "",
                    debt=owed,
                )
            )
    return sorted(debts, key=lambda row: (-row.debt.days, -row.debt.minutes, row.organization_name))
