"""What is in a handoff: items gathered and written by the giver, read by the receiver; meetings; launch results."""

from collections.abc import Collection
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.rules.access import Actor
from common.errors import DomainError, Missing
from partners.choices import LAUNCHED_STAGES
from partners.handoff_gathering import Asked, gather
from partners.handoff_policy import words
from partners.models import Handoff, HandoffItem
from partners.rules.handoff_packs import HandoffPolicy, Meeting
from partners.selectors.handoff_checks import MEETING_FIELDS, has_content, local_day
from partners.services.handoff_news import record, say, tell
from partners.services.handoff_state import (
    Locked,
    lock,
    require_giver,
    require_party,
    require_receiver,
    require_state,
)
from partners.work_choices import UNFINISHED_HANDOFFS, HandoffState

MAX_TEXT = 8 * 1024
_WORKED_ON = (HandoffState.PREPARED, HandoffState.RETURNED)


def lay_out(handoff: Handoff, policy: HandoffPolicy, *, by: Actor, now: datetime) -> None:
    """Make the items of a new handoff, with what the hub finds for them as far as the giver may read it."""
    contract = policy.kinds[handoff.kind]
    asked = Asked(by=by, organization=handoff.organization, now=now)
    HandoffItem.objects.bulk_create(
        HandoffItem(
            organization=handoff.organization,
            handoff=handoff,
            key=key,
            title=words(policy.items[key].label)[:150],
            gathered=gather(policy.items[key].gathers, asked),
            gathered_at=now,
            place=place,
        )
        for place, key in enumerate((*contract.required_items, *contract.optional_items))
    )


@transaction.atomic
def settle_item(
    *, by: Actor, handoff: Handoff, key: str, note: str | None = None, is_settled: bool | None = None, now: datetime
) -> HandoffItem:
    """Write the giver's note on an item, or say that it is complete; None leaves either as it is.

    Raises NotAllowed; Missing; DomainError "wrong_state" while the receiver has it, "item_missing" for an empty one.
    """
    locked = lock(handoff, by)
    require_giver(locked, by)
    require_state(locked, *_WORKED_ON)
    item = _item(locked, key)
    if note is not None:
        item.note = text(note, "note")
    if is_settled is not None:
        item.is_settled = is_settled
    if item.is_settled and not has_content(item):
        raise DomainError(_("There is nothing in it yet: write a note."), field="note", code="item_missing")
    item.save(update_fields=["note", "is_settled"])
    return item


@transaction.atomic
def gather_again(*, by: Actor, handoff: Handoff, now: datetime) -> Handoff:
    """Bring what the hub finds up to date; notes stay. Raises NotAllowed, DomainError "wrong_state"."""
    locked = lock(handoff, by)
    require_giver(locked, by)
    require_state(locked, *_WORKED_ON)
    asked = Asked(by=by, organization=locked.organization, now=now)
    rows = list(HandoffItem.objects.filter(handoff=locked.handoff))
    for row in rows:
        known = locked.policy.items.get(row.key)
        row.gathered, row.gathered_at = gather(known.gathers, asked) if known else row.gathered, now
    HandoffItem.objects.bulk_update(rows, ["gathered", "gathered_at"])
    return locked.handoff


@transaction.atomic
def read_item(*, by: Actor, handoff: Handoff, key: str, is_read: bool = True, now: datetime) -> HandoffItem:
    """The receiver says that an item was read. Raises NotAllowed, Missing, DomainError "wrong_state"."""
    locked = lock(handoff, by)
    require_receiver(locked, by)
    require_state(locked, HandoffState.OFFERED)
    item = _item(locked, key)
    item.read_at = (item.read_at or now) if is_read else None
    item.save(update_fields=["read_at"])
    return item


@transaction.atomic
def write_summary(
    *, by: Actor, handoff: Handoff, summary: str, giver_leaves: bool | None = None, now: datetime
) -> Handoff:
    """What the receiver should know first; from owner to owner also whether the giver leaves.

    Raises NotAllowed; DomainError "wrong_state" while the receiver has it.
    """
    locked = lock(handoff, by)
    require_giver(locked, by)
    require_state(locked, *_WORKED_ON)
    row = locked.handoff
    row.summary = text(summary, "summary")
    if giver_leaves is not None:
        row.giver_leaves = giver_leaves and locked.contract.same_role
    row.version += 1
    row.save(update_fields=["summary", "giver_leaves", "version", "updated_at"])
    return row


@transaction.atomic
def hold_meeting(*, by: Actor, handoff: Handoff, meeting: str, on: date | None, now: datetime) -> Handoff:
    """Say when giver and receiver did this together; None takes it back. Days are of the organization's zone.

    Raises NotAllowed; DomainError "meeting" (none of this handoff), "on" (in the future), "wrong_state".
    """
    locked = lock(handoff, by)
    require_party(locked, by)
    require_state(locked, *UNFINISHED_HANDOFFS)
    if meeting not in locked.contract.meetings:
        raise DomainError(_("This handoff has no such meeting."), field="meeting", code="meeting")
    if on is not None and on > local_day(locked.organization, now):
        raise DomainError(_("This day lies ahead: enter it once you have met."), field="on", code="future")
    return _set_day(locked, MEETING_FIELDS[Meeting(meeting)], on, by=by, now=now)


@transaction.atomic
def begin_shadow(*, by: Actor, handoff: Handoff, on: date, now: datetime) -> Handoff:
    """Say from which day on the receiver goes along; it lasts so many working days of theirs as the policy says.

    Raises NotAllowed; DomainError "shadow" where there is none, "on" for a day far away, "wrong_state".
    """
    locked = lock(handoff, by)
    require_party(locked, by)
    require_state(locked, *UNFINISHED_HANDOFFS)
    if not locked.contract.shadow_days:
        raise DomainError(_("This handoff has no shadow period."), code="shadow")
    if abs((on - local_day(locked.organization, now)).days) > _FAR_DAYS:
        raise DomainError(_("Choose a day of these weeks."), field="on", code="far")
    return _set_day(locked, "shadow_from", on, by=by, now=now)


_FAR_DAYS = 120


@transaction.atomic
def add_results(*, by: Actor, handoff: Handoff, results: str, now: datetime) -> Handoff:
    """The giver tells how the launch went, after it; the receiver confirms it.

    Raises NotAllowed; DomainError "results", "not_launched", "confirmed", "wrong_state" before acceptance.
    """
    locked = lock(handoff, by)
    require_giver(locked, by)
    _require_launch(locked)
    row = locked.handoff
    if row.results_confirmed_at is not None:
        raise DomainError(_("The results have been confirmed already."), code="confirmed")
    row.launch_results = text(results, "results")
    if not row.launch_results:
        raise DomainError(_("Say how the launch went."), field="results", code="results")
    row.results_added_at = now
    row.version += 1
    row.save(update_fields=["launch_results", "results_added_at", "version", "updated_at"])
    record("results_added", row, by=by, now=now)
    say(_("%(giver)s adds the results of the launch"), row, by=by, at=now, body=row.launch_results)
    sentence = _("%(giver)s added the launch results of %(name)s: confirm them")
    tell([row.receiver_id], sentence, row, by=by, key=f"results:{row.version}", now=now)
    return row


@transaction.atomic
def confirm_results(*, by: Actor, handoff: Handoff, now: datetime) -> Handoff:
    """The receiver confirms the launch results. Raises NotAllowed; DomainError "no_results", "confirmed"."""
    locked = lock(handoff, by)
    require_receiver(locked, by)
    row = locked.handoff
    _require_launch(locked)
    if row.results_added_at is None:
        raise DomainError(_("There are no launch results to confirm yet."), code="no_results")
    if row.results_confirmed_at is not None:
        raise DomainError(_("The results have been confirmed already."), code="confirmed")
    row.results_confirmed_at = now
    row.version += 1
    row.save(update_fields=["results_confirmed_at", "version", "updated_at"])
    record("results_confirmed", row, by=by, now=now)
    say(_("%(receiver)s confirms the results of the launch"), row, by=by, at=now)
    sentence = _("%(receiver)s confirmed the launch results of %(name)s")
    tell([row.giver_id], sentence, row, by=by, key="confirmed", now=now)
    return row


def reopen(handoff: Handoff, keys: Collection[str]) -> None:
    """Items that came back: no longer complete, to be read again. Raises DomainError "items" for one that is none."""
    wanted = set(keys)
    rows = HandoffItem.objects.filter(handoff=handoff, key__in=wanted)
    if set(rows.values_list("key", flat=True)) != wanted:
        raise DomainError(_("Choose items of this handoff."), field="items", code="items")
    rows.update(is_settled=False, read_at=None)


def text(value: str, field: str) -> str:
    """What somebody wrote. Raises DomainError "too_long" with its field."""
    written = value.replace("\0", "").strip()
    if len(written.encode()) > MAX_TEXT:
        raise DomainError(_("This is too long; 8 KiB is the most."), field=field, code="too_long")
    return written


def _item(locked: Locked, key: str) -> HandoffItem:
    found: HandoffItem | None = HandoffItem.objects.select_for_update().filter(handoff=locked.handoff, key=key).first()
    if found is None:
        raise Missing(_("This handoff has no such item."))
    return found


def _set_day(locked: Locked, field: str, on: date | None, *, by: Actor, now: datetime) -> Handoff:
    row = locked.handoff
    before = getattr(row, field)
    if before != on:
        setattr(row, field, on)
        row.version += 1
        row.save(update_fields=[field, "version", "updated_at"])
        record("dated", row, by=by, now=now, changes={field: [before, on]})
    return row


def _require_launch(locked: Locked) -> None:
    require_state(locked, HandoffState.ACCEPTED)
    if not locked.contract.confirms_launch or locked.organization.stage not in LAUNCHED_STAGES:
        raise DomainError(_("Launch results follow after the launch."), code="not_launched")
