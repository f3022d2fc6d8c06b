"""Packs that are broken at one place: a copy of a good body with one value set, added or taken out."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from common.reading import MalformedInput

GONE = object()
"""Stands for "without this key"."""


def changed(body: Mapping[str, Any], place: str, value: object) -> dict[str, Any]:
    """The body with another value at a place like `rules[0].series[1].touchpoint`, or without it."""
    broken: Any = copy.deepcopy(dict(body))
    *way, last = [int(step) if step.isdigit() else step for step in re.findall(r"[^.\[\]]+", place)]
    held = broken
    for step in way:
        held = held[step]
    if value is GONE:
        del held[last]
    else:
        held[last] = value
    result: dict[str, Any] = broken
    return result


def assert_refused(parse: Callable[..., object], body: Mapping[str, Any], *, at: str, words: str) -> None:
    """The parser refuses the body, names the place and says what is wrong."""
    with pytest.raises(MalformedInput) as refusal:
        parse(body, version=1)
    assert refusal.value.place == at
    assert words in refusal.value.problem
