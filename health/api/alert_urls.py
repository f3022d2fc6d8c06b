"""Addresses of the endpoints of alerts, below /api/v1/."""

from rest_framework.routers import SimpleRouter

from health.api.alerts import AlertViewSet

router = SimpleRouter(use_regex_path=False)
router.register("alerts", AlertViewSet, basename="alert")

urlpatterns = router.urls
