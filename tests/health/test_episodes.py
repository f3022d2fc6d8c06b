"""Episodes: from what was computed to an answer, a play and an outcome; with the clock, the budget and the digest."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core import mail

from accounts.models import Activity, Notification
from common.errors import Conflict, DomainError, NotAllowed
from health.models import AlertWatch, Episode, EpisodeEntry, EpisodeSignal, PlayEffect, RuleStanding, Snapshot
from health.services import alert_plays, alerts, digests, episode_clock, episode_routing, episodes, precision
from health.services.alerts import Computed
from health.services.episode_records import title_of
from partners.models import Assignment, Organization, Stakeholder, TimelineEntry
from partners.services import plays
from tests.cast import Cast
from tests.factories.alerts import make_episode
from tests.factories.handoffs import make_calendar
from tests.factories.health import make_health
from tests.factories.partners import NOW, make_assignment, make_contact, make_partner

pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 2)
D = Decimal


def computed(organization: Organization, band: str, score: int = 80, *, day: date = TODAY, **more: Any) -> Computed:
    values: dict[str, Any] = {"card": "partner_launch", "card_version": 1, "occasion": "daily", "coverage": D(90)}
    values |= {"stale": frozenset(), "score": D(score)} | more
    return Computed(organization_id=organization.pk, day=day, band=band, **values)


def fall(organization: Organization, band: str = "red", score: int = 40, *, now: datetime = NOW) -> Episode:
    """An organization that was green the day before."""
    alerts.hear([computed(organization, "green", day=TODAY - timedelta(days=1))], now=now - timedelta(days=1))
    alerts.hear([computed(organization, band, score)], now=now)
    return Episode.objects.get(organization=organization)


def told(organization: Organization, *, now: datetime = NOW) -> Episode:
    fall(organization, now=now)
    episode_routing.route(now=now)
    return Episode.objects.get(organization=organization)


def test_a_fall_opens_one_episode_and_the_same_again_nothing(cast: Cast) -> None:
    episode = fall(cast.northwind, "yellow", 60)
    assert (episode.rule, episode.cause, episode.route, episode.owner) == (
        "band_yellow",
        "health_fell",
        "waiting",
        cast.tom,
    )
    again = computed(cast.northwind, "yellow", 60)
    assert alerts.hear([again], now=NOW) == 0
    assert alerts.hear([computed(cast.northwind, "red", day=TODAY - timedelta(days=5))], now=NOW) == 0, "an old day"
    # It falls further on the next day: the same episode, graver, and one line more.
    later = NOW + timedelta(days=1)
    assert alerts.hear([computed(cast.northwind, "red", 40, day=TODAY + timedelta(days=1))], now=later) == 1
    episode.refresh_from_db()
    assert (episode.rule, episode.severity, episode.version) == ("band_red", 3, 2)
    assert list(EpisodeSignal.objects.values_list("rule", flat=True)) == ["band_red", "band_yellow"]
    assert list(episode.entries.values_list("kind", flat=True)) == ["signal", "opened"]
    # Within one day the same rule tells one line, of what is worst by then.
    evening = later + timedelta(hours=8)
    recovered = computed(cast.northwind, "green", 85, day=TODAY + timedelta(days=1))
    alerts.hear([recovered], now=evening)
    episode.refresh_from_db()
    assert episode.recovered_at == evening
    assert episode.state == "open", "somebody says how it went"
    assert TimelineEntry.objects.filter(organization=cast.northwind, kind="health").count() == 1
    assert AlertWatch.objects.get(pk=cast.northwind.pk).told == {}


def test_a_score_is_compared_with_the_best_of_late_by_the_same_version(cast: Cast) -> None:
    make_health(cast.northwind, day=TODAY - timedelta(days=3))
    best = Snapshot.objects.get()
    assert best.score == 100
    known = {"card": best.card, "card_version": best.card_version}
    for ago, score, version, signals in ((2, 95, 0, 0), (1, 89, 1, 0), (0, 88, 0, 1)):
        told = known | {"card_version": best.card_version + version}
        day = TODAY - timedelta(days=ago)
        assert alerts.hear([computed(cast.northwind, "green", score, day=day, **told)], now=NOW) == signals, ago
    assert EpisodeSignal.objects.get().facts == {"from": "100", "to": "88", "days": 14}
    later = computed(cast.northwind, "green", 96, day=TODAY + timedelta(days=1), **known)
    alerts.hear([later], now=NOW + timedelta(days=1))
    assert Episode.objects.get().recovered_at is not None


def test_archived_organizations_and_first_hearings_are_silent(cast: Cast) -> None:
    assert alerts.hear([computed(cast.northwind, "red", 10)], now=NOW) == 0
    Organization.objects.filter(pk=cast.birch.pk).update(archived_at=NOW)
    alerts.hear([computed(cast.birch, "green")], now=NOW)
    assert not AlertWatch.objects.filter(pk=cast.birch.pk).exists()


def test_a_sponsor_who_left_is_told_and_named_by_key(cast: Cast) -> None:
    contact = make_contact(cast.northwind, name="Sponsor", role="executive", archived_at=NOW)
    alerts.hear([computed(cast.northwind, "green")], now=NOW)
    signal = EpisodeSignal.objects.get()
    assert (signal.rule, signal.facts) == ("sponsor_gone", {"contacts": [contact.pk]})


def test_a_sponsor_who_is_recorded_as_gone_is_told_whatever_their_role(cast: Cast) -> None:
    contact = make_contact(cast.northwind, name="Sponsor", role="billing")
    row = {"organization": cast.northwind, "contact": contact, "left_on": TODAY}
    Stakeholder.objects.create(**row)
    alerts.hear([computed(cast.northwind, "green")], now=NOW)
    assert not EpisodeSignal.objects.exists()
    Stakeholder.objects.update(is_sponsor=True)
    alerts.hear([computed(cast.northwind, "green", day=TODAY + timedelta(days=1))], now=NOW + timedelta(days=1))
    assert EpisodeSignal.objects.get().facts == {"contacts": [contact.pk]}


def test_alarms_of_renewals_are_for_those_who_read_money(cast: Cast) -> None:
    """Petra opens Northwind and reads no commercial field: of the contract's end she learns neither here nor there."""
    episode = make_episode(cast.northwind, cause="renewal", rule="renewal_endangered")
    readers = [name for name in cast.staff if episode in Episode.objects.all().visible_to(cast.actor(name))]
    assert {"tom", "ana", "max", "adam"} <= set(readers)
    assert not {"petra", "ines", "sam", "otto"} & set(readers)
    assert "enewal" not in title_of(episode)
    other = make_episode(cast.northwind)
    assert other in Episode.objects.all().visible_to(cast.actor("petra"))


def test_the_budget_of_a_day_goes_to_the_most_valuable_and_the_rest_to_the_digest(cast: Cast) -> None:
    rows = [make_partner("gate_3", name=f"P{number}", owners={"tam": cast.otto}) for number in range(7)]
    for number in (5, 6):
        rows[number].facts.arr_segment = "enterprise"
        rows[number].facts.save()
    for one in reversed(rows):
        fall(one)
    assert episode_routing.route(now=NOW) == 7
    at_once = set(Episode.objects.filter(route="now").values_list("organization__name", flat=True))
    assert at_once == {"P0", "P1", "P2", "P5", "P6"}
    held = Episode.objects.filter(route="digest")
    assert {(row.held_back, row.due_at) for row in held} == {("budget", None)}
    assert Notification.objects.filter(kind="alerts", user=cast.otto).count() == 5
    # What comes up later in the day finds nothing left; on the next day there is a budget again.
    late = make_partner("gate_3", name="Late", owners={"tam": cast.otto})
    fall(late, now=NOW + timedelta(hours=2))
    episode_routing.route(now=NOW + timedelta(hours=2))
    assert Episode.objects.get(organization=late).route == "digest"
    monday = datetime.fromisoformat("2026-03-09T08:00Z")
    assert digests.queue_due(now=monday) == 1
    assert digests.queue_due(now=monday) == 0, "once a week"
    payload = {"user_id": cast.otto.pk, "on": "2026-03-09", "slot": "2026-W11"}
    digests.send(payload, cast.otto.public_id, monday)
    (sent,) = mail.outbox
    assert sent.to == [cast.otto.email]
    assert "P3" in sent.body
    assert "P0" not in sent.body
    Assignment.objects.filter(user=cast.otto).update(ended_at=NOW)
    digests.send(payload, cast.otto.public_id, monday)
    assert len(mail.outbox) == 1, "what is closed to the person by now is not told"


def test_the_clock_warns_once_breaches_once_and_runs_while_it_is_put_off(cast: Cast) -> None:
    episode = told(cast.northwind)
    assert (episode.route, episode.owner) == ("now", cast.tom)
    # Monday 9:30 in UTC, office hours: six days of eight hours later.
    assert episode.due_at == datetime.fromisoformat("2026-03-10T09:30Z")
    tom = cast.actor("tom")
    until = NOW + timedelta(days=20)
    episodes.snooze(by=tom, episode=episode, until=until, reason="They are on holiday", now=NOW)
    warning, breach = episode.warn_at, episode.due_at + timedelta(minutes=1)
    assert warning is not None
    for _ in range(2):
        episode_clock.watch(now=warning)
        episode_clock.watch(now=breach)
    kinds = list(episode.entries.values_list("kind", flat=True))
    assert kinds.count("warned") == kinds.count("breached") == 1
    late = Notification.objects.filter(key=f"episode:{episode.pk}:late")
    assert set(late.values_list("user__name", flat=True)) == {cast.tom.name, cast.lena.name}
    episode_clock.watch(now=until)
    episode.refresh_from_db()
    assert (episode.snoozed_until, episode.snooze_reason) == (None, "")


@pytest.mark.parametrize("calendar", [False, True])
def test_an_owner_without_a_calendar_and_one_whose_calendar_never_opens_have_a_clock(
    cast: Cast, calendar: bool
) -> None:
    if calendar:
        cast.tom.calendar = make_calendar(weekly={})
        cast.tom.save()
    assert told(cast.northwind).due_at == datetime.fromisoformat("2026-03-10T09:30Z")


def test_who_is_gone_gives_on_and_nobodys_is_found_again(cast: Cast) -> None:
    episode = told(cast.northwind)
    due = episode.due_at
    Assignment.objects.filter(organization=cast.northwind, role="tam").update(ended_at=NOW)
    episode_clock.watch(now=NOW)
    episode.refresh_from_db()
    assert (episode.owner, episode.owner_role) == (cast.petra, "psm")
    Assignment.objects.filter(organization=cast.northwind).update(ended_at=NOW)
    episode_clock.watch(now=NOW)
    episode.refresh_from_db()
    assert (episode.owner, episode.owner_role) == (None, "")
    episode_clock.watch(now=NOW)
    make_assignment(cast.northwind, cast.otto, "tam", started_at=NOW)
    episode_clock.watch(now=NOW)
    episode.refresh_from_db()
    assert (episode.owner, episode.due_at) == (cast.otto, due), "the clock is the first one"


def test_the_course_of_an_episode(cast: Cast) -> None:
    episode, tom, petra = told(cast.northwind), cast.actor("tom"), cast.actor("petra")
    episodes.acknowledge(by=tom, episode=episode, version=episode.version, now=NOW)
    with pytest.raises(Conflict):
        episodes.acknowledge(by=petra, episode=episode, version=episode.version, now=NOW)
    with pytest.raises(DomainError, match="acknowledged already"):
        episodes.acknowledge(by=petra, episode=episode, now=NOW)
    for name in ("otto", "sue", "sam", "connie"):
        with pytest.raises(NotAllowed):
            episodes.note(by=cast.actor(name), episode=episode, text="Hi", now=NOW)
    for until, code in ((NOW, "past"), (NOW + timedelta(days=61), "too_far")):
        with pytest.raises(DomainError) as caught:
            episodes.snooze(by=tom, episode=episode, until=until, reason="x", now=NOW)
        assert caught.value.code == code
    with pytest.raises(DomainError) as caught:
        episodes.assign(by=tom, episode=episode, owner=cast.sam, now=NOW)
    assert caught.value.code == "unseen", "a participant knows the summary alone"
    episodes.assign(by=tom, episode=episode, owner=cast.petra, now=NOW)
    episodes.act(by=petra, episode=episode, note="Called them", now=NOW)
    with pytest.raises(DomainError) as caught:
        episodes.close(by=petra, episode=episode, outcome="false", now=NOW)
    assert caught.value.field == "note"
    episodes.close(by=petra, episode=episode, outcome="acted", now=NOW)
    with pytest.raises(DomainError, match="closed already"):
        episodes.close(by=petra, episode=episode, outcome="acted", now=NOW)
    with pytest.raises(DomainError, match="closed already"):
        episodes.snooze(by=petra, episode=episode, until=NOW + timedelta(days=1), reason="x", now=NOW)
    later = NOW + timedelta(days=1)
    alerts.hear([computed(cast.northwind, "green", day=TODAY + timedelta(days=1))], now=later)
    alerts.hear([computed(cast.northwind, "red", day=TODAY + timedelta(days=2))], now=later)
    assert Episode.objects.unfinished().count() == 1, "it fell again"
    with pytest.raises(DomainError) as caught:
        episodes.reopen(by=petra, episode=episode, reason="Too early", now=later)
    assert caught.value.code == "running"
    second = Episode.objects.unfinished().get()
    episodes.close(by=petra, episode=second, outcome="late", note="They left", now=later)
    episodes.reopen(by=petra, episode=episode, reason="Too early", now=later)
    episode.refresh_from_db()
    assert (episode.state, episode.outcome, episode.answered_by) == ("acknowledged", "", cast.tom)
    verbs = set(Activity.objects.filter(target_type="episode").values_list("verb", flat=True))
    assert verbs >= {
        f"episode.{verb}" for verb in ("opened", "acknowledged", "assigned", "acted", "closed", "reopened")
    }


def test_nobodys_and_untold_ones_belong_to_who_answers(cast: Cast) -> None:
    alone = make_partner("gate_3", name="Alone")
    episode = fall(alone)
    assert episode.owner is None
    make_assignment(alone, cast.otto, "tam")
    episodes.acknowledge(by=cast.actor("otto"), episode=episode, now=NOW)
    episode.refresh_from_db()
    assert (episode.owner, episode.route, episode.state) == (cast.otto, "now", "acknowledged")
    assert episode.due_at is not None
    assert episode_routing.route(now=NOW) == 0


def test_a_rule_that_is_false_too_often_tells_in_the_digest_until_it_is_let_speak(cast: Cast) -> None:
    ada, tom = cast.actor("adam"), cast.actor("tom")
    for number in range(10):
        partner = make_partner("gate_3", name=f"P{number}", owners={"tam": cast.tom})
        episode = fall(partner)
        outcome = "acted" if number < 3 else "false"
        episodes.close(by=tom, episode=episode, outcome=outcome, note="Because", now=NOW)
    standing = RuleStanding.objects.get(rule="band_red")
    assert (standing.is_demoted, standing.hits, standing.total) == (True, 3, 10)
    assert Notification.objects.filter(kind="alert_rules", user=cast.adam).count() == 1
    held = fall(cast.northwind)
    assert (held.route, held.held_back) == ("digest", "demoted")
    with pytest.raises(NotAllowed):
        precision.promote(by=tom, rule="band_red", reason="Please", now=NOW)
    with pytest.raises(DomainError, match="what has changed"):
        precision.promote(by=ada, rule="band_red", reason=" ", now=NOW)
    precision.promote(
        by=ada, rule="band_red", reason="Thresholds mended", version=standing.version, now=NOW + timedelta(1)
    )
    with pytest.raises(DomainError, match="already"):
        precision.promote(by=ada, rule="band_red", reason="Again", now=NOW)
    other = make_partner("gate_3", name="New", owners={"tam": cast.tom})
    assert fall(other, now=NOW + timedelta(days=2)).route == "waiting"
    assert precision.tallies(["band_red"]) == {}, "counted anew"


def test_a_play_is_the_answer_and_its_effect_is_measured(cast: Cast) -> None:
    make_health(cast.northwind, csat=2.5, nps=-50, order_success_rate=90, uptime=97, error_rate=5)
    episode, tom = told(cast.northwind), cast.actor("tom")
    sent = {"play": "unhappy_with_performance", "reason": "Red since today", "now": NOW}
    alert_plays.start(by=tom, episode=episode, **sent)
    episode.refresh_from_db()
    assert (episode.state, episode.answered_by, episode.play_run.tasks.count() > 3) == ("acted", cast.tom, True)
    with pytest.raises(DomainError) as caught:
        alert_plays.start(by=tom, episode=episode, **sent)
    assert caught.value.code == "playing"
    effect = PlayEffect.objects.get()
    assert effect.began_band == cast.northwind.health_states.get(is_main=True).band
    assert alert_plays.measure(now=NOW) == 0
    plays.end(by=tom, run=episode.play_run, outcome="improved", now=NOW + timedelta(days=3))
    assert alert_plays.measure(now=NOW + timedelta(days=3)) == 1
    effect.refresh_from_db()
    assert effect.review_on == TODAY + timedelta(days=63)
    make_health(cast.northwind, day=TODAY + timedelta(days=60))
    assert alert_plays.measure(now=NOW + timedelta(days=63)) == 1
    assert alert_plays.measure(now=NOW + timedelta(days=64)) == 0
    effect.refresh_from_db()
    assert (effect.reviewed_band, effect.has_recovered) == ("green", effect.began_band != "grey")
    assert EpisodeEntry.objects.filter(kind="play").count() == 1
