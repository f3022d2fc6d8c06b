"""What one organization takes of its owner, week by week: the pure rule over what has been read."""

from partners.rules import capacity as rules
from partners.rules.capacity import Load
from partners.selectors.capacity_rows import Place, Weeks


def load_in(found: Weeks, place: Place, week: int) -> Load | None:
    """What one organization takes of its owner in a week; None where it is closed to them."""
    owned = place.weeks[week]
    if owned is None:
        return None
    kinds = found.policies.cadence.touchpoints if found.policies.cadence else {}
    return rules.load(found.policies.capacity, place.role, [owned], touchpoints=kinds)


def minutes_of(found: Weeks, place: Place) -> tuple[int, ...]:
    """The minutes that an organization takes of its owner in each week.

    Most weeks of most places are alike: each kind of week is reckoned once in a reading.
    """
    minutes = []
    for week, owned in enumerate(place.weeks):
        if owned is None:
            minutes.append(0)
            continue
        key = (place.role, owned.stage, owned.risk, owned.touchpoints, owned.owners, owned.renewals)
        if key not in found.known:
            load = load_in(found, place, week)
            found.known[key] = load.minutes_wanted if load else 0
        minutes.append(found.known[key])
    return tuple(minutes)


def renewal_minutes_of(found: Weeks, place: Place) -> tuple[int, ...]:
    """Those of these minutes that renewals take: not everybody who sees the organization reads of them."""
    each = found.policies.capacity.renewal_minutes
    return tuple(owned.renewals * each if owned else 0 for owned in place.weeks)
