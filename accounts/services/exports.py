"""Use cases of exports: a person wants a list as a file, calls it off, fetches it, throws it away.

A worker writes it (accounts/services/export_runs.py). An export belongs to who asked for it.
"""

from collections.abc import Iterable
from datetime import datetime
from functools import partial

from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.export_choices import OPEN, ExportState
from accounts.exportables import Asked, exportable_of
from accounts.models import Export, User
from accounts.rules.access import Actor
from accounts.services import activity
from common.errors import DomainError, Missing, NotAllowed
from common.jobs import enqueue_on_commit
from common.listing import MAX_LENGTH
from common.models import StoredFile

CAPABILITY = "export_data"
FOLDER = "exports"
TASK = "accounts.write_export"
MOST_OPEN = 10
MOST_KEPT = 100
"""So many files their page shows; whoever has programs ask for more would fill the disk."""
MAX_QUERY = MAX_LENGTH


@transaction.atomic
def want(*, by: Actor, what: str, format: str, subject: str = "", query: str = "", now: datetime) -> Export:
    """Have a list written, whole; asked for again while it is being written, it is the same one.

    Raises NotAllowed; Missing for a list that is not theirs; DomainError (`what`, `format`, `query`; "too_many").
    """
    user_id = _require_right(by)
    _check_length(query)
    exportable = exportable_of(what, format)
    opened = exportable.open(Asked(actor=by, subject=subject, query=query, now=now))
    # Spelled in full it may be longer, and a worker that reads the beginning of it would write another list.
    _check_length(opened.query)
    # One person asks for one thing at a time.
    User.objects.select_for_update(no_key=True).get(pk=user_id)
    own = Export.objects.visible_to(by).filter(state__in=OPEN)
    same = {"what": what, "subject": opened.subject, "format": format, "query": opened.query}
    if (found := own.filter(**same).first()) is not None:
        return found
    if own.count() >= MOST_OPEN:
        words = _("%(count)s files are still being written for you: wait for them, or cancel one.")
        raise DomainError(words % {"count": MOST_OPEN}, code="too_many")
    if Export.objects.visible_to(by).filter(file__isnull=False, expires_at__gt=now).count() >= MOST_KEPT:
        words = _("%(count)s files are kept for you already: delete some of them first.")
        raise DomainError(words % {"count": MOST_KEPT}, code="too_many")
    language = translation.get_language() or "en"
    made = Export.objects.create(user_id=user_id, title=opened.title[:200], language=language, created_at=now, **same)
    _record(by, "export.wanted", made, now)
    enqueue_on_commit(TASK, export_id=made.pk)
    return made


@transaction.atomic
def cancel(*, by: Actor, export: Export, now: datetime) -> Export:
    """Call one off; its worker stops within seconds. Raises Missing; DomainError "not_open"."""
    locked = _own(by, export)
    if not locked.is_open:
        raise DomainError(_("It is not being written any more."), code="not_open")
    leave_half(locked)
    locked.state, locked.finished_at = ExportState.CANCELLED, now
    locked.save(update_fields=["state", "finished_at"])
    _record(by, "export.cancelled", locked, now)
    return locked


@transaction.atomic
def forget(*, by: Actor, export: Export, now: datetime) -> None:
    """Throw one away with its file, also while it is being written. Raises Missing."""
    locked = _own(by, export)
    _record(by, "export.deleted", locked, now)
    if locked.is_open:
        leave_half(locked)
    if locked.file is not None:
        StoredFile.objects.filter(pk=locked.file.pk).update(expires_at=now)
    locked.delete()


@transaction.atomic
def fetch(*, by: Actor, export: Export, now: datetime) -> StoredFile:
    """The file, for its maker while they may still take data out; that it was fetched is recorded.

    Raises NotAllowed; Missing for one that is somebody else's; DomainError "not_ready".
    """
    locked = _own(by, export)
    _require_right(by)
    if not locked.is_kept(now) or locked.file is None:
        raise DomainError(_("There is no file, or none any more: have it written again."), code="not_ready")
    _record(by, "export.fetched", locked, now)
    return locked.file


def forget_files(ids: Iterable[int], now: datetime) -> None:
    """Files of exports that are about to be deleted: they expire at once."""
    named = Export.objects.filter(pk__in=list(ids), file__isnull=False).values("file_id")
    StoredFile.objects.filter(pk__in=named).update(expires_at=now)


@transaction.atomic
def forget_everybodys(*, now: datetime) -> None:
    """Nothing that was written until now is kept, since it may name a person who is being erased.

    What is being written is begun anew, and names them no more.
    """
    # First of all: no worker begins until the person is erased, and one that is about to keep its file has done so
    # after this, or has lost its turn.
    hold_turns()
    for export in Export.objects.select_for_update().filter(state=ExportState.RUNNING):
        leave_half(export)
        export.state = ExportState.WAITING
        export.save(update_fields=["state"])
    over = list(Export.objects.exclude(state__in=OPEN).values_list("pk", flat=True))
    forget_files(over, now)
    Export.objects.filter(pk__in=over).delete()


def path_of(export: Export) -> str:
    """Where a worker stores the file of its turn: another one each time, and one that can be found again."""
    return f"{FOLDER}/{export.public_id.hex}-{export.attempts}.{export.format}"


def leave_half(export: Export) -> None:
    """What a worker that died may have stored of it goes, once it is settled that the turn is over."""
    transaction.on_commit(partial(default_storage.delete, path_of(export)))


def hold_turns() -> None:
    """Until the transaction ends, nobody else begins to write."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('hub_exports'))")


def _require_right(by: Actor) -> int:
    """Who it is. Raises NotAllowed."""
    if not by.has(CAPABILITY) or by.user_id is None:
        raise NotAllowed(_("Your roles do not include taking data out of the hub."))
    return by.user_id


def _check_length(query: str) -> None:
    if len(query) > MAX_QUERY:
        words = _("This address is too long. Take some filters away.")
        raise DomainError(words, field="query", code="too_long")


def _own(by: Actor, export: Export) -> Export:
    rows = Export.objects.visible_to(by).select_for_update(of=("self",)).select_related("file")
    found: Export | None = rows.filter(pk=export.pk).first()
    if found is None:
        raise Missing(_("This file does not exist, or it is somebody else's."))
    return found


def _record(by: Actor, verb: str, export: Export, now: datetime) -> None:
    activity.record(
        actor_id=by.user_id,
        actor_name=by.name,
        verb=verb,
        target=export,
        changes={"format": [None, export.format]},
        reason=export.query,
        now=now,
    )
