"""Trainings on a past in the database: nothing looks ahead, a signal is found, and none is made up; pages, task."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from common.errors import NotAllowed
from health import prediction_tasks
from health.models import Prediction, Sample, SampleSource, Training
from health.policies import policies_in_force
from health.prediction_words import reasons_in_words
from health.selectors.prediction_inputs import cases, metrics_to_learn_from, midnight
from health.services import backtests, training
from health.services.fitting import FORMS, calibrated, fit, raw_scores, table
from partners.models import Loss, Organization
from tests.cast import Cast
from tests.factories.histories import NOW, make_history
from tests.factories.predictions import make_prediction, make_training
from tests.factories.tickets import make_queue
from tickets.models import Ticket, TicketEvent

pytestmark = pytest.mark.django_db
PEOPLE = 240


def day_cases(day: date) -> dict[int, Any]:
    found = cases("customer", day, metrics_to_learn_from("customer"))
    return {case.organization_id: case for case in found}


def ticket(organization_id: int, at: datetime, priority: str) -> Ticket:
    said = {"subject": "Help", "channel": "portal", "status": "open", "priority": priority}
    return Ticket.objects.create(organization_id=organization_id, queue=make_queue(), opened_at=at, moved_at=at, **said)


def test_nothing_of_a_day_looks_past_it() -> None:
    make_history(people=12, tells=True)
    day = date(2025, 9, 1)
    old = ticket(next(iter(day_cases(day))), midnight(day) - timedelta(days=5), "low")
    before = day_cases(day)
    assert before[old.organization_id].values[-3:-1] == pytest.approx([1 / 3, 0])
    lost = {row.organization_id: row.lost_on for row in Loss.objects.all()}
    assert set(before) == {pk for pk in Organization.objects.values_list("pk", flat=True) if lost.get(pk, day) >= day}
    within = {pk for pk, on in lost.items() if day <= on < day + timedelta(days=90)}
    assert {pk for pk, case in before.items() if case.lost} == within
    # All that is later may be otherwise: features are the same, and only outcomes move.
    late, (metric_id, _combine) = day + timedelta(days=1), metrics_to_learn_from("customer")["usage_events"]
    Sample.objects.bulk_create(
        Sample(
            organization_id=pk,
            metric_id=metric_id,
            at=midnight(late),
            source_id=1,
            value=Decimal(9_999),
            received_at=NOW,
        )
        for pk in before
    )
    Ticket.objects.update(priority="critical")
    changed = {"at": midnight(late), "kind": "changed", "side": "agent", "changes": {"priority": ["low", "critical"]}}
    TicketEvent.objects.create(ticket=old, organization=old.organization, **changed)
    ticket(old.organization_id, midnight(late), "high")
    Loss.objects.update(state="withdrawn", closed_at=NOW)
    after = day_cases(day)
    assert {pk: case.values for pk, case in before.items()} == {pk: after[pk].values for pk in before}
    assert not any(case.lost for case in after.values())


def test_what_came_late_was_not_known() -> None:
    """A sample that arrived after the day counts only if it comes from an import of the past."""
    make_history(people=2, tells=True)
    day = date(2025, 9, 1)
    known = day_cases(day)
    assert all(case.values[0] is not None for case in known.values())
    SampleSource.objects.update(kind="api")
    assert all(set(case.values[:3]) == {None} for case in day_cases(day).values())


def test_lost_ones_are_out_until_they_return() -> None:
    make_history(people=2, tells=True)
    loss = Loss.objects.get()
    on = loss.lost_on
    assert loss.organization_id in day_cases(on)
    assert loss.organization_id not in day_cases(on + timedelta(days=1))
    loss.state, loss.returned_on, loss.closed_at = "returned", on + timedelta(days=30), NOW
    loss.save()
    assert loss.organization_id not in day_cases(on + timedelta(days=29))
    assert loss.organization_id in day_cases(on + timedelta(days=31))
    loss.state, loss.returned_on = "withdrawn", None
    loss.save()
    assert not day_cases(on)[loss.organization_id].lost


def test_the_numbers_of_a_model_are_those_of_its_parts() -> None:
    rows = [[float(n % 7), None if n % 5 == 0 else float(n % 3), 1.0] for n in range(200)]
    array, lost = table(rows, width=3), table([[float(n % 7 > 4)] for n in range(200)], width=1)[:, 0] > 0
    for form in FORMS:
        model = fit(array, lost, ["level", "trend", "same"], form)
        assert [curve.feature for curve in model.curves] == ["level", "trend"]
        fast = raw_scores(model, array, ["level", "trend", "same"])
        assert [model.raw(row[:2]) for row in rows] == pytest.approx([float(one) for one in fast], abs=1e-4)
        for place, curve in enumerate(model.curves):
            assert curve.mean == pytest.approx(sum(curve.at(row[place]) for row in rows) / len(rows), abs=1e-4)
    with pytest.raises(ValueError, match="nothing differs"):
        fit(array, lost & False, ["level", "trend", "same"], FORMS[0])
    assert calibrated(model, [1.0, 2.0], [True, False]) == model


@pytest.mark.parametrize(("tells", "verdict"), [(True, "speaks"), (False, "no_signal")])
def test_a_past_is_learned_from(tells: bool, verdict: str) -> None:
    make_history(people=PEOPLE, tells=tells)
    made, began = training._begin(training.OrganizationKind.CUSTOMER, NOW, by=None)
    assert began
    done = training.execute(training_id=made.pk, now=NOW)
    assert done is not None
    assert (done.state, done.verdict, done.done) == ("done", verdict, done.total)
    cutoffs = [one["day"] for one in done.figures["cutoffs"]]
    assert len(cutoffs) >= 4
    assert max(cutoffs) <= "2025-12-02"
    assert sum(one["n"] for one in done.figures["bins"]) == done.figures["n"]
    if tells:
        assert done.auc is not None
        assert done.auc > 0.75
        assert done.brier < done.base_brier
        there = set(Prediction.objects.values_list("organization_id", flat=True))
        assert there == set(day_cases(date(2026, 3, 2)))
        likely = Prediction.objects.order_by("-probability")[0]
        words = reasons_in_words(likely.reasons, policies_in_force())
        assert words[0].is_bad
        assert "Usage events" in words[0].text
    else:
        assert not Prediction.objects.exists()
        assert done.model == {}
    # A message that comes twice does nothing.
    assert training.execute(training_id=made.pk, now=NOW) is None


def test_without_a_past_it_is_silent() -> None:
    made, _began = training._begin(training.OrganizationKind.PARTNER, NOW, by=None)
    done = training.execute(training_id=made.pk, now=NOW)
    assert done is not None
    assert (done.verdict, done.auc, done.figures["cutoffs"]) == ("too_few", None, [])


def test_the_week_begins_them_and_lost_ones_anew() -> None:
    assert training.keep_going(now=NOW) == 2
    assert training.keep_going(now=NOW) == 0
    later = NOW + timedelta(minutes=30)
    assert training.keep_going(now=later) == 2
    assert Training.objects.filter(state="failed").count() == 2
    for row in Training.objects.filter(state="running"):
        prediction_tasks.train(row.pk)
    assert training.keep_going(now=later + timedelta(days=3)) == 0
    assert training.keep_going(now=NOW + timedelta(days=400)) == 2


def test_a_training_that_breaks_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_args: Any, **_values: Any) -> None:
        raise RuntimeError("no memory")

    monkeypatch.setattr(backtests, "run", broken)
    made, _began = training._begin(training.OrganizationKind.PARTNER, NOW, by=None)
    with pytest.raises(RuntimeError):
        training.execute(training_id=made.pk, now=NOW)
    made.refresh_from_db()
    assert (made.state, made.figures) == ("failed", {"broken": "error"})


def test_the_page(cast: Cast) -> None:
    client = Client()
    client.force_login(cast.tom)
    assert "Nothing has been learned yet" in client.get("/health/prediction/?kind=nonsense").content.decode()
    make_prediction(cast.northwind)
    page = client.get("/health/prediction/?kind=partner").content.decode()
    for words in ("Northwind", "41.5", "odds × 4.1", "odds ÷ 1.3", "less than before", "0.0500", "0.0900", "<svg"):
        assert words in page
    here = client.get(f"/organizations/{cast.northwind.public_id}/health/").content.decode()
    assert "Risk of a loss" in here
    assert "odds × 4.1" in here
    assert "41.5" in client.get("/health/prediction/?kind=partner").content.decode()
    client.force_login(cast.otto)
    foreign = client.get("/health/prediction/?kind=partner").content.decode()
    assert "Northwind" not in foreign
    assert client.get(f"/organizations/{cast.northwind.public_id}/health/").status_code == 404
    client.force_login(cast.max)
    assert "0.415" in client.post("/health/prediction/export/?kind=partner").content.decode()


def test_the_api(cast: Cast) -> None:
    made, client = make_prediction(cast.northwind), Client()
    client.force_login(cast.tom)
    (row,) = client.get("/api/v1/health/predictions/?kind=partner&at_least=0.4").json()["results"]
    assert (row["probability"], row["organization_name"]) == ("0.41500", "Northwind")
    assert row["reasons"][0] == {"feature": "usage_events.trend", "value": -0.6, "push": 1.4}
    assert client.get("/api/v1/health/predictions/?at_least=0.5").json()["results"] == []
    (learned,) = client.get("/api/v1/health/trainings/").json()["results"]
    assert (learned["id"], learned["verdict"]) == (str(made.training.public_id), "speaks")
    client.force_login(cast.otto)
    assert client.get("/api/v1/health/predictions/").json()["results"] == []


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"verdict": "no_signal"}, "does not surely beat the base rate"),
        ({"verdict": "too_few", "figures": {}, "brier": None, "base_brier": None, "auc": None}, "not enough history"),
    ],
)
def test_silence_says_why(cast: Cast, values: dict[str, Any], words: str) -> None:
    make_training(**values)
    client = Client()
    client.force_login(cast.tom)
    page = client.get("/health/prediction/?kind=partner").content.decode()
    assert words in page
    assert "Silent" in page


def test_who_begins_one(cast: Cast) -> None:
    client = Client()
    client.force_login(cast.tom)
    assert client.post("/health/prediction/train/", {"kind": "partner"}).status_code == 403
    with pytest.raises(NotAllowed):
        training.start(by=cast.actor("max"), kind="partner", now=NOW)
    client.force_login(cast.adam)
    assert client.post("/health/prediction/train/", {"kind": "partner"}).status_code == 302
    assert Training.objects.get().started_by_id == cast.adam.pk
    assert "A training is under way" in client.get("/health/prediction/?kind=partner").content.decode()
    assert training.start(by=cast.actor("adam"), kind="partner", now=NOW).pk == Training.objects.get().pk


def test_the_commands(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("health_backtest", "partner")
    assert "verdict: not enough history" in capsys.readouterr().out
    call_command("health_train", "partner")
    assert "Not enough history: AUC -, 0 predictions" in capsys.readouterr().out
