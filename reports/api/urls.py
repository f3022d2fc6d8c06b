"""Endpoints of reports."""

from django.urls import path

from reports.api.views import FigurePartsView, FigureRowsView, ReportListView, ReportView

urlpatterns = [
    path("reports/", ReportListView.as_view(), name="reports"),
    path("reports/<slug:report_id>/", ReportView.as_view(), name="report"),
    path("reports/<slug:report_id>/figures/<slug:kpi_id>/rows/", FigureRowsView.as_view(), name="figure_rows"),
    path("reports/<slug:report_id>/figures/<slug:kpi_id>/parts/", FigurePartsView.as_view(), name="figure_parts"),
]
