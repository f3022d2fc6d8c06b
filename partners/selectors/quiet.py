"""Who has gone quiet (partners/gone_quiet.py says what that means): a list of all, and one's own for the home."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F, QuerySet

from accounts.labels import stage_label
from accounts.rules.access import Actor
from common import composed
from common.pagination import Order, Page, SortKey, paginate
from common.pouring import poured
from partners.cadence_policy import IN_FORCE, read_along
from partners.choices import OrganizationKind
from partners.gone_quiet import allowed_days, gone_quiet, last_right
from partners.models import Assignment, Organization
from partners.rules.cadence_packs import CadencePolicy

SIZE, SHOWN, LOOKED_AT = 50, 6, 200
QUIETEST = Order((SortKey(name="quiet_days", descending=True),))


@dataclass(frozen=True, kw_only=True)
class QuietRow:
    """One organization. `last_at` None: no talk with a right person is on record; days count since it was added."""

    public_id: str
    name: str
    kind_label: str
    stage_label: str
    quiet_days: int
    allowed_days: int
    last_at: datetime | None
    any_at: datetime | None

    @property
    def is_bad(self) -> bool:
        """Twice as long as it should be."""
        return self.quiet_days > 2 * self.allowed_days


def quiet_page(actor: Actor, policy: CadencePolicy | None, *, kind: str, cursor: str, now: datetime) -> Page:
    """A page of those that `actor` opens in full, the quietest first. One statement."""
    page = paginate(_quiet(actor, policy, kind, now), QUIETEST, cursor=cursor, size=SIZE)
    return Page(rows=[_row(row) for row in page.rows], previous=page.previous, next=page.next)


def quiet_rows(actor: Actor, policy: CadencePolicy | None, *, kind: str, now: datetime) -> Iterator[QuietRow]:
    """The same for a file."""
    return (_row(row) for row in poured(_quiet(actor, policy, kind, now).order_by("-quiet_days", "-pk")))


def own_quiet(actor: Actor, *, now: datetime) -> list[QuietRow]:
    """Those that `actor` owns, for the home. One statement."""
    if actor.user_id is None:
        return []
    rows = composed.fetch(_own, actor)
    in_force = rows[0][-1] if rows else None
    policy = read_along(json.loads(in_force) if isinstance(in_force, str) else in_force)
    found = []
    for public_id, name, kind, stage, created_at, segment, gemstone, any_at, last_at, _in_force in rows:
        allowed = allowed_days(policy, kind=kind, stage=stage, segment=segment or "", gemstone=gemstone or "")
        days = (now - (last_at or created_at)).days
        if allowed is not None and days > allowed:
            found.append(
                _made(str(public_id), name, kind, stage, days=days, allowed=allowed, last_at=last_at, any_at=any_at)
            )
    return sorted(found, key=lambda row: -row.quiet_days)


def _own(actor: Actor) -> "QuerySet[Any, Any]":
    rows = Organization.objects.opened_to(actor).current().filter(pk__in=_owned_by(actor))
    return rows.order_by("pk").values_list(
        "public_id", "name", "kind", "stage", "created_at", "facts__arr_segment", "facts__gemstone",
        "facts__last_two_way_at", last_right(), IN_FORCE,
    )[:LOOKED_AT]  # fmt: skip


def _owned_by(actor: Actor) -> Any:
    return Assignment.objects.active().filter(user_id=actor.user_id).values("organization_id")


def _quiet(actor: Actor, policy: CadencePolicy | None, kind: str, now: datetime) -> "QuerySet[Any, Any]":
    rows = Organization.objects.opened_to(actor).current()
    if kind:
        rows = rows.filter(kind=kind)
    return gone_quiet(rows.annotate(any_at=F("facts__last_two_way_at")), policy, now=now)


def _row(row: Any) -> QuietRow:
    return _made(
        str(row.public_id),
        row.name,
        row.kind,
        row.stage,
        days=int(row.quiet_days),
        allowed=row.allowed_days,
        last_at=row.last_at,
        any_at=row.any_at,
    )


def _made(
    public_id: str,
    name: str,
    kind: str,
    stage: str,
    *,
    days: int,
    allowed: int,
    last_at: datetime | None,
    any_at: datetime | None,
) -> QuietRow:
    return QuietRow(
        public_id=public_id,
        name=name,
        kind_label=str(OrganizationKind(kind).label),
        stage_label=str(stage_label(stage)),
        quiet_days=days,
        allowed_days=allowed,
        last_at=last_at,
        any_at=any_at,
    )
