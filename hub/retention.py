"""Retention: delete what is done with, in small transactions, as the policy says (security.md 19).

Safe to run twice and to be killed: each batch commits on its own, and what is left is found by the next run.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.core.files.storage import default_storage
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from accounts.models import ApiToken, Export, Invitation, Notification
from accounts.services import activity, exports
from common.leases import lease
from common.models import ImportRun, ImportState, Occurrence, Outbox, StoredFile
from common.policy_cache import active_policy
from common.scope import Scope, scoped
from hub import retention_relationship
from hub.retention_pack import KEYS, KIND, RetentionPolicy
from partners.models import InteractionDraft, SurveyRequest
from partners.survey_choices import SurveyState
from tickets.hook_choices import DeliveryState
from tickets.models import HelpSearch, HelpSession, WebhookDelivery

LEASE = "hub.apply_retention"
# Longer than the time limit of the task, so that a run that was killed is passed over and a slow one is not.
LEASE_SECONDS = 900
BATCH = 500
# The rest waits for the next run: one run must not hold the worker for ever.
MAX_BATCHES = 40
_RUNNING = (ImportState.CHECKING, ImportState.RUNNING, ImportState.UNDOING)

Due = Callable[[datetime], QuerySet[Any]]


def _ended_invitations(before: datetime) -> QuerySet[Any]:
    ended = Coalesce("accepted_at", "revoked_at", "expires_at")
    return Invitation.objects.annotate(ended=ended).filter(ended__lt=before)


def _ended_tokens(before: datetime) -> QuerySet[Any]:
    return ApiToken.objects.filter(Q(revoked_at__lt=before) | Q(expires_at__lt=before))


def _import_files(before: datetime) -> QuerySet[Any]:
    """Files of runs that are over, and of those that nobody has gone on with."""
    over = ImportRun.objects.filter(created_at__lt=before).exclude(state__in=_RUNNING)
    of_runs = Q(pk__in=over.values("file_id")) | Q(pk__in=over.values("rejected_file_id"))
    return StoredFile.objects.filter(of_runs, removed_at__isnull=True)


def _expired_files(before: datetime) -> QuerySet[Any]:
    return StoredFile.objects.filter(expires_at__lte=before, removed_at__isnull=True)


def _unasked_surveys(before: datetime) -> QuerySet[Any]:
    """Those that asked nobody."""
    unasked = (SurveyState.SKIPPED, SurveyState.CANCELLED)
    return SurveyRequest.objects.filter(state__in=unasked, sent_at__isnull=True, due_at__lt=before)


def _told_deliveries(before: datetime) -> QuerySet[Any]:
    """Also what was given up; what still waits is sent however old it is."""
    return WebhookDelivery.objects.filter(made_at__lt=before).exclude(state=DeliveryState.WAITING)


DUE: dict[str, Due] = {
    "read_notifications": lambda before: Notification.objects.filter(read_at__lt=before),
    "notifications": lambda before: Notification.objects.filter(created_at__lt=before),
    "done_effects": lambda before: Outbox.objects.filter(done_at__lt=before),
    "ended_invitations": _ended_invitations,
    "ended_tokens": _ended_tokens,
    "ended_sessions": lambda before: Session.objects.filter(expire_date__lt=before),
    "exports": lambda before: Export.objects.filter(created_at__lt=before),
    "import_files": _import_files,
    "expired_files": _expired_files,
    "occurrences": lambda before: Occurrence.objects.filter(finished_at__lt=before),
    "help_searches": lambda before: HelpSearch.objects.filter(at__lt=before),
    "help_visits": lambda before: HelpSession.objects.filter(seen_at__lt=before),
    "webhook_deliveries": _told_deliveries,
    "unasked_surveys": _unasked_surveys,
    "surveys": lambda before: SurveyRequest.objects.filter(sent_at__lt=before),
    "interaction_drafts": lambda before: InteractionDraft.objects.filter(saved_at__lt=before),
    **retention_relationship.DUE,
}


def apply_retention(*, holder: str, now: datetime) -> dict[str, int]:
    """Delete what is due; how much of what, without what there was none of. Nothing while somebody else is at it.

    Nothing either while no retention policy is in force. Call it outside of a transaction.
    """
    with lease(LEASE, holder, LEASE_SECONDS) as is_held:
        policy = _policy() if is_held else None
        if policy is None:
            return {}
        found = {what: _apply(what, policy.cutoff(what, now), now) for what in KEYS}
        removed = {what: count for what, count in found.items() if count}
        if removed:
            _record(removed, now)
        return removed


def _policy() -> RetentionPolicy | None:
    found = active_policy(KIND)
    return found.policy if found is not None and isinstance(found.policy, RetentionPolicy) else None


def _apply(what: str, before: datetime, now: datetime) -> int:
    total = 0
    for _batch in range(MAX_BATCHES):
        with scoped(Scope.all()):
            count = _apply_batch(DUE[what](before), now)
        total += count
        if count < BATCH:
            break
    return total


def _apply_batch(due: QuerySet[Any], now: datetime) -> int:
    """Delete up to BATCH rows, the oldest first; rows that somebody holds are left to the next run."""
    ids = list(
        due.select_for_update(skip_locked=True, of=("self",)).order_by("pk").values_list("pk", flat=True)[:BATCH]
    )
    rows = due.model._default_manager.filter(pk__in=ids)
    if due.model is StoredFile:
        _remove_files(rows, now)
    elif due.model is Session:
        UserSession.objects.filter(session_key__in=ids).delete()
        rows.delete()
    else:
        if due.model is Export:
            exports.forget_files(ids, now)
        retention_relationship.forget_files_of(due.model, ids, now)
        rows.delete()
    return len(ids)


def _remove_files(rows: QuerySet[Any], now: datetime) -> None:
    """Files go from the disk first: one that is gone is found again by its row, one without a row by nobody.

    The row stays where an import names it: what the file was is part of what the import did.
    """
    for path in rows.values_list("path", flat=True):
        default_storage.delete(path)
    named = ImportRun.objects.filter(Q(file=OuterRef("pk")) | Q(rejected_file=OuterRef("pk")))
    rows.filter(Exists(named)).update(removed_at=now)
    rows.filter(~Exists(named)).delete()


def _record(removed: dict[str, int], now: datetime) -> None:
    changes: dict[str, list[int | None]] = {what: [count, None] for what, count in removed.items()}
    with scoped(Scope.all()):
        activity.record(verb="retention.applied", target=None, target_type="retention", changes=changes, now=now)
