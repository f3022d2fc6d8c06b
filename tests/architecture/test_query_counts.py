"""How many SQL statements each page and API list takes: the same for few rows and for many, and no more than it was.

`query_counts.json` is the baseline. A page that got cheaper fails as well, so that the baseline follows: run with
HUB_UPDATE_COUNTS=1 and look at the difference. Statements of transactions and of the scope do not count.
"""

import json
import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from accounts.models import User
from partners.models import Forecast, GateReview, Organization, Touchpoint, Waiver
from partners.services import drafts, gates, submissions
from tests.cast import Cast
from tests.factories.handoffs import prepared
from tests.factories.partners import NOW, make_contact, make_entry, make_handoff, make_interaction, make_partner
from tests.factories.plans import make_objective, make_plan
from tests.factories.tasks import make_commitment, make_note, make_run, make_task
from tests.partners.journey_world import PARTNER, good_answers

BASELINE = Path(__file__).with_name("query_counts.json")
FREE = (
    "SAVEPOINT",
    "RELEASE SAVEPOINT",
    "ROLLBACK TO SAVEPOINT",
    "SELECT set_config('hub.scope'",
    "SELECT coalesce(cur",
)
# Bars of the issue: the most that a kind of page may take.
MOST = {"home": 10, "list": 6, "page": 10}

PAGES: dict[str, tuple[str, str, str]] = {
    "home of a PAM": ("ana", "/", "home"),
    "home of a PSM": ("petra", "/", "home"),
    "home of a TAM": ("tom", "/", "home"),
    "home of a lead": ("lena", "/", "home"),
    "home of support": ("sue", "/", "home"),
    "home of a manager": ("max", "/", "home"),
    "home of an admin": ("adam", "/", "home"),
    "organizations of a TAM": ("tom", "/organizations/", "list"),
    "organizations of a manager": ("max", "/organizations/", "list"),
    "board of a manager": ("max", "/organizations/board/", "page"),
    "organization": ("tom", "/organizations/{northwind}/", "page"),
    "organization, journey": ("tom", "/organizations/{northwind}/journey/", "page"),
    "organization, timeline": ("tom", "/organizations/{northwind}/timeline/", "page"),
    "organization, people": ("tom", "/organizations/{northwind}/people/", "page"),
    "organization, commercial": ("tom", "/organizations/{northwind}/commercial/", "page"),
    "organization, history": ("tom", "/organizations/{northwind}/history/", "page"),
    "gate": ("petra", "/organizations/{northwind}/gates/gate_3/", "page"),
    "gate, section": ("petra", "/organizations/{northwind}/gates/gate_3/{asked}/sections/{section}/", "page"),
    "gate, review": ("petra", "/organizations/{northwind}/gates/gate_3/{asked}/review/", "page"),
    "gate, version": ("petra", "/organizations/{northwind}/gates/gate_3/{asked}/versions/1/", "page"),
    "gate, versions": ("petra", "/organizations/{northwind}/gates/gate_3/{asked}/versions/", "page"),
    "organization, tasks": ("tom", "/organizations/{northwind}/tasks/", "page"),
    "organization, tasks as a list": ("tom", "/organizations/{northwind}/tasks/?state=any", "page"),
    "organization, commitments": ("tom", "/organizations/{northwind}/commitments/", "page"),
    "promises of all": ("tom", "/commitments/?whose=all", "list"),
    "promises kept": ("tom", "/commitments/kept/", "page"),
    "interaction to log": ("tom", "/organizations/{northwind}/log/", "page"),
    "organization, timeline searched": ("tom", "/organizations/{northwind}/timeline/?q=a&person=a", "page"),
    "organization, plays": ("tom", "/organizations/{northwind}/plays/", "page"),
    "my tasks": ("tom", "/tasks/", "list"),
    "all tasks of a manager": ("max", "/tasks/?whose=all", "list"),
    "tasks as a board": ("tom", "/tasks/board/?whose=all", "page"),
    "handoffs": ("tom", "/handoffs/", "list"),
    "handoffs of an organization": ("tom", "/organizations/{northwind}/handoffs/", "page"),
    "handoff": ("tom", "/organizations/{northwind}/handoffs/{handoff}/", "page"),
    "cadence": ("tom", "/organizations/{northwind}/cadence/", "page"),
    "guides": ("tom", "/guides/", "list"),
    "home of a PDM": ("paul", "/", "home"),
    "launches of a TAM": ("tom", "/launches/?risk=any", "list"),
    "launches of a manager": ("max", "/launches/?risk=any", "list"),
    "plans to mend": ("petra", "/launches/plans/", "page"),
    "success plans": ("max", "/success-plans/?pace=behind&review=due", "list"),
    "coverage of success plans": ("max", "/success-plans/coverage/", "page"),
    "accounts by plan": ("max", "/success-plans/coverage/accounts/", "list"),
    "value realized": ("max", "/success-plans/value/", "page"),
    "success plans of an organization": ("tom", "/organizations/{northwind}/success-plans/", "page"),
    "plan in the portal": ("connie", "/portal/plans/", "page"),
    "plan of an organization": ("petra", "/organizations/{northwind}/plan/check/", "page"),
    "load": ("max", "/load/", "page"),
    "palette": ("max", "/palette/?q=north", "page"),
    "search": ("max", "/search/?q=north", "page"),
    "explainer": ("tom", "/why/?q=Northwind", "page"),
    "notifications": ("tom", "/notifications/", "list"),
    "people": ("adam", "/people/", "list"),
    "API: organizations": ("max", "/api/v1/organizations/", "list"),
    "API: own tasks": ("tom", "/api/v1/tasks/", "list"),
    "API: tasks": ("tom", "/api/v1/organizations/{northwind}/tasks/", "page"),
    "API: commitments": ("tom", "/api/v1/organizations/{northwind}/commitments/", "page"),
    "API: gates": ("petra", "/api/v1/organizations/{northwind}/gates/", "page"),
    "API: drafts": ("petra", "/api/v1/organizations/{northwind}/drafts/", "page"),
    "API: submissions": ("petra", "/api/v1/organizations/{northwind}/submissions/", "page"),
    "API: waivers": ("petra", "/api/v1/organizations/{northwind}/waivers/", "page"),
    "API: plays": ("tom", "/api/v1/organizations/{northwind}/plays/", "page"),
    "API: evidence": ("tom", "/api/v1/organizations/{northwind}/evidence/", "page"),
    "API: own handoffs": ("tom", "/api/v1/handoffs/", "list"),
    "API: handoffs": ("tom", "/api/v1/organizations/{northwind}/handoffs/", "page"),
    "API: touchpoints": ("tom", "/api/v1/organizations/{northwind}/touchpoints/", "page"),
    "API: forecast": ("tom", "/api/v1/organizations/{northwind}/forecast/", "page"),
    "API: launches": ("max", "/api/v1/launches/?risk=any", "list"),
    "API: load": ("max", "/api/v1/load/", "page"),
    "API: guides": ("tom", "/api/v1/guides/?role=tam", "list"),
    "API: users": ("max", "/api/v1/users/", "list"),
}


ASKED = PARTNER.stage("gate_3").questionnaires[0]


def open_gate(cast: Cast) -> None:
    """Northwind at its gate, with one version submitted."""
    by = cast.actor("petra")
    review = gates.open_review(organization=cast.northwind, now=NOW)
    draft = drafts.begin(review=review, questionnaire=ASKED.id, by=by, now=NOW)
    answers = good_answers(ASKED)
    for section in ASKED.sections:
        values = {asked.id: answers[asked.id] for asked in section.fields if asked.id in answers}
        drafts.save_section(draft=draft, section=section.id, values=values, base_versions={}, by=by, now=NOW)
    submissions.submit(draft=draft, by=by, now=NOW)


def make_waiver(organization: Organization, by: User, number: int) -> None:
    Waiver.objects.create(
        organization=organization,
        stage="gate_3",
        criterion=f"field:{Waiver.objects.count()}-{number}",
        reason="Agreed",
        granted_by=by,
        granted_at=NOW,
        expires_at=NOW + timedelta(days=9),
    )


def fill(cast: Cast, count: int) -> None:
    for number in range(count):
        owners = {"tam": cast.tom, "pam": cast.ana, "psm": cast.petra}
        partner = make_partner("gate_3", name=f"Partner {number:03}", owners=owners)
        make_contact(partner)
        make_entry(partner)
        Forecast.objects.create(organization=partner, as_of=NOW.date(), journey_version=1, computed_at=NOW)
        make_partner("gate_1", owners={"pdm": cast.paul})
        GateReview.objects.create(organization=partner, stage="gate_3", journey_version=1, opened_at=NOW)
        make_interaction(cast.northwind, cast.tom)
        make_entry(cast.northwind, title=f"Entry {number}")
        make_contact(cast.northwind, name=f"Contact {number}")
        task = make_task(cast.northwind, owner=cast.tom)
        make_task(cast.northwind, owner=cast.ana, after=(task,), source="checklist", source_key=f"item-{number}")
        make_note(task, added_by=cast.tom)
        make_waiver(cast.northwind, cast.max, number)
        make_commitment(cast.northwind, owner=cast.tom, contact=cast.connie_contact)
        plan = make_plan(cast.northwind, is_shared=True)
        make_objective(plan)
        make_task(cast.northwind, plan=plan, source="plan", is_shared=True)
        make_run(cast.northwind, f"play-{number}", ended_at=NOW, outcome="resolved")
        make_handoff(partner, cast.petra, cast.tom)
        make_handoff(cast.northwind, cast.petra, cast.tom, state="accepted")
        Touchpoint.objects.create(
            organization=cast.northwind, kind="check_in", planned_on=NOW.date(), owner=cast.tom, topic=f"No. {number}"
        )


def statements(client: Client, path: str) -> int:
    """Of the second request: a process parses policies and templates once."""
    client.get(path)
    counted: list[str] = []

    def count(execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:
        if not str(sql).startswith(FREE):
            counted.append(str(sql))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(count):
        response = client.get(path)
    assert response.status_code == 200, path
    return len(counted)


@pytest.fixture
def measured(cast: Cast) -> dict[str, tuple[int, int]]:
    """Statements of each page with 10 rows and with 60."""

    def round_of() -> dict[str, int]:
        found = {}
        for name, (person, path, _kind) in PAGES.items():
            client = Client()
            client.force_login(getattr(cast, person))
            places = {"asked": f"questionnaires/{ASKED.id}", "section": ASKED.sections[0].id}
            places["handoff"] = str(handoff.public_id)
            found[name] = statements(client, path.format(northwind=cast.northwind.public_id, **places))
        return found

    open_gate(cast)
    handoff = prepared(cast.northwind, cast.petra, cast.tom)
    fill(cast, 10)
    few = round_of()
    fill_more = 50
    fill(cast, fill_more)
    many = round_of()
    return {name: (few[name], many[name]) for name in PAGES}


def test_statements_do_not_grow_and_keep_to_the_baseline(measured: dict[str, tuple[int, int]]) -> None:
    grown = {name: counts for name, counts in measured.items() if counts[0] != counts[1]}
    assert grown == {}
    over = {name: counts[0] for name, counts in measured.items() if counts[0] > MOST[PAGES[name][2]]}
    assert over == {}
    now = {name: counts[0] for name, counts in measured.items()}
    if os.environ.get("HUB_UPDATE_COUNTS"):
        BASELINE.write_text(json.dumps(now, indent=2) + "\n")
    assert now == json.loads(BASELINE.read_text())
