"""Tiers, segments and gemstones: computed from facts by the policies in force, or set by hand with a reason.

Values live in OrganizationFacts with their receipts and the versions they were computed by; the facts are locked first
and the figures read after, so that the last one to compute has seen the last edit.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.rules.access import Actor
from accounts.services import activity
from accounts.services.activity import Happening
from accounts.services.notifications import notify
from common.errors import DomainError, NotAllowed
from partners import notices, permissions
from partners.choices import Dimension, EntryKind
from partners.classification_policy import PolicyInForce, policy_in_force
from partners.models import ClassificationOverride, Organization, OrganizationFacts
from partners.rules.classification import DIMENSIONS, Facts, Override, Rule, classify, parse_value
from partners.services import timeline
from partners.services.audience import owners_who_see
from partners.services.locking import lock_organization

CHUNK = 500
_FIGURES = ("kind", "currency", "ccv", "country_lrp", "arr", "market_segment", "edition")


@dataclass(frozen=True, kw_only=True)
class _ValueChange:
    organization_id: int
    dimension: str
    before: int | str | None
    after: int | str | None
    is_first: bool


@transaction.atomic
def recompute(
    organizations: Iterable[Organization], *, now: datetime, by: Actor | None = None, reason: str = ""
) -> int:
    """Classify organizations anew and return how many changed; the number of statements follows none of them.

    A value that changes is a line of the timeline and of the audit trail; the first ones of a new organization are not.
    """
    by_id = {organization.pk: organization for organization in organizations}
    in_force = policy_in_force(now.date())
    rows = list(OrganizationFacts.objects.select_for_update(no_key=True).filter(pk__in=sorted(by_id)).order_by("pk"))
    changes = _classify(rows, in_force, now)
    _record(changes, by_id, in_force, by=by, reason=reason, now=now)
    return len({change.organization_id for change in changes})


@transaction.atomic
def recompute_stale(*, now: datetime, limit: int = CHUNK) -> int:
    """Classify up to `limit` organizations whose values are not of the policies in force; returns how many it took.

    Zero says that all are of today. Safe to run twice, and by several workers: taken rows are skipped.
    """
    in_force = policy_in_force(now.date())
    rows = list(
        OrganizationFacts.objects.select_for_update(no_key=True, skip_locked=True)
        .exclude(policy_versions=in_force.versions)
        .order_by("pk")[:limit]
    )
    changes = _classify(rows, in_force, now)
    organizations = Organization.objects.in_bulk([row.pk for row in rows])
    _record(changes, organizations, in_force, by=None, reason=_("The policy changed"), now=now)
    return len(rows)


@transaction.atomic
def override(
    *, by: Actor, organization: Organization, dimension: str, value: str, reason: str, now: datetime
) -> ClassificationOverride:
    """Set a tier, segment or gemstone by hand, in place of one set before.

    Raises NotAllowed (admins only); DomainError with `field` "reason", "value" or "dimension".
    """
    locked = _locked_for(by, organization)
    if not reason.strip():
        raise DomainError(_("Say why the value is set by hand."), field="reason", code="reason")
    in_force = policy_in_force(now.date())
    _check_value(locked, dimension, value, in_force, now)
    before = _in_force(locked, dimension)
    _end(before, by=by, now=now)
    made = ClassificationOverride.objects.create(
        organization=locked,
        dimension=dimension,
        value=value,
        reason=reason.strip(),
        set_by_id=by.user_id,
        started_at=max(now, before.started_at) if before else now,
    )
    label = in_force.label(dimension, parse_value(in_force.policy, dimension, value))
    _announce(by, locked, dimension, "overridden", [before.value if before else None, value], label, reason, now)
    recompute([locked], now=now, by=by, reason=reason)
    return made


@transaction.atomic
def end_override(*, by: Actor, organization: Organization, dimension: str, reason: str = "", now: datetime) -> None:
    """Let the rule decide again. Raises NotAllowed; DomainError "no_override" where none is in force."""
    locked = _locked_for(by, organization)
    row = _in_force(locked, dimension)
    if row is None:
        raise DomainError(_("This value is not set by hand."), code="no_override")
    _end(row, by=by, now=now)
    _announce(by, locked, dimension, "override_ended", [row.value, None], "", reason, now)
    recompute([locked], now=now, by=by, reason=reason)


def _classify(rows: Sequence[OrganizationFacts], in_force: PolicyInForce, now: datetime) -> list[_ValueChange]:
    """Compute and store; the values that changed. The rows are locked."""
    ids = [row.pk for row in rows]
    figures = {values.pop("pk"): values for values in Organization.objects.filter(pk__in=ids).values("pk", *_FIGURES)}
    overrides = _overrides(ids, in_force)
    changes: list[_ValueChange] = []
    stale: list[OrganizationFacts] = []
    for row in rows:
        results = classify(Facts(**figures[row.pk]), in_force.policy, on=now.date(), overrides=overrides[row.pk])
        receipts = {dimension: result.receipt for dimension, result in results.items()}
        if receipts == row.receipts and row.policy_versions == in_force.versions:
            continue
        for dimension, result in results.items():
            stored = getattr(row, dimension)
            before = None if stored == "" else stored
            if before != result.value:
                changes.append(
                    _ValueChange(
                        organization_id=row.pk,
                        dimension=dimension,
                        before=before,
                        after=result.value,
                        is_first=row.computed_at is None,
                    )
                )
            setattr(row, dimension, "" if result.value is None and isinstance(stored, str) else result.value)
        row.receipts, row.policy_versions, row.computed_at = receipts, in_force.versions, now
        stale.append(row)
    _store(stale)
    return changes


def _store(rows: Sequence[OrganizationFacts]) -> None:
    fields = [*DIMENSIONS, "receipts", "policy_versions", "computed_at"]
    if len(rows) == 1:
        # What nearly every call is about: an UPDATE by cases takes the ORM five times as long to put together.
        rows[0].save(update_fields=fields)
    else:
        OrganizationFacts.objects.bulk_update(rows, fields, batch_size=CHUNK)


def _overrides(organization_ids: Sequence[int], in_force: PolicyInForce) -> dict[int, dict[str, Override]]:
    """The overrides in force by organization and dimension; one whose value the policy dropped counts no more."""
    found: dict[int, dict[str, Override]] = defaultdict(dict)
    rows = ClassificationOverride.objects.filter(organization_id__in=organization_ids, ended_at__isnull=True)
    for organization_id, dimension, written, reason in rows.values_list(
        "organization_id", "dimension", "value", "reason"
    ):
        try:
            value = parse_value(in_force.policy, dimension, written)
        except ValueError:
            continue
        found[organization_id][dimension] = Override(value=value, reason=reason)
    return found


def _record(
    found: Sequence[_ValueChange],
    organizations: Mapping[int, Organization],
    in_force: PolicyInForce,
    *,
    by: Actor | None,
    reason: str,
    now: datetime,
) -> None:
    """Tell what changed; the first values of an organization are no news."""
    changes = [change for change in found if not change.is_first]
    if not changes:
        return
    activity.record_many(
        verb="organization.classified",
        happenings=[
            Happening(
                target=organizations[change.organization_id],
                organization_id=change.organization_id,
                changes={change.dimension: [change.before, change.after]},
            )
            for change in changes
        ],
        actor_id=by.user_id if by else None,
        actor_name=by.name if by else "",
        reason=reason,
        now=now,
    )
    timeline.push_many(
        timeline.line(
            organization=organizations[change.organization_id],
            kind=EntryKind.CLASSIFICATION,
            title=_title(change, in_force),
            body=reason,
            data={"dimension": change.dimension, "before": change.before, "after": change.after},
            at=now,
            by=by,
        )
        for change in changes
    )


def _title(change: _ValueChange, in_force: PolicyInForce) -> str:
    """What changed, without the amounts that it was computed from: not everybody reads those."""
    words = {
        "dimension": Dimension(change.dimension).label,
        "before": in_force.label(change.dimension, change.before),
        "after": in_force.label(change.dimension, change.after),
    }
    if change.after is None:
        return _("%(dimension)s can no longer be computed (was %(before)s)") % words
    if change.before is None:
        return _("%(dimension)s is %(after)s") % words
    return _("%(dimension)s is now %(after)s (was %(before)s)") % words


def _locked_for(by: Actor, organization: Organization) -> Organization:
    locked = lock_organization(organization)
    if not permissions.can_use(by, "change_tier", locked):
        raise NotAllowed(_("Only an administrator sets a tier, segment or gemstone by hand."))
    return locked


def _check_value(
    organization: Organization, dimension: str, value: str, in_force: PolicyInForce, now: datetime
) -> None:
    if dimension not in DIMENSIONS:
        raise DomainError(_("Choose what to set."), field="dimension")
    figures = {name: getattr(organization, name) for name in _FIGURES}
    computed = classify(Facts(**figures), in_force.policy, on=now.date())[dimension]
    if computed.rule in (Rule.NOT_APPLICABLE, Rule.NO_POLICY):
        raise DomainError(_("This does not apply to that kind of organization."), field="dimension")
    try:
        parse_value(in_force.policy, dimension, value)
    except ValueError:
        raise DomainError(_("Choose one of the values of the policy in force."), field="value") from None


def _in_force(organization: Organization, dimension: str) -> ClassificationOverride | None:
    rows = ClassificationOverride.objects.select_for_update().filter(organization=organization, dimension=dimension)
    found: ClassificationOverride | None = rows.filter(ended_at__isnull=True).first()
    return found


def _end(row: ClassificationOverride | None, *, by: Actor, now: datetime) -> None:
    if row is None:
        return
    row.ended_at, row.ended_by_id = max(now, row.started_at), by.user_id
    row.save(update_fields=["ended_at", "ended_by"])


def _announce(
    by: Actor,
    organization: Organization,
    dimension: str,
    happening: str,
    values: list[Any],
    label: str,
    reason: str,
    now: datetime,
) -> None:
    """The audit trail and the owners hear of what was done by hand, whether or not the value changes by it."""
    activity.record(
        actor_id=by.user_id,
        actor_name=by.name,
        verb=f"classification.{happening}",
        target=organization,
        organization_id=organization.pk,
        changes={dimension: values},
        reason=reason,
        now=now,
    )
    words = {"name": organization.name, "dimension": Dimension(dimension).label, "value": label}
    title = _("%(name)s: %(dimension)s is computed again")
    if label:
        title = _("%(name)s: %(dimension)s was set to %(value)s by hand")
    notify(
        user_ids=owners_who_see(organization, by.policy) - {by.user_id},
        kind=notices.CLASSIFICATION,
        title=title % words,
        body=reason,
        key=f"classification:{organization.pk}:{dimension}:{happening}:{now.isoformat()}",
        now=now,
        target_type="organization",
        target_id=organization.pk,
        organization_id=organization.pk,
    )
