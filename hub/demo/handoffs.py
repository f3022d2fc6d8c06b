"""Handoffs of the demo world in every state, its touchpoints of the past and the weeks to come, keepers of its guides.

Handoffs go through the use cases, but for notes and reading, which say nothing to anybody and are written by set.
Touchpoints are planned by the cadence as of six weeks ago; what has become of those that are over is written by set,
since a thousand of them one by one would take half a minute.
"""

from datetime import datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from accounts.models import User
from accounts.rules.access import Actor
from hub.demo.people import Crew
from hub.demo.plans import SEED, Plan
from partners import guide_policy
from partners.handoff_policy import contract_of
from partners.models import Assignment, Guide, Handoff, HandoffItem, Organization, Touchpoint
from partners.rules.guides import review_due_on
from partners.services import handoff_items, handoffs, touchpoint_plan
from partners.work_choices import TouchpointState

World = dict[int, tuple[Plan, Organization]]
DAY = timedelta(days=1)
PAST = timedelta(days=42)

# Kind, stage, place, giver's role, receiver's role, state, days since it was offered.
HANDOFFS = (
    ("psm_to_tam", "gate_3", 0, "psm", "tam", "prepared", 0),
    ("psm_to_tam", "gate_3", 1, "psm", "tam", "offered", 1),
    ("psm_to_tam", "gate_3", 2, "psm", "tam", "returned", 5),
    ("psm_to_tam", "gate_3", 3, "psm", "tam", "offered", 9),
    ("psm_to_tam", "gate_3", 4, "psm", "tam", "accepted", 6),
    ("psm_to_tam", "post_launch", 0, "psm", "tam", "results", 20),
    ("psm_to_tam", "post_launch", 1, "psm", "tam", "confirmed", 48),
    ("tpm_to_psm", "gate_2", 0, "tpm", "psm", "offered", 2),
    ("pdm_to_tpm", "gate_1", 0, "pdm", "tpm", "offered", 1),
    ("pdm_to_tpm", "gate_1", 1, "pdm", "tpm", "withdrawn", 8),
    ("owner_to_owner", "post_launch", 5, "tam", "tam", "offered", 1),
)
NOTES = (
    "Talk to the operations lead first; the sponsor reads nothing longer than a page.",
    "Their nights are covered by their own desk, ours only from severity 1 on.",
    "The beta left two wishes open: bulk orders, and a report by region.",
    "What is written here was agreed in the last weekly call.",
)
SUMMARY = "A careful partner that wants everything in writing. Launch is near, the mood is good."
WANTING = "Who answers at night, and where are the runbooks? Please name both."
RESULTS = "Twelve orders in the first week, one incident, solved in two hours. Two wishes were left for later."


def hand_over(world: World, *, crew: Crew, now: datetime) -> None:
    """Handoffs in every state, the weeks of meetings, and who keeps the guides."""
    actors = {user.pk: crew.actors[key] for key, user in crew.users.items()}
    for kind, stage, place, given, taken, state, days in HANDOFFS:
        organization = _in(world, stage, place)
        giver, receiver = _primary(organization, given), _primary(organization, taken)
        if kind == "owner_to_owner" or receiver is None:
            receiver = next(
                (crew.users[key] for key in (taken, f"{taken}2") if giver and crew.users[key].pk != giver.pk), None
            )
        if giver is not None and receiver is not None and giver.pk != receiver.pk:
            _live_one(organization, kind, actors[giver.pk], actors[receiver.pk], state, now - days * DAY, now)
    _meet(world, now)
    _keep_guides(crew, now)


def told_otherwise(world: World) -> frozenset[tuple[str, int]]:
    """Kinds, with the numbers of plans, that stand among those above."""
    return frozenset((kind, _plan_in(world, stage, place).number) for kind, stage, place, *_ in HANDOFFS)


def _live_one(
    organization: Organization, kind: str, by: Actor, to: Actor, state: str, offered_at: datetime, now: datetime
) -> None:
    began = offered_at - 2 * DAY
    receiver = _user(to)
    handoff = handoffs.prepare(
        by=by, organization=organization, kind=kind, receiver=receiver, summary=SUMMARY, now=began
    )
    if state == "prepared":
        _settle(handoff, share=2)
        return
    _settle(handoff)
    handoffs.offer(by=by, handoff=handoff, now=offered_at)
    if state == "returned":
        keys = [key for key in ("support_processes", "operations") if key in contract_of(handoff).required_items]
        handoffs.give_back(by=to, handoff=handoff, reasons=WANTING, items=keys, now=offered_at + DAY)
    elif state == "withdrawn":
        handoffs.withdraw(by=by, handoff=handoff, reason="Somebody else will take it", now=offered_at + DAY)
    elif state in ("accepted", "results", "confirmed"):
        _accept(handoff, to, offered_at, now)
    if state in ("results", "confirmed"):
        handoff_items.add_results(by=by, handoff=handoff, results=RESULTS, now=now - 3 * DAY)
    if state == "confirmed":
        handoff_items.confirm_results(by=to, handoff=handoff, now=now - 2 * DAY)


def _settle(handoff: Handoff, *, share: int = 1) -> None:
    """The giver's notes; of `share` items one is complete."""
    rows = list(HandoffItem.objects.filter(handoff=handoff))[::share]
    for number, item in enumerate(rows):
        item.is_settled = True
        item.note = NOTES[number % len(NOTES)] if not item.gathered or number % 3 == 0 else ""
    HandoffItem.objects.bulk_update(rows, ["is_settled", "note"])


def _accept(handoff: Handoff, to: Actor, offered_at: datetime, now: datetime) -> None:
    """Everything that acceptance waits for, and then it."""
    at = min(offered_at + 3 * DAY, now)
    HandoffItem.objects.filter(handoff=handoff).update(read_at=at)
    contract = contract_of(handoff)
    for meeting in contract.meetings:
        handoff_items.hold_meeting(by=to, handoff=handoff, meeting=meeting, on=(at - DAY).date(), now=at)
    if contract.shadow_days:
        handoff_items.begin_shadow(by=to, handoff=handoff, on=(at - 14 * DAY).date(), now=at)
    handoffs.accept(by=to, handoff=handoff, now=at)


def _meet(world: World, now: datetime) -> None:
    """Six weeks of touchpoints behind, most of them held, and those that are ahead."""
    organizations = [organization for _, organization in world.values()]
    touchpoint_plan.bring_in_line(organizations, now=now - PAST)
    chance = Random(SEED)  # noqa: S311 - the same world each time, nothing secret
    zones = {organization.pk: ZoneInfo(organization.timezone) for organization in organizations}
    rows = Touchpoint.objects.filter(state=TouchpointState.PLANNED, planned_on__lt=now.date()).order_by("pk")
    over = [row for row in rows if _has_become(row, chance, now, zones[row.organization_id])]
    Touchpoint.objects.bulk_update(over, ["state", "closed_at", "closed_by", "skip_reason", "version"], batch_size=500)
    touchpoint_plan.bring_in_line(organizations, now=now)


def _has_become(row: Touchpoint, chance: Random, now: datetime, zone: ZoneInfo) -> bool:
    """Held, left out, or, of this week, still to be held."""
    draw = chance.randrange(20)
    if (now.date() - row.planned_on).days <= 6 and draw < 5:
        return False
    row.state = TouchpointState.SKIPPED if draw == 19 else TouchpointState.DONE
    row.skip_reason = "They were at a fair that week" if draw == 19 else ""
    row.closed_at = min(datetime.combine(row.planned_on, time(16), tzinfo=zone), now)
    row.closed_by_id = row.owner_id
    row.version += 1
    return True


def _keep_guides(crew: Crew, now: datetime) -> None:
    """Every guide has a keeper of its role; some are to be looked over."""
    today, chance = now.date(), Random(SEED)  # noqa: S311 - as above
    articles = guide_policy.policy_in_force().guides
    rows = [row for row in Guide.objects.order_by("pk") if row.key in articles]
    for row in rows:
        article = articles[row.key]
        row.owner = crew.users.get(article.owner_role)
        row.reviewed_by = row.owner
        row.reviewed_on = today - chance.randrange(article.review_days + 25) * DAY
        row.review_due_on = review_due_on(article, reviewed_on=row.reviewed_on)
    Guide.objects.bulk_update(rows, ["owner", "reviewed_by", "reviewed_on", "review_due_on"])


def _in(world: World, stage: str, place: int) -> Organization:
    return world[_plan_in(world, stage, place).number][1]


def _plan_in(world: World, stage: str, place: int) -> Plan:
    return next(plan for plan, _row in world.values() if (plan.stage, plan.place) == (stage, place))


def _primary(organization: Organization, role: str) -> User | None:
    rows = Assignment.objects.active().filter(organization=organization, role=role, is_primary=True)
    found = rows.select_related("user").first()
    return found.user if found else None


def _user(actor: Actor) -> User:
    return User.objects.get(pk=actor.user_id)
