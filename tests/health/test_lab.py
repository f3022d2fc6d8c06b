"""The scorecard lab, from a working copy over a replay and a shadow run to the version in force."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from common.errors import Conflict, DomainError, NotAllowed
from common.models import PolicyVersion, PolicyWorkingCopy
from common.packs import PackSource
from common.partitions import ensure_partitions
from common.services.policies import load_packs
from health.choices import SourceKind
from health.models import LabReplay, LabShadow, Metric, Sample, Snapshot
from health.selectors import lab_results
from health.services import lab, lab_replay, lab_shadow, runs
from health.services.sources import source_named
from partners.models import Loss, Organization
from tests.cast import Cast
from tests.factories.partners import make_organization
from tests.health.cards import body, group, measure, veto

pytestmark = pytest.mark.django_db

NAME = "partner_steady"
PACK = f"scorecard.{NAME}"
NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)
LONG_AGO = NOW - timedelta(days=400)
BODY = body(
    group("operations", measure("uptime"), weight=50),
    group("adoption", measure("feature_adoption"), weight=50),
    applies={"kinds": ["partner"], "stages": ["post_launch"]},
    vetoes=[veto("pulse_red", "owner_pulse", at_most=0)],
)


def load(content: dict[str, Any]) -> None:
    source = PackSource(name=PACK, kind="scorecard", body=content, checksum=uuid4().hex, path="x.yaml", lines={})
    load_packs(sources=[source], now=NOW)


def give(organization: Organization, key: str, value: int, week: int, *, late: int = 0) -> Sample:
    """A sample of so many weeks ago, known so many weeks later."""
    at = NOW - timedelta(weeks=week, hours=5)
    return Sample(
        organization=organization,
        metric=Metric.objects.get(key=key),
        at=at,
        source=source_named("feed", SourceKind.API),
        value=Decimal(value),
        received_at=at + timedelta(weeks=late),
    )


@pytest.fixture
def partners() -> list[Organization]:
    """Twelve partners over sixteen weeks. The first four stopped using features eight weeks ago; two of them left."""
    load(BODY)
    found = [make_organization(stage="post_launch", name=f"Partner {n}", at=LONG_AGO) for n in range(12)]
    ensure_partitions(table="health_sample", key="at", start=LONG_AGO, end=NOW)
    rows = []
    for number, one in enumerate(found):
        for week in range(16):
            used = 60 if number < 4 and week < 8 else 90
            rows += [give(one, "uptime", 100, week), give(one, "feature_adoption", used, week)]
    Sample.objects.bulk_create(rows)
    for one in found[:2]:
        Loss.objects.create(
            organization=one, lost_on=(NOW - timedelta(days=3)).date(), reason="product", recorded_at=NOW
        )
    return found


def weighed(cast: Cast, weight: int = 200) -> PolicyWorkingCopy:
    """A working copy in which adoption weighs more."""
    by = cast.actor("adam")
    copy = lab.begin(card=NAME, by=by, now=NOW)
    return lab.save_weights(
        card=NAME, version=copy.version, weights={"adoption": Decimal(weight)}, shares={}, by=by, now=NOW
    )


def replayed(cast: Cast, knowledge: str = "then") -> LabReplay:
    replay = lab_replay.start(card=NAME, weeks=13, knowledge=knowledge, by=cast.actor("adam"), now=NOW)
    while lab_replay.go_on(replay_id=replay.pk, now=NOW):
        pass
    replay.refresh_from_db()
    return replay


def test_from_a_changed_weight_to_the_version_in_force(cast: Cast, partners: list[Organization]) -> None:
    """80 points are green by halves; with adoption at four fifths it is 68, yellow."""
    adam = cast.actor("adam")
    copy = weighed(cast)
    replay = replayed(cast)
    assert (replay.state, replay.done, len(replay.courses)) == ("done", 13, 12)
    page = lab_results.replay_page(adam, replay.public_id)
    assert [(move.organization, "Yellow 68" in move.after) for move in page.moves] == [
        ("Partner 2", True),
        ("Partner 3", True),
    ], "those who left are not there any longer"
    assert "Feature adoption" in page.moves[0].reason
    assert [(one.organization, one.old, one.new) for one in page.warned] == [
        ("Partner 0", None, 46),
        ("Partner 1", None, 46),
    ]
    assert page.judgment is not None
    assert (page.judgment.falls_old, page.judgment.falls_new) == (0, 4)
    assert [(row.by, row.found.lost_warned + row.found.lost_quiet) for row in page.confusions] == [
        ("In force", 2),
        ("Working copy", 2),
    ] * 2

    shadow = lab_shadow.start(card=NAME, by=adam, now=NOW)
    assert lab_shadow.keep_up(now=NOW) == 0, "the real run comes first"
    runs.run_day(day=NOW.date(), now=NOW)
    assert (lab_shadow.keep_up(now=NOW), lab_shadow.keep_up(now=NOW)) == (1, 0)
    shown = lab_results.shadow_page(adam, NAME)
    assert (shown.total, sorted(move.organization for move in shown.moves)) == (
        12,
        ["Partner 0", "Partner 1", "Partner 2", "Partner 3"],
    )
    assert not Snapshot.objects.filter(occasion="shadow", is_main=True).exists()

    lab.publish(card=NAME, version=copy.version, base=copy.base_version, note="Adoption tells more", by=adam, now=NOW)
    assert PolicyVersion.objects.get(name=PACK, is_active=True).body["groups"][1]["weight"] == 200
    shadow.refresh_from_db()
    assert shadow.end == "published"


def test_a_replay_knows_what_was_known_then(cast: Cast, partners: list[Organization]) -> None:
    """A file that came ten weeks late changes no day before it came, unless it is asked for."""
    weighed(cast)
    before = replayed(cast).courses
    late = [give(partners[5], "feature_adoption", 10, week, late=10) for week in range(9, 13)]
    for row in late:
        row.at += timedelta(hours=1)
    Sample.objects.bulk_create(late)
    assert replayed(cast).courses == before
    assert replayed(cast, knowledge="now").courses != before


def test_a_replay_that_is_killed_goes_on_where_it_was(
    cast: Cast, partners: list[Organization], monkeypatch: pytest.MonkeyPatch
) -> None:
    weighed(cast)
    whole = replayed(cast)
    replay = lab_replay.start(card=NAME, weeks=13, knowledge="then", by=cast.actor("adam"), now=NOW)
    with pytest.raises(DomainError, match="running"):
        lab_replay.start(card=NAME, weeks=13, knowledge="then", by=cast.actor("adam"), now=NOW)
    for _day in range(6):
        lab_replay.go_on(replay_id=replay.pk, now=NOW)
    real = lab_replay._compute_pair
    with monkeypatch.context() as patched:
        patched.setattr(lab_replay, "_compute_pair", _killing(real))
        with pytest.raises(KeyboardInterrupt):
            lab_replay.go_on(replay_id=replay.pk, now=NOW)
    woken: list[str] = []
    monkeypatch.setattr(lab_replay, "enqueue_on_commit", lambda name, **_ids: woken.append(name))
    assert lab_replay.keep_going(now=NOW + timedelta(minutes=3)) == 1
    assert woken == [lab_replay.TASK]
    while lab_replay.go_on(replay_id=replay.pk, now=NOW):
        pass
    replay.refresh_from_db()
    assert (replay.courses, replay.result, replay.moves) == (whole.courses, whole.result, whole.moves)


def _killing(real: Any) -> Any:
    left = [5]

    def kill(*args: Any) -> None:
        left[0] -= 1
        if not left[0]:
            raise KeyboardInterrupt
        real(*args)

    return kill


def test_a_replay_that_cannot_be_computed_says_so(
    cast: Cast, partners: list[Organization], monkeypatch: pytest.MonkeyPatch
) -> None:
    weighed(cast)
    replay = lab_replay.start(card=NAME, weeks=13, knowledge="then", by=cast.actor("adam"), now=NOW)
    monkeypatch.setattr(lab_replay, "card_of_version", lambda *_of: None)
    assert not lab_replay.go_on(replay_id=replay.pk, now=NOW)
    replay.refresh_from_db()
    assert (replay.state, replay.failure) == ("failed", "LookupError")


def test_a_faulty_scorecard_is_saved_and_never_put_in_force(cast: Cast, partners: list[Organization]) -> None:
    adam = cast.actor("adam")
    copy = lab.begin(card=NAME, by=adam, now=NOW)
    entry = measure("uptime", points=[[0, 100], [100, 0]])
    copy = lab.save_measure(card=NAME, version=copy.version, entry=entry, by=adam, now=NOW)
    for trial in (lab_replay.start, lab_shadow.start):
        more = {"weeks": 13, "knowledge": "then"} if trial is lab_replay.start else {}
        with pytest.raises(DomainError, match="wrong direction"):
            trial(card=NAME, by=adam, now=NOW, **more)
    with pytest.raises(DomainError, match="wrong direction"):
        lab.publish(card=NAME, version=copy.version, base=copy.base_version, note="x", by=adam, now=NOW)
    with pytest.raises(DomainError, match="wrong direction"):
        load(copy.body)
    assert PolicyVersion.objects.get(name=PACK, is_active=True).body == BODY
    with pytest.raises(Conflict):
        lab.remove_veto(card=NAME, version=copy.version - 1, veto="pulse_red", by=adam, now=NOW)
    with pytest.raises(NotAllowed):
        lab.remove_veto(card=NAME, version=copy.version, veto="pulse_red", by=cast.actor("max"), now=NOW)
    lab.take_back(card=NAME, version=copy.version, by=adam, now=NOW)
    assert PolicyWorkingCopy.objects.get(name=PACK).body == BODY


@pytest.mark.parametrize(("who", "status"), [("max", 403), ("tom", 403), ("sue", 403), ("connie", 404), ("adam", 200)])
def test_the_lab_is_for_those_who_manage_policies(cast: Cast, who: str, status: int) -> None:
    client = Client()
    client.force_login(getattr(cast, who))
    assert client.get(reverse("health:lab")).status_code == status
    assert client.get(reverse("health:lab_card", args=["nothing"])).status_code == (404 if status == 200 else status)


def test_an_administrator_walks_the_lab(cast: Cast, partners: list[Organization]) -> None:
    client = Client()
    client.force_login(cast.adam)

    def go(name: str, *args: Any, status: int = 200, **data: Any) -> Any:
        url = reverse(f"health:{name}", args=args)
        answer = client.post(url, data, follow=True) if data else client.get(url)
        assert answer.status_code == status, (name, args, answer.content[-2000:])
        return answer

    assert b"Begin a working copy" in go("lab_card", NAME).content
    assert b"counts for nobody" in go("lab_begin", NAME, sent="1").content
    weights = {"weight_operations": 50, "share_uptime": 1, "weight_adoption": 200, "share_feature_adoption": 1}
    go("lab_weights", NAME, version=1, **{**weights, "weight_adoption": "much"}, status=422)
    assert b"Saved in the working copy" in go("lab_weights", NAME, version=1, **weights).content
    assert b"Somebody changed this scorecard" in go("lab_weights", NAME, version=1, **weights, status=422).content

    read = {"metric": "uptime", "kind": "thresholds", "share": 1, "window_days": 30, "fresh_days": 30}
    assert b"0: 0" in go("lab_measure", NAME, "uptime").content
    bad = go("lab_measure", NAME, "uptime", version=2, thresholds="lots", **read, status=422)
    assert b"This line says nothing: lots" in bad.content
    go("lab_measure", NAME, "uptime", version=2, thresholds="100: 0\n50: 9", **read)
    found = go("lab_card", NAME)
    assert b"overlaps the threshold before it" in found.content
    assert b"Mend the faults first" in found.content
    go("lab_measure", NAME, "uptime", version=3, thresholds="0: 0\n100: 100", **read)
    go(
        "lab_measure_add",
        NAME,
        "adoption",
        version=4,
        thresholds="0: 100\n9: 0",
        **{**read, "metric": "open_criticals"},
    )
    go("lab_measure_remove", NAME, "open_criticals", 5, sent="1")
    go("lab_bands", NAME, version=6, green=80, yellow=50, margin=3, days=3, coverage_minimum=60)
    known = {"label": "Down", "metric": "uptime", "bound": "at_most", "amount": 50, "cap": "red", "fresh_days": 30}
    go("lab_veto_add", NAME, version=7, **known)
    go("lab_veto", NAME, "uptime_veto", version=8, **{**known, "cap": "yellow"})
    go("lab_veto_remove", NAME, "pulse_red", 9, sent="1")
    go("lab_undo", NAME, 10, sent="1")

    page = go("lab_replay_start", NAME, weeks=13, knowledge="then")
    replay = LabReplay.objects.get()
    assert b"0 of 13 weeks" in page.content
    while lab_replay.go_on(replay_id=replay.pk, now=NOW):
        pass
    done = client.get(reverse("health:lab_replay", args=[replay.public_id]), headers={"HX-Request": "true"})
    assert b"Partner 2" in done.content
    assert b"<html" not in done.content
    assert b"It begins with the next daily computation" in go("lab_shadow_start", NAME, sent="1").content
    go("lab_shadow", NAME)
    go("lab_shadow_end", NAME, sent="1")
    assert LabShadow.objects.get().end == "ended"
    copy = PolicyWorkingCopy.objects.get(name=PACK)
    assert b"What the replay of this state came to" in go("lab_publish", NAME).content
    go("lab_publish", NAME, version=copy.version, base=copy.base_version, note="", status=409)
    answer = go("lab_publish", NAME, version=copy.version, base=copy.base_version, note="Adoption tells more")
    assert b"The new version is in force" in answer.content
    assert PolicyVersion.objects.get(name=PACK, is_active=True).body["bands"]["green"] == 80
    assert NAME.encode() in go("lab").content
