"""What lists of organizations may be narrowed by: a closed list, each checked."""

from typing import Any, ClassVar
from uuid import UUID

import django_filters
from django.db.models import QuerySet

from accounts.policies import actor_of
from partners.api.choices import ASSIGNMENT_ROLE_CHOICES
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
    owner = django_filters.UUIDFilter(method="owned_by", help_text="The id of a colleague.")
    role = django_filters.ChoiceFilter(
        choices=ASSIGNMENT_ROLE_CHOICES, method="in_role", help_text="With `owner`: in this role. Alone: that have one."
    )
    via_partner = django_filters.UUIDFilter(
        method="brought_by", help_text="The id of a partner: customers that came through it."
    )
    external_key = django_filters.CharFilter(field_name="external_key", max_length=120)
    updated_since = django_filters.IsoDateTimeFilter(field_name="updated_at", lookup_expr="gte")
    archived = django_filters.BooleanFilter(
        field_name="archived_at",
        lookup_expr="isnull",
        exclude=True,
        help_text="Archived ones are left out unless asked.",
    )

    class Meta:
        model = Organization
        fields: ClassVar[list[str]] = []

    # What a summary does not hold is no way to find out about it either (as in partners.filters).
    _BEYOND_SUMMARY = ("market_segment", "gemstone", "partner_tier", "external_key", "via_partner")

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        asked = self.form.cleaned_data
        if any(asked.get(name) not in (None, "", []) for name in self._BEYOND_SUMMARY):
            queryset = queryset.filter(pk__in=Organization.objects.opened_to(actor_of(self.request)).values("pk"))
        return super().filter_queryset(queryset)

    def owned_by(self, queryset: QuerySet[Any], name: str, value: UUID) -> QuerySet[Any]:
        held = Assignment.objects.active().filter(user__public_id=value)
        if role := self.form.cleaned_data.get("role"):
            held = held.filter(role=role)
        return queryset.filter(pk__in=held.values("organization_id"))

    def in_role(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        if self.form.cleaned_data.get("owner"):
            return queryset
        return queryset.filter(pk__in=Assignment.objects.active().filter(role=value).values("organization_id"))

    def brought_by(self, queryset: QuerySet[Any], name: str, value: UUID) -> QuerySet[Any]:
        """By a partner that the caller sees: another one tells nothing of whom it brought."""
        partners = Organization.objects.visible_to(actor_of(self.request)).filter(public_id=value)
        return queryset.filter(via_partner_id__in=partners.values("pk"))
