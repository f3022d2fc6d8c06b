"""Cells to values and columns to fields, by tables."""

from datetime import date
from decimal import Decimal

import pytest

from partners.rules import import_values as values
from partners.rules.import_mapping import MappingError, parse_mapping, suggest
from partners.rules.import_values import BadCell, Options


@pytest.mark.parametrize(
    ("cell", "order", "expected"),
    [
        ("2026-03-09", "YMD", date(2026, 3, 9)),
        ("2026-03-09", "DMY", date(2026, 3, 9)),
        ("09.03.2026", "DMY", date(2026, 3, 9)),
        ("03/09/2026", "MDY", date(2026, 3, 9)),
        ("2026-03-09 14:00", "YMD", date(2026, 3, 9)),
        ("2024-02-29", "YMD", date(2024, 2, 29)),
    ],
)
def test_days(cell: str, order: str, expected: date) -> None:
    assert values.as_day(cell, Options(date_order=order)) == expected


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("2025-02-29", "date"),
        ("31.04.2026", "date"),
        ("13/13/2026", "date"),
        ("soon", "date"),
        ("1850-01-01", "date_range"),
        ("2999-01-01", "date_range"),
    ],
)
def test_impossible_days(cell: str, code: str) -> None:
    with pytest.raises(BadCell) as refused:
        values.as_day(cell, Options(date_order="DMY"))
    assert refused.value.expected == code


@pytest.mark.parametrize(
    ("cell", "decimal", "expected"),
    [
        ("1250", ".", "1250.00"),
        ("1,250.5", ".", "1250.50"),
        ("1.250,5", ",", "1250.50"),
        ("$ 6184.21", ".", "6184.21"),
        ("1 000 000", ".", "1000000.00"),
    ],
)
def test_amounts(cell: str, decimal: str, expected: str) -> None:
    assert values.as_amount(cell, Options(decimal=decimal)) == Decimal(expected)


@pytest.mark.parametrize("cell", ["-5", "NaN", "Infinity", "1e400", "12.3.4", "abc", "1" * 20])
def test_what_is_no_amount(cell: str) -> None:
    with pytest.raises(BadCell):
        values.as_amount(cell, Options())


@pytest.mark.parametrize("cell", ["=1+1", "=HYPERLINK(1)", "@SUM(A1)", " =cmd"])
def test_formulas_are_refused(cell: str) -> None:
    with pytest.raises(BadCell) as refused:
        values.as_text(cell, limit=100)
    assert refused.value.expected == "formula"


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("'=1+1", "=1+1"),
        ("'+49 30", "+49 30"),
        ("'-5", "-5"),
        ("' @x", " @x"),
        ("'t Hooft", "'t Hooft"),
        ("plain", "plain"),
        ("", ""),
    ],
)
def test_the_guard_of_an_export_comes_off(cell: str, text: str) -> None:
    assert values.unguarded(cell) == text


def test_choices_by_value_and_label() -> None:
    choices = {"post_launch": "Post-Launch", "gate_3": "Gate 3"}
    assert [values.as_choice(cell, choices) for cell in ("Post launch", "POST_LAUNCH", "gate 3")] == [
        "post_launch",
        "post_launch",
        "gate_3",
    ]
    with pytest.raises(BadCell):
        values.as_choice("gate 9", choices)


KNOWN = ("name", "external_key", "arr", "industry")
COLUMNS = ("id", "Company Name", "MRR", "sector", "other")


def test_suggestions_take_each_field_once() -> None:
    aliases = {"name": ("company name",), "external_key": ("id",), "arr": (), "industry": ("sector", "branch")}
    assert suggest(COLUMNS, aliases) == {"id": "external_key", "Company Name": "name", "sector": "industry"}
    assert suggest(("industri",), aliases) == {"industri": "industry"}


@pytest.mark.parametrize(
    ("data", "place"),
    [
        ({"columns": {"nope": "name"}}, "columns.nope"),
        ({"columns": {"id": "password"}}, "columns.id"),
        ({"columns": {"id": "name", "MRR": "name"}}, "columns"),
        ({"constants": {"version": "9"}}, "constants.version"),
        ({"templates": {"name": "{gone}"}}, "templates.name"),
        ({"factors": {"arr": "twelve"}}, "factors.arr"),
        ({"factors": {"arr": "NaN"}}, "factors.arr"),
        ({"factors": {"arr": "-1"}}, "factors.arr"),
        ({"factors": {"name": "2"}}, "factors.name"),
        ({"factors": [1]}, "factors"),
        ({"columns": ["id"]}, "columns"),
        ({"columns": {"id": ["name"]}}, "columns.id"),
        ({"values": {"name": "x"}}, "values.name"),
        ({"values": {"name": {"a": True}}}, "values.name.a"),
        ({"passwords": {}}, "passwords"),
        ({"date_order": "XYZ"}, "date_order"),
    ],
)
def test_a_wrong_mapping_is_refused_at_its_place(data: dict[str, object], place: str) -> None:
    with pytest.raises(MappingError) as refused:
        parse_mapping(data, known=KNOWN, columns=COLUMNS, amounts=("arr",))
    assert refused.value.place == place


def test_templates_constants_and_values() -> None:
    mapping = parse_mapping(
        {
            "columns": {"id": "external_key", "sector": "industry"},
            "templates": {"name": "{sector} {id:4}"},
            "constants": {"arr": "5"},
            "values": {"industry": {"IT": "Software"}},
        },
        known=KNOWN,
        columns=COLUMNS,
    )
    sources = mapping.sources(COLUMNS)
    cells = ("abcdef", "", "", "IT", "")
    found = {name: (source.text(cells), source.column) for name, source in sources.items()}
    assert found == {
        "external_key": ("abcdef", "id"),
        "name": ("IT abcd", "sector"),
        "industry": ("Software", "sector"),
        "arr": ("5", ""),
    }
    again = parse_mapping(mapping.as_data(), known=KNOWN, columns=COLUMNS)
    assert again == mapping
