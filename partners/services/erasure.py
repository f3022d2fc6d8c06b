"""Erase one person at an organization: what identifies them goes, what happened stays (security.md 19).

Rows are kept, since interactions, tickets and the trail point at them; their personal fields become neutral, in the
history as well. The audit trail is never changed: it is written so that it needs no erasing.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from accounts.models import Notification
from accounts.services import activity, exports, person_data
from common.errors import DomainError
from common.models import ImportChange, ImportRun, StoredFile
from partners.models import (
    CadenceAgreement,
    Commitment,
    CommitmentChange,
    Contact,
    DraftAnswer,
    Evidence,
    GateReview,
    Handoff,
    HandoffItem,
    Interaction,
    InteractionContact,
    InteractionDraft,
    Loss,
    PlayRun,
    RecordFact,
    Stakeholder,
    Submission,
    Task,
    TimelineEntry,
    Touchpoint,
    Waiver,
    WaiverRequest,
)
from partners.rules.scrubbing import pattern_of, scrub
from partners.services import stakeholders
from partners.services.locking import lock_organizations
from partners.services.person_records import (
    PERSONAL,
    Person,
    addresses_of,
    contact_events,
    interaction_events,
    words_of,
    work_events,
)
from partners.services.review_erasure import take_out_of_presented

# Rows, their fields that people write in, and what else is set where a word goes.
Place = tuple[Any, tuple[str, ...], dict[str, Any]]
_places_above: list[Callable[[Person, datetime], list[Place]]] = []

NEUTRAL_NAME = "Erased person"
NEUTRAL: dict[str, str] = {"name": NEUTRAL_NAME, "email": "", "phone": "", "job_title": ""}


@dataclass(frozen=True, kw_only=True)
class Erased:
    """How much was made neutral, `reviews` of it presented; `trail` lines and `signed` submissions stay as they are."""

    contacts: int
    had_account: bool
    texts: int
    reviews: int
    invitations: int
    files: int
    trail: int
    signed: int


def register_places(places: Callable[[Person, datetime], list[Place]]) -> None:
    """Where an upper floor names people; called once, when its app is ready. It may clear fields of its own itself."""
    _places_above.append(places)


@transaction.atomic
def erase_person(*, person: Person, reason: str, now: datetime) -> Erased:
    """Make everything that identifies the person neutral and end their portal access. It cannot be undone.

    `reason` stays in the trail and must not name them. Raises DomainError (`field` "reason"; "not_a_contact").
    """
    words = words_of(person)
    pattern = pattern_of(words)
    _check_reason(reason, pattern)
    lock_organizations(person.organization_ids)
    invitations = person_data.invitations_of(
        emails=addresses_of(person), contact_ids=person.contact_ids, user=person.user
    )
    invited = person_data.erase_invitations(invitations, now=now)
    files = _erase_contacts(person, now)
    exports.forget_everybodys(now=now)
    texts = reviews = 0
    if pattern is not None:
        texts = _scrub_texts(person, words, pattern, now)
        reviews = take_out_of_presented(person, words=words, pattern=pattern, neutral=NEUTRAL_NAME, now=now)
    if person.user is not None:
        person_data.erase_user(user=person.user, neutral_name=NEUTRAL_NAME, now=now)
    naming = person_data.trail_of(user=person.user, contact_ids=person.contact_ids)
    named = naming.filter(Q(actor_name__in=words) | Q(target_name__in=words)).count()
    _record(person, reason, now)
    return Erased(
        contacts=len(person.contacts),
        had_account=person.user is not None,
        texts=texts,
        reviews=reviews,
        invitations=invited,
        files=files,
        trail=named,
        signed=_signed(person, words),
    )


def _signed(person: Person, words: set[str]) -> int:
    """Frozen submissions that name the person: a contract's evidence, which a changed word would void."""
    naming = Q(pk__in=[])
    for word in words:
        naming |= Q(answers__icontains=word)
    return Submission.objects.filter(naming, organization_id__in=person.organization_ids).count()


def _check_reason(reason: str, pattern: re.Pattern[str] | None) -> None:
    if not reason.strip():
        raise DomainError(_("Say why, for example: asked for by the person on May 4."), field="reason")
    if pattern is not None and pattern.search(reason):
        raise DomainError(_("The reason stays for ever: do not name the person in it."), field="reason")


def _erase_contacts(person: Person, now: datetime) -> int:
    """The rows, their history, the links to interactions, and what imports noted; returns how many files expire now."""
    ids = person.contact_ids
    rows = Contact.objects.filter(pk__in=ids)
    rows.filter(archived_at__isnull=True).update(archived_at=now, is_primary=False)
    rows.update(**NEUTRAL, timezone="", user=None, version=F("version") + 1, updated_at=now)
    contact_events().filter(pgh_obj_id__in=ids).update(**NEUTRAL, timezone="")
    stakeholders.forget(ids)
    thoughts = {"cares_about": "", "influence": "unknown", "sentiment": "unknown"}
    work_events("Stakeholder").filter(contact_id__in=ids).update(**thoughts)
    InteractionContact.objects.filter(contact_id__in=ids).delete()
    changes = ImportChange.objects.filter(target_type="contact", target_id__in=ids)
    for change in changes:
        change.before, change.after = _neutral(change.before), _neutral(change.after)
        change.save(update_fields=["before", "after"])
    # The file that they came in with names them, too: retention deletes it with its next run.
    runs = ImportRun.objects.filter(pk__in=changes.values("run_id"))
    sources = StoredFile.objects.filter(Q(pk__in=runs.values("file_id")) | Q(pk__in=runs.values("rejected_file_id")))
    return sources.filter(Q(expires_at__isnull=True) | Q(expires_at__gt=now)).update(expires_at=now)


def _neutral(noted: Any) -> Any:
    """The fields of an import's note; only those that are there."""
    if not isinstance(noted, dict):
        return noted
    return {key: NEUTRAL[key] if key in PERSONAL else value for key, value in noted.items()}


def _scrub_texts(person: Person, words: set[str], pattern: re.Pattern[str], now: datetime) -> int:
    """Take names, addresses and numbers out of what was written at the person's organizations; how many rows."""
    here = {"organization_id__in": person.organization_ids}
    places: list[Place] = [
        (Interaction.objects.filter(**here), ("summary", "body"), {"version": F("version") + 1}),
        (interaction_events().filter(**here), ("summary", "body"), {}),
        *_work(here),
        *_gates(here),
        *_record_of(here),
        (TimelineEntry.objects.filter(**here), ("title", "body", "data"), {}),
        (Notification.objects.filter(**here), ("title", "body"), {}),
        *(place for above in _places_above for place in above(person, now)),
    ]
    return sum(_scrub(rows, fields, extra, words, pattern) for rows, fields, extra in places)


def _work(here: dict[str, Any]) -> list[Place]:
    """Tasks, promises and plays with all that people wrote there, and the names of files beside them."""
    version = {"version": F("version") + 1}
    of_tasks = ("title", "description", "blocked_reason", "skip_reason")
    of_promises = ("title", "description", "outcome_note")
    of_handoffs, of_meetings = ("summary", "launch_results"), ("topic", "skip_reason")
    of_losses = ("note", "closing_note")
    return [
        (Task.objects.filter(**here), of_tasks, version),
        (work_events("Task").filter(**here), of_tasks, {}),
        (Evidence.objects.filter(**here), ("note",), {}),
        (StoredFile.objects.filter(**here), ("original_name",), {}),
        (Commitment.objects.filter(**here), of_promises, version),
        (work_events("Commitment").filter(**here), of_promises, {}),
        (CommitmentChange.objects.filter(**here), ("reason",), {}),
        (InteractionDraft.objects.filter(**here), ("values",), {}),
        (PlayRun.objects.filter(**here), ("reason", "outcome_note"), version),
        (Loss.objects.filter(**here), of_losses, version),
        (work_events("Loss").filter(**here), of_losses, {}),
        (Handoff.objects.filter(**here), of_handoffs, version),
        (work_events("Handoff").filter(**here), of_handoffs, {}),
        (HandoffItem.objects.filter(**here), ("note", "gathered"), {}),
        (Touchpoint.objects.filter(**here), of_meetings, version),
        (work_events("Touchpoint").filter(**here), of_meetings, {}),
        (CadenceAgreement.objects.filter(**here), ("reason",), version),
        (work_events("CadenceAgreement").filter(**here), ("reason",), {}),
    ]


def _gates(here: dict[str, Any]) -> list[Place]:
    """What is being written at gates. What was signed, and why a handoff came back, stays as it was (ADR 0017)."""
    return [
        (DraftAnswer.objects.filter(**here), ("value",), {"version": F("version") + 1}),
        (Waiver.objects.filter(**here), ("reason",), {}),
        (WaiverRequest.objects.filter(**here), ("reason", "note"), {}),
        (GateReview.objects.filter(**here), ("reason",), {}),
    ]


def _record_of(here: dict[str, Any]) -> list[Place]:
    """What is known of the organization, and of others there."""
    version = {"version": F("version") + 1}
    return [
        (Stakeholder.objects.filter(**here), ("cares_about",), version),
        (work_events("Stakeholder").filter(**here), ("cares_about",), {}),
        (RecordFact.objects.filter(**here), ("value", "source"), version),
        (work_events("RecordFact").filter(**here), ("value", "source"), {}),
    ]


def _scrub(rows: Any, fields: tuple[str, ...], extra: dict[str, Any], words: set[str], pattern: re.Pattern[str]) -> int:
    maybe = Q(pk__in=[])
    for field in fields:
        for word in words:
            maybe |= Q(**{f"{field}__icontains": word})
    changed = 0
    for row in rows.filter(maybe).only("pk", *fields):
        after = {field: scrub(getattr(row, field), pattern, NEUTRAL_NAME) for field in fields}
        if any(after[field] != getattr(row, field) for field in fields):
            rows.filter(pk=row.pk).update(**after, **extra)
            changed += 1
    return changed


def _record(person: Person, reason: str, now: datetime) -> None:
    """That it happened, at which organization and why; not to whom."""
    for contact in person.contacts:
        activity.record(
            verb="person.erased",
            target=contact,
            target_name=_("Contact of %(name)s") % {"name": contact.organization.name},
            changes={name: ["*", "*"] for name in PERSONAL},
            reason=reason,
            now=now,
        )
    if person.user is not None:
        activity.record(verb="person.erased", target=person.user, target_name=NEUTRAL_NAME, reason=reason, now=now)
