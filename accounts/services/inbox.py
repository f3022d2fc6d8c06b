"""A person's inbox: read, unread, and how each kind of notice should reach them."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Delivery, Notification, NotificationPreference
from accounts.rules.access import Actor
from accounts.services.notifications import kinds
from common.errors import DomainError, Missing

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@transaction.atomic
def mark_read(*, actor: Actor, public_ids: Iterable[UUID], now: datetime) -> int:
    """Mark own notices read and return how many were not. Foreign ids change nothing."""
    rows = Notification.objects.visible_to(actor).unread().filter(public_id__in=list(public_ids))
    return int(rows.update(read_at=now))


@transaction.atomic
def mark_all_read(*, actor: Actor, now: datetime) -> int:
    """Mark everything read that had arrived by `now`; returns how many."""
    rows = Notification.objects.visible_to(actor).unread().filter(created_at__lte=now)
    return int(rows.update(read_at=now))


@transaction.atomic
def undo_read(*, actor: Actor, stamp: int) -> int:
    """Take back one marking: those of the actor's own notices that were marked at exactly this moment.

    A stamp that no clock shows was never given out, and takes nothing back.
    """
    if (moment := moment_of(stamp)) is None:
        return 0
    return int(Notification.objects.visible_to(actor).filter(read_at=moment).update(read_at=None))


@transaction.atomic
def mark_unread(*, actor: Actor, public_id: UUID) -> None:
    """Keep a notice for later. Raises Missing for one that is not theirs."""
    if not Notification.objects.visible_to(actor).filter(public_id=public_id).update(read_at=None):
        raise Missing(_("There is no such notice."))


def stamp_of(moment: datetime) -> int:
    """A moment as whole microseconds, for an address."""
    return (moment - _EPOCH) // timedelta(microseconds=1)


def moment_of(stamp: int) -> datetime | None:
    """The moment of a stamp, None for one that no clock shows."""
    try:
        return _EPOCH + timedelta(microseconds=stamp)
    except OverflowError:
        return None


def deliveries(user_id: int) -> dict[str, str]:
    """How each known kind reaches this person: their own choice, else the kind's default. One statement."""
    chosen = dict(NotificationPreference.objects.filter(user_id=user_id).values_list("kind", "delivery"))
    return {kind.key: chosen.get(kind.key, str(kind.delivery)) for kind in kinds()}


@transaction.atomic
def choose_deliveries(*, user_id: int, chosen: Mapping[str, str]) -> None:
    """Keep the person's choices; a kind left at its default keeps no row, so that a better default reaches them.

    Raises DomainError for an unknown kind or way.
    """
    known = {kind.key: str(kind.delivery) for kind in kinds()}
    for kind, delivery in chosen.items():
        if kind not in known or delivery not in Delivery.values:
            raise DomainError(_("There is no such kind of notice."), field=kind)
    own = NotificationPreference.objects.filter(user_id=user_id)
    own.filter(kind__in=list(chosen)).delete()
    NotificationPreference.objects.bulk_create(
        NotificationPreference(user_id=user_id, kind=kind, delivery=delivery)
        for kind, delivery in chosen.items()
        if delivery != known[kind]
    )
