"""What the administration site shows of metrics, features and entitlements: all is written on its pages."""

from typing import ClassVar

from django.contrib import admin

from health.models import Entitlement, Feature, Metric, SampleSource
from partners.admin.base import ReadOnlyAdmin


@admin.register(Metric)
class MetricAdmin(ReadOnlyAdmin):
    """What metrics mean is in the policy `metrics`; fixed once they have samples."""

    list_display = ("key", "unit", "direction", "combine", "is_commercial", "is_retired")
    list_filter: ClassVar = ["is_retired", "is_commercial", "direction"]
    search_fields: ClassVar = ["key"]
    ordering: ClassVar = ["key"]


@admin.register(SampleSource)
class SampleSourceAdmin(ReadOnlyAdmin):
    list_display = ("key", "kind")
    list_filter: ClassVar = ["kind"]
    search_fields: ClassVar = ["key"]
    ordering: ClassVar = ["key"]


@admin.register(Feature)
class FeatureAdmin(ReadOnlyAdmin):
    list_display = ("name", "key", "module", "used_from", "released_on", "retired_on")
    list_filter: ClassVar = ["module", ("retired_on", admin.EmptyFieldListFilter)]
    search_fields: ClassVar = ["key", "name"]
    ordering: ClassVar = ["module", "name", "pk"]


@admin.register(Entitlement)
class EntitlementAdmin(ReadOnlyAdmin):
    """Written on the page of the organization, below Health."""

    list_display = ("organization", "metric", "amount", "starts_on", "ends_on", "source")
    list_select_related: ClassVar = ["organization", "metric"]
    list_filter: ClassVar = ["metric", ("ends_on", admin.EmptyFieldListFilter)]
    search_fields: ClassVar = ["organization__name"]
    ordering: ClassVar = ["-starts_on", "-pk"]
