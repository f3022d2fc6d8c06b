"""Use cases of saved reports: a question kept under a name, shared or not. It belongs to who saved it.

Whoever opens a shared one reads their own scope: nothing of what its owner reads goes along.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.choices import USER_ROLES
from accounts.models import Team, User
from accounts.rules.access import Actor
from accounts.services import activity
from accounts.services.notifications import notify
from common.errors import Conflict, DomainError, Missing, NotAllowed
from common.listing import MAX_LENGTH, ListQuery
from partners.selectors.past import AS_OF
from reports.choices import Sharing
from reports.forms.reports import asked_period
from reports.models import ReportSubscription, SavedReport
from reports.notices import REPORT_MAILS
from reports.own_reports import keys_of, report_named
from reports.querysets import CAPABILITY

MAX_REPORTS = 100
FIELDS = ("name", "query", "sharing", "team_ids", "roles")


@transaction.atomic
def save_report(*, by: Actor, report: str, values: Mapping[str, Any], now: datetime) -> SavedReport:
    """Keep a report with its query string. Raises NotAllowed, Missing; DomainError with `field`."""
    owner_id = require_reader(by)
    if report_named(report) is None:
        raise Missing(_("There is no such report."))
    # One person saves one report at a time: two at once would both find room for the last one.
    User.objects.select_for_update(no_key=True).get(pk=owner_id)
    if SavedReport.objects.filter(owner_id=owner_id).count() >= MAX_REPORTS:
        raise DomainError(_("You have saved %(count)s reports already. Delete one first.") % {"count": MAX_REPORTS})
    saved = SavedReport(owner_id=owner_id, report=report, created_at=now, changed_at=now)
    _write(saved, values, by, now)
    activity.record(actor_id=by.user_id, actor_name=by.name, verb="saved_report.saved", target=saved, now=now)
    return saved


@transaction.atomic
def change_report(
    *, by: Actor, saved: SavedReport, values: Mapping[str, Any], version: int | None = None, now: datetime
) -> SavedReport:
    """Change what is given. Raises NotAllowed for somebody else's, Missing, Conflict, DomainError with `field`."""
    locked = _own(by, saved, version)
    before = {name: getattr(locked, name) for name in values}
    locked.version, locked.changed_at = locked.version + 1, now
    _write(locked, values, by, now)
    changes = {name: [was, getattr(locked, name)] for name, was in before.items() if was != getattr(locked, name)}
    trail: dict[str, Any] = {"actor_id": by.user_id, "actor_name": by.name, "changes": changes}
    activity.record(verb="saved_report.changed", target=locked, now=now, **trail)
    return locked


@transaction.atomic
def delete_report(*, by: Actor, saved: SavedReport, version: int | None = None, now: datetime) -> None:
    """Forget it, and end its mails; who else had it by mail is told. Raises NotAllowed, Missing, Conflict."""
    locked = _own(by, saved, version)
    readers = ReportSubscription.objects.filter(saved=locked, is_active=True).exclude(user_id=locked.owner_id)
    notify(
        user_ids=readers.values_list("user_id", flat=True),
        kind=REPORT_MAILS,
        title=_("%(who)s has deleted the report “%(name)s”") % {"who": by.name, "name": locked.name},
        body=_("It no longer comes to you by mail."),
        key=f"report_deleted:{locked.public_id}",
        now=now,
    )
    activity.record(actor_id=by.user_id, actor_name=by.name, verb="saved_report.deleted", target=locked, now=now)
    locked.delete()


def require_reader(by: Actor) -> int:
    """Who it is. Raises NotAllowed for those who may not read reports."""
    if by.user_id is None or not by.has(CAPABILITY):
        raise NotAllowed(_("Reports are for people who may see reports about the organizations they see."))
    return by.user_id


def normalized(report: str, query: str, now: datetime) -> str:
    """What a query string says of a report. Raises DomainError "query" for a period that is none.

    Without the past day that it was looked at as of: what is saved and mailed goes on with the days.
    """
    found = ListQuery.parse(query, keys_of(report)).without(AS_OF)
    kept = found.encode()
    if max(len(query), len(kept)) > MAX_LENGTH:
        raise DomainError(_("This address is too long. Take some filters away."), field="query", code="too_long")
    _period, problem = asked_period(found, timezone.localdate(now, timezone.get_default_timezone()))
    if problem:
        raise DomainError(problem, field="query")
    return kept


def _own(by: Actor, saved: SavedReport, version: int | None) -> SavedReport:
    found: SavedReport | None
    found = SavedReport.objects.visible_to(by).select_for_update().filter(pk=saved.pk).first()
    if found is None:
        raise Missing(_("This report does not exist, or it is not shared with you."))
    if found.owner_id != by.user_id:
        raise NotAllowed(_("Only who saved a report changes it. Save it under a name of your own."))
    if version is not None and version != found.version:
        raise Conflict(_("Somebody changed this while you were at it."), version=found.version)
    return found


def _write(saved: SavedReport, values: Mapping[str, Any], by: Actor, now: datetime) -> None:
    if unknown := sorted(values.keys() - set(FIELDS)):
        raise DomainError(_("These fields cannot be written: %(names)s.") % {"names": ", ".join(unknown)})
    for name, value in values.items():
        setattr(saved, name, value)
    saved.name = " ".join(saved.name.replace("\0", "").split())
    if not saved.name:
        raise DomainError(_("Give the report a name."), field="name")
    if len(saved.name) > 80:
        raise DomainError(_("A name has 80 letters at most."), field="name")
    if "query" in values:
        saved.query = normalized(saved.report, saved.query, now)
    _check_sharing(saved, by)
    try:
        with transaction.atomic():
            saved.save()
    except IntegrityError:
        raise DomainError(_("You have saved a report under this name already."), field="name") from None


def _check_sharing(saved: SavedReport, by: Actor) -> None:
    """Raises DomainError at the field; forgets teams and roles that the kind of sharing does not ask for."""
    if saved.sharing not in Sharing.values:
        raise DomainError(_("Choose with whom it is shared."), field="sharing")
    saved.team_ids = sorted(set(saved.team_ids)) if saved.sharing == Sharing.TEAMS else []
    saved.roles = sorted(set(saved.roles)) if saved.sharing == Sharing.ROLES else []
    if saved.sharing == Sharing.TEAMS:
        known = Team.objects.visible_to(by).filter(pk__in=saved.team_ids).count()
        if not saved.team_ids or known != len(saved.team_ids):
            raise DomainError(_("Choose at least one team."), field="team_ids")
    if saved.sharing == Sharing.ROLES and (not saved.roles or not set(saved.roles) <= set(USER_ROLES)):
        raise DomainError(_("Choose at least one role."), field="roles")
