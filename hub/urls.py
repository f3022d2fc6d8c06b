"""Root of the URLs. Every view below carries its access rule; `hub.checks` refuses to start otherwise."""

from django.contrib import admin
from django.urls import include, path, register_converter

from hub.converters import PackName
from hub.views.api_docs import api_docs
from hub.views.home import home
from hub.views.jobs import job_replay, job_replay_all, jobs
from hub.views.metrics import metrics
from hub.views.policies import (
    policies,
    policy,
    policy_activate,
    policy_compare,
    policy_edit,
    policy_export,
    policy_upload,
)
from hub.views.search import palette, search
from hub.views.styleguide import styleguide_page
from hub.views.why import why

register_converter(PackName, "pack")

hub_urls = [
    path("", home, name="home"),
    path("why/", why, name="why"),
    path("search/", search, name="search"),
    path("palette/", palette, name="palette"),
    path("api/docs/", api_docs, name="api_docs"),
    path("metrics", metrics, name="metrics"),
    path("jobs/", jobs, name="jobs"),
    path("jobs/replay/", job_replay_all, name="job_replay_all"),
    path("jobs/<uuid:public_id>/replay/", job_replay, name="job_replay"),
    path("policies/", policies, name="policies"),
    path("policies/upload/", policy_upload, name="policy_upload"),
    path("policies/<pack:name>/", policy, name="policy"),
    path("policies/<pack:name>/compare/", policy_compare, name="policy_compare"),
    path("policies/<pack:name>/edit/", policy_edit, name="policy_edit"),
    path("policies/<pack:name>/export/", policy_export, name="policy_export"),
    path("policies/<pack:name>/versions/<int:version>/activate/", policy_activate, name="policy_activate"),
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
