"""How many SQL statements the pages of health take: the same for few rows and for many, within the bars."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from health.models import Pulse
from tests.architecture.test_query_counts import MOST, statements
from tests.cast import Cast
from tests.factories.health import make_health
from tests.factories.partners import make_partner
from tests.factories.predictions import make_prediction

PAGES: dict[str, tuple[str, str, str]] = {
    "portfolio of a TAM": ("tom", "/health/", "list"),
    "portfolio of a manager": ("max", "/health/", "list"),
    "at risk": ("tom", "/health/at-risk/", "list"),
    "moves of a manager": ("max", "/health/moves/", "list"),
    "a day of the past": ("max", "/health/?day={day}", "list"),
    "receipt": ("tom", "/organizations/{northwind}/health/", "page"),
    "receipt of a day": ("max", "/organizations/{northwind}/health/?day={day}", "page"),
    "replay": ("tom", "/organizations/{northwind}/health/replay/", "page"),
    "overview with health": ("tom", "/organizations/{northwind}/", "page"),
    "home of a TAM": ("tom", "/", "home"),
    "home of a manager": ("max", "/", "home"),
    "predictions": ("tom", "/health/prediction/?kind=partner", "page"),
    "features": ("tom", "/health/features/", "list"),
    "files of samples": ("tom", "/health/samples/", "list"),
    "adoption": ("tom", "/organizations/{northwind}/health/adoption/", "page"),
    "API: samples": ("tom", "/api/v1/organizations/{northwind}/samples/", "page"),
    "API: adoption": ("tom", "/api/v1/organizations/{northwind}/adoption/", "page"),
    "scorecard lab": ("adam", "/health/lab/", "list"),
    "scorecard in the lab": ("adam", "/health/lab/partner_steady/", "page"),
    "API: predictions": ("tom", "/api/v1/health/predictions/", "list"),
    "API: health": ("max", "/api/v1/health/", "list"),
    "API: receipt": ("tom", "/api/v1/organizations/{northwind}/health/", "page"),
    "API: snapshots": ("tom", "/api/v1/organizations/{northwind}/health/snapshots/", "page"),
    "API: pulses": ("tom", "/api/v1/organizations/{northwind}/health/pulses/", "page"),
}


def fill(cast: Cast, count: int, first: int) -> None:
    """`count` more partners with health, and as many days and pulses more of Northwind."""
    today = timezone.localdate()
    for number in range(first, first + count):
        partner = make_partner("gate_3", name=f"Partner {number:03}", owners={"tam": cast.tom})
        make_prediction(partner)
        make_health(partner, day=today - timedelta(days=2))
        make_health(partner, day=today, gate_progress=10, plan_progress=10, open_criticals=1)
        make_health(cast.northwind, day=today - timedelta(days=60 - number), csat=3)
        Pulse.objects.create(
            organization=cast.northwind, value="green", given_by=cast.tom, given_at=timezone.now() - timedelta(days=60)
        )


@pytest.mark.django_db
def test_statements_do_not_grow_and_keep_to_the_bars(cast: Cast) -> None:
    day = timezone.localdate() - timedelta(days=2)

    def round_of() -> dict[str, int]:
        found = {}
        for name, (person, path, _kind) in PAGES.items():
            client = Client()
            client.force_login(getattr(cast, person))
            found[name] = statements(client, path.format(northwind=cast.northwind.public_id, day=day))
        return found

    make_health(cast.northwind, day=day, csat=3)
    make_prediction(cast.northwind)
    fill(cast, 4, 0)
    few = round_of()
    fill(cast, 12, 4)
    many = round_of()
    assert {name: (few[name], many[name]) for name in PAGES if few[name] != many[name]} == {}
    assert {name: few[name] for name in PAGES if few[name] > MOST[PAGES[name][2]]} == {}
