"""The work of the demo world: tasks of open gates in believable states, promises of both sides, plays that run.

Tasks of open gates take a way of their own, since over a thousand of them through the use cases would take half a
minute: the rows are written as the use cases write them, with evidence and lines of the story; the lines of the trail
are left out. Promises, tasks for contacts and plays go through the use cases.
"""

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from accounts.rules.access import Actor, Right
from hub.demo.people import Crew
from hub.demo.plans import Plan
from hub.demo.work_sayings import (
    BLOCKED,
    DONE_BY_THEM,
    ENDED_PLAY,
    EVIDENCE,
    FOR_THEM,
    PLAYS,
    PROMISES,
    SKIPPED,
)
from partners.choices import EntryKind
from partners.models import Assignment, Contact, Evidence, Organization, Task, TaskDependency, TimelineEntry
from partners.services import commitments, plays, task_facts, task_progress, tasks, timeline
from partners.work_choices import Court, EvidenceKind, TaskState

World = dict[int, tuple[Plan, Organization]]
DAY = timedelta(days=1)
_CHANGED = [
    "state", "done_at", "done_by", "blocked_reason", "skip_reason", "version",
]  # fmt: skip
# Of what is due: so many of ten are done, the next is at work; the rest is late. What was due long ago is done.
_DONE, _STARTED = 7, 9
_LONG_AGO = 40 * DAY


def do_work(world: World, *, crew: Crew, now: datetime) -> None:
    """Everything below, in the order in which people would come to it."""
    _work_on_gates(world, now)
    _promise(world, crew, now)
    _ask_contacts(world, crew, now)
    _run_plays(world, crew, now)


def _work_on_gates(world: World, now: datetime) -> None:
    by_number = {organization.pk: plan.number for plan, organization in world.values()}
    open_ones = Task.objects.unfinished().filter(
        review__decided_at__isnull=True, review__isnull=False, organization__archived_at__isnull=True
    )
    found = list(open_ones.select_related("organization").order_by("organization_id", "due_on", "pk"))
    needed: dict[int, list[int]] = {}
    rows = TaskDependency.objects.filter(task__in=found).values_list("task_id", "needed_id")
    for task_id, needed_id in rows:
        needed.setdefault(task_id, []).append(needed_id)
    pending = {task.pk for task in found}
    for task in found:
        waits = any(one in pending for one in needed.get(task.pk, ()))
        _live(task, Random(f"work {by_number[task.organization_id]} {task.source_key}"), waits=waits, now=now)  # noqa: S311
        if task.state in (TaskState.DONE, TaskState.SKIPPED):
            pending.discard(task.pk)
    changed = [task for task in found if task.version > 1]
    Task.objects.bulk_update(changed, _CHANGED, batch_size=500)
    Evidence.objects.bulk_create(_evidence_of(changed), batch_size=500)
    timeline.push_many(_lines_of(changed))
    task_facts.refresh(by_number)


def _live(task: Task, chance: Random, *, waits: bool, now: datetime) -> None:
    """What has become of a task by now: the longer it has been due, the likelier it is done."""
    due_on = task.due_on or now.date()
    draw = 0 if due_on < (now - _LONG_AGO).date() else chance.randrange(10)
    is_due = due_on <= now.date() + 2 * DAY
    if waits or not is_due:
        return
    task.version += 1
    if draw < _DONE and task.owner_id is not None:
        task.state, task.done_by_id = TaskState.DONE, task.owner_id
        task.done_at = _hours_of_work(due_on - chance.randrange(4) * DAY, task.organization, chance, now)
    elif draw < _STARTED and task.owner_id is not None:
        task.state = TaskState.STARTED
        task.blocked_reason = BLOCKED[chance.randrange(len(BLOCKED))] if draw == _DONE else ""
    elif not task.is_required and draw == _STARTED:
        task.state, task.skip_reason = TaskState.SKIPPED, SKIPPED[chance.randrange(len(SKIPPED))]
    else:
        task.version -= 1


def _hours_of_work(day: object, organization: Organization, chance: Random, now: datetime) -> datetime:
    moment = datetime.combine(
        day,  # type: ignore[arg-type]
        time(chance.randrange(9, 17), chance.randrange(0, 60, 5)),
        tzinfo=ZoneInfo(organization.timezone),
    )
    began = organization.stage_entered_at + timedelta(minutes=chance.randrange(30, 300))
    return min(max(moment, began), now)


def _evidence_of(changed: list[Task]) -> Iterator[Evidence]:
    for number, task in enumerate(changed):
        if task.state == TaskState.DONE and task.needs_evidence and task.done_at is not None:
            yield Evidence(
                organization=task.organization,
                task=task,
                kind=EvidenceKind.NOTE,
                note=EVIDENCE[number % len(EVIDENCE)].format(number=number),
                added_by_id=task.done_by_id,
                added_at=task.done_at,
            )


def _lines_of(changed: list[Task]) -> Iterator[TimelineEntry]:
    for task in changed:
        if task.state == TaskState.DONE and task.done_at is not None:
            line = timeline.line(
                organization=task.organization,
                kind=EntryKind.TASK,
                title=f"Done: {task.title}",
                at=task.done_at,
                by=None,
                data={"stage": task.stage, "source": task.source},
                target=task,
            )
            line.actor_id = task.done_by_id
            yield line


def _promise(world: World, crew: Crew, now: datetime) -> None:
    """Two to four promises with each of a few dozen organizations, made by whoever carries it."""
    place = 0
    archived = set(Organization.objects.filter(archived_at__isnull=False).values_list("pk", flat=True))
    for plan, organization in world.values():
        by = None if plan.number % 4 or organization.pk in archived else _carrier(organization, crew)
        if by is None:
            continue
        contact = Contact.objects.filter(organization=organization, archived_at__isnull=True).order_by("pk").first()
        for _ in range(2 + place % 3):
            _make_promise(organization, by, crew, contact, PROMISES[place % len(PROMISES)], now)
            place += 1


def _make_promise(
    organization: Organization,
    by: Actor,
    crew: Crew,
    contact: Contact | None,
    promise: tuple[str, str, int, str],
    now: datetime,
) -> None:
    side, title, days, went = promise
    made_at = max(now + min(days, 0) * DAY - 10 * DAY, organization.stage_entered_at)
    # Nobody promises anything for a day that has passed.
    due_on = max((now + days * DAY).date(), (made_at + 3 * DAY).date())
    first_day = due_on - 12 * DAY if went == "moved" else due_on
    values = {"side": side, "title": title, "due_on": first_day, "contact": contact}
    values["owner"] = next(user for user in crew.users.values() if user.pk == by.user_id)
    made = commitments.make(by=by, organization=organization, values=values, now=made_at)
    on_day = min(max(now + days * DAY, made_at), now)
    if went == "kept":
        commitments.keep(by=by, commitment=made, now=max(on_day - DAY, made_at))
    elif went == "late":
        commitments.keep(by=by, commitment=made, note="Later than we said", now=min(on_day + 4 * DAY, now))
    elif went == "broken":
        commitments.break_(by=by, commitment=made, note="The people were needed elsewhere", now=on_day)
    elif went == "withdrawn":
        commitments.withdraw(by=by, commitment=made, note="No longer needed, agreed by both", now=on_day)
    elif went == "moved":
        reason = "Their data came two weeks later"
        commitments.renegotiate(by=by, commitment=made, due_on=due_on, reason=reason, now=max(made_at, now - 5 * DAY))


def _carrier(organization: Organization, crew: Crew) -> Actor | None:
    """A primary owner who works on it now."""
    rows = Assignment.objects.active().filter(organization=organization, is_primary=True).order_by("pk")
    held: dict[str, int] = dict(rows.values_list("role", "user_id"))
    by_id = {actor.user_id: actor for actor in crew.actors.values()}
    for role in ("tam", "csm", "psm", "tpm", "pdm", "pam"):
        actor = by_id.get(held.get(role))
        if actor is not None and organization.stage in actor.policy.stages(role, organization.kind, Right.WORK):
            return actor
    return None


def _ask_contacts(world: World, crew: Crew, now: datetime) -> None:
    """Those who use the portal find something to do in it, and have done something."""
    portal = Contact.objects.filter(user__isnull=False, archived_at__isnull=True).select_related("organization", "user")
    for contact in portal.order_by("pk"):
        organization = contact.organization
        by = _carrier(organization, crew)
        if by is None:
            continue
        shared = {"contact": contact, "court": Court.PARTNER, "is_shared": True}
        for title, description, days, needs_evidence in FOR_THEM:
            values = {"title": title, "description": description, "due_on": (now + days * DAY).date()}
            values |= {"needs_evidence": needs_evidence}
            tasks.create(by=by, organization=organization, values={**values, **shared}, now=now - 7 * DAY)
        title, note = DONE_BY_THEM
        values = {"title": title, "due_on": (now - 2 * DAY).date()}
        done = tasks.create(by=by, organization=organization, values={**values, **shared}, now=now - 12 * DAY)
        task_progress.complete(by=_as_contact(contact, by), task=done, note=note, now=now - 3 * DAY)


def _as_contact(contact: Contact, by: Actor) -> Actor:
    return Actor(
        user_id=contact.user_id,
        name=contact.name,
        audience="contact",
        roles=frozenset(),
        led_user_ids=frozenset(),
        organization_id=contact.organization_id,
        policy=by.policy,
    )


def _run_plays(world: World, crew: Crew, now: datetime) -> None:
    for stage, place, play, reason, days_ago in PLAYS:
        organization = _at(world, stage, place)
        run = plays.start(
            by=_starter(organization, crew, play), organization=organization, play=play, reason=reason,
            now=now - days_ago * DAY,
        )  # fmt: skip
        first = Task.objects.filter(play_run=run, owner__isnull=False, needs_evidence=False).order_by("due_on", "pk")
        for task in first.filter(dependencies__isnull=True)[:1]:
            owner = next(actor for actor in crew.actors.values() if actor.user_id == task.owner_id)
            task_progress.complete(by=owner, task=task, now=min(now, run.started_at + 3 * timedelta(hours=1)))
    stage, place, play, reason, days_ago, outcome = ENDED_PLAY
    organization = _at(world, stage, place)
    by = _starter(organization, crew, play)
    run = plays.start(by=by, organization=organization, play=play, reason=reason, now=now - days_ago * DAY)
    plays.end(by=by, run=run, outcome=outcome, note="The deputy has taken over", now=now - (days_ago - 30) * DAY)


def _starter(organization: Organization, crew: Crew, play: str) -> Actor:
    policy = plays.plays_in_force()
    found = policy.plays[play] if policy else None
    fitting = (actor for actor in crew.actors.values() if found and plays.may_start(actor, found, organization))
    return next(actor for actor in fitting if "admin" not in actor.roles)


def _at(world: World, stage: str, place: int) -> Organization:
    return next(organization for plan, organization in world.values() if (plan.stage, plan.place) == (stage, place))
