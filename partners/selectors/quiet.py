"""Who has gone quiet: organizations whose last two-way contact with a right person is older than their cadence allows.

Right people are champions, executives and sponsors who are still there. How long is allowed is the longest distance of
the organization's cadence rule among touchpoints that a contact keeps; exceptions that were agreed are not looked at.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Case, F, IntegerField, Max, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce, ExtractDay, Greatest

from accounts.labels import stage_label
from accounts.rules.access import Actor
from common import composed
from common.pagination import Order, Page, SortKey, paginate
from partners.cadence_policy import IN_FORCE, read_along
from partners.choices import OrganizationKind
from partners.models import Assignment, Organization, Stakeholder
from partners.rules.cadence import RIGHT_ROLES, Facts, governing_rule
from partners.rules.cadence_packs import BASES_OF_RULES, CadencePolicy, CadenceRule

SIZE, SHOWN, LOOKED_AT = 50, 6, 200
DAYS_OF_A_MONTH = 31
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


def quiet_rows(
    actor: Actor, policy: CadencePolicy | None, *, kind: str, now: datetime, most: int
) -> Sequence[QuietRow]:
    """The same for a file."""
    return [_row(row) for row in _quiet(actor, policy, kind, now).order_by("-quiet_days", "-pk")[:most]]


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


def allowed_days(policy: CadencePolicy | None, *, kind: str, stage: str, segment: str, gemstone: str) -> int | None:
    """How many days without contact the cadence of such organizations allows; None where nothing is due."""
    if policy is None:
        return None
    facts = Facts(kind=kind, stage=stage, is_working_day=lambda day: True, arr_segment=segment, gemstone=gemstone)
    rule = governing_rule(policy, facts)
    return _longest(policy, rule) if rule is not None else None


def _longest(policy: CadencePolicy, rule: CadenceRule) -> int | None:
    kept = [one for one in rule.series if policy.touchpoints[one.touchpoint].kept_by_contact]
    distances = [step.every for one in kept for step in one.steps]
    return max((one.days or (one.months or 0) * DAYS_OF_A_MONTH for one in distances), default=None)


def _own(actor: Actor) -> "QuerySet[Any, Any]":
    rows = Organization.objects.opened_to(actor).current().filter(pk__in=_owned_by(actor))
    return rows.order_by("pk").values_list(
        "public_id", "name", "kind", "stage", "created_at", "facts__arr_segment", "facts__gemstone",
        "facts__last_two_way_at", _last_right(), IN_FORCE,
    )[:LOOKED_AT]  # fmt: skip


def _owned_by(actor: Actor) -> Any:
    return Assignment.objects.active().filter(user_id=actor.user_id).values("organization_id")


def _last_right() -> Subquery:
    right = Q(contact__role__in=sorted(RIGHT_ROLES)) | Q(is_sponsor=True)
    here = Stakeholder.objects.filter(
        right, organization_id=OuterRef("pk"), left_on__isnull=True, contact__archived_at__isnull=True
    )
    latest = here.order_by().values("organization_id").annotate(last=Max("last_two_way_at")).values("last")
    return Subquery(latest)


def _quiet(actor: Actor, policy: CadencePolicy | None, kind: str, now: datetime) -> "QuerySet[Any, Any]":
    rows = Organization.objects.opened_to(actor).current()
    if kind:
        rows = rows.filter(kind=kind)
    found = rows.annotate(last_at=_last_right(), any_at=F("facts__last_two_way_at"), allowed_days=_allowed(policy))
    since = Value(now) - Coalesce("last_at", "created_at")
    return found.annotate(quiet_days=Greatest(ExtractDay(since), 0)).filter(quiet_days__gt=F("allowed_days"))


def _allowed(policy: CadencePolicy | None) -> Case:
    """The same as `allowed_days`, by the database: the first rule that fits, those of onboarding before the others."""
    rules = policy.rules if policy is not None else ()
    ordered = sorted(rules, key=lambda rule: BASES_OF_RULES.index(rule.basis))
    cases = [When(_fits(rule), then=Value(_longest(policy, rule))) for rule in ordered if policy is not None]
    return Case(*cases, default=Value(None), output_field=IntegerField(null=True))


def _fits(rule: CadenceRule) -> Q:
    fits = Q(kind__in=sorted(rule.kinds), stage__in=sorted(rule.stages))
    if rule.arr_segments is not None:
        fits &= Q(facts__arr_segment__in=sorted(rule.arr_segments))
    if rule.gemstones is not None:
        fits &= Q(facts__gemstone__in=sorted(rule.gemstones))
    return fits


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
