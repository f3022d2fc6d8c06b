"""Markdown becomes few, safe tags, whatever is in it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.markdown import MAX_BYTES, rendered


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("One **two** `three`", "<p>One <strong>two</strong> <code>three</code></p>"),
        ("# Head", "<h2>Head</h2>"),
        ("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>"),
        ("[here](https://x.example/)", '<p><a href="https://x.example/" rel="noopener noreferrer">here</a></p>'),
        ("a\n\nb", "<p>a</p>\n<p>b</p>"),
    ],
)
def test_what_it_makes(text: str, html: str) -> None:
    assert rendered(text).strip() == html


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        '<a href="javascript:alert(1)">x</a>',
        "![x](https://x.example/a.png)",
        '<p style="position:fixed">x</p>',
    ],
)
def test_what_it_does_not(text: str) -> None:
    html = rendered(text)
    assert "<script" not in html
    assert "<img" not in html
    assert '<a href="javascript' not in html
    assert '<a href="data' not in html
    assert "<p style" not in html


def test_long_texts_are_cut() -> None:
    assert len(rendered("x" * (MAX_BYTES + 10_000))) < MAX_BYTES + 100


@given(st.text(max_size=300))
def test_no_text_breaks_it(text: str) -> None:
    assert "<script" not in rendered(text).lower()
