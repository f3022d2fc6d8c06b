"""Addresses of launches at risk, of plans to mend and of load (namespace `partners`)."""

from django.urls import path

from partners.views import forecasts, load

# Below /organizations/<public id>/
page_urls = [path("plan/check/", forecasts.organization_plan, name="organization_plan")]

urlpatterns = [
    path("launches/", forecasts.at_risk, name="at_risk"),
    path("launches/export/", forecasts.at_risk_export, name="at_risk_export"),
    path("launches/plans/", forecasts.plans, name="plans"),
    path("launches/quality/", forecasts.forecast_quality, name="forecast_quality"),
    path("launches/runs/", forecasts.forecast_run_start, name="forecast_run_start"),
    path("load/", load.load, name="load"),
]
