"""Addresses of the people endpoints, below /api/v1/."""

from django.urls import path
from rest_framework.routers import SimpleRouter

from accounts.api.views import MeView, NotificationViewSet, TeamViewSet, UserViewSet

router = SimpleRouter(use_regex_path=False)
router.register("users", UserViewSet, basename="user")
router.register("teams", TeamViewSet, basename="team")
router.register("notifications", NotificationViewSet, basename="notification")

urlpatterns = [path("me/", MeView.as_view(), name="me"), *router.urls]
