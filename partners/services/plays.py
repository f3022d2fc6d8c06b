"""Use cases of plays: a known answer to a situation, started with a reason, its steps as tasks, ended with an outcome.

Lock order: the organization, then the run. The run keeps the version of the plays that it began with.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from accounts.rules.access import Actor, Subject
from accounts.services import activity
from accounts.services.notifications import notify
from common.errors import Conflict, DomainError, Missing, NotAllowed
from common.models import PolicyVersion
from common.policy_cache import active_policy, policy_of_version
from partners import notices, permissions
from partners.choices import EntryKind
from partners.models import Assignment, Organization, PlayRun, Task, TaskDependency
from partners.rules.classification import label_in
from partners.rules.plays import EndBlocker, Play, PlayPolicy, end_blocker, scheduled
from partners.services import task_facts, task_owners, timeline
from partners.services.checklists import is_weekday, local_day
from partners.services.locking import lock_organization, refuse_archived
from partners.work_choices import OPEN_TASKS, TaskSource, TaskState
from partners.work_permissions import can_arrange

PACK = "plays"
MAX_REASON = 2_000
_TITLE = 200


def plays_in_force() -> PlayPolicy | None:
    """The plays of today; None while no pack is loaded. One statement."""
    active = active_policy(PACK)
    return active.policy if active is not None and isinstance(active.policy, PlayPolicy) else None


def play_of(run: PlayRun) -> Play | None:
    """The play of a run in the version that it began with; None where that is gone. One statement."""
    try:
        policy = policy_of_version(PACK, run.policy_version)
    except PolicyVersion.DoesNotExist:
        return None
    return policy.plays.get(run.play) if isinstance(policy, PlayPolicy) else None


def may_start(by: Actor, play: Play, organization: Organization, *, subject: Subject | None = None) -> bool:
    """Whoever works here now and is assigned in a role that the play names; who works everywhere may as well."""
    if not can_arrange(by, organization, subject=subject):
        return False
    if by.active_roles & by.policy.work_all:
        return True
    subject = subject or permissions.subject_of(organization)
    held = {tie.role for tie in subject.active_ties_of(frozenset({by.user_id or 0}))} & by.active_roles
    return not held.isdisjoint(play.starters)


@transaction.atomic
def start(*, by: Actor, organization: Organization, play: str, reason: str, now: datetime) -> PlayRun:
    """Begin a play; its steps become tasks with owners and days.

    Raises NotAllowed; DomainError: unknown or unfit here (`field` "play"), no reason, "running" while it runs already.
    """
    locked = lock_organization(organization)
    refuse_archived(locked)
    policy = plays_in_force()
    found = policy.plays.get(play) if policy else None
    if policy is None or found is None:
        raise DomainError(_("There is no such play."), field="play", code="unknown_play")
    if not may_start(by, found, locked):
        raise NotAllowed(_("This play is started by other roles, or you do not work here in the present stage."))
    if locked.kind not in found.kinds or locked.stage not in found.stages:
        raise DomainError(_("This play is for another kind of organization or stage."), field="play", code="unfit")
    why = _words(reason, _("Say what happened."))
    if _running(locked, play) is not None:
        raise DomainError(_("This play is running here already."), field="play", code="running")
    return _begin(locked, policy, found, why=why, by=by, now=now)


@transaction.atomic
def start_by_rule(*, organization: Organization, play: str, reason: str, now: datetime) -> PlayRun | None:
    """Begin a play because a policy says so; its steps are those of the first role that may start it and has somebody.

    The run that is under way where it runs already; None where there is no such play, or it does not fit here.
    """
    locked = lock_organization(organization)
    policy = plays_in_force()
    found = policy.plays.get(play) if policy else None
    if policy is None or found is None or locked.archived_at is not None:
        return None
    if locked.kind not in found.kinds or locked.stage not in found.stages:
        return None
    return _running(locked, play) or _begin(locked, policy, found, why=_words(reason), by=None, now=now)


def _running(organization: Organization, play: str) -> PlayRun | None:
    return PlayRun.objects.filter(organization=organization, play=play, ended_at__isnull=True).first()


def _begin(
    organization: Organization, policy: PlayPolicy, play: Play, *, why: str, by: Actor | None, now: datetime
) -> PlayRun:
    run: PlayRun = PlayRun.objects.create(
        organization=organization,
        play=play.id,
        title=label_in(play.label, organization.language)[:150],
        policy_version=policy.version,
        reason=why,
        started_by_id=by.user_id if by else None,
        started_at=now,
        started_on=local_day(organization, now),
    )
    tasks = _bring(run, play, by)
    _record(by, "started", run, now, {"play": [None, play.id]})
    _say(_("Play started: %(title)s"), run, by, now, body=why)
    _tell_owners(tasks, by, now)
    task_facts.refresh([organization.pk])
    return run


@transaction.atomic
def end(*, by: Actor, run: PlayRun, outcome: str, note: str = "", version: int | None = None, now: datetime) -> PlayRun:
    """End a run with an outcome of its play; open steps are skipped for that reason.

    Raises NotAllowed, Conflict; DomainError: "ended", an unknown outcome, a good one while required steps are open
    (`field` "outcome").
    """
    locked = _locked(run)
    if not can_arrange(by, locked.organization) and locked.started_by_id != by.user_id:
        raise NotAllowed(_("Who started it and who works on the organization end a play."))
    if version is not None and version != locked.version:
        raise Conflict(_("Somebody changed this while you were at it."), version=locked.version)
    if locked.ended_at is not None:
        raise DomainError(_("This play has ended already."), code="ended")
    play = play_of(locked)
    if play is None:
        raise DomainError(_("There is no such play."), code="unknown_play")
    _check_outcome(locked, play, outcome)
    label = label_in(play.outcome(outcome).label, locked.organization.language)  # type: ignore[union-attr]
    locked.outcome, locked.outcome_note = outcome, _words(note)
    locked.ended_at, locked.ended_by_id = max(now, locked.started_at), by.user_id
    locked.version += 1
    locked.save(update_fields=["outcome", "outcome_note", "ended_at", "ended_by", "version"])
    Task.objects.unfinished().filter(play_run=locked).update(
        state=TaskState.SKIPPED,
        skip_reason=(_("The play ended: %(outcome)s") % {"outcome": label})[:300],
        blocked_reason="",
        version=F("version") + 1,
        updated_at=now,
    )
    _record(by, "ended", locked, now, {"outcome": [None, outcome]})
    _say(_("Play ended: %(title)s"), locked, by, now, body=f"{label}. {locked.outcome_note}".strip())
    _tell(locked, _("Play ended: %(title)s"), by, now)
    task_facts.refresh([locked.organization_id])
    return locked


def _check_outcome(run: PlayRun, play: Play, outcome: str) -> None:
    settled = Task.objects.current().filter(play_run=run).exclude(state__in=OPEN_TASKS)
    blocker = end_blocker(play, outcome_id=outcome, settled=set(settled.values_list("source_key", flat=True)))
    if blocker is EndBlocker.UNKNOWN_OUTCOME:
        raise DomainError(_("Choose how it ended."), field="outcome", code="unknown_outcome")
    if blocker is EndBlocker.STEPS_OPEN:
        message = _("Required steps are still open: do them, or skip them with a reason.")
        raise DomainError(message, field="outcome", code="steps_open")


def _locked(run: PlayRun) -> PlayRun:
    organization = lock_organization(run.organization)
    found: PlayRun | None = PlayRun.objects.select_for_update(no_key=True).filter(pk=run.pk).first()
    if found is None:
        raise Missing(_("This play does not exist, or it is not yours."))
    found.organization = organization
    return found


def _bring(run: PlayRun, play: Play, by: Actor | None) -> list[Task]:
    """The steps as tasks: a step without a role is the starter's; a role without anybody is nobody's for now."""
    organization = run.organization
    owners = task_owners.primary_owners([organization], policy=by.policy if by else None)
    planned = scheduled(play, started_on=run.started_on, is_working_day=is_weekday)
    if by is not None:
        own_role, starter_id = task_owners.role_of(by.user_id or 0, organization), by.user_id
    else:
        held = (role for role in play.starters if (organization.pk, role) in owners)
        own_role = next(held, play.starters[0])
        starter_id = owners.get((organization.pk, own_role))
    made = [
        Task(
            organization=organization,
            play_run=run,
            stage=organization.stage,
            source=TaskSource.PLAY,
            source_key=step.id,
            title=label_in(step.label, organization.language)[:_TITLE],
            description=label_in(step.hint, organization.language) if step.hint else "",
            owner_id=owners.get((organization.pk, step.owner_role)) if step.owner_role else starter_id,
            owner_role=step.owner_role or own_role,
            court=step.court,
            due_on=day.due_on,
            needs_evidence=step.needs_evidence,
            created_by_id=by.user_id if by else None,
        )
        for step, day in zip(play.steps, planned, strict=True)
    ]
    Task.objects.bulk_create(made)
    by_key = {task.source_key: task for task in made}
    TaskDependency.objects.bulk_create(
        TaskDependency(organization=organization, task=by_key[step.id], needed=by_key[name])
        for step in play.steps
        for name in step.after
    )
    return made


def _tell_owners(tasks: list[Task], by: Actor | None, now: datetime) -> None:
    by_owner: dict[int, list[int]] = {}
    for task in tasks:
        if task.owner_id is not None and (by is None or task.owner_id != by.user_id):
            by_owner.setdefault(task.owner_id, []).append(task.pk)
    for owner_id, ids in by_owner.items():
        task_owners.tell_of_many(owner_id, ids, now=now)


def _tell(run: PlayRun, sentence: str, by: Actor, now: datetime) -> None:
    """Who had steps of it, or owns the organization in a role of it today."""
    had = Task.objects.filter(play_run=run, owner__isnull=False).values_list("owner_id", flat=True)
    here = set(
        Assignment.objects.active().filter(organization_id=run.organization_id).values_list("user_id", flat=True)
    )
    notify(
        user_ids=({*had, run.started_by_id or 0} & here) - {by.user_id},
        kind=notices.PLAYS,
        title=sentence % {"title": run.title},
        body=run.organization.name,
        key=f"play:{run.pk}:{run.version}",
        now=now,
        target_type="playrun",
        target_id=run.pk,
        organization_id=run.organization_id,
    )


def _words(text: str, missing: str = "") -> str:
    words = text.replace("\0", "").strip()
    field = "reason" if missing else "note"
    if missing and not words:
        raise DomainError(missing, field=field, code="reason")
    if len(words) > MAX_REASON:
        raise DomainError(_("Use up to %(count)s characters.") % {"count": MAX_REASON}, field=field, code="too_long")
    return words


def _record(by: Actor | None, verb: str, run: PlayRun, now: datetime, changes: Mapping[str, Any]) -> None:
    activity.record(
        actor_id=by.user_id if by else None,
        actor_name=by.name if by else "",
        verb=f"play.{verb}",
        target=run,
        target_name=f"{run.title}, {run.organization.name}",
        changes=changes,
        now=now,
    )


def _say(sentence: str, run: PlayRun, by: Actor | None, now: datetime, *, body: str = "") -> None:
    timeline.push(
        organization=run.organization,
        kind=EntryKind.PLAY,
        title=sentence % {"title": run.title},
        body=body,
        at=now,
        by=by,
        data={"play": run.play, "outcome": run.outcome},
        target=run,
    )
