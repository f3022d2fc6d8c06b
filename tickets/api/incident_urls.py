"""Addresses of the endpoints of incidents, below /api/v1/."""

from rest_framework.routers import SimpleRouter

from tickets.api.incidents import IncidentUpdateViewSet, IncidentViewSet

router = SimpleRouter(use_regex_path=False)
router.register("incidents", IncidentViewSet, basename="incident")
router.register("incidents/<uuid:incident_id>/updates", IncidentUpdateViewSet, basename="incident-update")

urlpatterns = router.urls
