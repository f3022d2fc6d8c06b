"""The list of organizations as of a past day: what held then, for whom it is open today."""

import csv
import io
import re
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.exportables import Asked, known
from common.errors import DomainError
from common.listing import ListQuery
from common.pagination import paginate
from common.past import PastDay
from common.scope import Scope, scoped
from partners.models import Assignment, GateReview, Organization, StagePeriod
from partners.past_list import open_past
from tests.cast import Cast
from tests.factories.accounts import make_team, make_user
from tests.factories.health import make_health
from tests.factories.partners import make_assignment, make_interaction, make_partner

pytestmark = pytest.mark.django_db
UTC = ZoneInfo("UTC")
LIST = "/organizations/"
ALL_COLUMNS = "columns=stage,owners,health,launch,arr,class,country"


def at(month: int, day: int, hour: int = 12) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=UTC)


@pytest.fixture
def harbor(cast: Cast) -> Organization:
    """Tom's since 10 June and Otto's before; launched on 20 June; red in May, green in June; another launch planned
    and more revenue since 1 June, as its versions say."""
    found = make_partner("gate_3", name="Harbor", at=at(3, 1), country="DE", arr=Decimal(1_000), currency="EUR")
    Organization.objects.filter(pk=found.pk).update(target_launch_on=date(2026, 6, 1))
    Organization.objects.filter(pk=found.pk).update(
        target_launch_on=date(2026, 6, 20), arr=Decimal(2_000), stage="post_launch", stage_entered_at=at(6, 20)
    )
    StagePeriod.objects.filter(organization=found).update(left_at=at(6, 20))
    StagePeriod.objects.create(organization=found, stage="post_launch", entered_at=at(6, 20))
    make_assignment(found, cast.otto, "tam", started_at=at(3, 1), ended_at=at(6, 10))
    make_assignment(found, cast.tom, "tam", started_at=at(6, 10))
    make_interaction(found, cast.otto, happened_at=at(5, 20))
    make_interaction(found, cast.tom, happened_at=at(6, 25))
    make_health(found, day=date(2026, 5, 31), override="red")
    make_health(found, day=date(2026, 6, 30))
    _date_versions(found, [at(3, 1), at(3, 2), at(6, 1)])
    return found


def _date_versions(place: Organization, moments: list[datetime]) -> None:
    """The database dates versions by its own clock."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pgh_id FROM partners_organizationevent WHERE pgh_obj_id = %s ORDER BY 1", [place.pk])
        for (pgh_id,), moment in zip(cursor.fetchall(), moments, strict=True):
            cursor.execute(
                "UPDATE partners_organizationevent SET pgh_created_at = %s WHERE pgh_id = %s", [moment, pgh_id]
            )


def row_of(client: Client, query: str, name: str = "Harbor") -> dict[str, str]:
    """The cells of an organization by the names of their columns; empty where it is not in the list."""
    page = client.get(f"{LIST}?{query}").content.decode()
    for row in re.findall(r"<tr data-row.*?</tr>", page, flags=re.DOTALL):
        if f">{name}</a>" in row:
            cells = re.findall(r'<td[^>]*data-label="([^"]+)">(.*?)</td>', row, flags=re.DOTALL)
            return {label: re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", cell)).strip() for label, cell in cells}
    return {}


def test_a_row_says_what_held_at_the_end_of_that_day(client: Client, cast: Cast, harbor: Organization) -> None:
    client.force_login(cast.tom)
    may = row_of(client, f"as_of=2026-05-31&{ALL_COLUMNS},contact")
    june = row_of(client, f"as_of=2026-06-30&{ALL_COLUMNS}")
    assert may["Stage"] == "Gate 3 91 d"
    assert "Otto" in may["Owners"]
    assert "Tom" not in may["Owners"]
    assert (may["Health"].split()[0], may["Country"], may["Class"]) == ("Red", "DE", "—")
    assert may["Target launch"] == "Jun 1, 2026"
    assert may["ARR"] == "€1,000"
    assert "11 days ago" in may["Last contact"]
    assert june["Stage"] == "Post-Launch 10 d"
    assert "Tom" in june["Owners"]
    assert "Otto" not in june["Owners"]
    assert (june["Health"].split()[0], june["ARR"]) == ("Green", "€2,000")
    # A stage that began on a day holds at its end, an owner who left on it no longer.
    assert row_of(client, "as_of=2026-06-20")["Stage"].startswith("Post-Launch")
    assert "Otto" not in row_of(client, "as_of=2026-06-10")["Owners"]
    assert row_of(client, "as_of=2026-03-01")["Stage"].startswith("Gate 3")


def test_going_back_opens_nothing_and_hides_what_today_hides(client: Client, cast: Cast, harbor: Organization) -> None:
    client.force_login(cast.otto)
    assert row_of(client, "as_of=2026-05-31") == {}
    make_assignment(harbor, cast.sam, "sales", started_at=at(6, 1))
    client.force_login(cast.sam)
    summary = row_of(client, f"as_of=2026-05-31&{ALL_COLUMNS},market,industry,score")
    assert (summary["Health"], summary["Health score"], summary["Industry"]) == ("—", "—", "—")
    assert "ARR" not in summary
    assert row_of(client, "as_of=2026-05-31&health=red") == {}
    Assignment.objects.filter(organization=harbor, user=cast.tom).update(role="integration")
    client.force_login(cast.tom)
    assert row_of(client, f"as_of=2026-05-31&{ALL_COLUMNS}").get("ARR", "—") == "—"
    with scoped(Scope.none()):
        assert not Organization.objects.exists()


@pytest.mark.parametrize(
    ("narrowed", "is_there"),
    [
        ("stage=gate_3", True),
        ("stage=post_launch", False),
        ("stage=post_launch&health=red&match=any", True),
        ("kind=customer", False),
        ("health=red", True),
        ("health=green", False),
        ("health=none", False),
        ("owner=me", False),
        ("owner=none", False),
        ("role=tam", True),
        ("role=psm", False),
        ("mine=1", False),
        ("q=harb", True),
        ("q=nothing+of+the+kind", False),
        ("archived=1", False),
    ],
)
def test_it_is_narrowed_by_what_held_then(
    client: Client, cast: Cast, harbor: Organization, narrowed: str, is_there: bool
) -> None:
    client.force_login(cast.tom)
    assert bool(row_of(client, f"as_of=2026-05-31&{narrowed}")) is is_there
    assert bool(row_of(client, f"as_of=2026-05-31&owner={cast.otto.public_id}"))


def test_the_page_says_which_day_it_is_of_acts_on_nothing_and_keeps_the_day(
    client: Client, cast: Cast, harbor: Organization
) -> None:
    make_partner("gate_1", name="Later entry", at=at(5, 1))
    client.force_login(cast.adam)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        page = client.get(f"{LIST}?as_of=2026-05-31&segment=smb&{ALL_COLUMNS}").content.decode()
    # Session, person, first day, page, bands, the bell.
    assert sum(query["sql"].startswith(("SELECT", "WITH")) for query in asked) <= 6
    assert "As of May 31, 2026, at the end of the day in UTC." in page
    assert "A past day cannot be narrowed by these, so they are left out: ARR segment." in page
    assert "No past is kept of: Class." in page
    assert "were entered here after this day" in page
    # Not known is not the same as not set.
    assert row_of(client, f"as_of=2026-05-31&{ALL_COLUMNS}", "Later entry")["Target launch"] == "—"
    assert row_of(client, ALL_COLUMNS, "Later entry")["Target launch"] == "Not set"
    for act in ('name="chosen"', "cell-edit", "bulk", "Add partner"):
        assert act not in page.partition("<main")[2], act
    assert f"/organizations/{harbor.public_id}/?as_of=2026-05-31" in page
    present = re.search(r'href="([^"]+)">Back to today', page)
    assert present is not None
    assert "as_of" not in present[1]
    assert 'name="as_of" value="2026-05-31"' in client.get(f"{LIST}filters/?as_of=2026-05-31").content.decode()
    kept = client.get(f"{LIST}filters/?as_of=2026-05-31&go=1&match=all&stage=gate_3&sort=name")
    assert "as_of=2026-05-31" in kept["Location"]


@pytest.mark.parametrize(("text", "words"), [("2999-01-01", "has not come yet"), ("1999-01-01", "Nothing is kept of")])
def test_a_day_of_which_nothing_is_known_is_explained_over_the_present(
    client: Client, cast: Cast, harbor: Organization, text: str, words: str
) -> None:
    client.force_login(cast.tom)
    page = client.get(f"{LIST}?as_of={text}").content.decode()
    assert words in page
    assert "Shown is today." in page
    assert row_of(client, f"as_of={text}")["Stage"].startswith("Post-Launch")


def test_pages_go_on_within_the_day(client: Client, cast: Cast) -> None:
    for number in range(55):
        make_partner(name=f"Place {number:02}", at=at(1, 5), owners={"pam": make_user()} if not number else None)
    client.force_login(cast.max)
    first: Any = client.get(f"{LIST}?as_of=2026-02-01&q=")
    names = [past.row.name for past in first.context["shown"].rows]
    second: Any = client.get(first.context["shown"].pager.next_url)
    names += [past.row.name for past in second.context["shown"].rows]
    assert names == sorted(names)
    assert len(set(names)) == 57
    assert timedelta(0) <= second.context["shown"].past.last - at(2, 1) < timedelta(days=1)


def test_it_is_sorted_by_what_the_past_knows(client: Client, cast: Cast, harbor: Organization) -> None:
    """As the list of today; amounts by who reads them, and no page is lost in between."""
    for name, since, arr in (("Alpha", at(2, 1), 500), ("Zulu", at(4, 1), 5_000)):
        place = make_partner("gate_2", name=name, at=since, arr=Decimal(arr), owners={"tam": cast.tom})
        Organization.objects.filter(pk=place.pk).update(target_launch_on=date(2026, 9, since.month))
        _date_versions(place, [since, since + timedelta(hours=1)])
    make_interaction(place, cast.tom, happened_at=at(5, 25))
    day = "as_of=2026-05-31"
    client.force_login(cast.max)

    def names(query: str) -> list[str]:
        page: Any = client.get(f"{LIST}?{day}&q=&{query}")
        wanted = ("Alpha", "Harbor", "Zulu")
        return [past.row.name[0] for past in page.context["shown"].rows if past.row.name in wanted]

    for sort, expected in {
        "": "AHZ", "-name": "ZHA", "stage": "AZH", "-stage": "HZA", "age": "AHZ", "-age": "ZHA", "contact": "AHZ",
        "-contact": "ZHA", "launch": "HAZ", "-launch": "ZAH", "arr": "AHZ", "-arr": "ZHA", "added": "HAZ",
        "class": "AHZ", "tier": "AHZ",
    }.items():  # fmt: skip
        assert "".join(names(f"sort={sort}")) == expected, sort
    page = client.get(f"{LIST}?{day}&sort=age&{ALL_COLUMNS}").content.decode()
    assert ("sort=launch" in page, "sort=class" in page) == (True, False)
    for sort in ("launch", "-contact", "-stage"):
        past = PastDay(day=date(2026, 5, 31), zone=UTC)
        shown = open_past(cast.actor("max"), ListQuery((("sort", sort),)), past, path="")
        whole = [one.row.name for one in shown.every_row()]
        cursor, paged = "", []
        while True:
            found = paginate(shown.found, shown.order, cursor=cursor, size=2)
            paged += [row["name"] for row in found.rows]
            if not found.next:
                break
            cursor = found.next
        assert paged == whole, sort


def test_it_is_a_file_with_its_day(client: Client, cast: Cast, harbor: Organization) -> None:
    make_partner("gate_3", name="Later entry", at=at(5, 1), owners={"tam": cast.tom})
    client.force_login(cast.tom)
    query = f"as_of=2026-05-31&sort=-name&{ALL_COLUMNS}"
    assert "/organizations/export/" in client.get(f"{LIST}?{query}").content.decode()
    answer = client.post("/organizations/export/", {"query": query})
    rows = {row["Name"]: row for row in csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")))}
    assert list(rows) == sorted(rows, reverse=True)
    then = rows["Harbor"]
    assert (then["As of"], then["Stage"], then["Health"], then["Target launch"], then["ARR"]) == (
        "2026-05-31", "Gate 3", "red", "2026-06-01", "1000.00"
    )  # fmt: skip
    # Not kept of anybody, and not known of who was entered later.
    assert (then["Class"], rows["Later entry"]["Target launch"], rows["Later entry"]["Stage"]) == ("", "", "Gate 3")
    asked = Asked(actor=cast.actor("tom"), subject="", query=query, now=at(7, 1))
    opened = known()["organizations"].open(asked)
    assert (opened.title, opened.stem) == ("Organizations as of May 31, 2026", "organizations as of 2026-05-31")
    assert [past.row.name for past in opened.rows()] == list(rows)
    assert client.post("/organizations/export/", {"query": "as_of=2999-01-01"}).status_code == 404
    with pytest.raises(DomainError):
        known()["organizations"].open(Asked(actor=cast.actor("tom"), subject="", query="as_of=soon", now=at(7, 1)))
    client.force_login(cast.otto)
    assert b"Harbor" not in client.post("/organizations/export/", {"query": query}).content


def test_the_board_shows_who_stood_where(client: Client, cast: Cast, harbor: Organization) -> None:
    client.force_login(cast.tom)
    board = "/organizations/board/"

    def columns(query: str) -> dict[str, list[str]]:
        page: Any = client.get(f"{board}?{query}")
        return {column.stage: [card.name for card in column.cards] for column, _url, _cards in page.context["columns"]}

    may, june = columns("as_of=2026-05-31"), columns("as_of=2026-06-30")
    assert (may["gate_3"], "Harbor" in may["post_launch"]) == (["Northwind", "Harbor"], False)
    assert (june["gate_3"], "Harbor" in june["post_launch"]) == (["Northwind"], True)
    assert not any(columns("as_of=2026-05-31&health=green").values())
    page = client.get(f"{board}?as_of=2026-05-31&segment=smb").content.decode()
    for words in (
        "As of May 31, 2026",
        "A past day cannot be narrowed by these, so they are left out: ARR segment.",
        f"/organizations/{harbor.public_id}/?as_of=2026-05-31",
        f'href="{board}?kind=partner">Back to today',
        "stage=gate_3",
    ):
        assert words in page, words
    assert "91 days" in page
    assert "has not come yet" in client.get(f"{board}?as_of=2999-01-01").content.decode()
    client.force_login(cast.otto)
    assert "Harbor" not in client.get(f"{board}?as_of=2026-05-31").content.decode()


def test_programs_read_a_past_day_too(client: Client, cast: Cast, harbor: Organization) -> None:
    def read(query: str) -> list[dict[str, Any]]:
        rows = client.get(f"/api/v1/organizations/?{query}").json()["results"]
        return [row for row in rows if row["name"] == "Harbor"]

    make_assignment(harbor, cast.carl, "csm", started_at=at(6, 1), ended_at=at(6, 2))
    client.force_login(cast.tom)
    (may,) = read("as_of=2026-05-31")
    assert (may["stage"], may["stage_entered_at"]) == ("gate_3", "2026-03-01T12:00:00Z")
    assert (may["target_launch_on"], may["country"], may["partner_tier"]) == ("2026-06-01", "DE", None)
    assert (may["commercial"]["arr"], may["commercial"]["currency"]) == ("1000.00", "EUR")
    assert [owner["name"] for owner in may["owners"]] == [cast.otto.name]
    assert may["owners"][0]["user_id"] == str(cast.otto.public_id)
    assert may["updated_at"].startswith("2026-03-02")
    assert (len(read("as_of=2026-05-31&stage=gate_3&health=red")), read("as_of=2026-05-31&stage=live")) == (1, [])
    for query, field in (
        ("as_of=2999-01-01", "as_of"),
        ("as_of=soon", "as_of"),
        ("as_of=2026-05-31&arr_segment=smb&quiet_days=3", "arr_segment"),
        ("as_of=2026-05-31&stage=moon", "stage"),
    ):
        refused = client.get(f"/api/v1/organizations/?{query}")
        assert (refused.status_code, refused.json()["errors"][0]["field"]) == (400, field)
    client.force_login(cast.otto)
    assert read("as_of=2026-05-31") == []


def test_an_organization_is_read_as_it_stood(client: Client, cast: Cast, harbor: Organization) -> None:
    for opened, decided in ((at(3, 1), at(6, 20)), (at(6, 20), None)):
        outcome = {"outcome": "passed", "decided_at": decided} if decided else {}
        GateReview.objects.create(organization=harbor, stage="gate_3", journey_version=1, opened_at=opened, **outcome)
    client.force_login(cast.tom)
    address = f"{LIST}{harbor.public_id}/"
    page = client.get(f"{address}?as_of=2026-05-31").content.decode()
    for words in ("As of May 31, 2026", "Gate 3", "Red", "Jun 1, 2026", "€1,000", cast.otto.name, "Open then"):
        assert words in page, words
    assert "Passed" not in page
    assert "Log a call" not in page
    assert cast.tom.name not in page.partition("<main")[2]
    assert f'href="{address}">Back to today' in page
    later = client.get(f"{address}?as_of=2026-06-30").content.decode()
    assert "Passed" in later
    assert "Open then" in later
    early = make_partner("gate_0", name="Young", at=at(6, 1), owners={"tam": cast.tom, "pam": cast.ana})
    client.force_login(cast.ana)
    Assignment.objects.filter(organization=harbor, user=cast.otto).update(user=cast.ana, role="pam", ended_at=None)
    assert (
        "It was not here yet on that day" in client.get(f"{LIST}{early.public_id}/?as_of=2026-05-31").content.decode()
    )
    assert "has not come yet" in client.get(f"{LIST}{early.public_id}/?as_of=2999-01-01").content.decode()
    client.force_login(cast.olga)
    assert client.get(f"{address}?as_of=2026-05-31").status_code == 404


def test_a_team_by_its_id_is_that_of_the_present_list(client: Client, cast: Cast, harbor: Organization) -> None:
    """What its members held then, whether or not the reader leads anybody."""
    team = make_team(members=[cast.otto])
    client.force_login(cast.max)
    for day, names in (("2026-05-31", ["Harbor"]), ("2026-06-30", [])):
        page: Any = client.get(f"{LIST}?team={team.public_id}&as_of={day}")
        assert [past.row.name for past in page.context["shown"].rows] == names
        assert f"Team <strong>{team.name}</strong>" in page.content.decode()
