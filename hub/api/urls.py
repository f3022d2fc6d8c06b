"""Everything below /api/v1/."""

from django.urls import include, path

from hub.api.views import ExplainView, NothingHereView, SchemaView, SearchView

urlpatterns = [
    path("", include("accounts.api.urls")),
    path("", include("partners.api.urls")),
    path("", include("tickets.api.article_urls")),
    path("", include("tickets.api.ticket_urls")),
    path("", include("tickets.api.incident_urls")),
    path("", include("health.api.sample_urls")),
    path("", include("health.api.health_urls")),
    path("", include("health.api.alert_urls")),
    path("", include("health.api.prediction_urls")),
    path("", include("reports.api.urls")),
    path("explain/", ExplainView.as_view(), name="explain"),
    path("search/", SearchView.as_view(), name="search"),
    path("schema/", SchemaView.as_view(), name="schema"),
    path("<path:rest>", NothingHereView.as_view(), name="nothing_here"),
]
