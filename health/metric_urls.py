"""Addresses of features, adoption and samples (namespace `health`)."""

from django.urls import path

from health.connectors import datadog
from health.views import adoption, alert_hooks, features, samples

# Below /health/
metric_urls = [
    path("features/", features.feature_list, name="features"),
    path("features/new/", features.feature_new, name="feature_new"),
    path("features/<uuid:public_id>/edit/", features.feature_edit, name="feature_edit"),
    path("samples/", samples.sample_list, name="samples"),
    path("samples/new/", samples.sample_new, name="sample_new"),
    path("samples/files/<uuid:public_id>/", samples.sample_run, name="sample_run"),
    path("samples/files/<uuid:public_id>/rejected/", samples.sample_rejected, name="sample_rejected"),
    path("monitors/", alert_hooks.hook_list, name="hooks"),
    path("monitors/new/", alert_hooks.hook_new, name="hook_new"),
    path("monitors/<uuid:public_id>/remove/", alert_hooks.hook_remove, name="hook_remove"),
]

# Below /organizations/<id>/health/
adoption_urls = [
    path("adoption/", adoption.adoption, name="adoption"),
    path("adoption/export/", adoption.adoption_export, name="adoption_export"),
    path("adoption/entitlements/", adoption.entitlement_put, name="entitlement_put"),
    path("adoption/entitlements/<int:entitlement_id>/remove/", adoption.entitlement_remove, name="entitlement_remove"),
]

# Below /hooks/, for other tools (namespace `health_hooks`)
hook_urls = [path("datadog/<str:token>/", datadog.datadog, name="datadog")]
