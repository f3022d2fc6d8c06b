"""Use cases of the ledger of revenue: lines are added and never changed; a mistake is answered by another line.

Callers that write a line with something of theirs have locked the organization and asked for the right.
"""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import connection, models, transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from accounts.rules.access import Actor
from accounts.services import activity
from common.errors import DomainError, NotAllowed
from partners.growth_choices import RevenueKind
from partners.models import Loss, Organization, RevenueChange
from partners.permissions import can_record_loss
from partners.services.locking import lock_organization, refuse_archived
from partners.services.validation import clean

_EARLIEST, _LATEST = date(2000, 1, 1), date(2100, 1, 1)
MAX_NOTE = 300


@transaction.atomic
def add(
    *,
    by: Actor,
    organization: Organization,
    on: date,
    kind: str,
    amount: Decimal,
    currency: str = "",
    note: str = "",
    now: datetime,
) -> RevenueChange:
    """Write a line by hand: by how much a year changes from a day on, and why.

    Raises NotAllowed; DomainError with `field`: nothing changes, a sign that does not fit the kind, no reason.
    """
    locked = lock_organization(organization)
    require_growth(by, locked)
    refuse_archived(locked)
    text = note.replace("\0", "").strip()
    if not text:
        raise DomainError(_("Say what brought it."), field="note", code="reason")
    line = RevenueChange(
        organization=locked,
        on=on,
        kind=kind,
        amount=amount,
        currency=(currency or locked.currency).upper(),
        note=text,
        recorded_by_id=by.user_id,
        recorded_at=now,
    )
    _check(line)
    line.save()
    _record(by, line, now)
    return line


def write(
    *,
    organization: Organization,
    on: date,
    kind: str,
    amount: Decimal,
    currency: str,
    note: str,
    source: models.Model,
    by: Actor,
    now: datetime,
) -> RevenueChange | None:
    """A line that something brought; None where nothing changes."""
    if not amount:
        return None
    return RevenueChange.objects.create(
        organization=organization,
        on=on,
        kind=kind,
        amount=amount,
        currency=currency,
        note=note[:MAX_NOTE],
        source_type=source._meta.model_name or "",
        source_id=source.pk,
        recorded_by_id=by.user_id,
        recorded_at=now,
    )


def take_back(*, organization: Organization, source: models.Model, note: str, by: Actor, now: datetime) -> int:
    """Answer all that `source` brought by corrections on the same days; returns how many lines that took."""
    kept = RevenueChange.objects.filter(
        organization=organization, source_type=source._meta.model_name, source_id=source.pk
    )
    sums = kept.order_by().values("on", "currency").annotate(net=Sum("amount"))
    lines = [(row["on"], row["currency"], row["net"]) for row in sums if row["net"]]
    for on, currency, net in sorted(lines):
        write(
            organization=organization,
            on=on,
            kind=RevenueKind.CORRECTION,
            amount=-net,
            currency=currency,
            note=note,
            source=source,
            by=by,
            now=now,
        )
    return len(lines)


def balances(organization: Organization, on: date) -> dict[str, Decimal]:
    """What a year brings on a day, by currency; nothing where it is nothing."""
    rows = RevenueChange.objects.filter(organization=organization, on__lte=on).order_by()
    sums = rows.values_list("currency").annotate(net=Sum("amount"))
    return {currency: net for currency, net in sums if net}


def settle_loss(*, loss: Loss, by: Actor, now: datetime) -> None:
    """Bring the ledger in line with a loss: gone from its day on, back from the day of its return, or as if never."""
    organization = loss.organization
    take_back(organization=organization, source=loss, note=_("The loss was changed"), by=by, now=now)
    if loss.state == "withdrawn":
        return
    common: dict[str, Any] = {"organization": organization, "source": loss, "by": by, "now": now}
    for currency, amount in sorted(balances(organization, loss.lost_on).items()):
        if amount > 0:
            write(on=loss.lost_on, kind=RevenueKind.LOSS, amount=-amount, currency=currency, note=_("Lost"), **common)
            if loss.returned_on:
                back: dict[str, Any] = {"kind": RevenueKind.RETURN, "amount": amount, "note": _("Came back")}
                write(on=loss.returned_on, currency=currency, **back, **common)


@transaction.atomic
def open_ledger(*, organization_ids: Iterable[int], now: datetime) -> int:
    """A first line for each organization that brings revenue and has none: what its owner wrote down. One statement.

    It counts from the day on which the organization went live, or was written down.
    """
    with connection.cursor() as cursor:
        cursor.execute(_OPEN, {"ids": list(organization_ids), "now": now})
        return cursor.rowcount


_OPEN = """
INSERT INTO partners_revenuechange
    (public_id, organization_id, "on", kind, amount, currency, note, source_type, source_id, recorded_by_id,
     recorded_at)
SELECT gen_random_uuid(), held.id,
    LEAST(COALESCE(held.launched_on, (held.created_at AT TIME ZONE 'UTC')::date), %(now)s::date),
    'new', held.arr, held.currency, '', 'organization', held.id, NULL, %(now)s
FROM partners_organization held
WHERE held.id = ANY (%(ids)s) AND held.arr > 0
    AND NOT EXISTS (SELECT 1 FROM partners_revenuechange line WHERE line.organization_id = held.id)
ORDER BY held.id
"""


def require_growth(by: Actor, organization: Organization) -> None:
    """Raises NotAllowed for those who do not work on it, or do not read its commercial fields."""
    if not can_record_loss(by, organization):
        message = _("Growth is written down by those who work here and read the commercial fields.")
        raise NotAllowed(message)


def _check(line: RevenueChange) -> None:
    if line.on is None or not _EARLIEST <= line.on <= _LATEST:
        raise DomainError(_("Give a day between 2000 and 2100."), field="on", code="day")
    clean(line, {"on", "kind", "amount", "currency", "note"})
    if not line.amount:
        raise DomainError(_("Give an amount; zero changes nothing."), field="amount", code="nothing")
    less = line.kind in (RevenueKind.CONTRACTION, RevenueKind.LOSS)
    if line.kind != RevenueKind.CORRECTION and (line.amount < 0) is not less:
        message = _("Less revenue is an amount below zero.") if less else _("More revenue is an amount above zero.")
        raise DomainError(message, field="amount", code="sign")


def _record(by: Actor, line: RevenueChange, now: datetime) -> None:
    activity.record(
        actor_id=by.user_id,
        actor_name=by.name,
        verb="revenue.added",
        target=line,
        target_name=_("Revenue of %(name)s") % {"name": line.organization.name},
        changes={"on": [None, line.on.isoformat()], "kind": [None, line.kind], "amount": ["*", "*"]},
        now=now,
    )
