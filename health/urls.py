"""Pages of health (namespace `health`)."""

from django.urls import URLPattern, URLResolver, include, path, register_converter

from health.alert_urls import alert_urls
from health.lab_urls import lab_urls
from health.lists import HEAT, MOVES, RISK
from health.metric_urls import adoption_urls, metric_urls
from health.prediction_urls import prediction_urls
from health.views import organization, portfolio
from partners.views.saved_views import view_urls

app_name = "health"


class Mode:
    """One of the lists of the portfolio."""

    regex = "|".join((HEAT, RISK, MOVES))

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(Mode, "health_mode")

# Below /health/
portfolio_urls: list[URLPattern | URLResolver] = [
    path("", portfolio.portfolio, name="portfolio"),
    path("at-risk/", portfolio.at_risk, name="at_risk"),
    path("moves/", portfolio.moves, name="moves"),
    path("export/<health_mode:mode>/", portfolio.export, name="export"),
    path("views/", include(view_urls(portfolio.PORTFOLIO))),
]

# Below /organizations/<id>/health/
organization_urls = [
    path("", organization.organization, name="organization"),
    path("pulse/", organization.pulse, name="pulse"),
    path("override/", organization.override_set, name="override"),
    path("override/end/", organization.override_end, name="override_end"),
    path("replay/", organization.replay, name="replay"),
    path("history/export/", organization.history_export, name="history_export"),
]

urlpatterns = [
    path("health/lab/", include(lab_urls)),
    path("health/prediction/", include(prediction_urls)),
    path("health/", include(portfolio_urls)),
    path("health/", include(alert_urls)),
    path("health/", include(metric_urls)),
    path("organizations/<uuid:public_id>/health/", include(organization_urls)),
    path("organizations/<uuid:public_id>/health/", include(adoption_urls)),
]
