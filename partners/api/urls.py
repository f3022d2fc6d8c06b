"""Addresses of the organizations' endpoints, below /api/v1/."""

from django.urls import include, path
from rest_framework.routers import SimpleRouter

from partners.api.parts import AssignmentViewSet, ContactViewSet, InteractionViewSet, TimelineViewSet
from partners.api.views import OrganizationViewSet

router = SimpleRouter(use_regex_path=False)
router.register("organizations", OrganizationViewSet, basename="organization")

parts = SimpleRouter(use_regex_path=False)
parts.register("contacts", ContactViewSet, basename="contact")
parts.register("assignments", AssignmentViewSet, basename="assignment")
parts.register("interactions", InteractionViewSet, basename="interaction")
parts.register("timeline", TimelineViewSet, basename="timeline")

urlpatterns = [
    *router.urls,
    path("organizations/<uuid:organization_id>/", include(parts.urls)),
]
