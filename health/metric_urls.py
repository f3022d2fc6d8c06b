"""Addresses of features, adoption and samples (namespace `health`)."""

from django.urls import path

from health.views import adoption, features

# Below /health/
metric_urls = [
    path("features/", features.feature_list, name="features"),
    path("features/new/", features.feature_new, name="feature_new"),
    path("features/<uuid:public_id>/edit/", features.feature_edit, name="feature_edit"),
]

# Below /organizations/<id>/health/
adoption_urls = [
    path("adoption/", adoption.adoption, name="adoption"),
    path("adoption/export/", adoption.adoption_export, name="adoption_export"),
    path("adoption/entitlements/", adoption.entitlement_put, name="entitlement_put"),
    path("adoption/entitlements/<int:entitlement_id>/remove/", adoption.entitlement_remove, name="entitlement_remove"),
]
