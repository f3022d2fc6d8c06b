"""A JSON object read element by element: what `json` reads, in one gulp, and what it refuses; in flat memory."""

import io
import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.json_stream import DEEPEST, Element, MalformedJson, elements

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


class Dripping(io.StringIO):
    """A file that gives a few characters at a time, so that every place is an edge once."""

    def read(self, size: int | None = -1, /) -> str:
        return super().read(min(size or 3, 3))


def flat(export: dict[str, Any]) -> list[Element]:
    return [
        Element(name=name, value=one, is_listed=isinstance(value, list))
        for name, value in export.items()
        for one in (value if isinstance(value, list) else [value])
    ]


@given(st.dictionaries(st.text(), VALUES, max_size=5), st.sampled_from([None, 1]), st.booleans())
def test_it_reads_what_json_reads(export: dict[str, Any], indent: int | None, escaped: bool) -> None:
    text = json.dumps(export, indent=indent, ensure_ascii=escaped)
    read = flat(json.loads(text, parse_float=Decimal))
    assert list(elements(Dripping(text))) == list(elements(io.StringIO(text))) == read


def test_a_value_is_neither_too_long_nor_too_deep() -> None:
    export = {"a": ["x" * 200_000, {"b": [1] * 50_000}], "n": 7}
    assert list(elements(io.StringIO(json.dumps(export)))) == flat(export)
    with pytest.raises(MalformedJson, match="'a' is too long"):
        list(elements(io.StringIO(json.dumps(export)), most=50_000))
    deep = '{"a": ' + "[" * (DEEPEST + 2) + "]" * (DEEPEST + 2) + "}"
    with pytest.raises(MalformedJson, match="too deep"):
        list(elements(io.StringIO(deep)))


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", "[]", "7", "{", '{"a"', '{"a":', '{"a": [', '{"a": [1', '{"a": [1,', '{"a": [1,]}', '{"a": 1,}'),
        *('{"a": [1}', '{"a": [1 2]}', "{1: 2}", '{"a": }', '{"a": 1} x', '{"a": [tru]}', '{"a": "x}', '{"a": 01}'),
        '{"a": ' + "[" * 100_000,
    ],
)
def test_what_is_no_object_is_refused(text: str) -> None:
    with pytest.raises(MalformedJson):
        list(elements(io.StringIO(text)))
