"""The journeys written in forms: a shared working copy, checked, previewed, compared, published; nobody run over."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.http import QueryDict
from django.test import Client
from django.urls import reverse

from accounts.models import Activity, User
from common.errors import Conflict, DomainError, Missing, NotAllowed
from common.models import PolicyVersion, PolicyWorkingCopy
from common.services import working_copies
from hub import journey_editing as editing
from hub.journey_parts import new_form, part_form, part_list
from partners.rules import journey_edits as edits
from partners.services import submissions
from tests.cast import Cast
from tests.factories.accounts import make_user
from tests.partners import gate_world
from tests.partners.journey_world import PACKS
from tests.partners.test_journey_edits import PARTS

pytestmark = pytest.mark.django_db

NOW = gate_world.AT
NAME = "partner_journey"
BODY = PACKS[NAME].body
GATE_0 = "questionnaires/gate-0-kickoff"
CONTRACT = f"{GATE_0}/sections/contract-execution"
CHECKLIST = "stages/gate_0/checklist"
PHASE = "stages/gate_1/phases/1B"


@pytest.fixture
def admin(cast: Cast, client: Client) -> Client:
    client.force_login(cast.adam)
    return client


@pytest.fixture
def copy(cast: Cast) -> PolicyWorkingCopy:
    return editing.begin(name=NAME, by=cast.actor("adam"), now=NOW)


@pytest.fixture
def bea(cast: Cast) -> User:
    return make_user("admin", name="Bea Root")


def url(page: str, *args: Any) -> str:
    return reverse(f"hub:journey_{page}", args=[NAME, *args])


def now_of(place: str) -> Any:
    return edits.look_up(PolicyWorkingCopy.objects.get(name=NAME).body, place)


def sent(place: str, **changes: Any) -> dict[str, Any]:
    """What a browser sends that opened a part and changed some fields."""
    form = part_form(PolicyWorkingCopy.objects.get(name=NAME).body, place)
    assert form is not None
    return {**values_of(form), **changes}


def values_of(form: Any) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for one in form:
        value = one.value()
        if isinstance(value, bool):
            if value:
                found[one.name] = "on"
        elif one.widget_type == "checkboxselectmultiple":
            found[one.name] = [str(entry) for entry in value or ()]
        else:
            found[one.name] = "" if value is None else str(value)
    return found


def save(client: Client, place: str, **changes: Any) -> Any:
    return client.post(url("part", place), sent(place, **changes))


def act(client: Client, page: str, place: str, **more: str) -> Any:
    return client.post(url(page, place), {"seen": editing.seal_of(now_of(place)), **more})


def publish(client: Client, **changes: Any) -> Any:
    page = client.get(url("publish"))
    data = {"version": page.context["state"].copy.version, "base": page.context["active"].version, "note": "Because"}
    return client.post(url("publish"), {**data, **changes})


class TestWho:
    def test_only_who_manages_policies_edits(self, cast: Cast, client: Client, copy: PolicyWorkingCopy) -> None:
        reads = [url("copy"), url("publish"), url("preview", "gate-0-kickoff"), url("part", CONTRACT)]
        reads.append(url("stage_preview", "gate_1"))
        reads.append(url("part_add", CHECKLIST))
        writes = [url("copy_begin"), url("copy_discard", 1), url("copy_undo", 1)]
        writes += [url("part_move", CONTRACT), url("part_remove", CONTRACT), *reads[1:2], *reads[3:]]
        for name, status in [(name, 403) for name in cast.staff if name != "adam"] + [("connie", 404)]:
            client.force_login(getattr(cast, name))
            assert {client.get(page).status_code for page in reads} == {status}, name
            assert {client.post(page).status_code for page in writes} == {status}, name
        assert now_of("stages") == BODY["stages"]

    @pytest.mark.parametrize("name", ["max", "ana", "lena"])
    def test_services_ask_for_themselves(self, cast: Cast, copy: PolicyWorkingCopy, name: str) -> None:
        by = cast.actor(name)
        calls: list[Any] = [
            lambda: editing.begin(name=NAME, by=by, now=NOW),
            lambda: editing.save_part(name=NAME, place=CONTRACT, own={}, seen="", by=by, now=NOW),
            lambda: editing.remove_part(name=NAME, place=CONTRACT, seen="", by=by, now=NOW),
            lambda: editing.take_back(name=NAME, version=1, by=by, now=NOW),
            lambda: editing.discard(name=NAME, version=1, by=by, now=NOW),
            lambda: editing.publish(name=NAME, version=1, base=1, note="x", by=by, now=NOW),
        ]
        for call in calls:
            with pytest.raises(NotAllowed):
                call()

    def test_other_policies_have_no_forms(self, admin: Client) -> None:
        assert admin.get("/policies/rates/copy/").status_code == 404
        assert "/copy/" not in admin.get(reverse("hub:policy", args=["rates"])).content.decode()


class TestForms:
    def test_every_form_gives_back_what_it_read(self) -> None:
        lost = {}
        for place in [place for place, entry in PARTS.items() if isinstance(entry, dict)]:
            shown = part_form(BODY, place)
            assert shown is not None
            data = QueryDict(mutable=True)
            for name, value in values_of(shown).items():
                data.setlist(name, value if isinstance(value, list) else [value])
            form = part_form(BODY, place, data)
            assert form is not None
            if not form.is_valid():
                lost[place] = str(form.errors)
            elif edits.rewritten(BODY, place, form.own()) != BODY:
                lost[place] = str(form.own())
        assert lost == {}

    @pytest.mark.parametrize(
        ("place", "changes", "field"),
        [
            (f"{CHECKLIST}/file_contract", {"week": "3"}, "__all__"),
            (f"{CHECKLIST}/file_contract", {"due_day": ""}, "__all__"),
            (f"{CHECKLIST}/file_contract", {"court": "partner"}, "is_shared"),
            (f"{CHECKLIST}/file_contract", {"label": ""}, "label"),
            (f"{CHECKLIST}/file_contract", {"owner_role": "king"}, "owner_role"),
            (f"{CHECKLIST}/file_contract", {"due_day": "731"}, "due_day"),
            (f"{CHECKLIST}/file_contract", {"after": ["nothing"]}, "after"),
            ("stages/gate_0/criteria/contract_executed", {"fact": "required_tasks_done"}, "__all__"),
            (CONTRACT, {"is_waivable": "on"}, "is_waivable"),
            ("stages/gate_1", {"last": ""}, "last"),
            ("stages/gate_1", {"first": "13"}, "last"),
            (PHASE, {"first": ""}, "first"),
            (PHASE, {"first": "7"}, "last"),
            (PHASE, {"last": "13"}, "last"),
            (PHASE, {"activities_de": "a\nb\nc\nd\ne\nf"}, "activities_de"),
            (PHASE, {"lead_role": "king"}, "lead_role"),
            (CONTRACT, {"evaluation": "manual"}, "evaluation"),
            (CONTRACT, {"first": "3"}, "last"),
            (f"{CONTRACT}/fields/contract-reference-number", {"type": "radio"}, "options"),
            (f"{CONTRACT}/fields/contract-signature-date", {"writes_back": "on"}, "writes_back"),
            (f"{CONTRACT}/rules/0", {"value": []}, "value"),
            (f"{CONTRACT}/rules/0", {"value": ["yes", "no"]}, "value"),
            (f"{GATE_0}/sections/launch-timing/rules/0", {"value": "soon"}, "value"),
            (f"{GATE_0}/sections/launch-timing/rules/0", {"operator": "at_least", "value": "12"}, "value"),
            (f"{GATE_0}/sections/launch-timing/rules/0", {"operator": "contains"}, "operator"),
        ],
    )
    def test_what_makes_no_sense_is_said_at_its_field(
        self, admin: Client, copy: PolicyWorkingCopy, place: str, changes: dict[str, Any], field: str
    ) -> None:
        response = save(admin, place, **changes)
        assert response.status_code == 400
        assert field in response.context["form"].errors
        assert PolicyWorkingCopy.objects.get(name=NAME).version == 1

    def test_rules_take_values_of_the_kind_of_their_question(self, admin: Client, copy: PolicyWorkingCopy) -> None:
        rule = f"{GATE_0}/sections/launch-timing/rules/0"
        save(admin, rule, operator="at_least", value="2027-01-31")
        assert (now_of(rule)["operator"], now_of(rule)["value"]) == ("at_least", "2027-01-31")
        save(admin, rule, operator="within_days", value="90")
        assert now_of(rule)["value"] == 90
        feasible = "questionnaires/pre-contract-pdm/sections/technical-feasibility/rules/1"
        save(admin, feasible, value=["yes"], operator="in")
        assert now_of(feasible)["value"] == ["yes"]

    def test_a_question_changes_its_kind(self, admin: Client, copy: PolicyWorkingCopy) -> None:
        place = f"{CONTRACT}/fields/contract-type"
        save(admin, place, options="own answers")
        listed = f"{place}/options"
        assert [entry["value"] for _place, entry in edits.entries(now_of_body(), listed)] == [
            "ppa",
            "distribution",
            "sales_agent",
            "other",
        ]
        admin.post(url("part_add", listed), {"label": "Reseller"})
        assert now_of(f"{listed}/4") == {"value": "reseller", "label": {"en": "Reseller"}}
        save(admin, place, type="text", source="")
        assert "options" not in now_of(place)

    def test_a_question_is_worked_out(self, admin: Client, copy: PolicyWorkingCopy) -> None:
        place = f"{CONTRACT}/fields/contract-signed"
        first = save(admin, place, computation="is_within_days")
        assert set(first.context["form"].errors) == {"takes_date", "takes_days"}
        save(admin, place, computation="is_within_days", takes_date="contract-signature-date", takes_days="30")
        assert now_of(place)["computed"] == {"name": "is_within_days", "date": "contract-signature-date", "days": 30}

    def test_what_the_form_does_not_know_stays(self, admin: Client, copy: PolicyWorkingCopy) -> None:
        place = "stages/gate_3/criteria/handed_over_to_tam"
        save(admin, place, label="The TAM has said yes")
        assert now_of(place)["params"] == {"kind": "psm_to_tam"}
        assert now_of(place)["label"] == {"en": "The TAM has said yes", "de": "Ein TAM hat die Übergabe angenommen"}

    def test_a_new_rule_needs_its_question(self) -> None:
        with pytest.raises(edits.NoSuchPart):
            new_form(BODY, f"{CONTRACT}/rules", field="nothing")


def now_of_body() -> Any:
    return PolicyWorkingCopy.objects.get(name=NAME).body


class TestEditing:
    def test_the_copy_begins_with_the_version_in_force(self, admin: Client, cast: Cast) -> None:
        assert b"Begin a working copy" in admin.get(url("copy")).content
        assert admin.post(url("copy_begin"))["Location"] == url("copy")
        page = admin.get(url("copy")).content.decode()
        assert "this copy can be published" in page
        assert "Gate 0: Onboarding Kickoff" in page
        admin.post(url("copy_begin"))
        assert PolicyWorkingCopy.objects.get(name=NAME).body == BODY
        assert Activity.objects.filter(verb="policy.copy_begun", actor_id=cast.adam.pk).count() == 1

    def test_every_part_opens(self, admin: Client, copy: PolicyWorkingCopy) -> None:
        by_shape = {edits.shape_of(place): place for place in PARTS}
        by_shape |= {f"last of {shape}": place for shape, place in list(by_shape.items())}
        for place in {*by_shape.values(), "stages/post_launch", f"{GATE_0}/sections/strategic-value"}:
            assert admin.get(url("part", place)).status_code == 200, place

    @pytest.mark.parametrize(
        "place", ["stages", "stages/gate_9", "x", "stages/gate_0/checklist", f"{CONTRACT}/rules/9"]
    )
    def test_what_is_no_part_is_404(self, admin: Client, copy: PolicyWorkingCopy, place: str) -> None:
        assert admin.get(url("part", place)).status_code == 404
        assert admin.post(url("part", place)).status_code == 404

    @pytest.mark.parametrize(
        "place",
        [
            "stages",
            "x",
            "stages/gate_9/checklist",
            f"{GATE_0}/sections/none/rules",
            "options/none",
            f"{CONTRACT}/fields/contract-type/options",
            f"{CONTRACT}/fields/contract-reference-number/options",
        ],
    )
    def test_nothing_is_added_where_there_is_no_list(self, admin: Client, copy: PolicyWorkingCopy, place: str) -> None:
        assert admin.get(url("part_add", place), {"field": "x"}).status_code == 404
        assert admin.post(url("part_add", place), {"label": "x"}).status_code in (200, 404)
        assert PolicyWorkingCopy.objects.get(name=NAME).version == 1

    def test_a_task_is_written(self, admin: Client, cast: Cast, copy: PolicyWorkingCopy) -> None:
        place = f"{CHECKLIST}/file_contract"
        response = save(admin, place, label="File the contract", due_day="3", hint="Scan it.", is_shared="on")
        assert response["Location"] == url("part", place)
        assert now_of(place) == {
            "id": "file_contract",
            "label": {"en": "File the contract"},
            "hint": {"en": "Scan it."},
            "owner_role": "pam",
            "court": "us",
            "due_day": 3,
            "needs_evidence": True,
            "is_shared": True,
        }
        line = Activity.objects.get(verb="policy.copy_changed", actor_id=cast.adam.pk)
        assert line.changes["stages[gate_0].checklist[file_contract].due_day"] == [2, 3]

    def test_phases_and_weeks_are_written(self, admin: Client, cast: Cast, copy: PolicyWorkingCopy) -> None:
        save(admin, PHASE, last="7", activities="Strategy\nDiscovery\nA third thing", activities_de="Ziele\n\nDritte")
        assert now_of(PHASE)["weeks"] == {"first": 3, "last": 7}
        assert now_of(PHASE)["activities"] == [
            {"en": "Strategy", "de": "Ziele"},
            {"en": "Discovery"},
            {"en": "A third thing", "de": "Dritte"},
        ]
        line = Activity.objects.filter(verb="policy.copy_changed", actor_id=cast.adam.pk).latest("pk")
        assert line.changes["stages[gate_1].phases[1B].weeks.last"] == [6, 7]
        save(admin, "stages/gate_1", last="14", phases_run_parallel="on")
        phase = {"id": "1D", "name": "Rehearsal", "lead_role": "pdm", "first": "13", "last": "14", "activities": "Play"}
        taken = admin.post(url("part_add", "stages/gate_1/phases"), {**phase, "id": "1B"})
        assert taken.context["form"].errors["id"]
        assert admin.post(url("part_add", "stages/gate_0/phases"), phase).status_code == 400
        added = admin.post(url("part_add", "stages/gate_1/phases"), phase)
        assert added["Location"].endswith("#part-phases-1D")
        assert now_of("stages/gate_1/phases/1D")["weeks"] == {"first": 13, "last": 14}
        assert editing.state_of(cast.actor("adam"), PolicyWorkingCopy.objects.get(name=NAME)).faults == ()
        # Whoever takes a phase away is told what stood in it.
        act(admin, "part_remove", PHASE)
        faults = editing.state_of(cast.actor("adam"), PolicyWorkingCopy.objects.get(name=NAME)).faults
        assert any("has no phase" in fault.problem for fault in faults)

    def test_parts_are_added_at_their_end(self, admin: Client, copy: PolicyWorkingCopy) -> None:
        task = {"label": "Greet the team", "owner_role": "pdm", "court": "us", "due_day": "6", "is_required": "on"}
        response = admin.post(url("part_add", CHECKLIST), task)
        assert response["Location"] == f"{url('part', 'stages/gate_0')}#part-checklist-greet_the_team"
        assert now_of(f"{CHECKLIST}/greet_the_team")["due_day"] == 6
        admin.post(url("part_add", CHECKLIST), task)
        assert [place.rpartition("/")[2] for place, _ in edits.entries(now_of_body(), CHECKLIST)][-2:] == [
            "greet_the_team",
            "greet_the_team_2",
        ]

    def test_a_questionnaire_grows_from_nothing(self, admin: Client, copy: PolicyWorkingCopy) -> None:
        added = admin.post(
            url("part_add", "questionnaires"), {"name": "Security", "stage": "gate_2", "estimated_minutes": "5"}
        )
        place = "questionnaires/security"
        assert added["Location"] == url("part", place)
        assert b"To mend before publishing" in admin.get(url("copy")).content
        section = {"title": "Audit", "checks_that": "It was audited.", "evaluation": "automatic", "is_waivable": "on"}
        admin.post(url("part_add", f"{place}/sections"), {**section, "phase": "2A"})
        audit = f"{place}/sections/audit"
        question = {"label": "Was it audited?", "type": "radio", "options": "yes_no", "required": "on"}
        admin.post(url("part_add", f"{audit}/fields"), question)
        chosen = admin.get(url("part_add", f"{audit}/rules")).content.decode()
        assert "?field=was-it-audited" in chosen
        rule = {"operator": "equals", "value": ["yes"], "reason": "It was not audited."}
        admin.post(f"{url('part_add', f'{audit}/rules')}?field=was-it-audited", rule)
        assert now_of(f"{audit}/rules/0") == {
            "field": "was-it-audited",
            "operator": "equals",
            "value": "yes",
            "reason": {"en": "It was not audited."},
        }
        assert now_of("stages/gate_2")["questionnaires"] == ["gate-2-ready-to-order", "security"]
        assert b"this copy can be published" in admin.get(url("copy")).content
        assert b"It was audited." in admin.get(url("preview", "security")).content

    def test_parts_move_and_go_and_come_back(self, admin: Client, copy: PolicyWorkingCopy) -> None:
        first, second = (place for place, _entry in edits.entries(BODY, CHECKLIST)[:2])
        response = act(admin, "part_move", second, to="up")
        assert response["Location"].startswith(url("part", "stages/gate_0"))
        assert edits.entries(now_of_body(), CHECKLIST)[0][0] == second
        act(admin, "part_remove", first)
        with pytest.raises(edits.NoSuchPart):
            now_of(first)
        version = PolicyWorkingCopy.objects.get(name=NAME).version
        admin.post(url("copy_undo", version))
        assert now_of(first)
        assert act(admin, "part_move", first, to="aside").status_code == 404

    def test_a_fault_is_named_at_its_part(self, admin: Client, copy: PolicyWorkingCopy) -> None:
        act(admin, "part_remove", f"{CONTRACT}/fields/contract-signed")
        page = admin.get(url("copy")).content.decode()
        assert url("part", f"{CONTRACT}/rules/0") in page
        assert "Readiness for the kickoff › Contract › The contract is not signed by both sides." in page
        assert "there is no field" in page
        part = admin.get(url("part", CONTRACT))
        assert [fault.place for fault in part.context["faults"]] == [f"{CONTRACT}/rules/0"]
        assert b"There is no preview before" in admin.get(url("preview", "gate-0-kickoff")).content
        assert b"Put in force" not in admin.get(url("publish")).content
        assert b"cannot be published" in publish(admin).content
        assert PolicyVersion.objects.get(name=NAME, is_active=True).version == 1

    def test_what_is_written_is_shown_as_text(self, admin: Client, copy: PolicyWorkingCopy) -> None:
        save(admin, CONTRACT, title="<script>alert(1)</script>")
        for page in (url("copy"), url("part", CONTRACT), url("part", GATE_0), url("publish")):
            assert b"<script>alert" not in admin.get(page).content
        assert b"<script>alert" not in admin.get(url("preview", "gate-0-kickoff")).content

    def test_a_copy_does_not_grow_without_end(self, cast: Cast, copy: PolicyWorkingCopy) -> None:
        own = {**edits.own_part(CONTRACT, now_of(CONTRACT)), "title": {"en": "x" * 300_000}}
        seen = editing.seal_of(edits.own_part(CONTRACT, now_of(CONTRACT)))
        with pytest.raises(DomainError, match="too large"):
            editing.save_part(name=NAME, place=CONTRACT, own=own, seen=seen, by=cast.actor("adam"), now=NOW)

    def test_lists_say_where_their_ends_are(self) -> None:
        rows = part_list(BODY, CHECKLIST).rows
        assert [row.is_first for row in rows] == [True, *[False] * (len(rows) - 1)]
        assert [row.is_last for row in rows] == [*[False] * (len(rows) - 1), True]


class TestPreview:
    def test_it_shows_every_question_and_keeps_nothing(self, admin: Client, copy: PolicyWorkingCopy) -> None:
        page = admin.get(url("preview", "gate-0-kickoff"))
        text = page.content.decode()
        for section in edits.look_up(BODY, GATE_0)["sections"]:
            assert section["title"]["en"].replace("'", "&#x27;") in text
        assert len([one for one in page.context["shown"].sections for _question in one.questions]) == sum(
            len(section["fields"]) for section in edits.look_up(BODY, GATE_0)["sections"]
        )
        assert "Passes when 4 of 6 sections pass." in text
        assert "A signer judges it after submission" in text
        assert "Engagement before the contract: Name of the executive sponsor" in text
        assert 'method="post"' not in text.partition("journey-preview")[2].partition("</main>")[0]

    def test_a_stage_shows_its_phases_and_their_tasks(self, admin: Client, copy: PolicyWorkingCopy) -> None:
        act(admin, "part_remove", "stages/gate_1/phases/1C")
        shown = admin.get(url("stage_preview", "gate_1")).context["shown"]
        assert [phase.title[:2] for phase in shown.phases] == ["1A", "1B", ""]
        stage = edits.look_up(BODY, "stages/gate_1")
        assert sum(len(phase.tasks) for phase in shown.phases) == len(stage["checklist"])
        waiting = next(item for item in stage["checklist"] if item.get("after"))
        first = next(item["label"]["en"] for item in stage["checklist"] if item["id"] == waiting["after"][0])
        (task,) = (task for phase in shown.phases for task in phase.tasks if task.place.endswith(f"/{waiting['id']}"))
        assert first in task.after
        assert task.facts[0] == f"week {waiting['week']}"
        assert url("stage_preview", "gate_1") in admin.get(url("part", PHASE)).content.decode()
        assert admin.get(url("stage_preview", "nowhere")).status_code == 404

    def test_a_questionnaire_that_is_not_there_is_404(self, admin: Client, copy: PolicyWorkingCopy) -> None:
        assert admin.get(url("preview", "nothing")).status_code == 404


class TestTwoAdmins:
    def test_the_other_one_is_named(self, client: Client, bea: User, admin: Client, copy: PolicyWorkingCopy) -> None:
        save(admin, CONTRACT, title="The contract")
        assert b"changed this working copy" not in admin.get(url("copy")).content
        client.force_login(bea)
        for page in (url("copy"), url("part", GATE_0), url("publish")):
            assert "Adam Root changed this working copy" in client.get(page).content.decode()

    def test_different_parts_are_both_kept(self, admin: Client, copy: PolicyWorkingCopy) -> None:
        mine, theirs = sent(CONTRACT, title="Mine"), sent(f"{CHECKLIST}/file_contract", label="Theirs")
        admin.post(url("part", f"{CHECKLIST}/file_contract"), theirs)
        admin.post(url("part", CONTRACT), mine)
        assert now_of(CONTRACT)["title"]["en"] == "Mine"
        assert now_of(f"{CHECKLIST}/file_contract")["label"] == {"en": "Theirs"}

    def test_one_part_is_not_written_over(self, admin: Client, copy: PolicyWorkingCopy) -> None:
        mine = sent(CONTRACT, title="Mine")
        save(admin, CONTRACT, title="Theirs", checks_that="Whatever")
        response = admin.post(url("part", CONTRACT), mine)
        assert response.status_code == 409
        shown = {(str(one.label), one.theirs, one.yours) for one in response.context["differences"]}
        assert ("Title", "Theirs", "Mine") in shown
        assert len(shown) == 2
        assert now_of(CONTRACT)["title"]["en"] == "Theirs"
        again = values_of(response.context["form"])
        assert admin.post(url("part", CONTRACT), again).status_code == 302
        assert now_of(CONTRACT)["title"]["en"] == "Mine"

    def test_nobody_removes_or_moves_what_has_changed(self, admin: Client, copy: PolicyWorkingCopy) -> None:
        rule = f"{CONTRACT}/rules/0"
        seen = editing.seal_of(now_of(rule))
        save(admin, rule, reason="Sign first.")
        for page, more in (("part_remove", {}), ("part_move", {"to": "up"})):
            response = admin.post(url(page, rule), {"seen": seen, **more}, follow=True)
            assert "Somebody changed this part" in response.content.decode()
        assert now_of(rule)["reason"]["en"] == "Sign first."

    def test_a_part_that_is_gone_is_said_to_be(self, cast: Cast, admin: Client, copy: PolicyWorkingCopy) -> None:
        seal = editing.seal_of(now_of(CONTRACT))
        act(admin, "part_remove", CONTRACT)
        with pytest.raises(Missing):
            editing.remove_part(name=NAME, place=CONTRACT, seen=seal, by=cast.actor("adam"), now=NOW)
        assert admin.post(url("part", CONTRACT), {}).status_code == 404

    def test_only_the_last_change_is_taken_back(self, admin: Client, copy: PolicyWorkingCopy) -> None:
        save(admin, CONTRACT, title="One")
        version = PolicyWorkingCopy.objects.get(name=NAME).version
        save(admin, GATE_0, name="Two")
        response = admin.post(url("copy_undo", version), follow=True)
        assert "was changed while you were looking" in response.content.decode()
        assert now_of(CONTRACT)["title"]["en"] == "One"

    def test_nobody_publishes_or_discards_what_they_have_not_seen(self, admin: Client, copy: PolicyWorkingCopy) -> None:
        save(admin, CONTRACT, title="One")
        response = publish(admin, version=1)
        assert response.status_code == 409
        assert "was changed while you were looking" in response.content.decode()
        admin.post(url("copy_discard", 1))
        assert PolicyWorkingCopy.objects.filter(name=NAME).exists()

    def test_a_copy_that_is_gone_is_said_to_be(self, admin: Client, copy: PolicyWorkingCopy) -> None:
        copy.delete()
        for response in (
            admin.get(url("part", CONTRACT), follow=True),
            admin.post(url("part", CONTRACT), {}, follow=True),
            admin.get(url("publish"), follow=True),
            admin.post(url("part_remove", CONTRACT), {"seen": ""}, follow=True),
        ):
            assert "it was published or discarded" in response.content.decode()


class TestPublishing:
    def test_it_becomes_the_version_in_force_with_its_note(
        self, admin: Client, cast: Cast, copy: PolicyWorkingCopy
    ) -> None:
        save(admin, CONTRACT, title="The contract")
        shown = admin.get(url("publish")).content.decode()
        assert "The contract" in shown
        assert "questionnaires[gate-0-kickoff].sections[contract-execution].title.en" in shown
        assert publish(admin)["Location"] == reverse("hub:policy", args=[NAME])
        row = PolicyVersion.objects.get(name=NAME, is_active=True)
        assert (row.version, row.note, row.loaded_by_id) == (2, "Because", cast.adam.pk)
        assert edits.look_up(row.body, CONTRACT)["title"]["en"] == "The contract"
        assert not PolicyWorkingCopy.objects.filter(name=NAME).exists()
        assert Activity.objects.get(verb="policy.activated", actor_id=cast.adam.pk).changes["version"] == [1, 2]

    def test_a_note_is_needed(self, admin: Client, copy: PolicyWorkingCopy) -> None:
        save(admin, CONTRACT, title="The contract")
        assert publish(admin, note=" ").context["form"].errors["note"]
        assert PolicyVersion.objects.get(name=NAME, is_active=True).version == 1

    def test_what_came_into_force_meanwhile_is_said_and_asked(self, admin: Client, copy: PolicyWorkingCopy) -> None:
        save(admin, CONTRACT, title="The contract")
        other = {**BODY, "options": {**BODY["options"], "more": [{"value": "a", "label": {"en": "A"}}]}}
        PolicyVersion.objects.filter(name=NAME).update(is_active=False)
        PolicyVersion.objects.create(name=NAME, kind=NAME, version=2, body=other, checksum="x", is_active=True)
        page = admin.get(url("publish"))
        assert "version 2 has come into force since" in page.content.decode()
        response = publish(admin, base=1)
        assert response.status_code == 409
        assert "was put in force while you were looking" in response.content.decode()
        assert publish(admin).status_code == 302
        assert PolicyVersion.objects.get(name=NAME, is_active=True).version == 3

    def test_discarding_leaves_everything_as_it_was(self, admin: Client, cast: Cast, copy: PolicyWorkingCopy) -> None:
        save(admin, CONTRACT, title="The contract")
        version = PolicyWorkingCopy.objects.get(name=NAME).version
        assert admin.post(url("copy_discard", version))["Location"] == reverse("hub:policy", args=[NAME])
        assert not PolicyWorkingCopy.objects.exists()
        assert PolicyVersion.objects.filter(name=NAME).count() == 1
        assert Activity.objects.filter(verb="policy.copy_discarded", actor_id=cast.adam.pk).exists()

    def test_what_is_under_way_keeps_its_version(self, admin: Client, cast: Cast, copy: PolicyWorkingCopy) -> None:
        """A stricter rule holds for gates that are opened after it came into force, and for no other."""
        before = gate_world.partner_at(cast, "pre_contract", name="Before")
        draft = gate_world.drafted(before, cast.actor("ana"), expected_closure_date="2025-07-20")
        rule = "questionnaires/pre-contract-pdm/sections/closure-timeline/rules/0"
        save(admin, rule, value="10", reason="It has to close within ten days.")
        publish(admin)
        after = gate_world.partner_at(cast, "pre_contract", name="After")
        assert gate_world.review_of(before).journey_version == 1
        assert gate_world.review_of(after).journey_version == 2
        old = submissions.submit(draft=draft, by=cast.actor("ana"), now=NOW)
        new = gate_world.submitted(cast, after, expected_closure_date="2025-07-20")
        assert (old.outcome, new.outcome) == ("passed", "failed")

    def test_services_refuse_what_is_not_there(self, copy: PolicyWorkingCopy) -> None:
        with pytest.raises(Missing):
            working_copies.begin(name="nothing", now=NOW, actor_id=None)
        with pytest.raises(Missing):
            working_copies.discard(name="customer_journey", version=1)
        with pytest.raises(DomainError, match="nothing to take back"):
            working_copies.take_back(name=NAME, version=1, now=NOW, actor_id=None)
        with pytest.raises(Conflict):
            working_copies.take_back(name=NAME, version=2, now=NOW, actor_id=None)

    def test_an_edit_that_changes_nothing_is_no_change(self, copy: PolicyWorkingCopy) -> None:
        later = NOW + timedelta(hours=1)
        same, is_changed = working_copies.change(name=NAME, edit=dict, now=later, actor_id=7)
        assert (same.version, same.edited_at, is_changed) == (1, NOW, False)
