"""Finding articles and tickets by their words: what is found in which order, and what it costs."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection, connections

from common.palette import find_everything
from common.scope import scoped
from tests.cast import Cast
from tests.factories.articles import make_article, make_draft
from tests.factories.tickets import MONDAY, make_desk, make_ticket
from tickets import search
from tickets.models import Article, ArticleVersion, Ticket
from tickets.scope import scope_of
from tickets.services.changes import change

pytestmark = pytest.mark.django_db


def titles(cast: Cast, text: str, name: str = "sue", **options: Any) -> list[str]:
    """What somebody finds, as a request of theirs would."""
    actor = cast.actor(name)
    with scoped(scope_of(actor)):
        return [one.title for one in search.find(actor, text, **{"limit": 10, **options})]


@pytest.fixture
def shelf(cast: Cast) -> None:
    make_article("Reset a password", "Open the profile, choose *Reset*, and wait for the mail.")
    make_article("Invite colleagues", "They choose a password of their own when they first sign in.")
    make_article(
        "Working hours",
        "When we answer, and on which holidays we do not.",
        texts={"de": ("Geschäftszeiten", "Wann wir antworten, und an welchen Feiertagen nicht.")},
    )
    make_article("登录", "如果您无法登录,请重设密码。", language="zh")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("password", ["Reset a password", "Invite colleagues"]),
        ("PASSWORDS", ["Reset a password", "Invite colleagues"]),
        ("passw", ["Reset a password", "Invite colleagues"]),
        ("resetting my password", ["Reset a password"]),
        ("pasword", ["Reset a password"]),
        ("colleages", ["Invite colleagues"]),
        ("holiday", ["Working hours"]),
        ("无法登录", ["登录"]),
        ("x", []),
        ("", []),
        ("\0\0", []),
        ("!!! & | :* ('", []),
        ("'; DROP TABLE x; --", []),
        ("qqqqqqq", []),
        ("x" * 5_000, []),
        ("%", []),
        ("__", []),
    ],
)
def test_what_is_found_by_what_is_typed(cast: Cast, shelf: None, text: str, found: list[str]) -> None:
    assert titles(cast, text) == found


@pytest.mark.parametrize(
    ("text", "language", "title"),
    [
        ("Feiertag", "de", "Geschäftszeiten"),
        ("feiertage", "de", "Geschäftszeiten"),
        ("geschaftszeiten", "en", "Working hours"),
        ("holidays", "de", "Geschäftszeiten"),
        ("holidays", "fr", "Working hours"),
    ],
)
def test_each_reads_in_their_language(cast: Cast, shelf: None, text: str, language: str, title: str) -> None:
    assert titles(cast, text, language=language) == [title]


def test_a_sentence_finds_what_holds_some_of_its_words(cast: Cast, shelf: None) -> None:
    sentence = "After the update nobody of us can choose a password or get the mail"
    assert titles(cast, sentence, any_word=True)[0] == "Reset a password"
    assert set(titles(cast, "password zebra", any_word=True)) == {"Reset a password", "Invite colleagues"}


def test_snippets_mark_what_was_found(cast: Cast, shelf: None) -> None:
    found = search.find(cast.actor("sue"), "mail", limit=5)[0]
    assert [piece.text for piece in found.snippet if piece.is_found] == ["mail"]
    assert "*" not in found.words


def test_contacts_find_published_articles_for_them(cast: Cast) -> None:
    make_article("Password of partners", audience="partner")
    make_article("Password of customers", audience="customer")
    make_article("Password of ours", audience="internal")
    make_draft("Password of tomorrow", audience="public")
    make_ticket(make_desk(cast.sue), cast.northwind, contact=cast.connie_contact, subject="Password of ours")
    assert titles(cast, "password", "connie") == ["Password of partners"]
    assert titles(cast, "pasword", "connie") == ["Password of partners"]
    kinds = {"kinds": ["article"]}
    assert set(titles(cast, "password", **kinds)) >= {"Password of ours", "Password of tomorrow"}


def test_a_replaced_version_is_not_found(cast: Cast) -> None:
    article = make_article("Old title", "Zebra")
    ArticleVersion.objects.filter(article=article).update(is_current=False)
    assert titles(cast, "zebra") == []
    Article.objects.filter(pk=article.pk).update(state="retired")
    assert titles(cast, "old title") == []


class TestTickets:
    @pytest.fixture
    def tickets(self, cast: Cast) -> None:
        ours, theirs = make_desk(cast.sue), make_desk(cast.sven)
        one = make_ticket(ours, cast.northwind, subject="Synchronization stopped")
        make_ticket(theirs, cast.birch, subject="Synchronization is slow")
        change(
            by=cast.actor("sue"),
            ticket=one,
            values={"status": "solved", "resolution": "The certificate had expired."},
            now=MONDAY,
        )

    @pytest.mark.parametrize(
        ("name", "text", "found"),
        [
            ("sue", "synchronization", {"Synchronization stopped"}),
            ("sven", "synchronization", {"Synchronization is slow"}),
            ("sara", "synchronization", {"Synchronization stopped", "Synchronization is slow"}),
            ("tom", "synchronisation", {"Synchronization stopped", "Synchronization is slow"}),
            ("carl", "synchronization", {"Synchronization is slow"}),
            ("otto", "synchronization", set()),
            ("nora", "synchronization", set()),
            ("sue", "certificates", {"Synchronization stopped"}),
            ("sven", "certificates", set()),
        ],
    )
    def test_within_scope(self, cast: Cast, tickets: None, name: str, text: str, found: set[str]) -> None:
        assert set(titles(cast, text, name, kinds=["ticket"])) == found

    def test_the_palette_offers_both(self, cast: Cast, tickets: None) -> None:
        make_article("Synchronization explained")
        actor = cast.actor("sue")
        with scoped(scope_of(actor)):
            groups = {str(group.label): group.items for group in find_everything(actor, "synchronization", limit=5)}
        found = {item.label: item.url for item in groups["Articles and tickets"]}
        assert set(found) == {"Synchronization explained", "Synchronization stopped"}
        assert found["Synchronization explained"] == "/kb/synchronization-explained/"

    def test_the_palette_of_others_holds_no_ticket(self, cast: Cast, tickets: None) -> None:
        actor = cast.actor("otto")
        with scoped(scope_of(actor)):
            assert find_everything(actor, "synchronization", limit=5) == []
            assert find_everything(cast.actor("connie"), "synchronization", limit=5) == []


@pytest.mark.django_db(databases=["default", "owner"])
def test_the_condition_of_the_search_is_read_from_its_index() -> None:
    """As the owner, whom the function runs as: behind row security the index would go unused (ADR 0002)."""
    condition = "t.words @@ "
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT prosrc, prosecdef FROM pg_proc WHERE proname = 'tickets_search'")
        source, is_definer = cursor.fetchone()
        assert condition + "asked" in source
        assert is_definer
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN SELECT FROM tickets_ticket t WHERE {condition} to_tsquery('simple', 'pelican:*')")
        assert any("Bitmap Index Scan on ticket_words" in line for (line,) in cursor.fetchall())


class TestCost:
    """The function reads from the indexes, though rows lie behind row security, and looks at a bounded number."""

    @pytest.fixture
    def many(self, cast: Cast) -> None:
        desk = make_desk(cast.sue)
        first = make_ticket(desk, cast.northwind, subject="Common words of everybody")
        rows = []
        for number in range(3_000):
            row = Ticket.objects.get(pk=first.pk) if number == 0 else rows[0].__class__(**_fields(rows[0]))
            row.pk, row.public_id = None, row._meta.get_field("public_id").default()
            row.number = 10_000_000 + number
            row._state.adding = True
            row.root_cause = f"{number} " * 300
            row.subject = "Rare pelican" if number == 1_500 else f"Common words number {number}"
            rows.append(row)
        Ticket.objects.bulk_create(rows)

    @contextmanager
    def as_sue(self, cast: Cast) -> Iterator[None]:
        with scoped(scope_of(cast.actor("sue"))):
            yield

    def buffers(self, text: str) -> int:
        """Pages that one search looks at."""
        question = (
            "EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON)"
            " SELECT * FROM tickets_search(%s, 10, '{ticket}', 'en', '{}', false)"
        )
        with connection.cursor() as cursor:
            cursor.execute(question, [text])
            plan = cursor.fetchone()[0][0]["Plan"]
        return int(plan["Shared Hit Blocks"] + plan["Shared Read Blocks"])

    def forbid(self, *ways: str) -> None:
        """Make ways of reading dear: rows that nobody has counted yet look too few to be worth an index."""
        with connection.cursor() as cursor:
            for way in ways:
                cursor.execute(f"SET LOCAL enable_{way} = off")

    def pages(self) -> int:
        """Pages of the table, all of which a search without an index would look at."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_relation_size('tickets_ticket') / 8192")
            return int(cursor.fetchone()[0])

    def test_a_rare_word_is_found(self, cast: Cast, many: None) -> None:
        with self.as_sue(cast):
            assert titles(cast, "pelican", kinds=["ticket"]) == ["Rare pelican"]

    def test_a_common_word_looks_at_the_newest(self, cast: Cast, many: None) -> None:
        with self.as_sue(cast):
            assert len(titles(cast, "common", kinds=["ticket"])) == 10
            self.forbid("seqscan", "sort")
            assert self.buffers("common") < self.pages() / 2


def _fields(ticket: Ticket) -> dict[str, Any]:
    return {field.attname: getattr(ticket, field.attname) for field in Ticket._meta.concrete_fields}
