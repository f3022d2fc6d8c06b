"""The board by gate: columns with counts, bounded cards, and only what the reader sees."""

from datetime import timedelta

import pytest

from accounts.models import User
from tests.partners.page_world import NOW, assign, counting, organization, person, signed_in, team_of

pytestmark = pytest.mark.django_db

URL = "/organizations/board/"


@pytest.fixture
def admin() -> User:
    return person("Ada Admin", "admin")


def columns(user: User, query: str = "") -> dict[str, list[str]]:
    answer = signed_in(user).get(f"{URL}{query}")
    assert answer.status_code == 200
    return {column.label: [card.name for card in column.cards] for column, _url, _cards in answer.context["columns"]}


def test_every_stage_of_a_kind_longest_first(admin: User) -> None:
    organization("Young", "gate_2", stage_entered_at=NOW - timedelta(days=2))
    organization("Old", "gate_2", stage_entered_at=NOW - timedelta(days=90))
    organization("Launched")
    organization("Customer", "live")
    organization("Gone", "gate_2", archived_at=NOW)
    assert columns(admin) == {
        "Pre-Contract": [],
        "Gate 0": [],
        "Gate 1": [],
        "Gate 2": ["Old", "Young"],
        "Gate 3": [],
        "Post-Launch": ["Launched"],
    }
    assert columns(admin, "?kind=customer") == {
        "Pre-sales": [],
        "Kick-off": [],
        "Integrate": [],
        "Adopt": [],
        "Live": ["Customer"],
    }


def test_a_tam_sees_only_own_ones(admin: User) -> None:
    tam = person("Tom Okafor", "tam")
    organization("Foreign")
    assign(tam, "tam", organization("Mine"), organization("Too early", "gate_2"))
    assert [name for names in columns(tam).values() for name in names] == ["Mine"]
    page = signed_in(tam).get(URL).content.decode()
    assert "Foreign" not in page
    assert "Too early" not in page


def test_mine_team_and_filters(admin: User) -> None:
    lead, tam = person("Lea Lead", "techlead", "tam"), person("Tom Okafor", "tam")
    team_of(lead, tam)
    own, theirs = organization("Own", country="DE"), organization("Theirs", country="FR")
    assign(lead, "tam", own)
    assign(tam, "tam", theirs)
    assert columns(lead, "?mine=1")["Post-Launch"] == ["Own"]
    assert columns(lead, "?team=1")["Post-Launch"] == ["Theirs"]
    assert columns(lead, "?country=fr")["Post-Launch"] == ["Theirs"]


def test_a_column_is_bounded_and_leads_to_the_rest(admin: User) -> None:
    for number in range(33):
        organization(f"Org {number:02}", stage_entered_at=NOW - timedelta(days=number))
    answer = signed_in(admin).get(f"{URL}?country=")
    last, url, _cards = answer.context["columns"][-1]
    assert (last.total, len(last.cards), last.cards[0].name) == (33, 30, "Org 32")
    assert "Show all 33" in answer.content.decode()
    assert url == "/organizations/?kind=partner&stage=post_launch"
    assert len(signed_in(admin).get(url).context["lines"]) == 33


def test_who_works_with_customers_sees_theirs_first() -> None:
    csm = person("Cleo Csm", "csm")
    assign(csm, "csm", organization("Customer", "live"))
    assert columns(csm)["Live"] == ["Customer"]
    assert "Nobody here" in signed_in(csm).get(URL).content.decode()


def test_an_empty_board_says_why(admin: User) -> None:
    assert "No organization is open to you now" in signed_in(admin).get(URL).content.decode()
    assert "fits these filters" in signed_in(admin).get(f"{URL}?country=de").content.decode()


def test_statements_do_not_grow(admin: User) -> None:
    client = signed_in(admin)

    def fill(count: int) -> None:
        for number in range(count):
            assign(person(f"P{count} {number}", "pam"), "pam", organization(f"Org {count}-{number}", "gate_1"))

    fill(5)
    client.get(URL)
    with counting() as few:
        client.get(URL)
    fill(25)
    with counting() as many:
        client.get(URL)
    assert len(few) == len(many) <= 6, "\n".join(many)
