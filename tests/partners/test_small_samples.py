"""The Wilson interval against known figures, and what holds for every sample."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partners.rules.small_samples import share


@pytest.mark.parametrize(
    ("hits", "total", "low", "high"),
    [
        # Newcombe 1998, table I, method 3
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0000, 0.1611),
        (1, 29, 0.0061, 0.1718),
        (29, 29, 0.8830, 1.0000),
    ],
)
def test_the_interval_is_that_of_wilson(hits: int, total: int, low: float, high: float) -> None:
    found = share(hits, total)
    assert (found.low, found.high) == (pytest.approx(low, abs=5e-5), pytest.approx(high, abs=5e-5))


def test_nothing_is_known_of_none() -> None:
    found = share(0, 0)
    assert (found.value, found.low, found.high) == (None, 0.0, 1.0)
    assert found.is_compatible_with(0.8)


@pytest.mark.parametrize(("hits", "total"), [(-1, 3), (4, 3), (0, -1)])
def test_there_cannot_be_more_than_all(hits: int, total: int) -> None:
    with pytest.raises(ValueError, match="there are not"):
        share(hits, total)


@given(total=st.integers(1, 5_000), part=st.floats(0, 1))
def test_the_share_lies_in_its_interval_which_narrows(total: int, part: float) -> None:
    hits = round(part * total)
    found, more = share(hits, total), share(hits * 4, total * 4)
    assert found.value is not None
    assert 0 <= found.low <= found.value <= found.high <= 1
    assert more.high - more.low < found.high - found.low
    other = share(total - hits, total)
    assert (other.low, other.high) == (pytest.approx(1 - found.high), pytest.approx(1 - found.low))
