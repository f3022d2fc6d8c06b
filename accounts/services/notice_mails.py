"""What ends the mails of notices: the daily digest, or those of one kind. The inbox keeps all of them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Delivery, User
from accounts.services import activity
from accounts.services.inbox import choose_deliveries, deliveries
from accounts.services.unsubscribing import MailList, register
from common.errors import Missing

DIGEST, KIND = "digest", "notices"


def _end_digest(values: Sequence[Any], now: datetime) -> None:
    """Every kind that comes in the digest today stays in the hub; what comes at once still does."""
    (user_id,) = values
    user = _locked(user_id)
    chosen = {kind: Delivery.NONE for kind, way in deliveries(user.pk).items() if way == Delivery.DIGEST}
    _choose(user, chosen, now)


def _end_kind(values: Sequence[Any], now: datetime) -> None:
    user_id, kind = values
    user = _locked(user_id)
    if deliveries(user.pk).get(kind, Delivery.NONE) != Delivery.NONE:
        _choose(user, {kind: Delivery.NONE}, now)


def _locked(user_id: int) -> User:
    found: User | None = User.objects.select_for_update(no_key=True).filter(pk=user_id).first()
    if found is None:
        raise Missing(_("This link does not lead to any mails."))
    return found


def _choose(user: User, chosen: Mapping[str, str], now: datetime) -> None:
    if not chosen:
        return
    choose_deliveries(user_id=user.pk, chosen=chosen)
    activity.record(
        verb="notices.mails_ended",
        target=user,
        target_name=user.name,
        actor_id=user.pk,
        actor_name=user.name,
        changes={"kinds": [None, sorted(chosen)]},
        now=now,
    )


register(
    MailList(
        key=DIGEST,
        about=gettext_lazy("The daily digest no longer comes. What stands in it waits in your inbox in the hub."),
        end=_end_digest,
    )
)
register(
    MailList(
        key=KIND,
        about=gettext_lazy("Notices of this kind no longer come by mail. They wait in your inbox in the hub."),
        end=_end_kind,
    )
)
