"""Tasks by what people type: title or organization, within what they see, in the order of the list."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils.http import urlencode

from common.listing import ListQuery
from common.scope import Scope, scoped
from partners import search
from partners.models import Task
from partners.task_list import KEYS, open_tasks
from tests.cast import Cast
from tests.factories.partners import NOW, make_partner
from tests.factories.tasks import make_task

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
TODAY = NOW.date()


def titles(cast: Cast, who: str, text: str, **asked: str) -> list[str]:
    query = ListQuery.parse(urlencode({"q": text, **asked}), KEYS)
    return [line.row.title for line in open_tasks(cast.actor(who), query, path="", now=NOW).lines()]


@pytest.fixture
def world(cast: Cast) -> None:
    make_task(cast.northwind, title="Sign the NDA", owner=cast.tom, due_on=TODAY + 3 * DAY)
    make_task(cast.birch, title="Größe prüfen", owner=cast.tom, due_on=TODAY + 2 * DAY)
    make_task(cast.northwind, title="Send the nda back", owner=cast.petra, due_on=TODAY + DAY)
    make_task(cast.northwind, title="Old NDA", owner=cast.tom, state="done", done_at=NOW, due_on=TODAY)
    make_task(cast.northwind, title="Gone NDA", owner=cast.tom, archived_at=NOW)


@pytest.mark.parametrize(
    ("text", "asked", "expected"),
    [
        ("nda", {}, ["Sign the NDA"]),
        ("  the NDA ", {}, ["Sign the NDA"]),
        ("grosse", {}, ["Größe prüfen"]),
        ("PRUF", {}, ["Größe prüfen"]),
        ("birch", {}, ["Größe prüfen"]),
        ("northw", {"whose": "all"}, ["Send the nda back", "Sign the NDA"]),
        ("nda", {"whose": "all"}, ["Send the nda back", "Sign the NDA"]),
        ("nda", {"whose": "all", "sort": "-due"}, ["Sign the NDA", "Send the nda back"]),
        ("nda", {"state": "done"}, ["Old NDA"]),
        ("nda", {"state": "any"}, ["Old NDA", "Sign the NDA"]),
        ("nothing such", {"whose": "all"}, []),
        ("s", {}, ["Sign the NDA"]),
        ("B", {}, ["Größe prüfen"]),
        ("%", {"whose": "all"}, []),
        ("n_a", {"whose": "all"}, []),
        ("100%", {"whose": "all"}, []),
        ("nda\0", {}, ["Sign the NDA"]),
        ("\\", {"whose": "all"}, []),
        ("n\\da", {"whose": "all"}, []),
    ],
)
def test_what_is_found(cast: Cast, world: None, text: str, asked: dict[str, str], expected: list[str]) -> None:
    assert titles(cast, "tom", text, **asked) == expected


class TestNobodyFindsWhatIsNotTheirs:
    @pytest.fixture(autouse=True)
    def world(self, cast: Cast) -> None:
        self.foreign = make_partner("gate_3", name="Faraway", owners={"psm": cast.petra})
        make_task(self.foreign, title="Secret plan", owner=cast.petra)
        make_task(cast.northwind, title="Plan of Petra", owner=cast.petra)
        make_task(cast.northwind, title="Plan of Sam", owner=cast.sam)
        make_task(cast.northwind, title="Something else", owner=cast.tom)

    @pytest.mark.parametrize("text", ["plan", "secret", "faraway", "pl", "p", "f"])
    def test_lists(self, cast: Cast, text: str) -> None:
        assert "Secret plan" not in titles(cast, "tom", text, whose="all", state="any")
        assert set(titles(cast, "sam", text, whose="all", state="any")) <= {"Plan of Sam"}

    def test_pages_and_calls(self, cast: Cast) -> None:
        client = Client()
        client.force_login(cast.tom)
        tab = reverse("partners:organization_tasks", args=[cast.northwind.public_id])
        for url in ("/tasks/?whose=all&q=plan", "/tasks/board/?whose=all&q=plan", f"{tab}?q=plan"):
            page = client.get(url).content.decode()
            assert "Plan of Petra" in page
            assert "Secret plan" not in page
            assert "Something else" not in page
        calls = f"/api/v1/organizations/{cast.northwind.public_id}/tasks/", "/api/v1/tasks/"
        found = [
            {row["title"] for row in client.get(f"{url}?q={text}").json()["results"]}
            for url in calls
            for text in ("plan", "else")
        ]
        assert found == [{"Plan of Petra", "Plan of Sam"}, {"Something else"}, set(), {"Something else"}]
        assert client.get(f"/api/v1/organizations/{self.foreign.public_id}/tasks/?q=plan").status_code == 404

    def test_each_wall_stands_alone(self, cast: Cast) -> None:
        def by_function(place: int = 0) -> set[str]:
            with connection.cursor() as cursor:
                cursor.execute("SELECT id FROM partners_task_search('plan', 50, '{}', '{}', %s, false)", [place])
                ids = [pk for (pk,) in cursor.fetchall()]
            with scoped(Scope.all()):
                return set(Task.objects.filter(pk__in=ids).values_list("title", flat=True))

        with scoped(Scope.of([cast.northwind.pk])):
            assert by_function() == {"Plan of Petra", "Plan of Sam"}
            assert by_function(self.foreign.pk) == set()
        with scoped(Scope.none()):
            assert by_function() == set()
        with scoped(Scope.all()):
            assert "Secret plan" in by_function()
            assert by_function(self.foreign.pk) == {"Secret plan"}
            seen = Task.objects.visible_to(cast.actor("tom")).filter(pk__in=search.matching_tasks("plan"))
            assert set(seen.values_list("title", flat=True)) == {"Plan of Petra", "Plan of Sam"}


def test_of_a_common_word_the_first_that_are_due(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "TASK_LIMIT", 2)
    for days in (3, 1, 2):
        make_task(cast.northwind, title=f"Check {days}", owner=cast.tom, due_on=TODAY + days * DAY)
    assert titles(cast, "tom", "check") == ["Check 1", "Check 2"]
    assert titles(cast, "tom", "check", sort="-due") == ["Check 3", "Check 2"]


def test_the_board_searches_every_state(cast: Cast, world: None) -> None:
    shown = open_tasks(cast.actor("tom"), ListQuery((("q", "nda"),)), path="", now=NOW)
    found = {column.state: [row.title for row in column.rows] for column in shown.columns("/")}
    assert found == {"open": ["Sign the NDA"], "started": [], "done": ["Old NDA"], "skipped": []}


def test_a_rare_word_is_found_by_an_index(cast: Cast) -> None:
    """With sequential scans made dear, whatever the function still reads row by row has no index for it."""
    make_task(cast.northwind, title="Rarely seen")

    def scans() -> int:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT sum(seq_scan) FROM pg_stat_xact_user_tables "
                "WHERE relname IN ('partners_organization', 'partners_task')"
            )
            return int(cursor.fetchone()[0])

    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        before = scans()
        cursor.execute("SELECT count(*) FROM partners_task_search('rarely', 20, '{open,started}', '{}', 0, false)")
        assert cursor.fetchone() == (1,)
    assert scans() == before


def test_nobody_else_may_call_the_function() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT has_function_privilege('public', oid, 'EXECUTE'), proconfig::text, prosecdef "
            "FROM pg_proc WHERE proname = 'partners_task_search'"
        )
        is_public, config, is_definer = cursor.fetchone()
    assert (is_public, is_definer) == (False, True)
    assert "search_path=public, pg_temp" in config
