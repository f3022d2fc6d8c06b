"""The columns of a home: read one after the other, what is most urgent comes first."""

import pytest

from common.panels import LoadedPanel, Panel
from hub.home import arranged


def loaded(key: str, *, wide: bool) -> LoadedPanel:
    panel = Panel(key=key, slot="home", title=key, template="", load=lambda request: None, wide=wide)
    return LoadedPanel(panel=panel, context={})


@pytest.mark.parametrize(
    ("order", "before", "main", "after"),
    [
        ("", "", "", ""),
        ("ab", "ab", "", ""),
        ("AB", "", "AB", ""),
        ("abCd", "ab", "C", "d"),
        ("AbcD", "", "AD", "bc"),
        ("aBcDe", "a", "BD", "ce"),
    ],
)
def test_narrow_panels_before_the_first_wide_one_stay_before_it(order: str, before: str, main: str, after: str) -> None:
    """Capitals are wide panels."""
    found = arranged([loaded(letter, wide=letter.isupper()) for letter in order])
    columns = ["".join(one.panel.key for one in column) for column in (found.before, found.main, found.after)]
    assert columns == [before, main, after]
