"""Who is told of an import: who asked for it, and those who own organizations by it."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.rules.access import Actor
from accounts.services import activity
from accounts.services.notifications import NoticeKind, notify
from common.models import ImportRun
from partners import notices
from partners.imports import along, assignments, opportunities, renewals


def tell_applied(run: ImportRun, *, by: Actor, now: datetime) -> None:
    """The trail, who asked for it, and the people whom it made owners."""
    changes = {"created": [None, run.rows_created], "updated": [None, run.rows_updated]}
    _record(run, "import.applied", by=by, changes=changes, now=now)
    words = {"created": run.rows_created, "updated": run.rows_updated, "rejected": run.rows_rejected}
    _tell(
        run,
        _("Import finished: %(created)s new, %(updated)s changed, %(rejected)s rejected") % words,
        key=f"import:{run.pk}",
        by=by,
        now=now,
    )
    _tell_owners(
        run,
        lambda total: ngettext(
            "You were assigned to %(n)s organization", "You were assigned to %(n)s organizations", total
        ),
        key=f"import-owner:{run.pk}",
        by=by,
        now=now,
    )
    _tell_of_growth(run, by=by, now=now)


def _tell_of_growth(run: ImportRun, *, by: Actor, now: datetime) -> None:
    """Whose opportunities and renewals came in; what they are about is commercial and stands on their pages."""
    if run.kind not in _GROWTH:
        return
    noun, kind = _GROWTH[run.kind]
    for user_id, total in along.owners_of_new(noun, run_id=run.pk):
        title = (
            ngettext("An import brought %(n)s renewal of yours", "An import brought %(n)s renewals of yours", total)
            if noun is renewals.NOUN
            else ngettext(
                "An import brought %(n)s opportunity of yours", "An import brought %(n)s opportunities of yours", total
            )
        )
        if user_id != by.user_id:
            notify(user_ids=[user_id], kind=kind, title=title % {"n": total}, key=f"import-growth:{run.pk}", now=now)


_GROWTH: Mapping[str, tuple[along.Noun, NoticeKind]] = {
    "opportunities": (opportunities.NOUN, notices.GROWTH),
    "renewals": (renewals.NOUN, notices.RENEWALS),
}


def tell_undone(run: ImportRun, *, by: Actor, taken_back: int, left_alone: int, now: datetime) -> None:
    """The trail, who asked for it, and the people who are owners no longer."""
    changes = {"taken_back": [None, taken_back], "left_alone": [None, left_alone]}
    _record(run, "import.undone", by=by, changes=changes, now=now)
    _tell(run, _("Import undone: %(text)s") % {"text": run.message}, key=f"import-undone:{run.pk}", by=by, now=now)
    _tell_owners(
        run,
        lambda total: ngettext(
            "An import that assigned you to %(n)s organization was undone",
            "An import that assigned you to %(n)s organizations was undone",
            total,
        ),
        key=f"import-owner-undone:{run.pk}",
        by=by,
        now=now,
    )


def _record(run: ImportRun, verb: str, *, by: Actor, changes: Mapping[str, Any], now: datetime) -> None:
    activity.record(
        actor_id=by.user_id,
        actor_name=by.name,
        verb=verb,
        target=run,
        target_name=run.file.original_name,
        changes=changes,
        now=now,
    )


def _tell(run: ImportRun, title: str, *, key: str, by: Actor, now: datetime) -> None:
    if by.user_id is None:
        return
    notify(
        user_ids=[by.user_id],
        kind=notices.IMPORTS,
        title=title,
        target_type="importrun",
        target_id=run.pk,
        key=key,
        now=now,
    )


def _tell_owners(run: ImportRun, words: Callable[[int], str], *, key: str, by: Actor, now: datetime) -> None:
    if run.kind != "assignments":
        return
    for user_id, total in assignments.people_concerned(run_id=run.pk):
        if user_id != by.user_id:
            title = words(total) % {"n": total}
            notify(user_ids=[user_id], kind=notices.OWNERS, title=title, key=key, now=now)
