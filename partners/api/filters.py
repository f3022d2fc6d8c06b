"""What lists of organizations may be narrowed by: a closed list, each checked."""

from typing import Any, ClassVar

import django_filters
from django.db.models import QuerySet

from accounts.choices import ASSIGNMENT_ROLES
from partners.choices import MarketSegment, OrganizationKind, Stage
from partners.models import Assignment, Organization


class OrganizationFilter(django_filters.FilterSet):
    """`owner` with `role` narrows to organizations that this person holds today in this role."""

    kind = django_filters.MultipleChoiceFilter(choices=OrganizationKind.choices)
    stage = django_filters.MultipleChoiceFilter(choices=Stage.choices)
    country = django_filters.CharFilter(field_name="country", lookup_expr="iexact", max_length=2)
    market_segment = django_filters.MultipleChoiceFilter(choices=MarketSegment.choices)
    gemstone = django_filters.CharFilter(field_name="facts__gemstone", max_length=20)
    partner_tier = django_filters.NumberFilter(field_name="facts__partner_tier", min_value=0, max_value=2)
    owner = django_filters.UUIDFilter(method="owned_by")
    role = django_filters.ChoiceFilter(choices=[(role, role) for role in sorted(ASSIGNMENT_ROLES)], method="in_role")
    external_key = django_filters.CharFilter(field_name="external_key", max_length=120)
    updated_since = django_filters.IsoDateTimeFilter(field_name="updated_at", lookup_expr="gte")
    archived = django_filters.BooleanFilter(field_name="archived_at", lookup_expr="isnull", exclude=True)

    class Meta:
        model = Organization
        fields: ClassVar = []

    def owned_by(self, queryset: QuerySet[Any], name: str, value: Any) -> QuerySet[Any]:
        held = Assignment.objects.active().filter(user__public_id=value)
        if role := self.form.cleaned_data.get("role"):
            held = held.filter(role=role)
        return queryset.filter(pk__in=held.values("organization_id"))

    def in_role(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Alone: organizations that have somebody in this role today."""
        if self.form.cleaned_data.get("owner"):
            return queryset
        return queryset.filter(pk__in=Assignment.objects.active().filter(role=value).values("organization_id"))
