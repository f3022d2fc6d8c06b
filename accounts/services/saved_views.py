"""Use cases of saved views: a list as somebody likes it, kept under a name, shared with colleagues or not.

A view belongs to who saved it; colleagues use a shared one and cannot change it.
"""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import SavedView
from accounts.rules.access import Actor
from accounts.services import activity
from common.errors import DomainError, Missing, NotAllowed

MAX_VIEWS = 50
MAX_QUERY = 4_000


@transaction.atomic
def save_view(
    *, by: Actor, page: str, name: str, query: str, is_shared: bool = False, is_default: bool = False, now: datetime
) -> SavedView:
    """Keep the list `query` of `page` under a new name. Raises NotAllowed, DomainError with `field` "name"."""
    if by.user_id is None or not by.is_staff:
        raise NotAllowed(_("Saved views are for colleagues."))
    own = SavedView.objects.filter(user_id=by.user_id, page=page)
    if own.count() >= MAX_VIEWS:
        raise DomainError(_("You have %(count)s views on this page already. Delete one first.") % {"count": MAX_VIEWS})
    view = SavedView(user_id=by.user_id, page=page, query=query[:MAX_QUERY], is_shared=is_shared)
    _rename(view, name)
    if is_default:
        _take_default(view)
    _save(view)
    _record(by, "saved_view.saved", view, now)
    return view


@transaction.atomic
def change_view(
    *,
    by: Actor,
    view: SavedView,
    name: str | None = None,
    query: str | None = None,
    is_shared: bool | None = None,
    is_default: bool | None = None,
    now: datetime,
) -> SavedView:
    """Change what is given and leave the rest. Raises NotAllowed for somebody else's view, DomainError ("name")."""
    locked = _own(by, view)
    if name is not None:
        _rename(locked, name)
    if query is not None:
        locked.query = query[:MAX_QUERY]
    if is_shared is not None:
        locked.is_shared = is_shared
    if is_default is not None:
        locked.is_default = is_default
        if is_default:
            _take_default(locked)
    _save(locked)
    _record(by, "saved_view.changed", locked, now)
    return locked


@transaction.atomic
def delete_view(*, by: Actor, view: SavedView, now: datetime) -> None:
    """Forget a view; the list itself is not touched. Raises NotAllowed for somebody else's."""
    locked = _own(by, view)
    _record(by, "saved_view.deleted", locked, now)
    locked.delete()


def _own(by: Actor, view: SavedView) -> SavedView:
    try:
        locked: SavedView = SavedView.objects.visible_to(by).select_for_update().get(pk=view.pk)
    except SavedView.DoesNotExist:
        raise Missing(_("This view does not exist, or it is not shared with you.")) from None
    if locked.user_id != by.user_id:
        raise NotAllowed(_("Only who saved a view changes it. Save it under a name of your own."))
    return locked


def _rename(view: SavedView, name: str) -> None:
    view.name = " ".join(name.split())
    if not view.name:
        raise DomainError(_("Give the view a name."), field="name")
    if len(view.name) > 80:
        raise DomainError(_("A name has 80 letters at most."), field="name")


def _take_default(view: SavedView) -> None:
    SavedView.objects.filter(user_id=view.user_id, page=view.page, is_default=True).update(is_default=False)
    view.is_default = True


def _save(view: SavedView) -> None:
    try:
        with transaction.atomic():
            view.save()
    except IntegrityError:
        raise DomainError(_("You have a view of this name already."), field="name") from None


def _record(by: Actor, verb: str, view: SavedView, now: datetime) -> None:
    activity.record(actor_id=by.user_id, actor_name=by.name, verb=verb, target=view, now=now)
