"""How many SQL statements the pages of alerts take: the same for few rows and for many, within the bars."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from health.models import Episode, EpisodeEntry, EpisodeSignal
from health.services import alert_plays
from tests.architecture.test_query_counts import MOST, statements
from tests.cast import Cast
from tests.factories.alerts import make_episode
from tests.factories.health import make_health
from tests.factories.partners import make_partner

PAGES: dict[str, tuple[str, str, str]] = {
    "triage board": ("tom", "/health/triage/?whose=mine", "page"),
    "triage board of a lead": ("lena", "/health/triage/", "page"),
    "triage list": ("tom", "/health/triage/?whose=all&view=list", "list"),
    "triage list of a manager": ("max", "/health/triage/?whose=all&view=list", "list"),
    "alert": ("tom", "/health/alerts/{id}/", "alert"),
    "alert of a manager": ("max", "/health/alerts/{id}/", "alert"),
    "alert quality": ("max", "/health/alerts/quality/", "page"),
    "home of a TAM with alerts": ("tom", "/", "home"),
    "API: alerts": ("max", "/api/v1/alerts/", "list"),
}
# The page of an alert shows signals, history, a play with its steps and what may begin, each within its own wall.
BARS = {**MOST, "alert": 16}


def fill(cast: Cast, episode: Episode, count: int) -> None:
    """`count` more alerts, organizations at risk without one, and as much more of all that hangs on one alert."""
    now = timezone.now()
    for number in range(Episode.objects.count(), Episode.objects.count() + count):
        state = ("open", "acknowledged", "acted", "closed")[number % 4]
        make_episode(
            make_partner("gate_3", name=f"Partner {number}", owners={"tam": cast.tom}),
            owner=cast.tom,
            now=now - timedelta(minutes=number),
            state=state,
        )
        make_health(make_partner("gate_3", name=f"Quiet {number}", owners={"tam": cast.tom}), override="red")
        EpisodeSignal.objects.create(
            organization=episode.organization, episode=episode, rule=f"rule_{number}", kind="sponsor_left",
            policy_version=1, severity=1, day=now.date(), at=now, facts={"contacts": [cast.connie_contact.pk]},
        )  # fmt: skip
        EpisodeEntry.objects.create(
            organization=episode.organization, episode=episode, kind="assigned", at=now, by=cast.tom,
            facts={"owner": cast.petra.pk},
        )  # fmt: skip


@pytest.mark.django_db
def test_statements_do_not_grow_and_keep_to_the_bars(cast: Cast) -> None:
    now = timezone.now()
    episode = make_episode(cast.northwind, owner=cast.tom, now=now)
    sent = {"play": "unhappy_with_performance", "reason": "Red"}
    alert_plays.start(by=cast.actor("tom"), episode=episode, now=now, **sent)

    def round_of() -> dict[str, int]:
        found = {}
        for name, (person, path, _kind) in PAGES.items():
            client = Client()
            client.force_login(getattr(cast, person))
            found[name] = statements(client, path.format(id=episode.public_id))
        return found

    fill(cast, episode, 8)
    few = round_of()
    fill(cast, episode, 24)
    many = round_of()
    assert {name: (few[name], many[name]) for name in PAGES if few[name] != many[name]} == {}
    assert {name: few[name] for name in PAGES if few[name] > BARS[PAGES[name][2]]} == {}
