"""Use cases of product feedback: an item with those who ask for it, what becomes of it, the issue that it follows.

An item names no organization; its voices do. Lock order: the organization, then the item, then voices.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.rules.access import Actor
from accounts.services import activity
from common.errors import Conflict, DomainError, Missing, NotAllowed
from common.scope import Scope, scoped
from partners.feedback_choices import FeedbackKind, FeedbackState
from partners.models import FeedbackItem, Organization, ReleaseNote
from partners.rules.feedback import is_news, read_issue
from partners.services import feedback_voices, release_notes
from partners.services.validation import check_fields, clean

MANAGE = "manage_feedback"
WRITABLE_FIELDS = frozenset({"kind", "title", "description", "expected", "answer"})
MAX_TEXT = 10_000
_WORDS = frozenset({"description", "answer"})


@transaction.atomic
def add(
    *,
    by: Actor,
    organization: Organization,
    values: Mapping[str, Any],
    voice: Mapping[str, Any] | None = None,
    now: datetime,
) -> FeedbackItem:
    """Write down what an organization asks for and nobody has asked for before.

    Raises NotAllowed, Missing; DomainError with `field`: no title, an unknown kind, too long.
    """
    check_fields(values, WRITABLE_FIELDS - {"expected", "answer"})
    item = FeedbackItem(created_by_id=by.user_id, **values)
    _check(item, values)
    item.save()
    _record(by, "added", item, now, {"title": [None, item.title]})
    feedback_voices.add(by=by, item=item, organization=organization, values=voice or {}, now=now)
    return item


@transaction.atomic
def edit(
    *, by: Actor, item: FeedbackItem, values: Mapping[str, Any], version: int | None = None, now: datetime
) -> FeedbackItem:
    """Change its words, when it is expected, what may be told. Raises NotAllowed, Conflict, DomainError (`field`)."""
    check_fields(values, WRITABLE_FIELDS)
    locked = _locked(item)
    is_own = locked.created_by_id == by.user_id and locked.state == FeedbackState.NEW
    if not by.has(MANAGE) and not (is_own and not values.keys() & {"expected", "answer"}):
        raise NotAllowed(_("Feedback is changed by those who manage it, and by who added it while it is new."))
    before = {name: getattr(locked, name) for name in values}
    _check_version(locked, version, before)
    changes = activity.changes_between(before, values)
    if changes:
        for name in changes:
            setattr(locked, name, values[name])
        _check(locked, changes)
        _save(locked, *changes)
        _record(by, "edited", locked, now, changes)
    return locked


@transaction.atomic
def move(*, by: Actor, item: FeedbackItem, state: str, version: int | None = None, now: datetime) -> FeedbackItem:
    """Say what becomes of it; released drafts a mail to the owner of everybody who asked for it.

    Taking a release back takes back drafts that nobody has sent. Raises NotAllowed, Conflict, DomainError ("state").
    """
    locked = _locked_for_manager(by, item)
    _check_version(locked, version, {"state": locked.state})
    if state not in FeedbackState.values:
        raise DomainError(_("Choose a state."), field="state", code="unknown_state")
    if state == locked.state:
        raise DomainError(_("It is in this state already."), field="state", code="same_state")
    before, locked.state = locked.state, state
    locked.released_on = timezone.localdate(now, timezone.get_default_timezone()) if _is_out(state) else None
    _save(locked, "state", "released_on")
    _record(by, "moved", locked, now, {"state": [before, state]})
    # Owners of organizations that the manager of feedback does not open are asked to tell them as well.
    with scoped(Scope.all()):
        if _is_out(state):
            release_notes.draft_for(item=locked, by=by, now=now)
        elif _is_out(before):
            ReleaseNote.objects.filter(item=locked, state="draft").delete()
        feedback_voices.tell_of_move(item=locked, by=by, now=now)
    return locked


@transaction.atomic
def link_issue(*, by: Actor, item: FeedbackItem, address: str, now: datetime) -> FeedbackItem:
    """Have it follow an issue of GitHub or GitLab; an empty address ends that. Raises NotAllowed, DomainError."""
    locked = _locked_for_manager(by, item)
    found = read_issue(address)
    if address.strip() and found is None:
        message = _("Give the address of an issue on github.com or gitlab.com.")
        raise DomainError(message, field="address", code="no_issue")
    locked.issue_provider = found.provider if found else ""
    locked.issue_repository = found.repository if found else ""
    locked.issue_number = found.number if found else None
    locked.issue_state, locked.issue_heard_at = "", None
    try:
        with transaction.atomic():
            _save(locked, "issue_provider", "issue_repository", "issue_number", "issue_state", "issue_heard_at")
    except IntegrityError as error:
        message = _("Other feedback follows this issue: merge the two.")
        raise DomainError(message, field="address", code="taken") from error
    _record(by, "linked", locked, now, {"issue": [None, address.strip()[:200]]})
    return locked


@transaction.atomic
def hear_issue(*, provider: str, repository: str, number: int, state: str, now: datetime) -> bool:
    """An issue of another tool is in another state; True if feedback follows it and this is news.

    `now` is when it happened there. Nothing is released by it: people say what is told to whom.
    """
    rows = FeedbackItem.objects.select_for_update().filter(issue_provider=provider, issue_number=number)
    item = rows.filter(issue_repository__iexact=repository).first()
    if item is None or not is_news(heard_at=item.issue_heard_at, at=now):
        return False
    before, item.issue_state, item.issue_heard_at = item.issue_state, state.replace("\0", "")[:40], now
    item.save(update_fields=["issue_state", "issue_heard_at", "updated_at"])
    if before != item.issue_state:
        activity.record(
            verb="feedback.heard",
            target=item,
            target_name=item.title,
            changes={"issue_state": [before, item.issue_state]},
            now=now,
        )
    return True


@transaction.atomic
def merge(*, by: Actor, item: FeedbackItem, into: FeedbackItem, now: datetime) -> FeedbackItem:
    """Make one of two that say the same: `into` gets the voices, `item` leaves the lists.

    Raises NotAllowed, Missing, DomainError ("same"; "released": owners have been asked to tell of it).
    """
    if not by.has(MANAGE):
        raise NotAllowed(_("Feedback is merged by those who manage it."))
    if item.pk == into.pk:
        raise DomainError(_("Choose another one to merge into."), field="into", code="same")
    found = FeedbackItem.objects.select_for_update().filter(pk__in=[item.pk, into.pk], archived_at__isnull=True)
    rows = {row.pk: row for row in found.order_by("pk")}
    if len(rows) != 2:
        raise Missing(_("This feedback does not exist, or was merged already."))
    gone, kept = rows[item.pk], rows[into.pk]
    if _is_out(gone.state) or _is_out(kept.state):
        raise DomainError(_("What is released is not merged any more."), field="into", code="released")
    with scoped(Scope.all()):
        feedback_voices.move_all(gone, kept)
        gone.betas.update(item=kept)
    gone.archived_at = now
    _save(gone, "archived_at")
    _save(kept)
    _record(by, "merged", gone, now, {"into": [None, str(kept.public_id)]})
    return kept


def _is_out(state: str) -> bool:
    return state == FeedbackState.RELEASED


def _locked(item: FeedbackItem) -> FeedbackItem:
    rows = FeedbackItem.objects.select_for_update().filter(pk=item.pk, archived_at__isnull=True)
    found: FeedbackItem | None = rows.first()
    if found is None:
        raise Missing(_("This feedback does not exist, or was merged into other feedback."))
    return found


def _locked_for_manager(by: Actor, item: FeedbackItem) -> FeedbackItem:
    if not by.has(MANAGE):
        raise NotAllowed(_("What becomes of feedback is said by those who manage it."))
    return _locked(item)


def _check_version(item: FeedbackItem, version: int | None, current: Mapping[str, Any]) -> None:
    if version is not None and version != item.version:
        raise Conflict(_("Somebody changed this while you were at it."), version=item.version, current=current)


def _check(item: FeedbackItem, fields: Mapping[str, Any]) -> None:
    item.title = " ".join(item.title.replace("\0", "").split())
    if not item.title:
        raise DomainError(_("Give it a title."), field="title", code="no_title")
    if item.kind not in FeedbackKind.values:
        raise DomainError(_("Choose a kind."), field="kind", code="unknown_kind")
    for name in ("description", "expected", "answer"):
        text = getattr(item, name).replace("\0", "").strip()
        setattr(item, name, text)
        if len(text) > MAX_TEXT:
            raise DomainError(_("Use up to %(count)s characters.") % {"count": MAX_TEXT}, field=name, code="too_long")
    clean(item, {"title", *fields})


def _save(item: FeedbackItem, *fields: str) -> None:
    item.version += 1
    item.save(update_fields=[*fields, "version", "updated_at"])


def _record(by: Actor, verb: str, item: FeedbackItem, now: datetime, changes: Mapping[str, Any]) -> None:
    activity.record(
        actor_id=by.user_id,
        actor_name=by.name,
        verb=f"feedback.{verb}",
        target=item,
        target_name=item.title,
        changes={
            name: ["*", "*"] if name in ("description", "answer") else list(pair) for name, pair in changes.items()
        },
        now=now,
    )
