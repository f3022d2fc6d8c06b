"""Root of the URLs. Every view below carries its access rule; `hub.checks` refuses to start otherwise."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("admin/", admin.site.urls),
    path("accounts/", include("allauth.urls")),
]
