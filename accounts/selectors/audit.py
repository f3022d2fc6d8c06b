"""The audit trail as a page: filtered by who, what, which object and days, each row with its seal."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import QuerySet
from django.db.models.functions import Collate
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Activity, ActivitySeal, User
from accounts.models.people import CONTACT_NAME
from accounts.rules.access import Actor
from common.pagination import Order, SortKey

ORDER = Order((SortKey(name="at", descending=True),))
# Names are not indexed: they are searched in so many days at a time, and no more people than these are meant by a name.
SEARCH_DAYS = 31
_MANY = 200
# After whatever a verb may go on with. A range is found by an index, which row security keeps LIKE away from.
_LAST = "\U0010ffff"
_MAX_SHOWN = 500


@dataclass(frozen=True, kw_only=True)
class Change:
    """A field before and after, as text."""

    field: str
    before: str
    after: str


@dataclass(frozen=True, kw_only=True)
class TrailLine:
    """A row of the trail with what its page needs."""

    row: Activity
    actor: str
    changes: tuple[Change, ...]
    position: int | None
    digest: str
    has_target: bool


def trail(actor: Actor, wanted: Mapping[str, Any], *, now: datetime) -> QuerySet[Activity]:
    """The rows that fit `wanted` (cleaned data of AuditFilterForm), in no order."""
    rows: QuerySet[Activity] = Activity.objects.visible_to(actor)
    since, until = wanted.get("since"), wanted.get("until")
    if wanted.get("object") and not since:
        since = timezone.localdate(now) - timedelta(days=SEARCH_DAYS)
    if since:
        rows = rows.filter(at__gte=_begins(since))
    if until:
        rows = rows.filter(at__lt=_begins(until + timedelta(days=1)))
    if who := wanted.get("who"):
        people = User.objects.visible_to(actor).filter(name__icontains=who).values_list("pk", flat=True)
        rows = rows.filter(actor_id__in=list(people[:_MANY]))
    if verb := wanted.get("verb"):
        rows = rows.alias(bytes=Collate("verb", "C")).filter(bytes__gte=verb, bytes__lt=f"{verb}{_LAST}")
    if kind := wanted.get("kind"):
        rows = rows.filter(target_type=kind)
    if name := wanted.get("object"):
        rows = rows.filter(target_name__icontains=name)
    return rows


def _begins(on: date) -> datetime:
    return datetime.combine(on, time.min, tzinfo=timezone.get_current_timezone())


def lines(rows: Sequence[Activity]) -> list[TrailLine]:
    """Rows with their changes in words and their seals. One statement; a second where contacts have done something.

    The trail holds no names of contacts: they are read from the people themselves, as they are called by now.
    """
    seals = {seal.activity_id: seal for seal in ActivitySeal.objects.filter(activity_id__in=[row.pk for row in rows])}
    contacts = {row.actor_id for row in rows if row.actor_id is not None and row.actor_name == CONTACT_NAME}
    names = dict(User.objects.filter(pk__in=contacts).values_list("pk", "name")) if contacts else {}
    return [_line(row, seals.get(row.pk), names.get(row.actor_id or 0) or row.actor_name) for row in rows]


def _line(row: Activity, seal: ActivitySeal | None, actor: str) -> TrailLine:
    return TrailLine(
        row=row,
        actor=actor,
        changes=tuple(_change(field, pair) for field, pair in sorted(dict(row.changes).items())),
        position=seal.position if seal is not None else None,
        digest=seal.digest if seal is not None else "",
        has_target=row.target_id is not None,
    )


def _change(field: str, pair: Any) -> Change:
    before, after = pair if isinstance(pair, list) and len(pair) == 2 else (None, pair)
    return Change(field=field, before=_shown(before), after=_shown(after))


def _shown(value: Any) -> str:
    """A value of the trail as text; nothing is an empty one."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, Mapping):
        text = "; ".join(f"{key}: {_shown(part)}" for key, part in value.items())
    elif isinstance(value, list):
        text = ", ".join(_shown(part) for part in value)
    else:
        text = str(value)
    return text if len(text) <= _MAX_SHOWN else f"{text[: _MAX_SHOWN - 1]}…"
