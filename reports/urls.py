"""Addresses of reports (namespace `reports`)."""

from django.urls import include, path

from reports.views import reports

app_name = "reports"
report_urls = [
    path("", reports.gallery, name="gallery"),
    path("<slug:report_id>/", reports.report, name="report"),
    path("<slug:report_id>/export/", reports.report_export, name="report_export"),
    path("<slug:report_id>/figures/<slug:kpi_id>/", reports.figure, name="figure"),
    path("<slug:report_id>/figures/<slug:kpi_id>/export/", reports.figure_export, name="figure_export"),
]
urlpatterns = [path("reports/", include(report_urls))]
