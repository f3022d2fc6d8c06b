"""The documentation hub: the catalogue of gates.yaml, what is shown where, reviews, and broken packs."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.choices import STAGES_BY_KIND
from common.pack_files import read_pack
from partners.rules.guides import Guide, parse_guides, review_due_on, sections_for
from tests.partners.pack_cases import GONE, assert_refused, changed

BODY = read_pack(Path(__file__).parents[2] / "policies" / "default" / "guides.yaml").body
POLICY = parse_guides(BODY, version=7)

# The catalogue of gates.yaml: how many items each place has.
CATALOGUE = {
    ("pre_contract", "", ("pam", "pdm")): 5,
    ("gate_0", "", ("pam", "pdm")): 5,
    ("gate_1", "1A", ("pdm", "pam", "tpm")): 3,
    ("gate_1", "1B", ("pdm", "tpm", "pam")): 4,
    ("gate_1", "1C", ("pdm", "pam")): 4,
    ("gate_2", "2A", ("tpm", "pdm")): 5,
    ("gate_2", "2B", ("tpm", "psm")): 4,
    ("gate_3", "3A", ("psm", "tam", "tpm")): 4,
    ("gate_3", "3B", ("psm", "tam", "pam")): 4,
    ("post_launch", "", ("tam", "psm")): 4,
    ("", "", ("pam",)): 3,
    ("", "", ("pdm",)): 3,
    ("", "", ("tpm",)): 3,
    ("", "", ("psm", "tam")): 3,
}


class TestShippedGuides:
    def test_the_whole_catalogue_is_there(self) -> None:
        found = {(section.stage, section.phase, section.roles): len(section.guides) for section in POLICY.sections}
        assert found == CATALOGUE
        assert (len(POLICY.sections), len(POLICY.guides), POLICY.version) == (14, 54, 7)

    @pytest.mark.parametrize("guide", POLICY.guides.values(), ids=lambda guide: guide.id)
    def test_a_guide_helps_in_a_few_paragraphs_of_its_own(self, guide: Guide) -> None:
        words = guide.body["en"].split()
        assert 40 <= len(words) <= 160
        assert 30 <= guide.review_days <= 400

    def test_no_two_guides_say_the_same(self) -> None:
        assert len({guide.body["en"] for guide in POLICY.guides.values()}) == 54
        assert len({guide.title["en"] for guide in POLICY.guides.values()}) == 54

    def test_owners_work_where_their_guides_are_read(self) -> None:
        for section in POLICY.sections:
            assert {guide.owner_role for guide in section.guides} <= {*section.roles, "tpm", "psm"}


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"stage": "gate_1", "phase": "1B", "roles": ["tpm"]}, ["gate_1_phase_1b", "role_tpm"]),
        ({"stage": "gate_1", "roles": ["tpm"]}, ["gate_1_phase_1a", "gate_1_phase_1b", "role_tpm"]),
        ({"stage": "post_launch", "roles": ["tam"]}, ["post_launch", "role_psm_tam"]),
        ({"stage": "gate_0", "roles": ["pam", "pdm"]}, ["gate_0", "role_pam", "role_pdm"]),
        ({"stage": "gate_2", "roles": ["csm"]}, []),
        ({"kind": "customer"}, []),
        ({"roles": ["psm"], "stage": "gate_3", "phase": "3A"}, ["gate_3_phase_3a", "role_psm_tam"]),
    ],
)
def test_guides_are_shown_where_they_are_needed(asked: dict[str, object], expected: list[str]) -> None:
    assert [section.id for section in sections_for(POLICY, **asked)] == expected  # type: ignore[arg-type]


def test_without_a_question_everything_is_there() -> None:
    assert {section.id for section in sections_for(POLICY)} == {section.id for section in POLICY.sections}


@given(
    stage=st.sampled_from(["", *(stage.value for stage in STAGES_BY_KIND["partner"])]),
    roles=st.sets(st.sampled_from(["pam", "pdm", "tpm", "psm", "tam", "csm"])),
)
def test_more_roles_never_show_less(stage: str, roles: set[str]) -> None:
    for role in roles:
        alone = {section.id for section in sections_for(POLICY, stage=stage, roles=[role])}
        assert alone <= {section.id for section in sections_for(POLICY, stage=stage, roles=roles)}


def test_a_guide_is_looked_over_again() -> None:
    guide = POLICY.guides["partner_tier_classification"]
    assert review_due_on(guide, reviewed_on=date(2026, 3, 1)) == date(2027, 3, 1)


FIRST = "sections[0].guides[0]"


@pytest.mark.parametrize(
    ("place", "value", "at", "words"),
    [
        ("pages", [], "pages", "unknown entry"),
        ("sections", [], "sections", "must not be empty"),
        ("sections[1].id", "pre_contract", "sections[1].id", "is there already"),
        ("sections[0].kinds", [], "sections[0].kinds", "at least one"),
        ("sections[0].roles", ["boss"], "sections[0].roles[0]", "one of pam"),
        ("sections[0].stage", "gate_9", "sections[0].stage", "one of pre_contract"),
        ("sections[2].phase", "first", "sections[2].phase", "a phase like 1A"),
        ("sections[2].stage", GONE, "sections[2].phase", "of a stage that is named"),
        ("sections[0].guides", [], "sections[0].guides", "must not be empty"),
        ("sections[0].guides[1].id", "executive_sponsorship_validation", "sections[0].guides[1].id", "already"),
        ("sections[1].guides[0].id", "executive_sponsorship_validation", "sections[1].guides[0].id", "already"),
        (f"{FIRST}.title", {"de": "Leitfaden"}, f"{FIRST}.title", '"en" is missing'),
        (f"{FIRST}.body", GONE, FIRST, "either a body or a link"),
        (f"{FIRST}.link", "https://example.com", FIRST, "either a body or a link"),
        (f"{FIRST}.body", {"en": "  "}, f"{FIRST}.body.en", "expected a text"),
        (f"{FIRST}.owner_role", "nobody", f"{FIRST}.owner_role", "one of pam"),
        (f"{FIRST}.review_days", 0, f"{FIRST}.review_days", "1 or more"),
    ],
)
def test_a_broken_pack_is_refused_at_its_place(place: str, value: object, at: str, words: str) -> None:
    assert_refused(parse_guides, changed(BODY, place, value), at=at, words=words)


@pytest.mark.parametrize("link", ["http://example.com", "javascript:alert(1)", "https://a b", "/guides", "https://"])
def test_a_link_is_an_address_of_the_web(link: str) -> None:
    body = changed(changed(BODY, f"{FIRST}.body", GONE), f"{FIRST}.link", link)
    assert_refused(parse_guides, body, at=f"{FIRST}.link", words="begins with https://")


def test_a_link_stands_in_place_of_a_body() -> None:
    body = changed(changed(BODY, f"{FIRST}.body", GONE), f"{FIRST}.link", "https://example.com/guide")
    guide = parse_guides(body, version=1).guides["executive_sponsorship_validation"]
    assert (guide.is_link, guide.link, guide.body) == (True, "https://example.com/guide", {})
