"""Root of the URLs. Every view below carries its access rule; `hub.checks` refuses to start otherwise."""

from django.contrib import admin
from django.urls import include, path, register_converter

from health.metric_urls import hook_urls
from hub.converters import JourneyName, PackName
from hub.views.api_docs import api_docs
from hub.views.home import home
from hub.views.jobs import job_replay, job_replay_all, jobs
from hub.views.journey_copies import (
    journey_copy,
    journey_copy_begin,
    journey_copy_discard,
    journey_copy_undo,
    journey_preview,
    journey_publish,
    journey_stage_preview,
)
from hub.views.journey_parts import journey_part, journey_part_add, journey_part_move, journey_part_remove
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
register_converter(JourneyName, "journey")

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
    path("policies/<journey:name>/copy/", journey_copy, name="journey_copy"),
    path("policies/<journey:name>/copy/begin/", journey_copy_begin, name="journey_copy_begin"),
    path("policies/<journey:name>/copy/publish/", journey_publish, name="journey_publish"),
    path("policies/<journey:name>/copy/discard/<int:version>/", journey_copy_discard, name="journey_copy_discard"),
    path("policies/<journey:name>/copy/undo/<int:version>/", journey_copy_undo, name="journey_copy_undo"),
    path("policies/<journey:name>/copy/preview/<slug:questionnaire>/", journey_preview, name="journey_preview"),
    path(
        "policies/<journey:name>/copy/preview/stages/<slug:stage>/", journey_stage_preview, name="journey_stage_preview"
    ),
    path("policies/<journey:name>/copy/add/<path:place>/", journey_part_add, name="journey_part_add"),
    path("policies/<journey:name>/copy/move/<path:place>/", journey_part_move, name="journey_part_move"),
    path("policies/<journey:name>/copy/remove/<path:place>/", journey_part_remove, name="journey_part_remove"),
    path("policies/<journey:name>/copy/parts/<path:place>/", journey_part, name="journey_part"),
    path("styleguide/", styleguide_page, name="styleguide"),
]

urlpatterns = [
    path("", include((hub_urls, "hub"))),
    path("", include("accounts.urls")),
    path("", include("partners.urls")),
    path("", include("tickets.urls")),
    path("", include("health.urls")),
    path("", include("reports.urls")),
    path("hooks/", include((hook_urls, "health_hooks"))),
    path("api/v1/", include(("hub.api.urls", "api"))),
    path("admin/", admin.site.urls),
    path("accounts/", include("accounts.sign_in_urls")),
]
