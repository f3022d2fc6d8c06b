"""Root of the URLs. Every view below carries its access rule; `hub.checks` refuses to start otherwise."""

from django.contrib import admin
from django.urls import include, path

from hub.views.api_docs import api_docs
from hub.views.home import home
from hub.views.metrics import metrics
from hub.views.search import palette, search
from hub.views.styleguide import styleguide_page
from hub.views.why import why

hub_urls = [
    path("", home, name="home"),
    path("why/", why, name="why"),
    path("search/", search, name="search"),
    path("palette/", palette, name="palette"),
    path("api/docs/", api_docs, name="api_docs"),
    path("metrics", metrics, name="metrics"),
    path("styleguide/", styleguide_page, name="styleguide"),
]

urlpatterns = [
    path("", include((hub_urls, "hub"))),
    path("", include("accounts.urls")),
    path("", include("partners.urls")),
    path("api/v1/", include(("hub.api.urls", "api"))),
    path("admin/", admin.site.urls),
    path("accounts/", include("accounts.sign_in_urls")),
]
