"""Parameters of the list of organizations: each is checked, described, and means what it means on the pages."""

from collections.abc import Iterator
from typing import Any, ClassVar

import django_filters
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError

from accounts.policies import actor_of
from common.listing import ListQuery
from common.moments import MomentFilter
from partners import filters
from partners.api.choices import ASSIGNMENT_ROLE_CHOICES
from partners.choices import ArrSegment, Gemstone, MarketSegment, OrganizationKind, Stage
from partners.models import Organization

# Where a parameter has another name than its criterion.
CRITERION = {
    "market_segment": "market",
    "partner_tier": "tier",
    "engagement_tier": "engagement",
    "arr_segment": "segment",
    "quiet_days": "quiet",
}


class OrganizationFilter(django_filters.FilterSet):
    """All parameters narrow together. What they mean is in `partners.filters`; here is how they are spelled."""

    kind = django_filters.MultipleChoiceFilter(choices=OrganizationKind.choices)
    stage = django_filters.MultipleChoiceFilter(choices=Stage.choices)
    country = django_filters.CharFilter(max_length=2, help_text="ISO 3166, two letters.")
    market_segment = django_filters.MultipleChoiceFilter(choices=MarketSegment.choices)
    gemstone = django_filters.MultipleChoiceFilter(choices=Gemstone.choices)
    partner_tier = django_filters.NumberFilter(min_value=0, max_value=2, decimal_places=0)
    engagement_tier = django_filters.NumberFilter(min_value=1, max_value=4, decimal_places=0)
    arr_segment = django_filters.MultipleChoiceFilter(choices=ArrSegment.choices)
    health = django_filters.MultipleChoiceFilter(
        choices=filters.HEALTH_CHOICES, help_text="The band; `none`: not computed yet."
    )
    owner = django_filters.UUIDFilter(help_text="The id of a colleague.")
    role = django_filters.ChoiceFilter(
        choices=ASSIGNMENT_ROLE_CHOICES, help_text="With `owner`: in this role. Alone: that have one."
    )
    quiet_days = django_filters.NumberFilter(
        min_value=1,
        max_value=filters.MAX_QUIET_DAYS,
        decimal_places=0,
        help_text="Without a two-way interaction for so many days.",
    )
    gone_quiet = django_filters.BooleanFilter(
        help_text="Without a talk with a right person for longer than the cadence allows; of those open to you in full."
    )
    via_partner = django_filters.UUIDFilter(help_text="The id of a partner: customers that came through it.")
    external_key = django_filters.CharFilter(max_length=filters.MAX_KEY)
    updated_since = MomentFilter()
    archived = django_filters.BooleanFilter(help_text="Archived ones are left out unless asked.")
    q = django_filters.CharFilter(max_length=200, help_text="Names that fit, misspelled ones too.")
    as_of = django_filters.DateFilter(
        help_text="A past day: what held at its end, by your rights of today. Narrowed by kind, stage, owner, role,"
        " health, archived and q alone; what is not kept of that day is null."
    )

    class Meta:
        model = Organization
        fields: ClassVar[list[str]] = []

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        query = ListQuery(tuple(self.pairs()))
        found: QuerySet[Any] = filters.apply(queryset, query, actor=actor_of(self.request), now=timezone.now())  # type: ignore[arg-type]
        return found

    def pairs(self) -> Iterator[tuple[str, str]]:
        """What was sent, in the words of the pages. Raises ValidationError for a value that means nothing."""
        for name, value in self.form.cleaned_data.items():
            key = CRITERION.get(name, name)
            for one in value if isinstance(value, list) else [value]:
                if one is None or one is False or one == "":
                    continue
                spelled = _spelled(key, "1" if one is True else one)
                if spelled is None:
                    raise ValidationError({name: [_("This value is none of those that it may be.")]})
                yield key, spelled


def _spelled(key: str, value: Any) -> str | None:
    criterion = filters.EVERY.get(key)
    text = value.isoformat() if hasattr(value, "isoformat") else str(value).strip()
    return criterion.read(text) if criterion else text
