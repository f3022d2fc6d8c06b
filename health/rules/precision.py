"""How often a rule of alerts was right, and when it is no longer told at once (health.md, Alerts). Pure."""

from __future__ import annotations

from dataclasses import dataclass

from partners.rules.small_samples import Share, share

SMALL = 20
"""Below so many closed episodes a share says little; pages say so."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Tally:
    """Closed episodes that a rule took part in: acted on, false, too late to act on."""

    acted: int
    false: int
    late: int = 0

    @property
    def precision(self) -> Share:
        """True alarms of the true and the false ones. A late one was neither: its rule was right and of no use."""
        return share(self.acted, self.acted + self.false)

    @property
    def is_small(self) -> bool:
        return self.acted + self.false < SMALL


def falls_below(tally: Tally, *, floor_percent: int, at_least: int) -> bool:
    """Whether a rule has been false so often that it tells in the digest from now on.

    In whole numbers, so that exactly the floor is still enough.
    """
    total = tally.acted + tally.false
    return total >= at_least and tally.acted * 100 < floor_percent * total
