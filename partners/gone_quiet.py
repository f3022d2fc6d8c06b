"""What it means that an organization has gone quiet, as a rule over facts and as a condition of the database.

Its last two-way contact with a right person is older than its cadence allows. Right people are champions, executives
and sponsors who are still there. How long is allowed is the longest distance of the organization's cadence rule among
touchpoints that a contact keeps; exceptions that were agreed are not looked at.
"""

from datetime import datetime
from typing import Any

from django.db.models import Case, F, IntegerField, Max, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce, ExtractDay, Greatest

from partners.models import Stakeholder
from partners.rules.cadence import RIGHT_ROLES, Facts, governing_rule
from partners.rules.cadence_packs import BASES_OF_RULES, CadencePolicy, CadenceRule

DAYS_OF_A_MONTH = 31


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


def gone_quiet(rows: "QuerySet[Any, Any]", policy: CadencePolicy | None, *, now: datetime) -> "QuerySet[Any, Any]":
    """Those of `rows` that have been without contact for longer than `policy` allows, with how long both are."""
    found = rows.annotate(last_at=last_right(), allowed_days=_allowed(policy))
    since = Value(now) - Coalesce("last_at", "created_at")
    return found.annotate(quiet_days=Greatest(ExtractDay(since), 0)).filter(quiet_days__gt=F("allowed_days"))


def last_right() -> Subquery:
    """When somebody right was last spoken with."""
    right = Q(contact__role__in=sorted(RIGHT_ROLES)) | Q(is_sponsor=True)
    here = Stakeholder.objects.filter(
        right, organization_id=OuterRef("pk"), left_on__isnull=True, contact__archived_at__isnull=True
    )
    latest = here.order_by().values("organization_id").annotate(last=Max("last_two_way_at")).values("last")
    return Subquery(latest)


def _allowed(policy: CadencePolicy | None) -> Case:
    """The same as `allowed_days`, by the database: the first rule that fits, those of onboarding before the others."""
    rules = policy.rules if policy is not None else ()
    ordered = sorted(rules, key=lambda rule: BASES_OF_RULES.index(rule.basis))
    cases = [When(fits(rule), then=Value(_longest(policy, rule))) for rule in ordered if policy is not None]
    return Case(*cases, default=Value(None), output_field=IntegerField(null=True))


def fits(rule: CadenceRule) -> Q:
    """Organizations that a rule of the cadence is about."""
    fits = Q(kind__in=sorted(rule.kinds), stage__in=sorted(rule.stages))
    if rule.arr_segments is not None:
        fits &= Q(facts__arr_segment__in=sorted(rule.arr_segments))
    if rule.gemstones is not None:
        fits &= Q(facts__gemstone__in=sorted(rule.gemstones))
    return fits
