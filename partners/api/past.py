"""Organizations as of a past day, for programs: the rows of the list with what held then."""

from collections.abc import Mapping
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django_filters.utils import translate_validation
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

from accounts.policies import actor_of
from common.listing import ListQuery
from common.past import PastDay
from partners.api.filters import CRITERION, OrganizationFilter
from partners.selectors.past import AS_OF, asked_past
from partners.selectors.past_rows import NARROWING, amount_of, past_organizations

_TEXTS = ("summary", "country", "timezone")
_FIELDS = ("industry", "website", "market_segment", "edition", "deployment", "licenses", "external_key")
_AMOUNTS = ("ccv", "country_lrp", "arr")
_NOT_KEPT = ("partner_tier", "arr_segment", "engagement_tier", "gemstone")


def asked_day_of(request: Request) -> PastDay | None:
    """The past day that a call asks for. Raises ValidationError for one that cannot be read."""
    past, problem = asked_past(actor_of(request), request.query_params.get(AS_OF, ""), now=timezone.now())
    if problem:
        raise ValidationError({AS_OF: [problem]})
    return past


def past_question(request: Request, past: PastDay) -> Any:
    """The rows that a call asks for. Raises ValidationError for what a past day cannot be narrowed by."""
    asked = OrganizationFilter(request.query_params, request=request)
    if not asked.is_valid():
        raise translate_validation(asked.errors)
    query = ListQuery(tuple(pair for pair in asked.pairs() if pair[0] != AS_OF))
    names = {key: name for name, key in CRITERION.items()}
    if left := {names.get(key, key) for key, _value in query.pairs if key not in NARROWING}:
        raise ValidationError({name: [_("A past day cannot be narrowed by this.")] for name in sorted(left)})
    return past_organizations(actor_of(request), query, past)


def past_row(values: Mapping[str, Any], past: PastDay) -> dict[str, Any]:
    """A row as OrganizationSerializer reads it; what is not known of that day is null, of texts empty."""
    version = values["past_version"] or {}
    return {
        **{name: values[name] for name in ("public_id", "kind", "name", "is_open", "shows_commercial", "created_at")},
        **{name: version.get(name) or "" for name in _TEXTS},
        **{name: version.get(name) for name in _FIELDS},
        **{name: amount_of(version, name) for name in _AMOUNTS},
        **{f"facts__{name}": None for name in _NOT_KEPT},
        "currency": version.get("currency") or "",
        "stage": values["past_stage"],
        "stage_entered_at": values["past_since"],
        "target_launch_on": parse_date(version.get("target_launch_on") or ""),
        "launched_on": parse_date(version.get("launched_on") or ""),
        "via_partner_public_id": None,
        "owner_rows": [[assignment, *owner] for _id, *owner, assignment in values["past_owners"] or ()],
        "facts__last_interaction_at": values["past_contact"],
        "version": version.get("version") or 0,
        "archived_at": values["archived_at"] if _is_gone(values, past) else None,
        "updated_at": values["past_changed_at"],
    }


def _is_gone(values: Mapping[str, Any], past: PastDay) -> bool:
    return values["archived_at"] is not None and values["archived_at"] <= past.last
