"""The packs that classify organizations, as types: tiers, segments, gemstones, rates. Pure.

Every parse function takes the body of a pack and raises `MalformedInput` at the place of what is wrong.
Amounts are Decimal in the currency that the pack names.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from common import reading
from common.reading import MalformedInput

KINDS = ("partner", "customer")
MARKET_SEGMENTS = ("strategic", "large", "mid_market", "smb")
PARTNER_TIERS = range(3)
ENGAGEMENT_TIERS = range(1, 10)

Body = Mapping[str, Any]
Label = Mapping[str, str]
"""A text by language; English is always there."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PartnerTier:
    """One tier: from this committed contract value on, or from this share of the country's plan on; or the rest."""

    value: int
    label: Label
    ccv_at_least: Decimal | None = None
    ccv_share_of_lrp_percent: Decimal | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class TierPolicy:
    """Partner tiers (journey.md): the first whose rule holds is the partner's, the last has none."""

    version: int
    currency: str
    applies_to: frozenset[str]
    tiers: tuple[PartnerTier, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class ArrStep:
    """One step of a ladder of annual recurring revenue; the lowest has no floor."""

    value: str | int
    label: Label
    arr_at_least: Decimal | None


@dataclass(frozen=True, kw_only=True, slots=True)
class SegmentPolicy:
    """ARR segments and engagement tiers, from the highest down, and which of the tiers come with a TAM."""

    version: int
    currency: str
    applies_to: frozenset[str]
    arr_segments: tuple[ArrStep, ...]
    engagement_tiers: tuple[ArrStep, ...]
    tam_tiers: frozenset[int]
    tam_editions: frozenset[str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Service:
    """Something promised during onboarding; days are working days, None where they are not counted."""

    id: str
    label: Label
    days_min: int | None = None
    days_max: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Gemstone:
    """An onboarding experience, for these engagement tiers (and, where named, market segments only)."""

    value: str
    label: Label
    engagement_tiers: frozenset[int]
    market_segments: frozenset[str] | None
    onboarding_days: int
    services: tuple[Service, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class GemstonePolicy:
    """Gemstones (journey.md): the first that fits is given."""

    version: int
    applies_to: frozenset[str]
    gemstones: tuple[Gemstone, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Rate:
    """What one unit of a currency was worth in the reporting currency, from a day on."""

    on: date
    rate: Decimal


@dataclass(frozen=True, kw_only=True, slots=True)
class RateTable:
    """Dated rates to the reporting currency; of each currency the latest first."""

    version: int
    reporting_currency: str
    rates: Mapping[str, tuple[Rate, ...]]

    def rate(self, currency: str, on: date) -> Rate | None:
        """The latest rate of the currency on or before the day; None where there is none."""
        if currency == self.reporting_currency:
            return Rate(on=on, rate=Decimal(1))
        return next((rate for rate in self.rates.get(currency, ()) if rate.on <= on), None)


def parse_tiers(body: Body, *, version: int) -> TierPolicy:
    """The pack `tiers`."""
    content = reading.mapping(body, "", known=("currency", "applies_to", "tiers"))
    entries = _entries(content, "tiers")
    tiers = tuple(
        _parse_tier(entry, f"tiers[{index}]", is_last=index == len(entries) - 1) for index, entry in enumerate(entries)
    )
    _refuse_twins([tier.value for tier in tiers], "tiers")
    return TierPolicy(
        version=version,
        currency=_currency(reading.member(content, "currency", ""), "currency"),
        applies_to=_applies_to(content),
        tiers=tiers,
    )


def parse_segments(body: Body, *, version: int) -> SegmentPolicy:
    """The pack `segments`."""
    known = ("currency", "applies_to", "arr_segments", "engagement_tiers", "tam")
    content = reading.mapping(body, "", known=known)
    tam = reading.mapping(reading.member(content, "tam", ""), "tam", known=("engagement_tiers", "editions"))
    engagement_tiers = _ladder(content, "engagement_tiers")
    for index, step in enumerate(engagement_tiers):
        _number_in(step.value, ENGAGEMENT_TIERS, f"engagement_tiers[{index}].value")
    known_tiers = [step.value for step in engagement_tiers]
    return SegmentPolicy(
        version=version,
        currency=_currency(reading.member(content, "currency", ""), "currency"),
        applies_to=_applies_to(content),
        arr_segments=_ladder(content, "arr_segments"),
        engagement_tiers=engagement_tiers,
        tam_tiers=frozenset(
            _known_tier(entry, known_tiers, f"tam.engagement_tiers[{index}]")
            for index, entry in enumerate(_list(tam, "engagement_tiers", "tam"))
        ),
        tam_editions=frozenset(
            reading.text(entry, f"tam.editions[{index}]").casefold()
            for index, entry in enumerate(_list(tam, "editions", "tam"))
        ),
    )


def parse_gemstones(body: Body, *, version: int) -> GemstonePolicy:
    """The pack `gemstones`."""
    content = reading.mapping(body, "", known=("applies_to", "gemstones"))
    entries = _entries(content, "gemstones")
    gemstones = tuple(_parse_gemstone(entry, f"gemstones[{index}]") for index, entry in enumerate(entries))
    _refuse_twins([gemstone.value for gemstone in gemstones], "gemstones")
    return GemstonePolicy(version=version, applies_to=_applies_to(content), gemstones=gemstones)


def parse_rates(body: Body, *, version: int) -> RateTable:
    """The pack `rates`."""
    content = reading.mapping(body, "", known=("reporting_currency", "rates"))
    reporting = _currency(reading.member(content, "reporting_currency", ""), "reporting_currency")
    rates: dict[str, dict[date, Rate]] = {}
    for index, entry in enumerate(_list(content, "rates", "")):
        place = f"rates[{index}]"
        row = reading.mapping(entry, place, known=("currency", "on", "rate"))
        currency = _currency(reading.member(row, "currency", place), f"{place}.currency")
        on = reading.day(reading.member(row, "on", place), f"{place}.on")
        rate = reading.amount(reading.member(row, "rate", place), f"{place}.rate")
        if not rate:
            raise MalformedInput(f"{place}.rate", "must be more than zero")
        if currency == reporting:
            raise MalformedInput(f"{place}.currency", f"{currency} is the reporting currency; its rate is always 1")
        if on in rates.setdefault(currency, {}):
            raise MalformedInput(place, f"{currency} has a rate for {on.isoformat()} already")
        rates[currency][on] = Rate(on=on, rate=rate)
    latest_first = {
        currency: tuple(sorted(dated.values(), key=lambda rate: rate.on, reverse=True))
        for currency, dated in rates.items()
    }
    return RateTable(version=version, reporting_currency=reporting, rates=latest_first)


def _parse_tier(entry: object, place: str, *, is_last: bool) -> PartnerTier:
    rules = ("ccv_at_least", "ccv_share_of_lrp_percent")
    row = reading.mapping(entry, place, known=("value", "label", *rules))
    given = [rule for rule in rules if rule in row]
    if is_last and given:
        raise MalformedInput(f"{place}.{given[0]}", "the last tier takes what is left and has no rule")
    if not is_last and len(given) != 1:
        raise MalformedInput(place, f"expected one rule, {' or '.join(rules)}, found {len(given)}")
    amounts = {rule: reading.amount(row[rule], f"{place}.{rule}") for rule in given}
    return PartnerTier(
        value=_number_in(reading.member(row, "value", place), PARTNER_TIERS, f"{place}.value"),
        label=parse_label(reading.member(row, "label", place), f"{place}.label"),
        ccv_at_least=amounts.get("ccv_at_least"),
        ccv_share_of_lrp_percent=amounts.get("ccv_share_of_lrp_percent"),
    )


def _ladder(content: Body, key: str) -> tuple[ArrStep, ...]:
    """Steps from the highest floor down; exactly the last has none."""
    entries = _entries(content, key)
    steps: list[ArrStep] = []
    for index, entry in enumerate(entries):
        place = f"{key}[{index}]"
        row = reading.mapping(entry, place, known=("value", "label", "arr_at_least"))
        floor = reading.amount(row["arr_at_least"], f"{place}.arr_at_least") if "arr_at_least" in row else None
        if (floor is None) != (index == len(entries) - 1):
            raise MalformedInput(place, "every step but the last has a floor, arr_at_least; the last has none")
        before = steps[-1].arr_at_least if steps else None
        if before is not None and floor is not None and floor >= before:
            raise MalformedInput(f"{place}.arr_at_least", f"must be below the step before it, found {floor}")
        value = reading.member(row, "value", place)
        if isinstance(value, bool) or not isinstance(value, int):
            value = reading.text(value, f"{place}.value")
        label = parse_label(reading.member(row, "label", place), f"{place}.label")
        steps.append(ArrStep(value=value, label=label, arr_at_least=floor))
    _refuse_twins([step.value for step in steps], key)
    return tuple(steps)


def _parse_gemstone(entry: object, place: str) -> Gemstone:
    known = ("value", "label", "engagement_tiers", "market_segments", "onboarding_days", "services")
    row = reading.mapping(entry, place, known=known)
    segments = None
    if "market_segments" in row:
        segments = frozenset(
            reading.one_of(segment, MARKET_SEGMENTS, f"{place}.market_segments[{index}]")
            for index, segment in enumerate(_list(row, "market_segments", place))
        )
    services = tuple(
        _parse_service(service, f"{place}.services[{index}]")
        for index, service in enumerate(_list(row, "services", place))
    )
    _refuse_twins([service.id for service in services], f"{place}.services")
    return Gemstone(
        value=reading.text(reading.member(row, "value", place), f"{place}.value"),
        label=parse_label(reading.member(row, "label", place), f"{place}.label"),
        engagement_tiers=frozenset(
            _number_in(tier, ENGAGEMENT_TIERS, f"{place}.engagement_tiers[{index}]")
            for index, tier in enumerate(_list(row, "engagement_tiers", place))
        ),
        market_segments=segments,
        onboarding_days=reading.count(reading.member(row, "onboarding_days", place), f"{place}.onboarding_days"),
        services=services,
    )


def _parse_service(entry: object, place: str) -> Service:
    row = reading.mapping(entry, place, known=("id", "label", "days", "days_min", "days_max"))
    days = {key: reading.count(row[key], f"{place}.{key}") for key in ("days", "days_min", "days_max") if key in row}
    if "days" in days and len(days) > 1:
        raise MalformedInput(place, "give days, or days_min and days_max, not both")
    days_min, days_max = days.get("days", days.get("days_min")), days.get("days", days.get("days_max"))
    if days_min is not None and days_max is not None and days_min > days_max:
        raise MalformedInput(f"{place}.days_min", f"must not be above days_max, found {days_min}")
    return Service(
        id=reading.text(reading.member(row, "id", place), f"{place}.id"),
        label=parse_label(reading.member(row, "label", place), f"{place}.label"),
        days_min=days_min,
        days_max=days_max,
    )


def parse_label(found: object, place: str) -> Label:
    """A text by language, `{en: Diamond, de: Diamant}`; English must be there."""
    label = {
        language: reading.text(words, reading.at(place, language))
        for language, words in reading.mapping(found, place).items()
    }
    reading.member(label, "en", place)
    return label


def _applies_to(content: Body) -> frozenset[str]:
    entries = _list(content, "applies_to", "")
    return frozenset(reading.one_of(kind, KINDS, f"applies_to[{index}]") for index, kind in enumerate(entries))


def _currency(found: object, place: str) -> str:
    if not isinstance(found, str) or len(found) != 3 or not found.isascii() or not found.isupper():
        raise MalformedInput(place, reading.expected("a currency of three capital letters", found))
    return found


def _number_in(found: object, allowed: range, place: str) -> int:
    number = reading.count(found, place)
    if number not in allowed:
        raise MalformedInput(place, reading.expected(f"a number from {allowed[0]} to {allowed[-1]}", found))
    return number


def _known_tier(found: object, known: Sequence[str | int], place: str) -> int:
    tier = reading.count(found, place)
    if tier not in known:
        raise MalformedInput(place, f"there is no engagement tier {tier} in this pack")
    return tier


def _entries(content: Body, key: str) -> Sequence[object]:
    entries = _list(content, key, "")
    if not entries:
        raise MalformedInput(key, "must not be empty")
    return entries


def _list(content: Body, key: str, place: str) -> Sequence[object]:
    return reading.sequence(reading.member(content, key, place), reading.at(place, key))


def _refuse_twins(values: Iterable[str | int], place: str) -> None:
    seen: set[str | int] = set()
    for index, value in enumerate(values):
        if value in seen:
            raise MalformedInput(f"{place}[{index}]", f"{reading.shown(value)} is there already")
        seen.add(value)
