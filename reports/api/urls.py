"""Endpoints of reports."""

from django.urls import path
from rest_framework.routers import SimpleRouter

from reports.api.mails import ReportSubscriptionViewSet
from reports.api.own import OuterSurveysView, PolicyCasesView, PolicyQualityView, SurveyReportView
from reports.api.saved import SavedReportViewSet
from reports.api.views import FigurePartsView, FigureRowsView, ReportListView, ReportView

router = SimpleRouter(use_regex_path=False)
router.register("saved-reports", SavedReportViewSet, basename="saved_report")
router.register("report-subscriptions", ReportSubscriptionViewSet, basename="report_subscription")

urlpatterns = [
    path("reports/", ReportListView.as_view(), name="reports"),
    path("reports/surveys/", SurveyReportView.as_view(), name="survey_report"),
    path("reports/surveys/outside/", OuterSurveysView.as_view(), name="outer_surveys"),
    path("reports/policies/", PolicyQualityView.as_view(), name="policy_quality"),
    path("reports/policies/cases/", PolicyCasesView.as_view(), name="policy_cases"),
    path("reports/<slug:report_id>/", ReportView.as_view(), name="report"),
    path("reports/<slug:report_id>/figures/<slug:kpi_id>/rows/", FigureRowsView.as_view(), name="figure_rows"),
    path("reports/<slug:report_id>/figures/<slug:kpi_id>/parts/", FigurePartsView.as_view(), name="figure_parts"),
    *router.urls,
]
