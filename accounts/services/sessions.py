"""The sessions of a person: listed, and ended one by one or all others at once."""

from dataclasses import dataclass
from datetime import datetime

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.rules.devices import device_of
from accounts.services import activity
from common.errors import Missing


@dataclass(frozen=True, kw_only=True)
class SessionRow:
    """One place where a person is signed in. `browser` and `system` are empty where the browser does not say."""

    pk: int
    browser: str
    system: str
    is_handheld: bool
    address: str
    started_at: datetime
    seen_at: datetime
    is_current: bool


def sessions_of(*, user: User, current_session: str | None, now: datetime) -> list[SessionRow]:
    """Where `user` is signed in, this place first, then the last seen."""
    alive = Session.objects.filter(session_key=OuterRef("session_key"), expire_date__gt=now)
    rows = UserSession.objects.filter(Exists(alive), user=user).order_by("-last_seen_at")[:100]
    found = [_row(row, current_session) for row in rows]
    return sorted(found, key=lambda row: not row.is_current)


def _row(row: UserSession, current_session: str | None) -> SessionRow:
    device = device_of(row.user_agent)
    return SessionRow(
        pk=row.pk,
        browser=device.browser,
        system=device.system,
        is_handheld=device.is_handheld,
        address=row.ip,
        started_at=row.created_at,
        seen_at=row.last_seen_at,
        is_current=row.session_key == current_session,
    )


@transaction.atomic
def end_session(*, user: User, session_id: int, now: datetime) -> None:
    """End one session of `user`: its next request is signed out. Raises Missing for one that is not theirs."""
    row = UserSession.objects.select_for_update().filter(pk=session_id, user=user).first()
    if row is None:
        raise Missing(_("There is no such session."))
    row.end()
    activity.record(actor_id=user.pk, actor_name=user.name, verb="session.ended", target=user, now=now)


@transaction.atomic
def end_others(*, user: User, keep_session: str | None, now: datetime) -> int:
    """End every session of `user` but the one they are in; returns how many."""
    ended = end_all(user=user, keep_session=keep_session)
    if ended:
        activity.record(actor_id=user.pk, actor_name=user.name, verb="session.others_ended", target=user, now=now)
    return ended


@transaction.atomic
def end_all(*, user: User, keep_session: str | None = None) -> int:
    """End the sessions of `user` but `keep_session`; returns how many. Who calls this says why in the trail."""
    rows = list(UserSession.objects.filter(user=user).exclude(session_key=keep_session or ""))
    for row in rows:
        row.end()
    return len(rows)


def note_seen(*, session_key: str, address: str | None, now: datetime) -> None:
    """Note that a session is in use, and from where."""
    seen = {"last_seen_at": now, **({"ip": address} if address else {})}
    UserSession.objects.filter(session_key=session_key).update(**seen)
