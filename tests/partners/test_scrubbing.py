"""A person's words leave what others wrote, and other words stay."""

import pytest

from partners.rules.scrubbing import pattern_of, scrub

WORDS = {"Mia Wallace", "mia@northwind.example", "+49 30 123", "May", "Jo"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Call with Mia Wallace.", "Call with X."),
        ("MIA WALLACE wrote", "X wrote"),
        ("(mia@northwind.example)", "(X)"),
        ("MIA@Northwind.example", "X"),
        ("ring +49 30 123 today", "ring X today"),
        ("May is away, may be back", "X is away, may be back"),
        ("Maybe Jo knows", "Maybe Jo knows"),
        ("Mia Wallaces cousin", "Mia Wallaces cousin"),
        ("mia@northwind.examples", "mia@northwind.examples"),
        ("Mia", "Mia"),
        ("", ""),
    ],
)
def test_words_are_found_by_themselves(text: str, expected: str) -> None:
    pattern = pattern_of(WORDS)
    assert pattern is not None
    assert scrub(text, pattern, "X") == expected


def test_the_longest_is_taken_first() -> None:
    pattern = pattern_of({"Mia Wallace", "Mia Wallace Stone"})
    assert pattern is not None
    assert scrub("Mia Wallace Stone and Mia Wallace", pattern, "X") == "X and X"


def test_json_is_searched_to_its_ends() -> None:
    pattern = pattern_of({"Mia Wallace"})
    assert pattern is not None
    value = {"who": ["Mia Wallace", 3, None, {"Mia Wallace": "by Mia Wallace"}]}
    assert scrub(value, pattern, "X") == {"who": ["X", 3, None, {"Mia Wallace": "by X"}]}


@pytest.mark.parametrize("words", [set(), {""}, {"Jo"}, {"  "}])
def test_nothing_worth_looking_for(words: set[str]) -> None:
    assert pattern_of(words) is None


def test_words_are_no_expressions() -> None:
    pattern = pattern_of({"a.c (x)"})
    assert pattern is not None
    assert scrub("abc (x) a.c (x)", pattern, "X") == "abc (x) X"
