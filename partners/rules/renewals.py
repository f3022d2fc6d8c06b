"""What the machine says of a renewal, and whether its owner is to be asked; with the pack `renewals`. Pure.

Each signal that fires adds its verdict with the figure behind it; the worst counts. Close to the day nothing is left to
be watched: what would be, is at risk.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from common import reading
from common.reading import MalformedInput
from partners.rules import pack_reading as packs
from partners.rules.classification_packs import Body, Label

RENEW, MONITOR, AT_RISK, LEAVE = "renew", "monitor", "at_risk", "leave"
VERDICTS = (RENEW, MONITOR, AT_RISK, LEAVE)
"""From good to bad."""
BANDS = ("green", "yellow", "red", "grey")
FACTS = (
    "score",
    "adoption",
    "open_criticals",
    "critical_voices",
    "overdue_commitments",
    "missed_touchpoints",
    "single_thread",
    "quiet_days",
)
"""Figures that signals may ask for, beside the band. `critical_voices`: stakeholders who are critical or against us;
`single_thread`: 1 where everything hangs on one person. Upper floors bring some; without them they are unknown."""
KEYS = (
    "verdict_before_days", "ask_every_days", "leave_from_reasons", "signals", "fact", "is", "at_least", "at_most",
    "verdict",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True, slots=True)
class Signal:
    """Fires for one of the bands `bands`, or for a figure from `at_least` on or up to `at_most`."""

    id: str
    label: Label
    fact: str
    verdict: str
    bands: tuple[str, ...] = ()
    at_least: Decimal | None = None
    at_most: Decimal | None = None

    def fires(self, facts: Facts) -> bool:
        """What is not known fires nothing."""
        if self.fact == "band":
            return (facts.band or "grey") in self.bands
        value = facts.figures.get(self.fact)
        if value is None:
            return False
        return (self.at_least is not None and value >= self.at_least) or (
            self.at_most is not None and value <= self.at_most
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class RenewalPolicy:
    """The pack in force. From `leave_from_reasons` reasons for "at risk" on the machine says that they leave."""

    version: int
    verdict_before_days: int
    ask_every_days: int
    leave_from_reasons: int
    signals: tuple[Signal, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Facts:
    """What is known of an organization today; a figure that nobody knows is not there."""

    band: str
    figures: Mapping[str, Decimal]


@dataclass(frozen=True, kw_only=True, slots=True)
class Reason:
    """A signal that fired and the figure it saw; the code `near` says that watching has ended."""

    code: str
    value: str


@dataclass(frozen=True, kw_only=True, slots=True)
class MachineVerdict:
    verdict: str
    reasons: tuple[Reason, ...]


def machine_verdict(policy: RenewalPolicy, facts: Facts, *, days_left: int) -> MachineVerdict:
    """The worst verdict of the signals that fire; none fires: it renews."""
    fired = [signal for signal in policy.signals if signal.fires(facts)]
    reasons = [Reason(code=signal.id, value=_seen(signal, facts)) for signal in fired]
    verdict = max((signal.verdict for signal in fired), key=VERDICTS.index, default=RENEW)
    if verdict == AT_RISK and sum(signal.verdict == AT_RISK for signal in fired) >= policy.leave_from_reasons:
        verdict = LEAVE
    if verdict == MONITOR and days_left <= policy.verdict_before_days:
        verdict = AT_RISK
        reasons.append(Reason(code="near", value=str(policy.verdict_before_days)))
    return MachineVerdict(verdict=verdict, reasons=tuple(reasons))


def _seen(signal: Signal, facts: Facts) -> str:
    if signal.fact == "band":
        return facts.band or "grey"
    return f"{facts.figures[signal.fact].normalize():f}"


def wants_verdict(owner_verdict: str, *, due_on: date, today: date, policy: RenewalPolicy) -> bool:
    """Whether an open renewal is so near that its owner has to say what becomes of it."""
    return owner_verdict in ("", MONITOR) and (due_on - today).days <= policy.verdict_before_days


def is_asked_again(asked_on: date | None, *, today: date, policy: RenewalPolicy) -> bool:
    """Whether an owner who is to say something is told today."""
    return asked_on is None or (today - asked_on).days >= policy.ask_every_days


def parse_renewals(body: Body, *, version: int) -> RenewalPolicy:
    """The pack `renewals`. Raises MalformedInput at the place of what is wrong."""
    days = ("verdict_before_days", "ask_every_days", "leave_from_reasons")
    content = reading.mapping(body, "", known=(*days, "signals"))
    before, every, leave = (packs.whole(content, key, "", least=1) for key in days)
    known = ("id", "label", "fact", "is", "at_least", "at_most", "verdict")
    signals = tuple(_signal(row, place) for place, row in packs.rows(content, "signals", known=known))
    packs.refuse_twins([signal.id for signal in signals], "signals", "id")
    return RenewalPolicy(
        version=version, verdict_before_days=before, ask_every_days=every, leave_from_reasons=leave, signals=signals
    )


def _signal(row: packs.Row, place: str) -> Signal:
    fact = reading.one_of(reading.member(row, "fact", place), ("band", *FACTS), f"{place}.fact")
    bounds = {key: reading.amount(row[key], f"{place}.{key}") for key in ("at_least", "at_most") if key in row}
    bands = packs.words(row, "is", place, BANDS)
    if fact == "band" and (bounds or not bands):
        raise MalformedInput(place, 'a signal of the band says "is" alone')
    if fact != "band" and (bands or len(bounds) != 1):
        raise MalformedInput(place, 'a signal of a figure says one of "at_least" and "at_most"')
    return Signal(
        id=packs.identifier(row, place),
        label=packs.label(row, place),
        fact=fact,
        verdict=reading.one_of(reading.member(row, "verdict", place), VERDICTS[1:], f"{place}.verdict"),
        bands=bands,
        at_least=bounds.get("at_least"),
        at_most=bounds.get("at_most"),
    )
