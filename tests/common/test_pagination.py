"""Keyset pages over real rows: users, whose `name_sort`, `deactivated_at` and `email` give every kind of order."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from common.listing import COUNT_LIMIT, ListQuery, count_words, pager
from common.pagination import BoundedCount, Order, SortKey, encode, neighbors, paginate, paginate_composed

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
BY_NAME = Order((SortKey(name="name_sort"),))
BY_NAME_DOWN = Order((SortKey(name="name_sort", descending=True),))
LEFT_FIRST = Order((SortKey(name="deactivated_at", nulls="first"), SortKey(name="name_sort")))
LEFT_LAST = Order((SortKey(name="deactivated_at", nulls="last"), SortKey(name="name_sort")))
LEFT_DOWN = Order((SortKey(name="deactivated_at", descending=True, nulls="last"), SortKey(name="name_sort")))
MIXED = Order((SortKey(name="job_title", descending=True), SortKey(name="name_sort")))
ORDERS = [BY_NAME, BY_NAME_DOWN, LEFT_FIRST, LEFT_LAST, LEFT_DOWN, MIXED]

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> list[User]:
    """Eleven people: names twice, days of leaving twice or none."""
    return User.objects.bulk_create(
        User(
            email=f"p{number}@example.com",
            name=f"Person {number // 2}",
            job_title=("chief", "", "agent")[number % 3],
            deactivated_at=None if number % 3 == 0 else NOW + timedelta(days=number // 4, microseconds=7),
        )
        for number in range(11)
    )


def expected(order: Order) -> list[int]:
    return list(User.objects.order_by(*order.ordering()).values_list("pk", flat=True))


def ids(rows: Iterable[Any]) -> list[int]:
    return [row.pk for row in rows]


@pytest.mark.parametrize("order", ORDERS, ids=lambda order: order.fingerprint)
@pytest.mark.parametrize("size", [1, 3, 11, 50])
def test_paging_forward_and_back_shows_every_row_once(people: list[User], order: Order, size: int) -> None:
    wanted, cursor, pages = expected(order), "", []
    while True:
        page = paginate(User.objects.all(), order, cursor=cursor, size=size)
        pages.append(ids(page.rows))
        if not page.next:
            break
        cursor = page.next
    assert [pk for some in pages for pk in some] == wanted
    backwards = [ids(page.rows)]
    while page.previous:
        page = paginate(User.objects.all(), order, cursor=page.previous, size=size)
        backwards.insert(0, ids(page.rows))
    # Going back ends on a full first page, which may repeat rows of the one after it.
    assert backwards[0] == wanted[:size]
    assert {pk for some in backwards for pk in some} == set(wanted)


@pytest.mark.parametrize("order", ORDERS, ids=lambda order: order.fingerprint)
def test_neighbors_are_those_beside_it(people: list[User], order: Order) -> None:
    wanted = expected(order)
    row = User.objects.get(pk=wanted[5])
    key = tuple(getattr(row, column.name) for column in order.columns)
    before, after = neighbors(User.objects.all(), order, key)
    assert ids(before[:2]) == [wanted[4], wanted[3]]
    assert ids(after[:2]) == [wanted[6], wanted[7]]


def test_a_place_outlives_its_row(people: list[User]) -> None:
    first = paginate(User.objects.all(), BY_NAME, size=4)
    rest = expected(BY_NAME)[4:]
    first.rows[-1].delete()
    User.objects.filter(pk=first.rows[0].pk).update(name="Zoe moved away")
    second = paginate(User.objects.all(), BY_NAME, cursor=first.next, size=20)
    assert ids(second.rows)[:-1] == rest
    assert ids(second.rows)[-1] == first.rows[0].pk


def test_pages_whose_rows_are_gone_fill_up_from_the_other_side(people: list[User]) -> None:
    first = paginate(User.objects.all(), BY_NAME, size=4)
    second = paginate(User.objects.all(), BY_NAME, cursor=first.next, size=4)
    User.objects.exclude(pk__in=ids(first.rows)).delete()
    last = paginate(User.objects.all(), BY_NAME, cursor=first.next, size=3)
    assert ids(last.rows) == ids(first.rows)[1:]
    assert last.next == ""
    assert last.previous != ""
    User.objects.filter(pk__in=ids(first.rows)[:2]).delete()
    back = paginate(User.objects.all(), BY_NAME, cursor=second.previous, size=4)
    assert ids(back.rows) == ids(first.rows)[2:]
    assert back.is_whole


def test_nobody_at_all_is_one_empty_page() -> None:
    User.objects.all().delete()
    page = paginate(User.objects.all(), BY_NAME, size=4)
    assert (list(page.rows), page.is_whole) == ([], True)


@pytest.mark.parametrize(
    "cursor",
    ["x", "a:b:c", "\0", "é" * 40, "9" * 3_000, encode(BY_NAME_DOWN, ("person 3", 4)), encode(BY_NAME, ("x", 1))[:-2]],
    ids=["short", "colons", "nul", "letters", "endless", "of another order", "cut"],
)
def test_a_cursor_that_is_none_opens_the_first_page(people: list[User], cursor: str) -> None:
    page = paginate(User.objects.all(), BY_NAME, cursor=cursor, size=4)
    assert ids(page.rows) == expected(BY_NAME)[:4]
    assert page.previous == ""


def test_a_page_is_one_statement_however_deep(people: list[User], monkeypatch: pytest.MonkeyPatch) -> None:
    cursor = paginate(User.objects.all(), BY_NAME, size=4).next
    monkeypatch.setattr("common.prepared.SHORTEST", 100_000)
    with CaptureQueriesContext(connection) as statements:
        paginate(User.objects.all(), BY_NAME, cursor=cursor, size=4)
    assert len(statements) == 1
    assert "OFFSET" not in statements[0]["sql"]
    assert '("accounts_user"."name_sort", "accounts_user"."id") > (' in statements[0]["sql"]


def test_rows_may_be_dictionaries_and_read_by_hand(people: list[User]) -> None:
    rows = User.objects.values("name_sort", "id")
    page = paginate(rows, BY_NAME, size=4)
    assert [row["id"] for row in paginate(rows, BY_NAME, cursor=page.next, size=4).rows] == expected(BY_NAME)[4:8]
    pairs = User.objects.values_list("name_sort", "id")
    page = paginate(pairs, BY_NAME, size=4, key_of=lambda row: row)
    assert [row[1] for row in paginate(pairs, BY_NAME, cursor=page.next, size=4, key_of=lambda row: row).rows] == (
        expected(BY_NAME)[4:8]
    )


def test_a_count_is_bounded(people: list[User]) -> None:
    counted = User.objects.annotate(
        few=BoundedCount(User.objects.values("pk")[:4]), most=BoundedCount(User.objects.values("pk")[:40])
    ).first()
    assert counted is not None
    assert (counted.few, counted.most) == (4, 11)


class TestListQuery:
    QUERY = ListQuery.of(
        QueryDict("stage=gate_2&stage=gate_3&sort=-age&junk=1&q=&cursor=abc"), ("sort", "stage", "q", "cursor")
    )

    def test_only_known_keys_with_values_are_kept(self) -> None:
        assert self.QUERY.encode() == "sort=-age&stage=gate_2&stage=gate_3&cursor=abc"
        assert (self.QUERY.get("sort"), self.QUERY.all("stage"), self.QUERY.get("q")) == (
            "-age",
            ("gate_2", "gate_3"),
            "",
        )

    def test_a_change_goes_back_to_the_first_page(self) -> None:
        assert self.QUERY.changed(sort="name").encode() == "stage=gate_2&stage=gate_3&sort=name"
        assert self.QUERY.changed(sort="").encode() == "stage=gate_2&stage=gate_3"
        assert self.QUERY.without_pair("stage", "gate_2").encode() == "sort=-age&stage=gate_3"
        assert self.QUERY.without("stage").encode() == "sort=-age"
        assert self.QUERY.at("xyz").encode() == "sort=-age&stage=gate_2&stage=gate_3&cursor=xyz"

    def test_a_stored_text_reads_back(self) -> None:
        assert ListQuery.parse(self.QUERY.encode(), ("sort", "stage", "cursor")) == self.QUERY
        assert ListQuery.parse("%%%;;&&=", ("sort",)) == ListQuery()
        assert ListQuery.parse(f"{'&' * 3_000}sort=name", ("sort",)) == ListQuery((("sort", "name"),))

    def test_the_pager_links_to_the_neighbors(self, people: list[User]) -> None:
        first = paginate(User.objects.all(), BY_NAME, size=4)
        links = pager(first, self.QUERY, "/people/", total=COUNT_LIMIT + 1)
        assert links.previous_url == ""
        assert links.next_url.startswith("/people/?sort=-age&stage=gate_2&stage=gate_3&cursor=")
        assert links.summary == count_words(COUNT_LIMIT + 1) == "More than 1,000"
        assert count_words(7) == "7 in all"


def named_people() -> Any:
    return User.objects.values("id", "name_sort", "email")


@pytest.mark.parametrize("order", [BY_NAME, Order((SortKey(name="name_sort", descending=True),))], ids=["up", "down"])
def test_a_composed_list_has_the_same_pages(people: list[User], order: Order) -> None:
    """Forth to the end and back to the beginning, both ways of asking side by side."""
    cursor = ""
    for way in ["next"] * 8 + ["previous"] * 8:
        plain = paginate(named_people(), order, cursor=cursor, size=3)
        page = paginate_composed(named_people, order=order, cursor=cursor, size=3)
        assert (list(page.rows), page.previous, page.next) == (list(plain.rows), plain.previous, plain.next)
        cursor = getattr(page, way) or cursor


def test_a_composed_list_with_empty_values_has_the_same_pages(people: list[User]) -> None:
    order = Order((SortKey(name="last_login", nulls="last"), SortKey(name="name_sort")))
    User.objects.filter(pk__in=[person.pk for person in people[::2]]).update(
        last_login=datetime(2026, 1, 1, tzinfo=UTC)
    )

    def ids(rows: Any) -> list[int]:
        return [row["id"] for row in rows]

    cursor = ""
    for _page in range(4):
        plain = paginate(dated_people(), order, cursor=cursor, size=4)
        page = paginate_composed(dated_people, order=order, cursor=cursor, size=4)
        assert ids(page.rows) == ids(plain.rows)
        cursor = page.next or cursor


def dated_people() -> Any:
    return User.objects.values("id", "name_sort", "last_login")
