"""Automatic criteria: facts that the hub knows and a gate may wait for. Modules register theirs (journey.md, Gates).

A journey names a check in its criterion (`fact`). One that no module has registered is skipped, and said to be.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.labels import role_label
from partners.choices import CARRYING_ROLE, Stage
from partners.models import Assignment, GateReview, Handoff, Organization, Task
from partners.rules.gates import FactState
from partners.rules.journeys import JourneyStage
from partners.rules.lifecycle import next_stage
from partners.work_choices import HandoffState

_MOST_NAMED = 3


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What a check is asked about: an organization at one gate, and what the criterion says beside the name."""

    organization: Organization
    review: GateReview
    now: datetime
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class GateCheck:
    """A fact by name. `check` answers with the state, whose `params` hold under "words" what was found, in words.

    `place` gives the address of the page of an organization, by its key, where one looks at what the fact is about.
    """

    name: str
    label: str | Promise
    check: Callable[[Asked], FactState]
    place: Callable[[object], str] | None = None


_checks: dict[str, GateCheck] = {}


def register(check: GateCheck) -> GateCheck:
    """Make a check known; called in AppConfig.ready() of the app whose fact it is."""
    _checks[check.name] = check
    return check


def unregister(name: str) -> None:
    """Forget a check. Raises KeyError."""
    del _checks[name]


def known_checks() -> tuple[GateCheck, ...]:
    """All of them by name, for the editor of journeys."""
    return tuple(_checks[name] for name in sorted(_checks))


def place_of(name: str, organization: object) -> str:
    """Where one looks at what a fact is about; "" where there is no such place."""
    found = _checks.get(name)
    return found.place(organization) if found is not None and found.place is not None else ""


def facts_of(
    stage: JourneyStage,
    *,
    organization: Organization,
    review: GateReview,
    now: datetime,
    known: Mapping[str, FactState] | None = None,
) -> dict[str, FactState]:
    """The state of every automatic criterion of a stage, by criterion; those that no module knows are left out.

    What the caller has read already it gives as `known`.
    """
    at_hand = known or {}
    return {
        criterion.id: at_hand.get(criterion.id)
        or _checks[criterion.fact].check(
            Asked(organization=organization, review=review, now=now, params=criterion.params)
        )
        for criterion in stage.criteria
        if criterion.fact in _checks
    }


def found(is_met: bool, words: str) -> FactState:
    """A state with what was found, in words."""
    return FactState(is_met=is_met, params={"words": words})


def _handoff_accepted(asked: Asked) -> FactState:
    """A handoff of the kind named in `params` was accepted during this stay in the stage or before."""
    rows = Handoff.objects.filter(organization=asked.organization, kind=asked.params.get("kind", "psm_to_tam"))
    latest = rows.exclude(state=HandoffState.WITHDRAWN).select_related("giver", "receiver").order_by("-pk").first()
    if latest is None:
        return found(False, _("The handoff has not been prepared yet."))
    words = {"giver": latest.giver.name, "receiver": latest.receiver.name}
    match latest.state:
        case HandoffState.ACCEPTED:
            return found(True, _("%(receiver)s accepted the handoff from %(giver)s.") % words)
        case HandoffState.OFFERED:
            return found(False, _("%(receiver)s has still to accept the handoff from %(giver)s.") % words)
        case HandoffState.RETURNED:
            return found(False, _("%(receiver)s returned the handoff to %(giver)s.") % words)
    return found(False, _("%(giver)s is preparing the handoff to %(receiver)s.") % words)


def _required_tasks_done(asked: Asked) -> FactState:
    """Every task of this gate that it waits for is done or was skipped with a reason."""
    open_tasks = Task.objects.unfinished().filter(review=asked.review, is_required=True).order_by("due_on", "pk")
    titles = list(open_tasks.values_list("title", flat=True))
    if not titles:
        return found(True, _("All required tasks are done."))
    named = ", ".join(titles[:_MOST_NAMED])
    words = {
        "count": len(titles),
        "titles": _("%(titles)s and more") % {"titles": named} if len(titles) > _MOST_NAMED else named,
    }
    text = ngettext(
        "%(count)s required task is not done: %(titles)s.",
        "%(count)s required tasks are not done: %(titles)s.",
        len(titles),
    )
    return found(False, text % words)


def _next_owner_named(asked: Asked) -> FactState:
    """The role that carries the next stage has an owner whose work can begin."""
    after = next_stage(asked.organization.kind, asked.organization.stage)
    if after is None:
        return found(True, _("No stage follows."))
    role = CARRYING_ROLE[Stage(after)]
    held = Assignment.objects.active().filter(organization=asked.organization, role=role, user__is_active=True)
    owner = held.order_by("-is_primary", "pk").values_list("user__name", flat=True).first()
    if owner is None:
        return found(False, _("Nobody is named as %(role)s, who carries the next stage.") % {"role": role_label(role)})
    return found(True, _("%(name)s carries the next stage as %(role)s.") % {"name": owner, "role": role_label(role)})


def register_own() -> None:
    """The facts that this app knows; called once, when the app is ready."""
    for name, label, check in (
        ("handoff_accepted", gettext_lazy("A handoff was accepted"), _handoff_accepted),
        ("required_tasks_done", gettext_lazy("All required tasks are done"), _required_tasks_done),
        ("next_owner_named", gettext_lazy("The next stage has an owner"), _next_owner_named),
    ):
        register(GateCheck(name=name, label=label, check=check))
