"""Addresses of the endpoints of predictions, below /api/v1/."""

from rest_framework.routers import SimpleRouter

from health.api.predictions import PredictionViewSet, TrainingViewSet

router = SimpleRouter(use_regex_path=False)
router.register("health/predictions", PredictionViewSet, basename="prediction")
router.register("health/trainings", TrainingViewSet, basename="training")
urlpatterns = router.urls
