"""The classification of one organization in words: value, rule, figures, and what was set by hand."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from accounts.rules.access import Actor, FieldClass, Subject
from common import composed
from partners import permissions
from partners.choices import Dimension
from partners.classification_policy import PolicyInForce, policy_in_force
from partners.models import ClassificationOverride, Organization
from partners.rules.classification import DIMENSIONS, PACK_OF, Rule, values_of
from partners.selectors.classification_words import conversion_in_words, rule_in_words


@dataclass(frozen=True, kw_only=True)
class ClassifiedValue:
    """One dimension. `value` is None where the facts do not suffice; then `rule` says which are missing.

    A value set by hand keeps beside it what the rule would say now. `choices` are the values of the policy in force.
    """

    dimension: str
    label: str
    value: int | str | None
    value_label: str
    rule: str
    conversion: str
    computed_at: datetime | None
    policy_name: str
    policy_version: int | None
    is_overridden: bool
    computed_value_label: str
    computed_rule: str
    override_reason: str
    overridden_by: str
    overridden_at: datetime | None
    choices: tuple[tuple[str, str], ...]


def classification_of(
    actor: Actor, organization: Organization, *, now: datetime, subject: Subject | None = None
) -> tuple[ClassifiedValue, ...]:
    """The dimensions that apply to the organization's kind, each with its reason: two statements.

    Empty for those who know its summary alone. Figures are named to readers of commercial fields only.
    """
    subject = subject or permissions.subject_of(organization)
    if not permissions.opens_in_full(actor, organization, subject=subject):
        return ()
    in_force = policy_in_force(now.date())
    with_amounts = permissions.may_read_fields(actor, organization, FieldClass.COMMERCIAL, subject=subject)
    rows = composed.fetch(_in_force, actor, gaps=(organization.pk,))
    overrides = {dimension: ByHand(set_by=name or "", at=at) for dimension, name, at in rows}
    receipts = organization.facts.receipts
    return tuple(
        _value(dimension, receipts[dimension], organization, overrides.get(dimension), in_force, with_amounts)
        for dimension in DIMENSIONS
        if dimension in receipts and receipts[dimension]["rule"] != Rule.NOT_APPLICABLE
    )


@dataclass(frozen=True, kw_only=True)
class ByHand:
    """Who set a value, and when."""

    set_by: str
    at: datetime


def _in_force(actor: Actor, organization_id: int) -> "QuerySet[Any, Any]":
    found = ClassificationOverride.objects.visible_to(actor).filter(
        organization_id=organization_id, ended_at__isnull=True
    )
    return found.order_by().values_list("dimension", "set_by__name", "started_at")


def _value(
    dimension: str,
    receipt: Mapping[str, Any],
    organization: Organization,
    override: ByHand | None,
    in_force: PolicyInForce,
    with_amounts: bool,
) -> ClassifiedValue:
    params = receipt["params"]
    is_overridden = receipt["rule"] == Rule.OVERRIDE
    computed = params["computed_params"] if is_overridden else params
    computed_rule = params["computed_rule"] if is_overridden else receipt["rule"]
    by_hand = override if is_overridden else None
    return ClassifiedValue(
        dimension=dimension,
        label=str(Dimension(dimension).label),
        value=receipt["value"],
        value_label=in_force.label(dimension, receipt["value"]),
        rule=rule_in_words(receipt["rule"], params, in_force, with_amounts=with_amounts),
        conversion=conversion_in_words(computed) if with_amounts else "",
        computed_at=organization.facts.computed_at,
        policy_name=PACK_OF[dimension],
        policy_version=receipt["policy_version"],
        is_overridden=is_overridden,
        computed_value_label=in_force.label(dimension, params["computed"]) if is_overridden else "",
        computed_rule=rule_in_words(computed_rule, computed, in_force, with_amounts=with_amounts),
        override_reason=params["reason"] if is_overridden else "",
        overridden_by=by_hand.set_by if by_hand else "",
        overridden_at=by_hand.at if by_hand else None,
        choices=tuple(
            (str(value), in_force.label(dimension, value)) for value in values_of(in_force.policy, dimension)
        ),
    )
