"""Handoffs of the demo world's past: whoever carried on after a gate had accepted the organization before it was left.

Like past gates they take a way of their own: the rows are written as the use cases write them, all together, with the
lines of timeline and trail. Nobody is told, as nobody would have the notices of those days before them.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from hub.demo.gate_sayings import HANDED_OVER, LAUNCHED, TAKEN_OVER, WANTED_FIRST
from hub.demo.gates import Leaving
from partners.handoff_policy import policy_in_force, words
from partners.models import Handoff, HandoffItem, HandoffReturn
from partners.rules.handoff_packs import HandoffKind, HandoffPolicy
from partners.selectors.gate_state import local_day
from partners.selectors.handoff_checks import MEETING_FIELDS
from partners.services.handoff_news import record, say
from partners.work_choices import HandoffState

DAY = timedelta(days=1)
# What is handed on before a stage is left.
KINDS = {"gate_1": "pdm_to_tpm", "gate_2": "tpm_to_psm", "gate_3": "psm_to_tam", "pre_sales": "sales_to_csm"}


def hand_over_past(passed: Sequence[Leaving], *, but: frozenset[tuple[str, int]], now: datetime) -> None:
    """The accepted handoffs of all stages that are behind; `but` those of a kind that an organization has otherwise.

    `but`: pairs of a kind and the number of a plan.
    """
    policy = policy_in_force()
    found = [
        (leaving, made)
        for leaving in passed
        if (made := _accepted(leaving, policy, now)) is not None and (made.kind, leaving.turn) not in but
    ]
    Handoff.objects.bulk_create([made for _leaving, made in found])
    HandoffReturn.objects.bulk_create(_returned(leaving, made) for leaving, made in found if leaving.turn % 6 == 1)
    HandoffItem.objects.bulk_create(
        [item for leaving, made in found for item in _items(leaving, made, policy)], batch_size=500
    )
    for leaving, made in found:
        _tell(leaving, made)


def _accepted(leaving: Leaving, policy: HandoffPolicy, now: datetime) -> Handoff | None:
    """The handoff by which a stage was left; None where none belongs to it, or nobody was there to give it."""
    contract = policy.kinds.get(KINDS.get(leaving.review.stage, ""))
    given, taken = _roles(leaving, contract) if contract else ("", "")
    if contract is None or not given or not taken:
        return None
    organization, began = leaving.organization, leaving.review.opened_at
    accepted_at = max(began, leaving.at - 6 * timedelta(hours=1))
    # Every seventh waited for longer than it should.
    offered_at = max(began, accepted_at - (2 + leaving.turn % 3 if leaving.turn % 7 else 6) * DAY)
    held_on = local_day(organization, max(offered_at, accepted_at - DAY))
    made = Handoff(
        organization=organization,
        kind=contract.id,
        policy_version=policy.version,
        from_role=given,
        to_role=taken,
        giver=leaving.crew.users[leaving.owners[given]],
        receiver=leaving.crew.users[leaving.owners[taken]],
        state=HandoffState.ACCEPTED,
        summary=HANDED_OVER[leaving.turn % len(HANDED_OVER)],
        offered_at=offered_at,
        due_at=offered_at + 5 * DAY,
        accepted_at=accepted_at,
        created_by=leaving.crew.users[leaving.owners[given]],
        version=3,
        **{MEETING_FIELDS[meeting]: held_on for meeting in contract.meetings},
    )
    if contract.shadow_days:
        made.shadow_from = local_day(organization, max(began, accepted_at - 10 * DAY))
        made.shadow_until = held_on
    if contract.confirms_launch and leaving.at + 24 * DAY < now:
        made.launch_results = LAUNCHED[leaving.turn % len(LAUNCHED)]
        made.results_added_at, made.results_confirmed_at = leaving.at + 14 * DAY, leaving.at + 17 * DAY
        made.version = 5
    return made


def _returned(leaving: Leaving, made: Handoff) -> HandoffReturn:
    """One that came back once before it was offered as it was accepted."""
    began, offered_at = leaving.review.opened_at, made.offered_at or leaving.at
    return HandoffReturn(
        organization=leaving.organization,
        handoff=made,
        reasons=WANTED_FIRST[leaving.turn % len(WANTED_FIRST)],
        items=[],
        returned_by=made.receiver,
        returned_at=max(began, offered_at - DAY),
    )


def _roles(leaving: Leaving, contract: HandoffKind) -> tuple[str, str]:
    """Giver's and receiver's role; empty where nobody holds one, or both are the same person."""
    given = next((role for role in contract.from_roles if role in leaving.owners), "")
    taken = next((role for role in contract.to_roles if role in leaving.owners), "")
    is_same = leaving.owners.get(given) == leaving.owners.get(taken)
    return ("", "") if is_same else (given, taken)


def _items(leaving: Leaving, made: Handoff, policy: HandoffPolicy) -> Iterator[HandoffItem]:
    """Everything that was required, each with a note that the receiver has read."""
    for place, key in enumerate(policy.kinds[made.kind].required_items):
        yield HandoffItem(
            organization=leaving.organization,
            handoff=made,
            key=key,
            title=words(policy.items[key].label)[:150],
            gathered_at=made.offered_at,
            note=TAKEN_OVER[(leaving.turn + place) % len(TAKEN_OVER)],
            is_settled=True,
            read_at=made.accepted_at,
            place=place,
        )


def _tell(leaving: Leaving, made: Handoff) -> None:
    """The lines that offering and accepting would have written."""
    giver, taker = (leaving.crew.actors[leaving.owners[role]] for role in (made.from_role, made.to_role))
    offered_at, accepted_at = made.offered_at or leaving.at, made.accepted_at or leaving.at
    record("prepared", made, by=giver, now=offered_at, changes={"receiver": [None, made.receiver.name]})
    states = [HandoffState.PREPARED.value, HandoffState.OFFERED.value, HandoffState.ACCEPTED.value]
    record("offered", made, by=giver, now=offered_at, changes={"state": states[:2]})
    say(_("%(giver)s offers the handoff to %(receiver)s, as %(to_role)s"), made, by=giver, at=offered_at)
    record("accepted", made, by=taker, now=accepted_at, changes={"state": states[1:]})
    say(_("%(receiver)s accepts the handoff from %(giver)s, as %(to_role)s"), made, by=taker, at=accepted_at)
