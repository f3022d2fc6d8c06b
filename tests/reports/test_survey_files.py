"""Surveys that others have asked: what counts, what is left out, the real file of SFO, files that are refused."""

from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db.models import QuerySet

from accounts.models import Activity
from common.errors import DomainError
from common.reading import MalformedInput
from reports.imports.survey_files import BadRows, import_file, read_mapping
from reports.models import ExternalQuestion, ExternalSurvey
from reports.rules.survey_files import Scale, count, parse_mapping
from reports.selectors.external_surveys import question_lines
from tests.cast import Cast

NOW = datetime(2026, 11, 28, 12, 0, tzinfo=UTC)
ROOT = Path(settings.BASE_DIR)
SFO = ROOT.parent / "shared" / "data" / "survey_sfo" / "2016_SFO_Customer_Survey.csv"
SFO_MAPPING = ROOT / "docs" / "mappings" / "survey_sfo_2016.yaml"
MAPPING: dict[str, Any] = {
    "name": "Visitors",
    "wave": "May",
    "questions": {
        "ALL": {"label": "All in all", "kind": "csat", "left_out": {"0": "Blank", "6": "Not applicable"}},
        "NET": {"label": "Recommend", "kind": "nps", "left_out": {"11": "Blank"}},
    },
}
YAML = """
name: Visitors
wave: May
weight: WEIGHT
questions:
  ALL: {label: All in all, kind: csat, left_out: {"0": Blank, "6": Not applicable}}
  NET: {label: Recommend, kind: nps, left_out: {"11": Blank}}
"""


def test_stand_ins_are_counted_by_name_and_enter_no_figure() -> None:
    rows = [
        ("5", "10"),
        ("4", "9"),
        ("3", "0"),
        ("0", "6"),
        ("6", "11"),
        ("", "8"),
        (" 5 ", ""),
        ("7", "5"),
        ("x", "12"),
    ]
    cells = [(number, {"ALL": one, "NET": two}) for number, (one, two) in enumerate(rows, 2)]
    found = count(cells, parse_mapping(MAPPING))
    assert found.rows == 9
    assert found.scores == {"ALL": {5: 2, 4: 1, 3: 1}, "NET": {10: 1, 9: 1, 8: 1, 6: 1, 5: 1, 0: 1}}
    assert found.left_out == {"ALL": {"Blank": 2, "Not applicable": 1}, "NET": {"Blank": 2}}
    faults = [(one.row, one.column, one.found, one.expected) for one in found.faults]
    assert faults == [
        (9, "ALL", "7", "1 to 5, 0, 6"),
        (10, "ALL", "x", "1 to 5, 0, 6"),
        (10, "NET", "12", "0 to 10, 11"),
    ]


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"name": ""}, "name"),
        ({"wave": "w" * 41}, "wave"),
        ({"scale": "5"}, "scale"),
        ({"questions": {}}, "questions"),
        ({"name": "a\0b"}, "name"),
        ({"questions": {"ALL": {"label": "a\nb", "kind": "csat"}}}, "questions.ALL.label"),
        ({"questions": {"ALL": {"label": "a", "kind": "csat", "left_out": {"0": "\0"}}}}, "questions.ALL.left_out.0"),
        ({"questions": {"ALL": {"label": "All", "kind": "stars"}}}, "questions.ALL.kind"),
        # A stand-in that is a score would take answers away.
        ({"questions": {"ALL": {"label": "All", "kind": "csat", "left_out": {"5": "?"}}}}, "questions.ALL.left_out.5"),
        ({"questions": {"NET": {"label": "N", "kind": "nps", "left_out": {"0": "?"}}}}, "questions.NET.left_out.0"),
    ],
)
def test_mappings_that_cannot_be(change: dict[str, Any], place: str) -> None:
    with pytest.raises(MalformedInput) as caught:
        parse_mapping({**MAPPING, **change})
    assert caught.value.place == place


@pytest.mark.django_db
def test_the_real_file_says_what_its_house_has_published(cast: Cast) -> None:
    if not SFO.exists():
        pytest.skip("../shared/data/survey_sfo is not here")
    said = StringIO()
    call_command("import_survey", SFO, "--mapping", SFO_MAPPING, "--as", cast.adam.email, stdout=said)
    assert "Q7ALL: 80.99% of 2919 answers, 168 left out" in said.getvalue()
    survey = ExternalSurvey.objects.get(name="SFO customer survey", wave="2016")
    line = {one.key: one for one in question_lines(survey)}["Q7ALL"]
    assert (survey.rows, survey.weight_column) == (3087, "WEIGHT")
    assert line.scores == ((1, 7), (2, 51), (3, 497), (4, 1633), (5, 731))
    assert line.reasons == (("Blank", 133), ("Never used or not applicable", 35))
    assert (line.interval, line.mean) == ("79.5% to 82.4%", "4.04")
    call_command("import_survey", SFO, "--mapping", SFO_MAPPING, "--as", cast.adam.email, stdout=said)
    assert "3087 rows, here already" in said.getvalue()
    assert ExternalSurvey.objects.count() == 1


@pytest.mark.django_db
def test_a_file_comes_in_once_and_a_bad_one_not_at_all(
    cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    admin = cast.actor("adam")

    def bring(text: str, name: str = "may.csv", **more: Any) -> tuple[ExternalSurvey, bool]:
        path = tmp_path / name
        path.write_text(text)
        return import_file(path, name=name, mapping_text=YAML, by=admin, now=NOW, **more)

    survey, is_new = bring("ALL,NET,WEIGHT\n5,10,0.5\n0,11,2\n3,2,1\n")
    assert (is_new, survey.rows) == (True, 3)
    by_key = {line.key: line for line in question_lines(survey)}
    assert (by_key["ALL"].value, by_key["ALL"].mean, by_key["ALL"].left_out) == ("50.00%", "4.00", 1)
    assert (by_key["NET"].scale, by_key["NET"].value, by_key["NET"].answers) == (Scale.NPS, "0.0", 2)
    assert bring("ALL,NET,WEIGHT\n5,10,0.5\n0,11,2\n3,2,1\n", "again.csv") == (survey, False)
    assert Activity.objects.filter(verb="survey.imported").count() == 1

    for text, words in (
        ("ALL,NET,WEIGHT\n1,1,1\n", "from another file"),
        ("ALL,WEIGHT\n1,1\n", "no column NET"),
        ("ALL,NET\n1,1\n", "no column WEIGHT"),
        ("ALL,NET,WEIGHT\n", "no rows"),
        ("ALL,NET,WEIGHT\n1,1,1\n1,1\n", "Row 3: "),
        ("", "empty"),
    ):
        with pytest.raises(Exception, match=words):
            bring(text)
    with pytest.raises(BadRows) as caught:
        bring("ALL,NET,WEIGHT\n5,5,1\n8,99,1\n")
    assert [(one.row, one.column, one.found) for one in caught.value.faults] == [(3, "ALL", "8"), (3, "NET", "99")]
    assert ExternalSurvey.objects.count() == 1

    with monkeypatch.context() as two_at_once:
        two_at_once.setattr(QuerySet, "first", lambda _rows: None)
        with pytest.raises(DomainError, match="at this moment"):
            bring("ALL,NET,WEIGHT\n1,1,1\n")

    newer, is_new = bring("ALL,NET,WEIGHT\n1,1,1\n", replace=True)
    assert is_new
    assert [one.pk for one in ExternalSurvey.objects.all()] == [newer.pk]
    assert ExternalQuestion.objects.count() == 2
    assert [ExternalSurvey.objects.visible_to(cast.actor(name)).count() for name in ("adam", "tom", "nora")] == [
        1,
        1,
        0,
    ]


@pytest.mark.django_db
def test_the_command_names_rows_and_people_who_may_not(cast: Cast, tmp_path: Path) -> None:
    mapping, path, told = tmp_path / "m.yaml", tmp_path / "f.csv", StringIO()
    mapping.write_text(YAML)
    path.write_text("ALL,NET,WEIGHT\n8,1,1\n")
    for who, words in ((cast.adam.email, "nothing was written"), ("nobody@example.com", "no active user")):
        with pytest.raises(CommandError, match=words):
            call_command("import_survey", path, "--mapping", mapping, "--as", who, stderr=told)
    assert "row 2, ALL: found '8', expected 1 to 5, 0, 6" in told.getvalue()
    path.write_text("ALL,NET,WEIGHT\n5,1,1\n")
    with pytest.raises(CommandError, match="do not import"):
        call_command("import_survey", path, "--mapping", mapping, "--as", cast.tom.email)
    mapping.write_text("name: [")
    with pytest.raises(CommandError, match="no YAML"):
        call_command("import_survey", path, "--mapping", mapping, "--as", cast.adam.email)


def test_a_mapping_kept_in_docs_is_one() -> None:
    assert "Q7ALL" in read_mapping(SFO_MAPPING.read_text()).columns
