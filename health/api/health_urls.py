"""Addresses of the endpoints of health, below /api/v1/."""

from django.urls import include, path
from rest_framework.routers import SimpleRouter

from health.api.health_views import BandOverrideView, PulseViewSet, ReceiptView, SnapshotViewSet, StateViewSet

parts = SimpleRouter(use_regex_path=False)
parts.register("health/snapshots", SnapshotViewSet, basename="health_snapshot")
parts.register("health/pulses", PulseViewSet, basename="health_pulse")

urlpatterns = [
    path("health/", StateViewSet.as_view({"get": "list"}), name="health_states"),
    path("organizations/<uuid:organization_id>/health/", ReceiptView.as_view(), name="health_receipt"),
    path("organizations/<uuid:organization_id>/health/override/", BandOverrideView.as_view(), name="health_override"),
    path("organizations/<uuid:organization_id>/", include(parts.urls)),
]
