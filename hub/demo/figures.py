"""Amounts and facts of the demo organizations, in the currency of their country where there is a rate for it. Pure."""

from decimal import Decimal
from random import Random
from typing import Any

# Currency of the country, and what a US dollar is worth in it, roughly: figures shall look local.
_CURRENCIES: dict[str, tuple[str, Decimal]] = {
    **dict.fromkeys(("DE", "FR", "ES", "IT", "NL", "PT", "IE", "AT", "BE", "FI", "GR", "HR"), ("EUR", Decimal("0.92"))),
    "GB": ("GBP", Decimal("0.79")),
    "CH": ("CHF", Decimal("0.89")),
    "JP": ("JPY", Decimal(150)),
    "IN": ("INR", Decimal(85)),
    "BR": ("BRL", Decimal("5.8")),
    "CA": ("CAD", Decimal("1.4")),
    "AU": ("AUD", Decimal("1.5")),
    "SG": ("SGD", Decimal("1.35")),
    "AE": ("AED", Decimal("3.67")),
    "SE": ("SEK", Decimal("10.6")),
    "PL": ("PLN", Decimal(4)),
}
_EDITIONS = ("Standard", "Premium", "Ultimate", "Premium")
_DEPLOYMENTS = ("Cloud", "Self-managed", "Cloud", "Dedicated")
# Annual recurring revenue in US dollars, from which every customer takes its turn.
_ARR = (24_000, 620_000, 38_000, 145_000, 52_000, 260_000, 31_000, 88_000, 1_150_000, 67_000, 19_000, 210_000, 43_000)


def partner_figures(rng: Random, country: str, place: int) -> dict[str, Any]:
    """Contract value and plan: a few of tier 0, a third of tier 1, the rest of tier 2; some plans are not known."""
    currency, worth = _CURRENCIES.get(country, ("USD", Decimal(1)))
    lrp = rng.randrange(20, 220, 5) * 1_000_000
    share = {0: 0.62, 1: 0.13, 4: 0.11, 7: 0.16}.get(place % 9, rng.uniform(0.02, 0.085))
    ccv = max(int(lrp * share), 58_000_000) if place % 9 == 0 else int(lrp * share)
    return {
        "currency": currency,
        "ccv": _local(ccv, worth),
        "country_lrp": None if place % 9 == 8 else _local(lrp, worth),
        "arr": _local(rng.randrange(20, 900, 10) * 1_000, worth) if place % 3 == 0 else None,
        "market_segment": rng.choice(("strategic", "large", "mid_market", "")),
        "edition": rng.choice(_EDITIONS),
        "deployment": rng.choice(_DEPLOYMENTS),
    }


def customer_figures(rng: Random, country: str, place: int) -> dict[str, Any]:
    """Revenue in turns over all sizes, a market segment that fits (one in eight is not recorded), and the contract."""
    currency, worth = _CURRENCIES.get(country, ("USD", Decimal(1)))
    arr = int(_ARR[place % len(_ARR)] * rng.uniform(0.9, 1.15))
    segment = "smb" if arr < 60_000 else "mid_market" if arr < 180_000 else "large" if arr < 500_000 else "strategic"
    return {
        "currency": currency,
        "arr": None if place % 17 == 16 else _local(arr, worth),
        "market_segment": "" if place % 8 == 7 else segment,
        "edition": _EDITIONS[place % 4],
        "deployment": _DEPLOYMENTS[(place + 1) % 4],
        "licenses": max(arr // 240, 10),
        "expected_adoption": rng.randrange(40, 100, 5),
    }


def _local(amount: int, worth: Decimal) -> Decimal:
    """An amount of US dollars in the local currency, rounded as people state it."""
    return Decimal(int(amount * worth) // 100 * 100)
