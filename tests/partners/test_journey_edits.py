"""A journey pack changed part by part: whatever is added, moved and removed, the rest stays as it was."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest

from partners.rules import journey_edits as edits
from partners.rules.journey_faults import journey_faults
from tests.partners.journey_world import PACKS

BODY = PACKS["partner_journey"].body
GATE_0 = "questionnaires/gate-0-kickoff"
CONTRACT = f"{GATE_0}/sections/contract-execution"


def all_parts() -> Iterator[tuple[str, Any]]:
    waiting = [part for root in ("stages", "questionnaires", "options") for part in edits.entries(BODY, root)]
    while waiting:
        place, entry = waiting.pop()
        yield place, entry
        for _key, below in edits.lists_of(place, entry):
            waiting += edits.entries(BODY, below)


PARTS = dict(all_parts())
MOVABLE = [place for place in PARTS if isinstance(edits.look_up(BODY, place.rpartition("/")[0]), list)]


def names(body: Any, list_place: str) -> list[str]:
    return [place.rpartition("/")[2] for place, _entry in edits.entries(body, list_place)]


def test_every_part_of_the_shipped_journey_is_found() -> None:
    shapes = {edits.shape_of(place) for place in PARTS}
    assert shapes == {
        "stage",
        "phase",
        "item",
        "criterion",
        "questionnaire",
        "section",
        "field",
        "rule",
        "option",
        "option_list",
    }
    assert sum(edits.shape_of(place) == "field" for place in PARTS) == 130
    assert all(edits.look_up(BODY, place) == entry for place, entry in PARTS.items())


def test_writing_any_part_as_it_is_changes_nothing() -> None:
    written = [place for place, entry in PARTS.items() if isinstance(entry, dict)]
    assert [
        place for place in written if edits.rewritten(BODY, place, edits.own_part(place, PARTS[place])) != BODY
    ] == []


def test_a_part_is_written_and_what_is_below_it_stays() -> None:
    before = deepcopy(dict(BODY))
    own = {**edits.own_part(CONTRACT, PARTS[CONTRACT]), "title": {"en": "The contract"}}
    after = edits.rewritten(BODY, CONTRACT, own)
    section = edits.look_up(after, CONTRACT)
    assert section["title"] == {"en": "The contract"}
    assert section["fields"] == PARTS[CONTRACT]["fields"]
    assert section["rules"] == PARTS[CONTRACT]["rules"]
    assert before == BODY


def test_moving_there_and_back_changes_nothing() -> None:
    for place in MOVABLE:
        outer, _slash, name = place.rpartition("/")
        total = len(edits.entries(BODY, outer))
        position = names(BODY, outer).index(name)
        down = edits.moved(BODY, place, 1)
        if position == total - 1:
            assert down == BODY
            continue
        assert down != BODY
        below = f"{outer}/{position + 1}" if name.isdigit() else place
        assert edits.moved(down, below, -1) == BODY


def test_removing_takes_one_part_and_no_other() -> None:
    for place in PARTS:
        outer = place.rpartition("/")[0]
        rest = [one for at, one in edits.entries(BODY, outer) if at != place]
        after = edits.removed(BODY, place)
        assert [one for _at, one in edits.entries(after, outer)] == rest, place
        if not rest and outer.endswith("/rules"):
            assert "rules" not in edits.look_up(after, outer.rpartition("/")[0])


def test_a_questionnaire_is_asked_in_its_stage_as_long_as_it_is_there() -> None:
    without = edits.removed(BODY, GATE_0)
    assert edits.look_up(without, "stages/gate_0")["questionnaires"] == []
    again = edits.added(without, "questionnaires", PARTS[GATE_0])
    assert edits.look_up(again, "stages/gate_0")["questionnaires"] == ["gate-0-kickoff"]
    assert names(again, "questionnaires")[-1] == "gate-0-kickoff"


def test_a_list_that_was_left_out_begins_with_its_first_part() -> None:
    place = f"{GATE_0}/sections/strategic-value"
    after = edits.added(BODY, f"{place}/rules", {"field": "x"})
    assert edits.look_up(after, f"{place}/rules/0") == {"field": "x"}


@pytest.mark.parametrize("place", ["options/none", f"{CONTRACT}/fields/contract-type/options"])
def test_answers_are_added_to_lists_alone(place: str) -> None:
    with pytest.raises(edits.NoSuchPart):
        edits.added(BODY, place, {"value": "a", "label": {"en": "A"}})


def test_answers_of_its_own_go_with_the_kind_of_question() -> None:
    place = f"{CONTRACT}/fields/contract-type"
    field = edits.own_part(place, PARTS[place])
    own = edits.rewritten(BODY, place, {**field, "options": [{"value": "a", "label": {"en": "A"}}]})
    assert edits.lists_of(place, edits.look_up(own, place)) == (("options", f"{place}/options"),)
    kept = edits.rewritten(own, place, {"id": "contract-type", "label": {"en": "Kind"}, "type": "radio"})
    assert names(kept, f"{place}/options") == ["0"]
    text = edits.rewritten(own, place, {"id": "contract-type", "label": {"en": "Kind"}, "type": "text"})
    assert "options" not in edits.look_up(text, place)


@pytest.mark.parametrize(
    "place",
    [
        "",
        "stages",
        "nothing",
        "stages/gate_0/label",
        "stages/gate_0/checklist",
        "options",
        f"{CONTRACT}/fields/a/b/c/d",
    ],
)
def test_what_is_no_part_has_no_shape(place: str) -> None:
    with pytest.raises(edits.NoSuchPart):
        edits.shape_of(place)


@pytest.mark.parametrize("place", ["stages/gate_9", "options/none", f"{CONTRACT}/rules/7", f"{CONTRACT}/rules/-1"])
def test_a_part_that_is_not_there_is_not_found(place: str) -> None:
    with pytest.raises(edits.NoSuchPart):
        edits.look_up(BODY, place)


def test_stages_are_neither_added_nor_named() -> None:
    for place in ("stages", "stages/gate_0", "x", ""):
        with pytest.raises(edits.NoSuchPart):
            edits.shape_in(place)


@pytest.mark.parametrize(
    ("words", "taken", "joint", "name"),
    [
        ("Day of the signature", (), "-", "day-of-the-signature"),
        ("Tag der Übergabe?", (), "_", "tag_der_ubergabe"),
        ("3 years of plans", (), "-", "years-of-plans"),
        ("Plan", {"plan"}, "-", "plan-2"),
        ("Plan", {"plan", "plan-2"}, "-", "plan-3"),
        ("東京", (), "-", "new"),
        ("a" * 100, (), "-", "a" * 56),
    ],
)
def test_names_are_made_from_words(words: str, taken: set[str], joint: str, name: str) -> None:
    assert edits.new_name(words, taken, joint=joint) == name


@pytest.mark.parametrize(
    ("list_place", "name"),
    [
        ("stages/gate_0/checklist", "meet_sponsor"),
        ("stages/gate_0/criteria", "contract-execution"),
        (f"{GATE_0}/sections", "contract_executed"),
        (f"{CONTRACT}/fields", "partner-sales-lead"),
        ("questionnaires", "pre-contract-pdm"),
        ("options", "yes_no"),
        ("options/yes_no", "no"),
    ],
)
def test_names_are_taken_as_far_as_the_parser_looks(list_place: str, name: str) -> None:
    assert name in edits.names_taken(BODY, list_place)


def test_the_shipped_journeys_have_no_fault() -> None:
    assert journey_faults(BODY, "partner") == []
    assert journey_faults(PACKS["customer_journey"].body, "customer") == []


def test_every_questionnaire_says_its_fault_at_its_place() -> None:
    body = edits.removed(BODY, f"{CONTRACT}/fields/contract-signed")
    body = edits.removed(body, "questionnaires/pre-contract-pdm/sections/closure-timeline/fields/expected-closure-date")
    faults = journey_faults(body, "partner")
    assert [edits.place_of_fault(body, fault.place) for fault in faults] == [
        "questionnaires/pre-contract-pdm/sections/closure-timeline/rules/0",
        f"{CONTRACT}/rules/0",
    ]


@pytest.mark.parametrize(
    ("place", "part"),
    [
        ("stages[1].checklist[0].after[0]", "stages/gate_0/checklist/file_contract"),
        ("stages[2].phases[0].weeks", "stages/gate_1/phases/1A"),
        ("stages[2].weeks.last", "stages/gate_1"),
        ("questionnaires[1].sections[0].rules[0].value", f"{CONTRACT}/rules/0"),
        ("options.yes_no[1].label.en", "options/yes_no/1"),
        ("questionnaires[1].passing.minimum", GATE_0),
        ("stages", ""),
        ("", ""),
        ("stages[99]", ""),
    ],
)
def test_the_place_of_a_fault_leads_to_its_part(place: str, part: str) -> None:
    assert edits.place_of_fault(BODY, place) == part


def test_a_fault_of_the_whole_is_said_when_the_questionnaires_are_good() -> None:
    body = edits.removed(BODY, "stages/gate_0/checklist/name_partner_team")
    [fault] = journey_faults(body, "partner")
    assert fault.place == "stages[1].checklist[2].after[0]"
