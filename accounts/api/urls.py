"""Addresses of the people endpoints, below /api/v1/."""

from django.urls import path
from rest_framework.routers import SimpleRouter

from accounts.api import openapi  # noqa: F401 - registers how callers sign in
from accounts.api.absences import AbsenceViewSet
from accounts.api.calendars import CalendarViewSet
from accounts.api.exports import ExportViewSet
from accounts.api.policies import ActivityViewSet, PolicyViewSet
from accounts.api.rotas import OnCallView
from accounts.api.saved_views import SavedViewViewSet
from accounts.api.training import TrainingRecordViewSet
from accounts.api.views import AccessView, MeView, NotificationViewSet, TeamViewSet, UserViewSet

router = SimpleRouter(use_regex_path=False)
router.register("users", UserViewSet, basename="user")
router.register("teams", TeamViewSet, basename="team")
router.register("notifications", NotificationViewSet, basename="notification")
router.register("calendars", CalendarViewSet, basename="calendar")
router.register("absences", AbsenceViewSet, basename="absence")
router.register("saved-views", SavedViewViewSet, basename="saved_view")
router.register("exports", ExportViewSet, basename="export")
router.register("policies", PolicyViewSet, basename="policy")
router.register("training-records", TrainingRecordViewSet, basename="training_record")
router.register("audit", ActivityViewSet, basename="activity")

urlpatterns = [
    path("me/", MeView.as_view(), name="me"),
    path("access/", AccessView.as_view(), name="access"),
    path("on-call/", OnCallView.as_view(), name="on_call"),
    *router.urls,
]
