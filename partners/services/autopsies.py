"""Use cases of autopsies: drafted by a job for each loss out of the organization's own story, finished by a person."""

from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, datetime, time, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.rules.access import Actor
from accounts.services import activity
from common.errors import Conflict, DomainError, Missing, NotAllowed
from common.jobs import enqueue_on_commit
from partners.choices import EntryFieldClass, EntryKind
from partners.growth_choices import AutopsyState
from partners.models import Loss, LossAutopsy, TimelineEntry
from partners.permissions import can_record_loss
from partners.rules import autopsy as rules
from partners.rules.autopsy import Part
from partners.services import timeline
from partners.services.locking import lock_organization, refuse_archived

CHUNK = 50
LOOKS_BACK = timedelta(days=365)
# Older losses teach little, and their story is not here.
_LATELY = timedelta(days=730)
MAX_LESSONS = 10_000
_DONE = (EntryKind.INTERACTION, EntryKind.PLAY, EntryKind.TOUCHPOINT, EntryKind.REVIEW, EntryKind.PLAN)
_KINDS = (
    *_DONE, EntryKind.HEALTH, EntryKind.TICKET_ALARM, EntryKind.INCIDENT, EntryKind.STAKEHOLDER, EntryKind.COMMITMENT,
    EntryKind.SURVEY,
)  # fmt: skip
_BANDS = ("green", "yellow", "red")


def want(loss: Loss) -> None:
    """Have a loss drafted; a draft that is there is brought in line with the loss at once."""
    held = LossAutopsy.objects.filter(loss=loss, state=AutopsyState.DRAFT).first()
    if held is None:
        enqueue_on_commit("partners.draft_autopsies")
        return
    held.findings = _drafts([loss])[loss.pk]
    held.save(update_fields=["findings", "updated_at"])


@transaction.atomic
def draft_missing(*, now: datetime) -> int:
    """Draft a chunk of losses that have no autopsy, the latest first; returns how many. Four statements."""
    found = Loss.objects.all().valid().filter(autopsy__isnull=True, lost_on__gte=(now - _LATELY).date())
    rows = list(found.order_by("-recorded_at", "-pk")[:CHUNK])
    drafts = _drafts(rows)
    made = [
        LossAutopsy(
            organization_id=row.organization_id, loss=row, findings=drafts[row.pk], drafted_at=now, created_at=now
        )
        for row in rows
    ]
    LossAutopsy.objects.bulk_create(made, ignore_conflicts=True)
    return len(made)


@transaction.atomic
def write(*, by: Actor, autopsy: LossAutopsy, lessons: str, version: int | None = None, now: datetime) -> LossAutopsy:
    """Write down what we learn from it. Raises NotAllowed, Conflict, DomainError ("final", "too_long")."""
    locked = _locked_for(by, autopsy, version)
    if locked.state == AutopsyState.FINAL:
        raise DomainError(_("This autopsy is finished; open it again first."), code="final")
    text = lessons.replace("\0", "").strip()
    if len(text) > MAX_LESSONS:
        message = _("Use up to %(count)s characters.") % {"count": MAX_LESSONS}
        raise DomainError(message, field="lessons", code="too_long")
    if text == locked.lessons:
        return locked
    locked.lessons = text
    _save(locked, ("lessons",))
    _record(by, "edited", locked, now, {"lessons": ["*", "*"]})
    return locked


@transaction.atomic
def finish(*, by: Actor, autopsy: LossAutopsy, version: int | None = None, now: datetime) -> LossAutopsy:
    """Close it with its lessons. Raises NotAllowed, Conflict, DomainError ("final"; field lessons)."""
    locked = _locked_for(by, autopsy, version)
    if locked.state == AutopsyState.FINAL:
        raise DomainError(_("This autopsy is finished."), code="final")
    if not locked.lessons:
        raise DomainError(_("Say what we learn from it."), field="lessons", code="no_lessons")
    locked.state, locked.closed_at, locked.closed_by_id = AutopsyState.FINAL, now, by.user_id
    _save(locked, ("state", "closed_at", "closed_by"))
    _record(by, "finished", locked, now, {"state": ["draft", "final"]})
    timeline.push(
        organization=locked.organization,
        kind=EntryKind.LOSS,
        title=_("What we learn from the loss"),
        body=locked.lessons,
        at=now,
        by=by,
        field_class=EntryFieldClass.COMMERCIAL,
        target=locked.loss,
    )
    return locked


@transaction.atomic
def reopen(*, by: Actor, autopsy: LossAutopsy, version: int | None = None, now: datetime) -> LossAutopsy:
    """Undo of finishing. Raises NotAllowed, Conflict, DomainError "draft"."""
    locked = _locked_for(by, autopsy, version)
    if locked.state == AutopsyState.DRAFT:
        raise DomainError(_("This autopsy is open."), code="draft")
    locked.state, locked.closed_at, locked.closed_by_id = AutopsyState.DRAFT, None, None
    _save(locked, ("state", "closed_at", "closed_by"))
    _record(by, "reopened", locked, now, {"state": ["final", "draft"]})
    return locked


def _drafts(losses: Collection[Loss]) -> dict[int, list[dict[str, Any]]]:
    """The findings of each loss: one statement for all of them."""
    if not losses:
        return {}
    lines: dict[int, list[Any]] = {}
    first = min(row.lost_on for row in losses) - LOOKS_BACK
    rows = TimelineEntry.objects.filter(
        organization_id__in={row.organization_id for row in losses},
        kind__in=_KINDS,
        at__gte=datetime.combine(first, time.min, UTC),
    )
    fields = ("organization_id", "public_id", "at", "kind", "title", "data", "actor__name")
    for line in rows.order_by("at", "pk").values(*fields):
        lines.setdefault(line["organization_id"], []).append(line)
    return {row.pk: _draft(row, lines.get(row.organization_id, ())) for row in losses}


def _draft(loss: Loss, lines: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    since = loss.lost_on - LOOKS_BACK
    events = [event for line in lines if line["at"].date() >= since and (event := _event(line)) is not None]
    return [finding.stored() for finding in rules.draft(events, lost_on=loss.lost_on).findings]


def _event(line: Mapping[str, Any]) -> rules.Event | None:
    part = _part(line["kind"], line["data"], is_by_person=bool(line["actor__name"]))
    if part is None:
        return None
    return rules.Event(
        part=part,
        at=line["at"],
        code=line["kind"],
        # The title alone: bodies have readers of their own.
        words=line["title"],
        who=line["actor__name"] or "",
        target="entry",
        key=str(line["public_id"]),
    )


def _part(kind: str, data: Mapping[str, Any], *, is_by_person: bool) -> Part | None:
    """What a line of the timeline is for the story of a loss; None for what is no part of it."""
    if kind == EntryKind.COMMITMENT:
        return Part.PROMISED
    if kind in _DONE:
        return Part.DONE
    if kind == EntryKind.HEALTH:
        if "episode" in data:
            return Part.SEEN if is_by_person else Part.SIGNAL if data.get("state") == "open" else None
        if data.get("what") == "band":
            return Part.SIGNAL if _falls(data) else None
        if data.get("what") == "pulse":
            return Part.SIGNAL if data.get("value") == "red" else None
        return Part.SEEN if is_by_person else None
    if kind == EntryKind.SURVEY:
        return Part.SIGNAL if data.get("is_low") else None
    if kind == EntryKind.STAKEHOLDER:
        return Part.SIGNAL if data.get("what") == "left" or data.get("left_on") else None
    return Part.SIGNAL


def _falls(data: Mapping[str, Any]) -> bool:
    before, after = data.get("from"), data.get("to")
    if after not in _BANDS:
        return False
    return after != "green" and (before not in _BANDS or _BANDS.index(after) > _BANDS.index(before))


def _locked_for(by: Actor, autopsy: LossAutopsy, version: int | None) -> LossAutopsy:
    organization = lock_organization(autopsy.organization)
    if not can_record_loss(by, organization):
        raise NotAllowed(_("Losses are looked into by those who work here and read its commercial fields."))
    refuse_archived(organization)
    found = LossAutopsy.objects.select_for_update(no_key=True, of=("self",)).select_related("loss")
    row: LossAutopsy | None = found.filter(pk=autopsy.pk).first()
    if row is None:
        raise Missing(_("This autopsy does not exist, or it is not yours."))
    row.organization = row.loss.organization = organization
    if version is not None and version != row.version:
        message = _("Somebody changed this while you were at it.")
        raise Conflict(message, version=row.version, current={"lessons": row.lessons})
    return row


def _save(autopsy: LossAutopsy, fields: Iterable[str]) -> None:
    autopsy.version += 1
    autopsy.save(update_fields=[*fields, "version", "updated_at"])


def _record(by: Actor, verb: str, autopsy: LossAutopsy, now: datetime, changes: Mapping[str, Any]) -> None:
    activity.record(
        actor_id=by.user_id,
        actor_name=by.name,
        verb=f"autopsy.{verb}",
        target=autopsy,
        target_name=_("Autopsy of the loss of %(name)s") % {"name": autopsy.organization.name},
        changes=changes,
        now=now,
    )
