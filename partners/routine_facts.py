"""Facts that tick items of checklists off by themselves; upper floors register theirs."""

from collections.abc import Callable
from datetime import date

from accounts.rules.access import Actor
from partners.models import Touchpoint
from partners.work_choices import TouchpointState

# Whether it is done in [start, until), local days of the person. One statement.
Fact = Callable[[Actor, date, date], bool]
_facts: dict[str, Fact] = {}


def register_fact(name: str, fact: Fact) -> None:
    """Make a fact known; called in AppConfig.ready() of the app that measures it."""
    _facts[name] = fact


def fact_of(name: str) -> Fact | None:
    """The fact of this name; None where nobody measures it."""
    return _facts.get(name)


def _check_in_held(actor: Actor, start: date, until: date) -> bool:
    """At least one check-in was held, and none of the period still waits."""
    rows = Touchpoint.objects.visible_to(actor).filter(
        owner_id=actor.user_id, kind="check_in", planned_on__gte=start, planned_on__lt=until
    )
    states = set(rows.order_by().values_list("state", flat=True).distinct())
    return TouchpointState.DONE in states and TouchpointState.PLANNED not in states


def register_own() -> None:
    """Called once, when the app is ready."""
    register_fact("check_in_held", _check_in_held)
