"""What addresses of issues and names in notes say."""

import pytest

from common.mentions import mentioned
from tickets.rules.issue_links import read_link


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("https://github.com/vendor/hub/issues/7", ("github", "vendor/hub", "7")),
        ("https://github.com/vendor/hub/pull/8#discussion", ("github", "vendor/hub", "8")),
        ("https://gitlab.example/group/sub/hub/-/issues/42", ("gitlab", "group/sub/hub", "42")),
        ("https://gitlab.com/vendor/hub/-/merge_requests/3", ("gitlab", "vendor/hub", "3")),
        ("https://github.com/vendor/hub", ("other", "", "")),
        ("https://evil.example/github.com/vendor/hub/issues/7", ("other", "", "")),
        (" https://tracker.example/T-1 ", ("other", "", "")),
    ],
)
def test_an_issue_by_its_address(address: str, expected: tuple[str, str, str]) -> None:
    found = read_link(address)
    assert found is not None
    assert (found.provider, found.project, found.number) == expected
    assert "#" not in found.url


@pytest.mark.parametrize(
    "address",
    [
        "",
        "http://github.com/a/b/issues/1",
        "javascript:alert(1)",
        "https://user:secret@github.com/a/b/issues/1",
        "https://",
        "https://x y.example/",
        "https://[broken/",
        "https://x.example/" + "a" * 600,
    ],
)
def test_what_is_no_link(address: str) -> None:
    assert read_link(address) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("@sue look", ("sue",)),
        ("ask @Sue.Tanaka, please.", ("sue.tanaka",)),
        ("(@sue) and @sven; @sue", ("sue", "sven")),
        ("mail sue@vendor.example", ()),
        ("https://x.example/@sue", ()),
        ("@ sue", ()),
        ("@@sue", ()),
        (" ".join(f"@person{number}" for number in range(30)), tuple(f"person{number}" for number in range(10))),
    ],
)
def test_who_is_named(text: str, expected: tuple[str, ...]) -> None:
    assert mentioned(text) == expected
