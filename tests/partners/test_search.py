"""Search by name and address: what is found, in which order, and that nobody finds what is not theirs."""

import pytest
from django.db import connection

from accounts.models import User
from common.scope import Scope, scoped
from partners import search
from partners.models import Organization
from partners.scope import scope_of
from tests.partners.page_world import NOW, actor, assign, contact, organization, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin() -> User:
    return person("Ada Admin", "admin")


@pytest.fixture
def tam() -> User:
    return person("Tom Okafor", "tam")


def names(user: User, text: str, limit: int = 10) -> list[str]:
    """What `user` finds, as a request of theirs would: within their own scope."""
    asking = actor(user)
    with scoped(Scope.all()):
        scope = scope_of(asking)
    with scoped(scope):
        return [hit.name for hit in search.find(asking, text, limit=limit)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("northwind", ["Northwind", "Northwind Traders", "Old Northwind"]),
        ("NORTHWIND TR", ["Northwind Traders"]),
        ("wind", ["Northwind", "Northwind Traders", "Old Northwind"]),
        ("nortwind", ["Northwind", "Northwind Traders", "Old Northwind"]),
        ("société", ["Société Générale"]),
        ("societe gen", ["Société Générale"]),
        ("no", ["Northwind", "Northwind Traders"]),
        ("100%", ["100% Organic"]),
        ("a_b", ["A_B Testing"]),
        ("\\", []),
        ("k\\\\sl", ["Back\\\\Slash"]),
        ("n", []),
        ("", []),
        ("   ", []),
        ("\0\0\0", []),
        ("'; DROP TABLE x; --", []),
        ("zzzzzz", []),
        ("x" * 5_000, []),
    ],
)
def test_what_is_found_by_what_is_typed(admin: User, text: str, found: list[str]) -> None:
    for name in (
        "Old Northwind",
        "Northwind Traders",
        "Northwind",
        "Société Générale",
        "100% Organic",
        "1000 Hills",
        "A_B Testing",
        "AxB Testing",
        "Back\\\\Slash",
    ):
        organization(name)
    assert names(admin, text) == found


def test_exact_before_beginning_before_inside(admin: User) -> None:
    for name in ("Bigacme", "The Acme", "Acme Works", "Acme"):
        organization(name)
    assert names(admin, "acme") == ["Acme", "Acme Works", "The Acme", "Bigacme"]


def test_spelling_counts_only_where_nothing_fits_as_typed(admin: User) -> None:
    organization("Contoso")
    assert names(admin, "contosso") == ["Contoso"]
    organization("Contosso Labs")
    assert names(admin, "contosso") == ["Contosso Labs"]


SHORT_NAMES = ("Acme", "Alder", "Birch", "Cedar Works", "Zephyr", "Contoso", "Fabrikam", "Northwind", "Old Harbor")


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("akme", "Acme"),
        ("acem", "Acme"),
        ("acm", "Acme"),
        ("accme", "Acme"),
        ("aldr", "Alder"),
        ("adler", "Alder"),
        ("aldar", "Alder"),
        ("elder", "Alder"),
        ("brich", "Birch"),
        ("birsh", "Birch"),
        ("birchh", "Birch"),
        ("sedar", "Cedar Works"),
        ("ceder", "Cedar Works"),
        ("zefyr", "Zephyr"),
        ("zehpyr", "Zephyr"),
        ("contsoo", "Contoso"),
        ("kontoso", "Contoso"),
        ("cotnoso", "Contoso"),
        ("fabricam", "Fabrikam"),
        ("fabrkiam", "Fabrikam"),
        ("nrothwind", "Northwind"),
        ("northwnd", "Northwind"),
        ("harbur", "Old Harbor"),
    ],
)
def test_a_slip_finds_short_names_too(admin: User, typed: str, name: str) -> None:
    for one in SHORT_NAMES:
        organization(one)
    assert names(admin, typed)[:1] == [name]


@pytest.mark.parametrize("typed", ["qqqq", "zzzzzz", "xylo", "12345", "thing"])
def test_what_is_like_nothing_finds_nothing(admin: User, typed: str) -> None:
    for one in SHORT_NAMES:
        organization(one)
    assert names(admin, typed) == []


def test_slips_are_found_by_an_index(admin: User) -> None:
    """With sequential scans made dear, whatever the function still reads row by row has no index for it."""
    organization("Alder")

    def scans() -> tuple[int, int]:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT sum(seq_scan), sum(idx_scan) FROM pg_stat_xact_user_tables "
                "WHERE relname IN ('partners_organization', 'partners_contact')"
            )
            sequential, by_index = cursor.fetchone()
            return int(sequential), int(by_index)

    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        before = scans()
        cursor.execute("SELECT count(*) FROM partners_search('adler', 20)")
        assert cursor.fetchone() == (1,)
    after = scans()
    assert after[0] == before[0]
    assert after[1] > before[1]


def test_the_search_leaves_the_bound_of_likeness_as_it_was(admin: User) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL pg_trgm.strict_word_similarity_threshold = 0.7")
        cursor.execute("SELECT count(*) FROM partners_search('adler', 20)")
        cursor.execute("SHOW pg_trgm.strict_word_similarity_threshold")
        assert cursor.fetchone() == ("0.7",)


def test_contacts_by_name_and_address(admin: User) -> None:
    acme = organization("Acme")
    contact(acme, "Ana Silva", email="ana.silva@acme.example")
    contact(acme, "Ben Gone", email="ben@acme.example", archived_at=NOW)
    assert names(admin, "silva") == ["Ana Silva"]
    assert names(admin, "ANA.SILVA@") == ["Ana Silva"]
    assert names(admin, "anna silva") == ["Ana Silva"]
    assert names(admin, "ben") == []
    (hit,) = search.find(actor(admin), "ana silva", limit=5)
    assert (hit.kind, hit.organization_name, hit.email) == ("contact", "Acme", "ana.silva@acme.example")


def test_archived_organizations_and_their_people_are_not_found(admin: User) -> None:
    gone = organization("Gone Away", archived_at=NOW)
    contact(gone, "Gina Gone")
    assert names(admin, "gone") == []


class TestNobodyFindsWhatIsNotTheirs:
    @pytest.fixture(autouse=True)
    def world(self, tam: User) -> None:
        self.mine = organization("Acme North")
        self.early = organization("Acme South", "gate_2")
        self.foreign = organization("Acme West")
        assign(tam, "tam", self.mine, self.early)
        for one in (self.mine, self.early, self.foreign):
            contact(one, f"Carla of {one.name}", email=f"carla@{one.pk}.acme.example")

    @pytest.mark.parametrize("text", ["acme", "ac", "acme west", "akme west", "Acme South"])
    def test_a_tam_finds_only_open_partners(self, tam: User, text: str) -> None:
        assert set(names(tam, text)) <= {"Acme North", "Carla of Acme North"}

    @pytest.mark.parametrize("text", ["carla", "carla@", "acme.example"])
    def test_nor_contacts_of_others(self, tam: User, text: str) -> None:
        assert names(tam, text) == ["Carla of Acme North"]

    def test_a_participant_finds_the_name_and_no_contact(self) -> None:
        seller = person("Sue Sales", "sales")
        assign(seller, "sales", self.foreign)
        assert names(seller, "acme") == ["Acme West"]
        assert names(seller, "carla") == []

    def test_a_person_without_a_tie_finds_nothing(self) -> None:
        assert names(person("Nina New", "tam"), "acme") == []

    def test_each_wall_stands_alone(self, tam: User) -> None:
        asking = actor(tam)
        with scoped(Scope.all()):
            assert {hit.name for hit in search.find(asking, "acme", limit=9)} == {"Acme North", "Carla of Acme North"}
        with scoped(Scope.of([self.mine.pk])), connection.cursor() as cursor:
            cursor.execute("SELECT DISTINCT organization_id FROM partners_search('acme', 50)")
            assert cursor.fetchall() == [(self.mine.pk,)]

    def test_no_scope_finds_nothing(self) -> None:
        with scoped(Scope.none()), connection.cursor() as cursor:
            cursor.execute("SELECT * FROM partners_search('acme', 50)")
            assert cursor.fetchall() == []

    def test_the_list_takes_its_ids_from_the_same_place(self, tam: User) -> None:
        found = Organization.objects.visible_to(actor(tam)).filter(pk__in=search.matching_organizations("acme"))
        assert [one.name for one in found] == ["Acme North"]


def test_the_limit_holds_and_keeps_the_best(admin: User) -> None:
    for number in range(30):
        organization(f"Zebra {number:02}")
    assert names(admin, "zebra", limit=3) == ["Zebra 00", "Zebra 01", "Zebra 02"]
    assert names(admin, "zebra", limit=0) == []


def test_nobody_else_may_call_the_function() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT has_function_privilege('public', 'partners_search(text, integer, text)', 'EXECUTE')")
        assert cursor.fetchone() == (False,)
        cursor.execute("SELECT proconfig::text, prosecdef FROM pg_proc WHERE proname = 'partners_search'")
        config, is_definer = cursor.fetchone()
    assert is_definer
    assert "search_path=public, pg_temp" in config
