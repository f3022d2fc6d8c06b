"""Use cases of post-mortems: written in versions, looked at by a second person, published, shared with the affected.

Lock order: the incident, then its post-mortem. Every save is a version of its own; what was published is never changed.
"""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.rules.access import Actor
from common.errors import Conflict, DomainError, Missing, NotAllowed
from common.scope import Scope, scoped
from partners.models import Contact, Organization
from partners.services import commitments
from partners.services.validation import check_fields, clean
from partners.work_choices import Side
from tickets import incident_permissions
from tickets.incident_choices import EntryKind, PostMortemState
from tickets.models import Incident, IncidentOrganization, PostMortem, PostMortemVersion, PreventionAction
from tickets.rules import post_mortems as rules
from tickets.services import incident_news
from tickets.services.incident_locking import enter, lock_incident, record
from tickets.services.incident_parts import may_name

MAX_BYTES = 32 * 1024
MOST_ACTIONS = 40
_EARLIEST, _LATEST = date(2000, 1, 1), date(2100, 1, 1)


@transaction.atomic
def write(
    *, by: Actor, incident: Incident, texts: Mapping[str, str], version: int | None = None, now: datetime
) -> PostMortemVersion:
    """Save the text as a version of its own; what waited for a review is a draft again.

    Raises NotAllowed, Missing, Conflict, DomainError with `field`.
    """
    locked = lock_incident(by, incident)
    _require_writer(by)
    check_fields(texts, frozenset(rules.SECTIONS))
    clean_texts = {name: _checked(name, texts[name]) for name in texts}
    with scoped(Scope.all()):
        row = _locked(locked, begin=True, version=version)
        before = _newest(row)
        known = {name: getattr(before, name) if before else "" for name in rules.SECTIONS}
        if before is not None and known == known | clean_texts:
            return before
        row.number += 1
        made: PostMortemVersion = PostMortemVersion.objects.create(
            post_mortem=row, number=row.number, author_id=by.user_id, written_at=now, **(known | clean_texts)
        )
        if row.state == PostMortemState.REVIEW:
            row.state, row.submitted_at, row.submitted_by = PostMortemState.DRAFT, None, None
        _save(row, "number", "state", "submitted_at", "submitted_by")
        record(by, "post_mortem_written", locked, now, {"version": [row.number - 1, row.number]})
    return made


@transaction.atomic
def submit(*, by: Actor, incident: Incident, version: int | None = None, now: datetime) -> PostMortem:
    """Ask a second person to look at it. Raises NotAllowed, Missing, Conflict, DomainError while parts are missing."""
    locked = lock_incident(by, incident)
    _require_writer(by)
    with scoped(Scope.all()):
        row = _locked(locked, version=version)
        _require_whole(row)
        if row.state == PostMortemState.REVIEW:
            raise DomainError(_("It waits for its review already."), code="submitted")
        if row.state == PostMortemState.PUBLISHED and row.number == row.published_number:
            raise DomainError(_("Nothing has changed since it was published."), code="published")
        if row.state == PostMortemState.DRAFT:
            row.state = PostMortemState.REVIEW
        row.submitted_at, row.submitted_by_id = now, by.user_id
        _save(row, "state", "submitted_at", "submitted_by")
        record(by, "post_mortem_submitted", locked, now, {"version": [None, row.number]})
        people = {*incident_news.desk_leads(locked, now), locked.commander_id or 0} - {by.user_id, 0}
        title = _("The post-mortem of %(title)s waits for a review")
        key = f"post-mortem-review:{row.pk}:{row.number}"
        incident_news.tell_post_mortem(locked, key=key, title=title, people=people, now=now)
    return row


@transaction.atomic
def give_back(*, by: Actor, incident: Incident, reason: str, version: int | None = None, now: datetime) -> PostMortem:
    """Ask for more before it is published. Raises NotAllowed, Missing, Conflict, DomainError."""
    locked = lock_incident(by, incident)
    _require_writer(by)
    why = " ".join(reason.replace("\0", "").split())[:500]
    if not why:
        raise DomainError(_("Say what is missing."), field="reason", code="no_reason")
    with scoped(Scope.all()):
        row = _locked(locked, version=version)
        if row.state != PostMortemState.REVIEW:
            raise DomainError(_("It does not wait for a review."), code="state")
        asker = row.submitted_by_id
        row.state, row.submitted_at, row.submitted_by = PostMortemState.DRAFT, None, None
        _save(row, "state", "submitted_at", "submitted_by")
        record(by, "post_mortem_returned", locked, now, {"state": ["review", "draft"]}, reason=why)
        enter(locked, EntryKind.CHANGED, by=by, now=now, body=why, changes={"post_mortem": ["review", "draft"]})
        people = {asker or 0} - {by.user_id, 0}
        key = f"post-mortem-returned:{row.pk}:{now.isoformat()}"
        title = _("The post-mortem of %(title)s came back")
        incident_news.tell_post_mortem(locked, key=key, title=title, people=people, now=now)
    return row


@transaction.atomic
def publish(*, by: Actor, incident: Incident, version: int | None = None, now: datetime) -> PostMortem:
    """Let colleagues read the newest version; its actions become commitments, each once.

    Raises NotAllowed for whoever wrote it last (four eyes), Missing, Conflict, DomainError.
    """
    locked = lock_incident(by, incident)
    with scoped(Scope.all()):
        row = _locked(locked, version=version)
        newest = _require_whole(row)
        if not incident_permissions.can_publish(by, newest):
            raise NotAllowed(_("Somebody else publishes what you have written, or the support manager does."))
        if row.submitted_at is None or not rules.may_move(row.state, PostMortemState.PUBLISHED):
            raise DomainError(_("Ask for a review first."), code="state")
        before = row.published_number or None
        newest.published_at = now
        newest.save(update_fields=["published_at"])
        row.state, row.published_number = PostMortemState.PUBLISHED, newest.number
        row.published_at, row.published_by_id = row.published_at or now, by.user_id
        row.submitted_at, row.submitted_by = None, None
        _save(row, "state", "published_number", "published_at", "published_by", "submitted_at", "submitted_by")
        _promise(row, by=by, now=now)
        changes = {"post_mortem": [before, newest.number]}
        enter(locked, EntryKind.CHANGED, by=by, now=now, changes={"post_mortem": [None, "published"]})
        record(by, "post_mortem_published", locked, now, changes)
        if before is None:
            incident_news.story_of_post_mortem(locked, by=by, now=now)
    return row


@transaction.atomic
def share(
    *, by: Actor, incident: Incident, sections: Collection[str], version: int | None = None, now: datetime
) -> PostMortem:
    """Let affected organizations read these parts of the published version in the portal; none takes it back from them.

    A newer version is theirs to read when it is shared again, and not with its publication. Raises NotAllowed, Missing,
    Conflict, DomainError: not published; a part that stays with us.
    """
    locked = lock_incident(by, incident)
    if not (incident_permissions.can_say_publicly(by) and incident_permissions.can_lead(by)):
        raise NotAllowed(_("It is shared by those who write to partners."))
    if unknown := sorted(set(sections) - set(rules.SHAREABLE)):
        raise DomainError(_("%(name)s stays with us.") % {"name": unknown[0]}, field="sections", code="internal")
    with scoped(Scope.all()):
        row = _locked(locked, version=version)
        if row.published_at is None:
            raise DomainError(_("Publish it first."), code="state")
        before, before_number = list(row.shared_sections), row.shared_number
        row.shared_sections = [name for name in rules.SHAREABLE if name in sections]
        row.shared_at = (row.shared_at or now) if row.shared_sections else None
        row.shared_number = row.published_number if row.shared_sections else 0
        _save(row, "shared_sections", "shared_at", "shared_number")
        if row.shared_sections and locked.published_at is None:
            # It is found in the portal by the incident that it belongs to.
            locked.published_at = now
            locked.save(update_fields=["published_at", "updated_at"])
        changes = {"sections": [before, row.shared_sections], "version": [before_number, row.shared_number]}
        record(by, "post_mortem_shared", locked, now, changes)
    return row


@transaction.atomic
def add_action(
    *,
    by: Actor,
    incident: Incident,
    organization: Organization,
    title: str,
    due_on: date,
    side: str = Side.US,
    owner: User | None = None,
    contact: Contact | None = None,
    now: datetime,
) -> PreventionAction:
    """Note what is done so that it does not happen again, for an affected organization; a promise once published.

    Raises NotAllowed, Missing, DomainError with `field`.
    """
    locked = lock_incident(by, incident)
    _require_writer(by)
    if not may_name(by, organization.pk):
        raise Missing(_("This organization does not exist, or it is not yours."))
    with scoped(Scope.all()):
        if not IncidentOrganization.objects.filter(incident=locked, organization=organization).exists():
            raise DomainError(_("Choose an affected organization."), field="organization", code="not_affected")
        row = _locked(locked, begin=True)
        if row.actions.count() >= MOST_ACTIONS:
            raise DomainError(_("Up to %(count)s actions are kept.") % {"count": MOST_ACTIONS})
        action = PreventionAction(post_mortem=row, organization=organization, added_by_id=by.user_id, added_at=now)
        action.title, action.due_on, action.side = " ".join(title.split()), due_on, side
        action.owner, action.contact = owner, contact
        _check_action(action)
        action.save()
        _save(row)
        record(by, "action_added", locked, now, {"due_on": [None, due_on]})
        if row.published_at is not None:
            _promise(row, by=by, now=now)
    action.refresh_from_db(fields=["commitment"])
    return action


@transaction.atomic
def remove_action(*, by: Actor, incident: Incident, action: PreventionAction, now: datetime) -> None:
    """Take an action away that is no promise yet. Raises NotAllowed, Missing, DomainError."""
    locked = lock_incident(by, incident)
    _require_writer(by)
    rows = PreventionAction.objects.visible_to(by).filter(pk=action.pk, post_mortem__incident=locked)
    if not rows.exists():
        raise Missing(_("This action does not exist, or it is not yours."))
    with scoped(Scope.all()):
        row = _locked(locked)
        gone, _rows = PreventionAction.objects.filter(pk=action.pk, commitment__isnull=True).delete()
        if not gone:
            raise DomainError(_("It is a promise now: settle it where promises are."), code="promised")
        _save(row)
        record(by, "action_removed", locked, now, {"due_on": [action.due_on, None]})


def _promise(row: PostMortem, *, by: Actor, now: datetime) -> None:
    """Make the commitments of actions that have none yet, by organization: the order of locks."""
    waiting = row.actions.filter(commitment__isnull=True).select_related("organization", "owner", "contact")
    for action in waiting.order_by("organization_id", "pk"):
        values = {name: getattr(action, name) for name in ("side", "title", "owner", "contact", "due_on")}
        action.commitment = commitments.make_published(
            by=by, organization=action.organization, values=values, source=row, now=now
        )
        action.save(update_fields=["commitment"])


def _locked(incident: Incident, *, begin: bool = False, version: int | None = None) -> PostMortem:
    """The post-mortem of a locked incident; begun where there is none and `begin`. Raises Missing, Conflict."""
    row: PostMortem | None = PostMortem.objects.select_for_update().filter(incident=incident).first()
    if row is None and begin:
        row = PostMortem.objects.create(incident=incident)
    if row is None:
        raise Missing(_("There is no post-mortem yet."))
    if version is not None and version != row.version:
        raise Conflict(_("Somebody else changed this post-mortem."), version=row.version, current={"state": row.state})
    return row


def _newest(row: PostMortem) -> PostMortemVersion | None:
    found: PostMortemVersion | None = row.versions.filter(number=row.number).first()
    return found


def _require_whole(row: PostMortem) -> PostMortemVersion:
    """The newest version. Raises DomainError with the first needed part that holds nothing as its field."""
    newest = _newest(row)
    gaps = rules.missing({name: getattr(newest, name) if newest else "" for name in rules.SECTIONS})
    if newest is None or gaps:
        raise DomainError(_("Write summary, impact, root cause and prevention first."), code="incomplete")
    return newest


def _require_writer(by: Actor) -> None:
    if not incident_permissions.can_write_post_mortem(by):
        raise NotAllowed(_("Post-mortems are written by support and by those who look after the organization."))


def _checked(name: str, text: str) -> str:
    found = text.replace("\r\n", "\n").strip()
    if "\0" in found:
        raise DomainError(_("The text holds characters that cannot be kept."), field=name)
    if len(found.encode()) > MAX_BYTES:
        raise DomainError(_("The text is longer than 32 KiB."), field=name, code="too_long")
    return found


def _check_action(action: PreventionAction) -> None:
    if "\0" in action.title:
        raise DomainError(_("The text holds characters that cannot be kept."), field="title")
    clean(action, ["title", "side"])
    if action.due_on is None or not _EARLIEST <= action.due_on <= _LATEST:
        raise DomainError(_("Choose a day of this century."), field="due_on", code="odd_day")
    if action.contact is not None and action.contact.organization_id != action.organization_id:
        raise DomainError(_("Choose a contact of this organization."), field="contact", code="foreign_contact")
    if action.owner is not None:
        # Or it could never become a promise, and the post-mortem never be published.
        commitments.check_owner(action.owner, action.organization)


def _save(row: PostMortem, *fields: str) -> None:
    row.version += 1
    row.save(update_fields=[*fields, "version", "updated_at"])


def texts_of(row: Any) -> dict[str, str]:
    """The parts of a version by name."""
    return {name: getattr(row, name) for name in rules.SECTIONS}
