"""The triage board, the page of an episode and alert quality as the cast sees them, and the calls of the API."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from health.models import Episode, EpisodeSignal, PlayEffect, RuleStanding
from tests.cast import Cast
from tests.factories.alerts import make_episode
from tests.factories.health import make_health
from tests.factories.partners import make_partner
from tests.hub.api_world import call

pytestmark = pytest.mark.django_db
BOARD = "/health/triage/"


def client_of(cast: Cast, name: str) -> Client:
    client = Client()
    client.force_login(getattr(cast, name))
    return client


def page_of(cast: Cast, name: str, path: str) -> str:
    answer = client_of(cast, name).get(path)
    assert answer.status_code == 200, (name, path, answer.status_code)
    return answer.content.decode()


def furnish(cast: Cast) -> dict[str, Episode]:
    """One of each column around Northwind and others of Tom's, and an organization at risk without an alert."""
    now = timezone.now()
    others = {
        name: make_partner("gate_3", name=name, owners={"tam": cast.tom, "psm": cast.petra})
        for name in ("Acked", "Acting", "Asleep", "Held", "Late", "Quiet")
    }
    made = {
        "new": make_episode(cast.northwind, owner=cast.tom, now=now),
        "acked": make_episode(others["Acked"], owner=cast.tom, now=now, state="acknowledged"),
        "acting": make_episode(others["Acting"], owner=cast.petra, now=now, state="acted"),
        "asleep": make_episode(
            others["Asleep"], owner=cast.tom, now=now, snoozed_until=now + timedelta(days=3), snooze_reason="Holidays"
        ),
        "held": make_episode(
            others["Held"], owner=cast.tom, now=now, route="digest", held_back="budget", due_at=None, warn_at=None
        ),
        "late": make_episode(others["Late"], owner=cast.tom, now=now - timedelta(days=8)),
    }
    make_health(others["Quiet"], override="red")
    return made


def test_counts_open_exactly_their_rows_and_each_sees_their_own(cast: Cast) -> None:
    furnish(cast)
    board = client_of(cast, "tom").get(f"{BOARD}?whose=mine").context["board"]
    assert {one.key: one.total for one in board.columns} == {"open": 2, "acknowledged": 1, "acted": 0, "snoozed": 1}
    assert (board.held, board.late, [card.name for card in board.risks]) == (1, 1, ["Quiet"])
    for show, total in (("open", 2), ("acknowledged", 1), ("snoozed", 1), ("held", 1), ("late", 1), ("closed", 0)):
        rows = client_of(cast, "tom").get(f"{BOARD}?whose=mine&show={show}").context["page"].rows
        assert len(rows) == total, show
    everything = client_of(cast, "tom").get(f"{BOARD}?whose=all").context["board"]
    assert sum(one.total for one in everything.columns) == 5
    team = client_of(cast, "lena").get(BOARD).context["board"]
    assert sum(one.total for one in team.columns) == 4, "a lead begins with the team"
    assert "Northwind" not in page_of(cast, "otto", f"{BOARD}?whose=all")
    assert "Northwind" not in page_of(cast, "sam", f"{BOARD}?whose=all"), "a participant knows the summary alone"
    narrowed = client_of(cast, "tom").get(f"{BOARD}?whose=all&q=acti&cause=health_fell&severity=3").context["board"]
    assert sum(one.total for one in narrowed.columns) == 1
    for odd in ("?whose=\0&show=x&severity=9&cause=%00", "?view=list&cursor=nonsense"):
        assert client_of(cast, "tom").get(BOARD + odd).status_code == 200
    assert "Nothing" in page_of(cast, "sue", BOARD)


def test_value_is_for_those_who_read_commercial_figures(cast: Cast) -> None:
    furnish(cast)
    cast.northwind.arr, cast.northwind.currency = 123_456, "EUR"
    cast.northwind.save()
    for path in (f"{BOARD}?whose=all", f"{BOARD}?whose=all&view=list"):
        assert "123,456" in page_of(cast, "max", path)
        assert "123,456" not in page_of(cast, "petra", path)
    file = client_of(cast, "max").post("/health/triage/export/", {"whose": "all"})
    assert "123456" in file.content.decode()
    assert client_of(cast, "petra").post("/health/triage/export/", {"whose": "all"}).status_code in (200, 403)


def test_several_are_acknowledged_at_once_and_refusals_are_named(cast: Cast) -> None:
    made = furnish(cast)
    client = client_of(cast, "tom")
    ids = [str(made[name].public_id) for name in ("new", "late", "acked")] + ["nonsense"]
    answer = client.post("/health/triage/acknowledge/", {"episode": ids, "next": BOARD}, follow=True)
    said = answer.content.decode()
    assert "2 alerts acknowledged." in said
    assert "Acked: This alert is acknowledged already." in said
    assert Episode.objects.filter(state="acknowledged").count() == 3
    assert "Select the alerts first." in client.post("/health/triage/acknowledge/", follow=True).content.decode()


@pytest.mark.parametrize(("name", "status"), [("otto", 404), ("sam", 404), ("sue", 404), ("tom", 200), ("max", 200)])
def test_the_page_is_for_those_who_open_the_organization(cast: Cast, name: str, status: int) -> None:
    episode = make_episode(cast.northwind, owner=cast.tom, now=timezone.now())
    assert client_of(cast, name).get(f"/health/alerts/{episode.public_id}/").status_code == status


def test_an_episode_is_worked_on_its_page(cast: Cast) -> None:
    episode = make_episode(cast.northwind, owner=cast.tom, now=timezone.now())
    path, tom, petra = f"/health/alerts/{episode.public_id}/", client_of(cast, "tom"), client_of(cast, "petra")
    page = page_of(cast, "tom", path)
    signal = EpisodeSignal.objects.get()
    assert f"/organizations/{cast.northwind.public_id}/health/?day={signal.day}&amp;occasion=daily" in page
    assert "From Green to Red, with a score of 41.50" in page
    tom.post(f"{path}acknowledge/", {"version": 1})
    said = petra.post(f"{path}acknowledge/", {"version": 1}, follow=True).content.decode()
    assert "changed this alert while you were at it" in said
    late = petra.post(f"{path}act/", {"act-note": "Mine", "act-version": 1})
    assert late.status_code == 422
    assert "changed this alert while you were at it" in late.content.decode()
    gone = tom.post(f"{path}snooze/", {"snooze-until": "2020-01-01T10:00", "snooze-reason": "x", "snooze-version": 2})
    assert gone.status_code == 422
    assert "a moment to come" in gone.content.decode()
    assert tom.post(f"{path}assign/", {"assign-owner": "Sam Whitlock"}).status_code == 422
    assert tom.post(f"{path}note/", {"note-text": "We spoke."}).status_code == 302
    tom.post(f"{path}play/", {"play-play": "unhappy_with_performance", "play-reason": "Red", "play-version": 3})
    assert "Play started: " in page_of(cast, "tom", path)
    assert PlayEffect.objects.count() == 1
    tom.post(f"{path}close/", {"close-outcome": "acted"})
    assert "Open it again" in page_of(cast, "tom", path)
    assert client_of(cast, "max").post(f"{path}reopen/", {"reason": "x"}).status_code == 403, (
        "managers see, they do not work"
    )
    tom.post(f"{path}reopen/", {"reason": "Not over"})
    episode.refresh_from_db()
    assert (episode.state, episode.version) == ("acknowledged", 6)


def test_quality_names_no_organization_and_administrators_let_rules_speak(cast: Cast) -> None:
    made = furnish(cast)
    Episode.objects.filter(pk=made["acked"].pk).update(state="closed", outcome="false", closed_at=timezone.now())
    standing = RuleStanding.objects.create(rule="band_red", is_demoted=True, demoted_at=timezone.now(), hits=1, total=9)
    path = "/health/alerts/quality/"
    page = page_of(cast, "max", path)
    assert "0 of 1" in page
    assert "few, so little is shown yet" in page
    assert "Let it speak again" not in page
    assert "Acked" not in page
    assert client_of(cast, "sue").get(path).status_code == 403
    promote = "/health/alerts/rules/band_red/promote/"
    assert client_of(cast, "max").post(promote, {"reason": "x"}).status_code == 403
    assert "Let it speak again" in page_of(cast, "adam", path)
    client_of(cast, "adam").post(promote, {"reason": "Mended", "version": standing.version})
    standing.refresh_from_db()
    assert not standing.is_demoted


def test_homes_show_what_waits_for_an_answer(cast: Cast) -> None:
    furnish(cast)
    for name, word in (("tom", "whose=mine&amp;show=open"), ("lena", "whose=team&amp;show=open")):
        page = page_of(cast, name, "/")
        assert "Alerts to answer" in page
        assert word in page
    assert "Alerts to answer" not in page_of(cast, "otto", "/")


def test_programs_answer_alerts_with_the_version_that_they_read(cast: Cast) -> None:
    episode = make_episode(cast.northwind, owner=cast.tom, now=timezone.now())
    path = f"/api/v1/alerts/{episode.public_id}/"

    def post(name: str, act: str, body: Any = None, **headers: str) -> Any:
        return call(getattr(cast, name), "post", f"{path}{act}/", body, **headers)

    listed = call(cast.tom, "get", "/api/v1/alerts/?state=open&is_open=true").json()["results"]
    assert [one["signals"][0]["rule"] for one in listed] == ["band_red"]
    assert post("tom", "acknowledge").status_code == 428
    assert post("otto", "acknowledge", **{"If-Match": '"1"'}).status_code == 404
    assert post("max", "acknowledge", **{"If-Match": '"1"'}).status_code == 403
    assert post("tom", "acknowledge", **{"If-Match": '"1"'}).json()["state"] == "acknowledged"
    assert post("petra", "close", {"outcome": "acted"}, **{"If-Match": '"1"'}).status_code in (409, 412)
    past = post("tom", "snooze", {"until": "2020-01-01T00:00:00Z", "reason": "x"}, **{"If-Match": '"2"'})
    assert past.status_code in (400, 422)
    assert post("tom", "close", {"outcome": "false"}, **{"If-Match": '"2"'}).status_code in (400, 422)
    assert post("tom", "close", {"outcome": "acted"}, **{"If-Match": '"2"'}).json()["outcome"] == "acted"
