"""What every organization of the demo world will have lived through: dates, owners, figures. Pure, from a fixed seed.

All dates count back from `now`; everything else is the same in every world.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

from accounts.choices import CUSTOMER_STAGES, PARTNER_STAGES
from accounts.holiday_names import country_name
from hub.demo.customer_names import CUSTOMERS
from hub.demo.figures import customer_figures, partner_figures
from hub.demo.partner_names import PARTNERS
from hub.demo.sayings import SUMMARIES

SEED = 20_260

# How many stand in each stage, how long those of a stage stay there (days), and since when they are in their last one.
PARTNERS_IN = {"pre_contract": 9, "gate_0": 8, "gate_1": 10, "gate_2": 11, "gate_3": 10, "post_launch": 12}
CUSTOMERS_IN = {"pre_sales": 18, "kick_off": 16, "integrate": 24, "adopt": 26, "live": 36}
_STAYS = {
    "pre_contract": (18, 45),
    "gate_0": (4, 11),
    "gate_1": (60, 98),
    "gate_2": (24, 48),
    "gate_3": (14, 28),
    "pre_sales": (20, 50),
    "kick_off": (8, 18),
    "integrate": (25, 55),
    "adopt": (30, 75),
}
_HERE_SINCE = {
    "pre_contract": (3, 55),
    "gate_0": (2, 18),
    "gate_1": (5, 112),
    "gate_2": (3, 55),
    "gate_3": (2, 34),
    "post_launch": (6, 400),
    "pre_sales": (4, 70),
    "kick_off": (3, 30),
    "integrate": (6, 75),
    "adopt": (8, 110),
    "live": (15, 480),
}
USUAL_WAY = {"partner": 177, "customer": 140}


@dataclass(frozen=True, kw_only=True)
class Ownership:
    """Somebody becomes an owner at a moment; with `instead_of` in the place of another person."""

    at: datetime
    role: str
    who: str
    is_primary: bool | None = None
    instead_of: str = ""
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """The life of one organization. `entered` holds the moment of each stage it has reached, in order."""

    number: int
    kind: str
    stage: str
    place: int
    entered: dict[str, datetime]
    owners: tuple[Ownership, ...]
    values: dict[str, Any]
    quiet_days: int
    contacts: int
    through: int | None = None
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def made_at(self) -> datetime:
        return next(iter(self.entered.values()))


def plans(now: datetime) -> list[Plan]:
    """All of them, partners first: customers may come through a partner that has launched."""
    rng = Random(SEED)  # noqa: S311
    return [*_partners(rng, now), *_customers(rng, now)]


def _partners(rng: Random, now: datetime) -> Iterator[Plan]:
    names = iter(PARTNERS)
    number = 0
    for stage, count in PARTNERS_IN.items():
        for place in range(count):
            name, country, zone, industry = next(names)
            entered = _entered(rng, [known.value for known in PARTNER_STAGES], stage, place, count, now)
            yield Plan(
                number=number,
                kind="partner",
                stage=stage,
                place=place,
                entered=entered,
                owners=tuple(_partner_owners(entered, stage, place, now)),
                values=_values(rng, name, country, zone, industry, next(iter(entered.values())), "partner")
                | partner_figures(rng, country, place),
                quiet_days=_quiet(rng, place),
                contacts=rng.randint(2, 5),
            )
            number += 1


def _customers(rng: Random, now: datetime) -> Iterator[Plan]:
    names = iter(CUSTOMERS)
    number = sum(PARTNERS_IN.values())
    launched = range(number - PARTNERS_IN["post_launch"], number)
    for stage, count in CUSTOMERS_IN.items():
        for place in range(count):
            name, country, zone, industry = next(names)
            entered = _entered(rng, [known.value for known in CUSTOMER_STAGES], stage, place, count, now)
            figures = customer_figures(rng, country, place)
            yield Plan(
                number=number,
                kind="customer",
                stage=stage,
                place=place,
                entered=entered,
                owners=tuple(_customer_owners(entered, place, figures, now)),
                values=_values(rng, name, country, zone, industry, next(iter(entered.values())), "customer") | figures,
                quiet_days=_quiet(rng, place),
                contacts=rng.randint(2, 4),
                through=launched[place % len(launched)] if place % 5 == 2 else None,
            )
            number += 1


def _entered(rng: Random, journey: list[str], stage: str, place: int, count: int, now: datetime) -> dict[str, datetime]:
    """When each stage began: the last one evenly spread over its span, the others by usual stays before it."""
    shortest, longest = _HERE_SINCE[stage]
    days_ago = shortest + (longest - shortest) * place / max(count - 1, 1)
    moment = _at_work(rng, now - timedelta(days=days_ago), now)
    found = {stage: moment}
    for earlier in reversed(journey[: journey.index(stage)]):
        moment = _at_work(rng, moment - timedelta(days=rng.randint(*_STAYS[earlier])), now)
        found[earlier] = moment
    return dict(reversed(found.items()))


def _at_work(rng: Random, moment: datetime, now: datetime) -> datetime:
    """A moment of that day within working hours, on a weekday, and not after `now`."""
    day = moment - timedelta(days=max(moment.weekday() - 4, 0))
    at = day.replace(hour=rng.randint(8, 16), minute=rng.randrange(0, 60, 5), second=0, microsecond=0)
    return min(at, now - timedelta(minutes=30))


def _values(
    rng: Random, name: str, country: str, zone: str, industry: str, made_at: datetime, kind: str
) -> dict[str, Any]:
    target = made_at + timedelta(days=USUAL_WAY[kind] + rng.randint(5, 125))
    return {
        "name": name,
        "country": country,
        "timezone": zone,
        "industry": industry,
        "summary": rng.choice(SUMMARIES).format(industry=industry, country=country_name(country)),
        "website": "",
        "target_launch_on": target.date(),
    }


def _quiet(rng: Random, place: int) -> int:
    """Since how many days nobody spoke with them: most within the month, every fifth for longer."""
    return rng.randint(34, 75) if place % 5 == 4 else rng.randint(0, 18)


def _turn(people: str, place: int) -> str:
    names = people.split()
    return names[place % len(names)]


def _partner_owners(entered: dict[str, datetime], stage: str, place: int, now: datetime) -> Iterator[Ownership]:
    made = next(iter(entered.values()))
    day = timedelta(days=1)
    wanted = [("pam", _turn("pam pam2 pam pam3", place), made)]
    if place % 4 != 3 or stage != "pre_contract":
        wanted.append(("pdm", _turn("pdm pdm2", place), made + 3 * day))
    if place % 3 == 0:
        wanted.append(("sales", "sales", made + day))
    if gate_1 := entered.get("gate_1"):
        if place % 2 == 0:
            wanted.append(("integration", _turn("integration integration2", place // 2), gate_1 + 4 * day))
        if place % 4 == 1:
            wanted.append(("solution_architect", "architect", gate_1 + 9 * day))
    if (gate_2 := entered.get("gate_2")) and (stage, place) != ("gate_2", 7):
        wanted.append(("tpm", _turn("tpm tpm2 tpm tpm3", place), gate_2 - 6 * day))
    if gate_2:
        wanted.append(("tam", _turn("tam tam2 tam3 tam tam4", place), gate_2 + 1 * day))
        if (stage, place) != ("gate_3", 8):
            wanted.append(("psm", _turn("psm psm2 psm psm3", place), gate_2 + 2 * day))
    if (launch := entered.get("post_launch")) and place % 2 == 0:
        wanted.append(("csm", _turn("csm csm2 csm3 csm4", place // 2), launch + 2 * day))
    for role, who, at in wanted:
        if at < now:
            yield Ownership(at=max(at, made), role=role, who=who)
    yield from _changes_of_owners(stage, place, entered, now)


def _changes_of_owners(stage: str, place: int, entered: dict[str, datetime], now: datetime) -> Iterator[Ownership]:
    """Some pass on, some share: so that portfolios overlap and have a past."""
    later = entered[stage] + (now - entered[stage]) / 2
    if stage == "post_launch" and place in (2, 7):
        old = _turn("tam tam2 tam3 tam tam4", place)
        yield Ownership(at=later, role="tam", who="tam", instead_of=old, reason="Closer to their time zone")
    if stage == "post_launch" and place in (1, 5):
        yield Ownership(at=later, role="tam", who="tam4" if place == 5 else "tam", is_primary=False, reason="Cover")
    if stage == "gate_1" and place in (3, 6):
        old = _turn("pdm pdm2", place)
        new = "pdm2" if old == "pdm" else "pdm"
        yield Ownership(at=later, role="pdm", who=new, instead_of=old, reason="Parental leave")
    if stage == "gate_3" and place == 4:
        yield Ownership(at=later, role="psm", who="psm3", is_primary=True, reason="Leads the launch")


def _customer_owners(
    entered: dict[str, datetime], place: int, figures: dict[str, Any], now: datetime
) -> Iterator[Ownership]:
    made = next(iter(entered.values()))
    day = timedelta(days=1)
    wanted = [("csm", _turn("csm csm3 csm2 csm4", place), made)]
    if place % 2 == 0:
        wanted.append(("sales", "sales", made + day))
    if place % 3 == 1:
        wanted.append(("account_manager", "account.manager", made + day))
    if (kick_off := entered.get("kick_off")) and figures.get("arr") and figures["arr"] >= 90_000:
        wanted.append(("tam", _turn("tam tam2 tam3 tam4", place), kick_off + 2 * day))
    # Every customer has a specialist from there on: without one nobody could sign that it is integrated.
    if integrate := entered.get("integrate"):
        wanted.append(("integration", _turn("integration integration2", place // 2), integrate + day))
    if integrate and place % 4 == 0:
        wanted.append(("implementation_engineer", "implementation", integrate + day))
    for role, who, at in wanted:
        if at < now:
            yield Ownership(at=at, role=role, who=who)
