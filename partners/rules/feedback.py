"""Product feedback: what an outside issue says, how heavy an item weighs, what a merge keeps. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from partners.rules.classification_packs import RateTable

GITHUB, GITLAB = "github", "gitlab"
NEEDS = ("nice", "important", "blocking")
"""From the weakest to the strongest; as in `feedback_choices`."""


@dataclass(frozen=True, kw_only=True, slots=True)
class IssueRef:
    """An issue of another tool: `repository` is its owner and name, as in its address."""

    provider: str
    repository: str
    number: int

    @property
    def url(self) -> str:
        if self.provider == GITHUB:
            return f"https://github.com/{self.repository}/issues/{self.number}"
        return f"https://gitlab.com/{self.repository}/-/issues/{self.number}"


def read_issue(text: str) -> IssueRef | None:
    """The issue behind an address of GitHub or GitLab; None for every other text."""
    plain = text.strip().removeprefix("https://").partition("?")[0].partition("#")[0].rstrip("/")
    host, _, path = plain.partition("/")
    parts = [part for part in path.split("/") if part and part != "-"]
    names = {"github.com": GITHUB, "gitlab.com": GITLAB}
    if host.lower() not in names or len(parts) < 4 or parts[-2] != "issues":
        return None
    repository, number = "/".join(parts[:-2]), parts[-1]
    is_fine = number.isascii() and number.isdecimal() and 0 < len(number) < 12 and len(repository) <= 200
    if not is_fine or not int(number):
        return None
    return IssueRef(provider=names[host.lower()], repository=repository, number=int(number))


def is_news(*, heard_at: datetime | None, at: datetime) -> bool:
    """Whether what is heard now is later than what was heard before: calls come twice, and out of order."""
    return heard_at is None or at > heard_at


def stronger(one: str, other: str) -> str:
    """The stronger of two needs: a merge keeps it."""
    return max(one, other, key=NEEDS.index)


def joined(kept: str, added: str) -> str:
    """Words of both, those of the kept one first, nothing twice."""
    return kept if not added or added in kept else f"{kept}\n\n{added}".strip()


@dataclass(frozen=True, kw_only=True, slots=True)
class Amount:
    """A year's revenue of an organization; None where it is not known."""

    value: Decimal | None
    currency: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Weight:
    """The revenue behind an item in the reporting currency, and how many organizations it leaves out."""

    amount: Decimal
    counted: int
    left_out: int


def weigh(amounts: Iterable[Amount], rates: RateTable | None, *, on: date) -> Weight:
    """Add up what can be converted by the rates of the day; what cannot is counted as left out, never guessed."""
    total, counted, left_out = Decimal(0), 0, 0
    for amount in amounts:
        rate = _rate(amount.currency, rates, on)
        if amount.value is None or rate is None:
            left_out += 1
            continue
        total += amount.value * rate
        counted += 1
    return Weight(amount=total.quantize(Decimal("0.01")), counted=counted, left_out=left_out)


def _rate(currency: str, rates: RateTable | None, on: date) -> Decimal | None:
    if rates is None:
        return Decimal(1) if currency == "USD" else None
    if currency == rates.reporting_currency:
        return Decimal(1)
    found = rates.rate(currency, on)
    return found.rate if found is not None else None
