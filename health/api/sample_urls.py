"""Addresses of the endpoints of metrics and samples, below /api/v1/."""

from django.urls import include, path
from rest_framework.routers import SimpleRouter

from health.api.features import AdoptionViewSet, EntitlementViewSet, FeatureListView, UsageIntakeView
from health.api.samples import MetricListView, SampleIntakeView, SampleViewSet

parts = SimpleRouter(use_regex_path=False)
parts.register("samples", SampleViewSet, basename="sample")
parts.register("entitlements", EntitlementViewSet, basename="entitlement")
parts.register("adoption", AdoptionViewSet, basename="adoption")

urlpatterns = [
    path("health/metrics/", MetricListView.as_view(), name="health_metrics"),
    path("health/features/", FeatureListView.as_view(), name="health_features"),
    path("health/usage/", UsageIntakeView.as_view(), name="health_usage"),
    path("health/samples/", SampleIntakeView.as_view(), name="health_samples"),
    path("organizations/<uuid:organization_id>/", include(parts.urls)),
]
