"""Every list that a button gives as a file: at once what a worker writes, and never a part of it without a word."""

import csv
import io
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.exportables import known
from accounts.models import Activity, Export
from accounts.services import export_runs, exports
from accounts.services.list_files import TooLong
from common.errors import DomainError
from partners.services import campaigns
from tests.cast import Cast
from tests.factories.health import make_health
from tests.factories.surveys import make_survey
from tests.hub.api_world import make_world

pytestmark = pytest.mark.django_db
OF_REPORTS = {"report", "figure"}
# Where the button is, and what it sends.
BUTTONS: dict[str, tuple[str, dict[str, str]]] = {
    "organizations": ("partners:organization_export", {"query": "sort=name"}),
    "tasks": ("partners:task_export", {"query": "whose=all&state=all"}),
    "launches": ("partners:at_risk_export", {"query": ""}),
    "handoffs": ("partners:handoff_export", {"show": "waiting"}),
    "commitments": ("partners:commitment_list_export", {}),
    "capacity": ("partners:capacity_export", {}),
    "reviews": ("partners:review_export", {}),
    "missing_reviews": ("partners:review_missing_export", {}),
    "quiet": ("partners:quiet_export", {}),
    "pipeline": ("partners:pipeline_export", {}),
    "renewals": ("partners:renewal_export", {}),
    "revenue": ("partners:ledger_export", {}),
    "losses": ("partners:loss_export", {}),
    "references": ("partners:reference_export", {}),
    "success_plans": ("partners:success_plan_export", {}),
    "plan_coverage": ("partners:plan_account_export", {}),
    "value_realized": ("partners:plan_value_export", {}),
    "feedback": ("partners:feedback_export", {}),
    "surveys": ("partners:survey_export", {}),
    "tickets": ("tickets:export", {"query": "state=all"}),
    "quality": ("tickets:quality_export", {}),
    "alerts": ("health:triage_export", {"whose": "all"}),
    "predictions": ("health:prediction_export", {}),
    "policy_cases": ("reports:policy_quality_export", {}),
    "survey_answers": ("reports:survey_answers_export", {}),
    "audit": ("accounts:audit_export", {}),
    "training": ("accounts:training_export", {}),
}
OF_ONE = {
    "handoffs": "partners:organization_handoff_export",
    "commitments": "partners:commitment_export",
    "touchpoints": "partners:touchpoint_export",
    "timeline": "partners:timeline_export",
}


def rows_of(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


def written(export: Export, by: Any) -> bytes:
    assert export_runs.run(export_id=export.pk, clock=timezone.now), Export.objects.get(pk=export.pk).failure
    with default_storage.open(exports.fetch(by=by, export=export, now=timezone.now()).path) as file:
        content: bytes = file.read()
    return content


def test_a_worker_writes_what_the_button_gives(client: Client, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each list is asked for once with its button, and once as one that is too long for it."""
    make_world(cast)
    day = timezone.localdate()
    days = {"starts_on": day, "ends_on": day}
    campaign = campaigns.make(by=cast.actor("adam"), values={"name": "Spring", **days}, now=timezone.now())
    asked_at = timezone.now() - timedelta(days=1)
    make_survey(cast.connie_contact, score=4, at=asked_at)
    make_survey(cast.connie_contact, score=9, at=asked_at, kind="nps", subject_type="campaign", subject_id=campaign.pk)
    make_health(cast.northwind)
    place = cast.northwind.public_id
    wanted = [(what, reverse(name), sent) for what, (name, sent) in BUTTONS.items()]
    wanted += [(what, reverse(name, args=[place]), {}) for what, name in OF_ONE.items()]
    wanted += [("health", reverse("health:export", args=[mode]), {}) for mode in ("heat", "risk", "moves")]
    wanted.append(("campaign", reverse("partners:campaign_export", args=[campaign.public_id]), {}))
    assert {what for what, _address, _sent in wanted} == set(known()) - OF_REPORTS

    def too_long(**_sent: Any) -> None:
        raise TooLong("Long.")

    lengths: dict[str, int] = {}
    client.force_login(cast.adam)
    for what, path, sent in wanted:
        # What the hub records meanwhile stands in no second file.
        address = f"{path}?verb=incident" if what == "audit" else path
        direct = client.post(address, sent)
        assert direct.status_code == 200, what
        with monkeypatch.context() as patched:
            for room in ("accounts.views.list_files", "reports.views.frame"):
                patched.setattr(f"{room}.export_list", too_long)
            page = client.post(address, sent, follow=True)
            assert page.redirect_chain == [("/me/exports/", 302)], what
        export = Export.objects.get(what=what, state="waiting")
        content = written(export, cast.actor("adam"))
        assert content == direct.content, what
        lengths[what] = max(lengths.get(what, 0), len(rows_of(content)) - 1)
    empty = {what for what, many in lengths.items() if not many}
    rare = {"launches", "missing_reviews", "policy_cases", "predictions", "quality", "quiet", "training"}
    assert empty <= rare | {"value_realized"}


def test_the_rows_of_one_organization_are_those_of_who_may_open_it(cast: Cast) -> None:
    """And its trail tells that they were taken, whoever wrote them."""
    now = timezone.now()
    for what in OF_ONE:
        sent: dict[str, Any] = {"what": what, "format": "csv", "subject": str(cast.northwind.public_id)}
        with pytest.raises(DomainError) as foreign:
            exports.want(by=cast.actor("otto"), now=now, **sent)
        with pytest.raises(DomainError) as missing:
            exports.want(by=cast.actor("otto"), now=now, **(sent | {"subject": str(UUID(int=7))}))
        assert foreign.value.message == missing.value.message
        written(exports.want(by=cast.actor("petra"), now=now, **sent), cast.actor("petra"))
    taken = Activity.objects.filter(verb="list.exported", actor_id=cast.petra.pk)
    assert set(taken.values_list("organization_id", flat=True)) == {cast.northwind.pk}
    with pytest.raises(DomainError):
        exports.want(by=cast.actor("max"), now=now, what="audit", format="csv")
