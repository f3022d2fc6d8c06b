"""Retention and expansion out of the ledger of revenue (GRR, NRR, logos). Pure.

The cohort are those who brought revenue when the period began. Both ends of the period are counted by the same rates,
so that a currency that moves is neither growth nor loss. Shares of nothing are unknown, never zero.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

_ZERO = Decimal(0)


@dataclass(frozen=True, kw_only=True, slots=True)
class Balance:
    """What an organization brings a year in one currency: before the period, and at its end.

    `expanded` is what lines of expansion inside the period brought, less what was taken back of them.
    """

    organization_id: int
    currency: str
    before: Decimal
    after: Decimal
    expanded: Decimal = _ZERO


@dataclass(frozen=True, kw_only=True, slots=True)
class Retention:
    """One period in the reporting currency. Shares are of 1, None where there was nothing to keep."""

    begins_with: Decimal
    ends_with: Decimal
    kept: Decimal
    cohort_ends_with: Decimal
    expansion: Decimal
    organizations: int
    organizations_kept: int
    unconverted: int

    @property
    def grr(self) -> Decimal | None:
        """Gross: of each no more counts than it brought before."""
        return self.kept / self.begins_with if self.begins_with > 0 else None

    @property
    def nrr(self) -> Decimal | None:
        """Net: what the cohort brings now, with its expansion."""
        return self.cohort_ends_with / self.begins_with if self.begins_with > 0 else None

    @property
    def logos(self) -> Decimal | None:
        """The share of organizations that still bring anything."""
        return Decimal(self.organizations_kept) / self.organizations if self.organizations else None


def retention(balances: Iterable[Balance], rates: Mapping[str, Decimal]) -> Retention:
    """The figures of a period; balances in a currency without a rate are left out and their organizations counted."""
    before: dict[int, Decimal] = {}
    after: dict[int, Decimal] = {}
    unconverted: set[int] = set()
    expansion = _ZERO
    for balance in balances:
        rate = rates.get(balance.currency)
        if rate is None:
            unconverted.add(balance.organization_id)
            continue
        place = balance.organization_id
        before[place] = before.get(place, _ZERO) + balance.before * rate
        after[place] = after.get(place, _ZERO) + balance.after * rate
        expansion += balance.expanded * rate
    cohort = {place: amount for place, amount in before.items() if amount > 0}
    ends = {place: max(after[place], _ZERO) for place in cohort}
    return Retention(
        begins_with=sum(cohort.values(), _ZERO),
        ends_with=sum(after.values(), _ZERO),
        kept=sum((min(amount, ends[place]) for place, amount in cohort.items()), _ZERO),
        cohort_ends_with=sum(ends.values(), _ZERO),
        expansion=expansion,
        organizations=len(cohort),
        organizations_kept=sum(1 for amount in ends.values() if amount > 0),
        unconverted=len(unconverted),
    )
