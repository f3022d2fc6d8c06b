"""Logins of the reporting schema: given to people who read reports, and taken back (ADR 0034)."""

import re
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actors import actor_for
from accounts.models import User
from accounts.services import activity
from common.errors import DomainError
from reports.models import ReportingLogin

CAPABILITY = "see_reports"
PREFIX = "hub_bi_"


def role_name_of(user: User) -> str:
    """The login of a person: always the same one, and nobody else's."""
    words = re.sub(r"[^a-z0-9]+", "_", user.email.partition("@")[0].lower()).strip("_")
    return f"{PREFIX}{words[:30]}_{user.pk}"


@transaction.atomic
def grant(*, user: User, now: datetime) -> ReportingLogin:
    """Let a login of the database read what `user` may open, from now on; one that was taken back is given again.

    Raises DomainError for who does not read reports, and for who has a login. The database's role is not made here.
    """
    found: User | None = User.objects.select_for_update().active().staff().filter(pk=user.pk).first()
    if found is None or not actor_for(found).has(CAPABILITY):
        raise DomainError(_("%(person)s does not read reports.") % {"person": user}, field="user")
    login = ReportingLogin.objects.filter(user=found).first()
    if login is not None and login.revoked_at is None:
        raise DomainError(_("%(person)s has the login %(login)s already.") % {"person": user, "login": login})
    login = login or ReportingLogin(user=found, role_name=role_name_of(found))
    login.granted_at, login.revoked_at = now, None
    login.save()
    _record("reporting_login.granted", login, now)
    return login


@transaction.atomic
def revoke(*, user: User, now: datetime) -> ReportingLogin:
    """Let the login of `user` read nothing from its next query on. Raises DomainError where there is none."""
    login = ReportingLogin.objects.select_for_update().in_force().filter(user=user).first()
    if login is None:
        raise DomainError(_("%(person)s has no login.") % {"person": user}, field="user")
    login.revoked_at = now
    login.save(update_fields=["revoked_at"])
    _record("reporting_login.revoked", login, now)
    found: ReportingLogin = login
    return found


def _record(verb: str, login: ReportingLogin, now: datetime) -> None:
    changes = {"user": [None, login.user.email]}
    activity.record(verb=verb, target=login, target_name=login.role_name, now=now, changes=changes)
