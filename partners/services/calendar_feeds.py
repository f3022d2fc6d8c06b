"""Calendar feeds: a secret address for each person, made, renewed and revoked by themselves, read by programs.

Only the secret's hash is kept. What a feed says is what its owner sees at the moment of reading, and no more.
"""

import hashlib
import logging
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.actors import actor_for
from accounts.auth import user_with_access
from accounts.models import User
from accounts.rules.access import Actor
from accounts.services import activity
from common.errors import NotAllowed
from common.scope import Scope, scoped, set_scope
from partners.models import CalendarFeed
from partners.rules.calendar_feed import FeedEvent, written
from partners.scope import scope_of
from partners.selectors.calendar import CalendarItem, ItemKind, Wanted, calendar_items

BACK, AHEAD = timedelta(days=30), timedelta(days=370)
READS_AN_HOUR = 60
_TOUCH_EVERY = timedelta(minutes=5)
_logger = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class ReadFeed:
    """What a program gets. `body` None: there is no such feed; `is_limited`: it was asked too often."""

    body: bytes | None = None
    etag: str = ""
    is_limited: bool = False


@transaction.atomic
def renew(*, by: Actor, now: datetime) -> str:
    """Make the person's feed, or make it anew: the address before it answers no more. Returns the secret, once."""
    user = _owner(by)
    _end(user, now)
    secret = secrets.token_urlsafe(32)
    made = CalendarFeed.objects.create(user=user, secret_hash=_hash(secret), created_at=now)
    _note(by, "created", made, now)
    return secret


@transaction.atomic
def revoke(*, by: Actor, now: datetime) -> None:
    """End the person's feed at once. Without one nothing changes."""
    for row in _end(_owner(by), now):
        _note(by, "revoked", row, now)


def current_feed(actor: Actor) -> CalendarFeed | None:
    """The person's feed that answers, if there is one. One statement."""
    return CalendarFeed.objects.filter(user_id=actor.user_id or 0, revoked_at__isnull=True).first()


def read(*, secret: str, now: datetime) -> ReadFeed:
    """The calendar behind a secret. An unknown secret and a revoked one take the same way to nothing."""
    row = CalendarFeed.objects.filter(secret_hash=_hash(secret), revoked_at__isnull=True).first()
    user = user_with_access(row.user_id) if row is not None else None
    if row is None or user is None:
        return ReadFeed()
    if _is_asked_too_often(row):
        return ReadFeed(is_limited=True)
    _touch(row, now)
    body = _body(user, now)
    return ReadFeed(body=body, etag=f'"{hashlib.sha256(body).hexdigest()[:32]}"')


def _body(user: User, now: datetime) -> bytes:
    actor, today = actor_for(user), timezone.localdate(now)
    wanted = Wanted(
        user_ids=frozenset({user.pk}), start=today - BACK, until=today + AHEAD, with_cancelled_since=now - BACK
    )
    # The program that reads is nobody, so the scope is made that of the feed's owner.
    with scoped(Scope.all()), override(user.language or None):
        set_scope(scope_of(actor))
        items = calendar_items(actor, wanted, now=now) if actor.is_staff else []
        return written([_event(item) for item in items], name=_("Onboarding Hub: %(name)s") % {"name": user.name})


def _event(item: CalendarItem) -> FeedEvent:
    lines = [item.details, item.meeting_url]
    if item.kind is ItemKind.TOUCHPOINT and item.starts_at is None:
        lines.append(_("No time is agreed yet."))
    return FeedEvent(
        uid=f"{item.kind.value}-{item.public_id}@onboarding-hub",
        sequence=item.version,
        changed_at=item.changed_at,
        title=f"{item.title}: {item.organization_name}",
        on=item.on,
        starts_at=item.starts_at,
        minutes=item.minutes,
        description="\n".join(line for line in lines if line),
        place=item.meeting_url,
        url=settings.SITE_URL + item.url,
        is_cancelled=item.is_cancelled,
    )


def _owner(by: Actor) -> User:
    if not by.is_staff or by.user_id is None:
        raise NotAllowed(_("Calendars are for our own people."))
    # The person's row is what two who renew at once wait for each other on.
    user: User = User.objects.select_for_update(no_key=True).get(pk=by.user_id)
    return user


def _end(user: User, now: datetime) -> list[CalendarFeed]:
    rows = list(CalendarFeed.objects.filter(user=user, revoked_at__isnull=True))
    for row in rows:
        row.revoked_at = now
        row.save(update_fields=["revoked_at"])
    return rows


def _touch(row: CalendarFeed, now: datetime) -> None:
    if row.last_read_at is None or now - row.last_read_at >= _TOUCH_EVERY:
        CalendarFeed.objects.filter(pk=row.pk).update(last_read_at=now)


def _is_asked_too_often(row: CalendarFeed) -> bool:
    key = f"calendar-feed:{row.pk}"
    try:
        cache.add(key, 0, timeout=3_600)
        return bool(cache.incr(key) > READS_AN_HOUR)
    except Exception:
        # Counting is done in the cache; while it is away calendars go on being read.
        _logger.exception("reads of calendar feeds are not counted")
        return False


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _note(by: Actor, verb: str, row: CalendarFeed, now: datetime) -> None:
    activity.record(
        actor_id=by.user_id, actor_name=by.name, verb=f"calendar_feed.{verb}", target=row, target_name=by.name, now=now
    )
