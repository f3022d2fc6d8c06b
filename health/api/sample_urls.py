"""Addresses of the endpoints of metrics and samples, below /api/v1/."""

from django.urls import include, path
from rest_framework.routers import SimpleRouter

from health.api.samples import MetricListView, SampleIntakeView, SampleViewSet

parts = SimpleRouter(use_regex_path=False)
parts.register("samples", SampleViewSet, basename="sample")

urlpatterns = [
    path("health/metrics/", MetricListView.as_view(), name="health_metrics"),
    path("health/samples/", SampleIntakeView.as_view(), name="health_samples"),
    path("organizations/<uuid:organization_id>/", include(parts.urls)),
]
