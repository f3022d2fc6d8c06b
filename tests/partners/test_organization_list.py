"""The list of organizations: whose it is, narrowed, sorted, grouped, paged, and what it costs."""

import re
from datetime import date, timedelta

import pytest

from accounts.models import User
from partners.choices import Gemstone
from partners.models import Organization
from tests.partners.page_world import NOW, actor, assign, counting, organization, person, signed_in, team_of

pytestmark = pytest.mark.django_db

URL = "/organizations/"


@pytest.fixture
def admin() -> User:
    return person("Ada Admin", "admin")


@pytest.fixture
def tam() -> User:
    return person("Tom Okafor", "tam")


def shown(user: User, query: str = "") -> list[str]:
    """The names on the page, in order."""
    answer = signed_in(user).get(f"{URL}{query}")
    assert answer.status_code == 200, answer.content[:400]
    return [line.row.name for line in answer.context["lines"]]


class TestWhoseItIs:
    def test_a_tam_sees_own_partners_from_gate_3_on_and_no_others(self, tam: User) -> None:
        other = person("Olga Other", "tam")
        mine = [organization("Gate 3", "gate_3"), organization("Launched")]
        early = organization("Gate 2", "gate_2")
        foreign = organization("Foreign")
        ended = organization("Ended")
        assign(tam, "tam", *mine, early)
        assign(other, "tam", foreign)
        assign(tam, "tam", ended, ended_at=NOW - timedelta(days=1))
        assert shown(tam) == ["Gate 3", "Launched"]
        page = signed_in(tam).get(URL).content.decode()
        assert "Foreign" not in page
        assert "Ended" not in page
        assert "2 in all" in page

    @pytest.mark.parametrize(
        "query", ["?stage=gate_2", "?owner=none", "?q=foreign", "?archived=1", "?match=any&stage=gate_2&kind=partner"]
    )
    def test_no_filter_widens_it(self, tam: User, query: str) -> None:
        assign(tam, "tam", organization("Early", "gate_2"))
        organization("Foreign", "gate_2")
        organization("Foreign archived", archived_at=NOW)
        assert shown(tam, query) == []

    def test_a_participant_sees_the_summary_without_class(self) -> None:
        seller = person("Sue Sales", "sales")
        one = organization("Sold", facts={"partner_tier": 1, "gemstone": "ruby"}, arr=5)
        assign(seller, "sales", one)
        page = signed_in(seller).get(URL).content.decode()
        assert "Sold" in page
        assert "Summary" in page
        assert "Tier 1" not in page
        assert "Ruby" not in page

    @pytest.mark.parametrize("query", ["?tier=1", "?gemstone=ruby", "?match=any&tier=1&gemstone=ruby", "?market=smb"])
    def test_filters_tell_nothing_that_the_summary_does_not(self, query: str) -> None:
        seller = person("Sue Sales", "sales")
        one = organization("Sold", facts={"partner_tier": 1, "gemstone": "ruby"}, market_segment="smb")
        assign(seller, "sales", one)
        assert shown(seller, query) == []

    def test_who_is_not_signed_in_is_sent_to_sign_in(self, client: object) -> None:
        answer = client.get(URL)  # type: ignore[attr-defined]
        assert answer.status_code == 302
        assert "login" in answer["Location"]

    def test_a_contact_gets_404(self) -> None:
        assert signed_in(person("Carla", audience="contact")).get(URL).status_code == 404

    def test_nothing_at_all_says_what_to_do(self, tam: User) -> None:
        page = signed_in(tam).get(URL).content.decode()
        assert "No organization is open to you now" in page
        assert 'href="/why/"' in page


class TestFilters:
    @pytest.fixture(autouse=True)
    def world(self, admin: User, tam: User) -> None:
        self.pam = person("Pia Pam", "pam")
        talked = {"last_interaction_at": NOW - timedelta(days=3)}
        quiet = {"last_interaction_at": NOW - timedelta(days=70)}
        self.alpha = organization("Alpha", "gate_2", facts={"partner_tier": 0, **talked}, country="DE")
        self.beta = organization("Beta", "post_launch", facts={"partner_tier": 2, **quiet}, country="FR")
        self.gamma = organization(
            "Gamma",
            "live",
            facts={"gemstone": Gemstone.PEARL, "arr_segment": "enterprise", "engagement_tier": 2, **talked},
        )
        self.delta = organization("Délta", "live", facts={"gemstone": Gemstone.RUBY}, market_segment="smb")
        organization("Gone", archived_at=NOW)
        assign(self.pam, "pam", self.alpha, self.beta)
        assign(tam, "tam", self.beta, self.gamma)

    @pytest.mark.parametrize(
        ("query", "names"),
        [
            ("", ["Alpha", "Beta", "Délta", "Gamma"]),
            ("?kind=partner", ["Alpha", "Beta"]),
            ("?stage=live", ["Délta", "Gamma"]),
            ("?stage=live&stage=gate_2", ["Alpha", "Délta", "Gamma"]),
            ("?kind=partner&stage=live", []),
            ("?match=any&kind=partner&stage=live", ["Alpha", "Beta", "Délta", "Gamma"]),
            ("?match=any&tier=0&gemstone=ruby", ["Alpha", "Délta"]),
            ("?tier=2", ["Beta"]),
            ("?gemstone=pearl", ["Gamma"]),
            ("?segment=enterprise", ["Gamma"]),
            ("?engagement=2", ["Gamma"]),
            ("?market=smb", ["Délta"]),
            ("?country=fr", ["Beta"]),
            ("?quiet=30", ["Beta", "Délta"]),
            ("?quiet=90", ["Délta"]),
            ("?q=delta", ["Délta"]),
            ("?q=gama", ["Gamma"]),
            ("?q=a&kind=partner", ["Alpha"]),
            ("?owner=none", ["Délta"]),
            ("?owner=none&role=tam", ["Alpha", "Délta"]),
            ("?role=tam", ["Beta", "Gamma"]),
            ("?archived=1", ["Gone"]),
            ("?mine=1", []),
            ("?all=1", ["Alpha", "Beta", "Délta", "Gamma"]),
        ],
    )
    def test_narrowing(self, admin: User, query: str, names: list[str]) -> None:
        assert shown(admin, query) == names

    def test_by_owner_and_role(self, admin: User, tam: User) -> None:
        assert shown(admin, f"?owner={tam.public_id}") == ["Beta", "Gamma"]
        assert shown(admin, f"?owner={tam.public_id}&kind=partner") == ["Beta"]
        assert shown(admin, f"?owner={tam.public_id}&role=pam") == []
        assert shown(admin, f"?owner={tam.public_id}&owner={self.pam.public_id}") == ["Alpha", "Beta", "Gamma"]
        assert shown(tam, "?owner=me") == ["Beta", "Gamma"]
        page = signed_in(admin).get(f"{URL}?owner={tam.public_id}&stage=gate_0").content.decode()
        assert "Tom Okafor" in page, "the chip names the owner although no row does"

    def test_mine_and_my_team(self, tam: User) -> None:
        lead = person("Lea Lead", "techlead", "tam")
        team_of(lead, tam)
        own = organization("Own")
        assign(lead, "tam", own)
        assert shown(lead) == ["Beta", "Gamma", "Own"]
        assert shown(lead, "?mine=1") == ["Own"]
        assert shown(lead, "?team=1") == ["Beta", "Gamma"]
        assert "My team" not in signed_in(tam).get(URL).content.decode()

    @pytest.mark.parametrize(
        "query",
        [
            "?stage=nonsense",
            "?owner=42",
            "?quiet=-1",
            "?quiet=99999999999999999999",
            "?country=D1",
            "?tier=7",
            "?role=king",
        ],
    )
    def test_what_means_nothing_is_said_and_left_out(self, admin: User, query: str) -> None:
        answer = signed_in(admin).get(f"{URL}{query}")
        assert "Not understood and left out" in answer.content.decode()
        assert len(answer.context["lines"]) == 4

    @pytest.mark.parametrize(
        "query", ["?sort=nonsense", "?group=x", "?columns=x,y", "?cursor=abc", "?density=huge", "?junk=1"]
    )
    def test_other_nonsense_shows_the_usual_list(self, admin: User, query: str) -> None:
        assert shown(admin, query) == ["Alpha", "Beta", "Délta", "Gamma"]

    @pytest.mark.parametrize("path", ["", "board/", "suggest/colleagues/", "suggest/partners/"])
    @pytest.mark.parametrize("text", ["%00", "a%00", "a%00b"])
    def test_a_nul_fails_no_page(self, admin: User, path: str, text: str) -> None:
        assert signed_in(admin).get(f"{URL}{path}?q={text}").status_code == 200

    def test_every_chip_takes_its_own_filter_away(self, admin: User) -> None:
        answer = signed_in(admin).get(f"{URL}?kind=partner&stage=gate_2&q=alpha&sort=-age")
        urls = {chip.word: chip.url for chip in answer.context["filters"]}
        assert urls == {
            "Partner": "/organizations/?stage=gate_2&q=alpha&sort=-age",
            "Gate 2": "/organizations/?kind=partner&q=alpha&sort=-age",
            "alpha": "/organizations/?kind=partner&stage=gate_2&sort=-age",
        }

    def test_filtered_to_nothing_looks_different_from_empty(self, admin: User) -> None:
        page = signed_in(admin).get(f"{URL}?stage=gate_0").content.decode()
        assert "No organization fits these filters" in page
        assert "Clear filters" in page

    def test_the_filter_page_leads_back_to_the_list(self, admin: User, tam: User) -> None:
        client = signed_in(admin)
        page = client.get(f"{URL}filters/?stage=live&q=x&mine=1")
        assert page.status_code == 200
        assert 'name="q" value="x"' in page.content.decode()
        sent = {
            "go": "1",
            "q": "x",
            "match": "any",
            "stage": ["live", "gate_2"],
            "owner": tam.email,
            "role": "tam",
            "gemstone": "ruby",
            "sort": "-contact",
            "group": "stage",
            "density": "dense",
            "columns": ["owners", "stage"],
        }
        answer = client.get(f"{URL}filters/", sent)
        assert answer.status_code == 302
        asked = answer["Location"].partition("?")[2].split("&")
        assert set(asked) == {
            "q=x",
            "match=any",
            "stage=live",
            "stage=gate_2",
            f"owner={tam.public_id}",
            "role=tam",
            "gemstone=ruby",
            "sort=-contact",
            "group=stage",
            "density=dense",
            "columns=owners%2Cstage",
        }
        assert client.get(answer["Location"]).status_code == 200

    def test_the_filter_form_refuses_an_unknown_colleague(self, admin: User) -> None:
        page = signed_in(admin).get(f"{URL}filters/", {"go": "1", "owner": "nobody@example.com"})
        assert "No colleague has this name or address" in page.content.decode()

    def test_as_a_dialog_it_is_a_fragment(self, admin: User) -> None:
        page = signed_in(admin).get(f"{URL}filters/", headers={"HX-Request": "true"}).content.decode()
        assert "<html" not in page
        assert 'name="match"' in page


class TestOrderAndGroups:
    @pytest.fixture(autouse=True)
    def world(self, admin: User) -> None:
        today = NOW.date()
        pia, zoe = person("Pia Pam", "pam"), person("Zoe Pam", "pam")
        rows = [
            ("One", "post_launch", 40, None, {"partner_tier": 2}, pia),
            ("Two", "gate_2", 10, today + timedelta(days=5), {"partner_tier": 0}, zoe),
            ("Three", "gate_2", 90, today - timedelta(days=5), {"partner_tier": None}, None),
            ("Four", "live", 5, None, {"engagement_tier": 1, "gemstone": "diamond"}, None),
        ]
        for name, stage, days, launch, facts, owner in rows:
            talked = None if name == "Two" else NOW - timedelta(days=days)
            one = organization(
                name,
                stage,
                stage_entered_at=NOW - timedelta(days=days),
                target_launch_on=launch,
                arr=days * 1_000,
                facts={**facts, "last_interaction_at": talked},
            )
            if owner:
                assign(owner, "pam", one)

    @pytest.mark.parametrize(
        ("sort", "names"),
        [
            ("name", ["Four", "One", "Three", "Two"]),
            ("-name", ["Two", "Three", "One", "Four"]),
            ("stage", ["Three", "Two", "One", "Four"]),
            ("age", ["Three", "One", "Two", "Four"]),
            ("-age", ["Four", "Two", "One", "Three"]),
            ("contact", ["Two", "Three", "One", "Four"]),
            ("-contact", ["Four", "One", "Three", "Two"]),
            ("launch", ["Three", "Two", "Four", "One"]),
            ("-launch", ["Two", "Three", "Four", "One"]),
            ("tier", ["Two", "One", "Four", "Three"]),
            ("class", ["Four", "Two", "One", "Three"]),
            ("arr", ["Four", "Two", "One", "Three"]),
            ("-arr", ["Three", "One", "Two", "Four"]),
            ("-added", ["Four", "Three", "Two", "One"]),
        ],
    )
    def test_sorting(self, admin: User, sort: str, names: list[str]) -> None:
        assert shown(admin, f"?sort={sort}") == names

    @pytest.mark.parametrize("sort", ["name", "-stage", "contact", "-launch", "tier", "arr"])
    @pytest.mark.parametrize("group", ["", "stage", "owner", "tier"])
    def test_pages_of_every_order_show_every_row_once(
        self, admin: User, monkeypatch: pytest.MonkeyPatch, sort: str, group: str
    ) -> None:
        whole = shown(admin, f"?sort={sort}&group={group}")
        monkeypatch.setattr("partners.lists.PAGE_SIZE", 1)
        url, names = f"?sort={sort}&group={group}", []
        for _step in range(6):
            answer = signed_in(admin).get(f"{URL}{url}")
            names += [line.row.name for line in answer.context["lines"]]
            url = answer.context["shown"].pager.next_url.removeprefix(URL)
            if not url:
                break
        assert names == whole
        assert len(set(names)) == 4

    def test_groups_have_headings(self, admin: User) -> None:
        def headings(group: str) -> list[tuple[str, str]]:
            answer = signed_in(admin).get(f"{URL}?group={group}")
            return [(line.heading, line.row.name) for line in answer.context["lines"]]

        assert headings("stage") == [("Gate 2", "Three"), ("", "Two"), ("Post-Launch", "One"), ("Live", "Four")]
        assert headings("owner") == [
            ("PAM: Pia Pam", "One"),
            ("PAM: Zoe Pam", "Two"),
            ("No PAM", "Four"),
            ("", "Three"),
        ]
        assert headings("tier") == [
            ("Tier 0", "Two"),
            ("Tier 2", "One"),
            ("Level 1", "Four"),
            ("Not classified", "Three"),
        ]

    def test_a_heading_sorts_and_turns_around(self, admin: User) -> None:
        page = signed_in(admin).get(f"{URL}?sort=contact&kind=partner").content.decode()
        assert 'aria-sort="ascending"' in page
        assert "sort=-contact" in page

    def test_columns_and_density(self, admin: User) -> None:
        page = signed_in(admin).get(f"{URL}?columns=country,kind&density=dense").content.decode()
        assert 'class="data list dense"' in page
        assert re.findall(r"<th scope=\"col\"[^>]*>(?:<a[^>]*>)?([A-Z]\w+)", page) == ["Name", "Country", "Kind"]

    def test_amounts_are_for_readers_of_amounts(self, admin: User) -> None:
        psm = person("Paul Psm", "psm")
        assign(psm, "psm", *Organization.objects.filter(name="One"))
        assert "$40,000" in signed_in(admin).get(f"{URL}?columns=arr").content.decode()
        page = signed_in(psm).get(f"{URL}?columns=arr,stage&sort=arr").content.decode()
        assert "40,000" not in page
        assert "One" in page


class TestPlace:
    """Going on from a place that survives what others do to the rows."""

    @pytest.fixture(autouse=True)
    def small_pages(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("partners.lists.PAGE_SIZE", 3)

    def test_next_and_previous(self, admin: User) -> None:
        for number in range(8):
            organization(f"Org {number}")
        client = signed_in(admin)
        first = client.get(URL)
        second = client.get(first.context["shown"].pager.next_url)
        assert [line.row.name for line in second.context["lines"]] == ["Org 3", "Org 4", "Org 5"]
        back = client.get(second.context["shown"].pager.previous_url)
        assert [line.row.name for line in back.context["lines"]] == ["Org 0", "Org 1", "Org 2"]
        assert back.context["shown"].pager.previous_url == ""
        assert "8 in all" in second.content.decode()

    def test_a_renamed_row_leaves_the_place(self, admin: User) -> None:
        rows = [organization(f"Org {number}") for number in range(6)]
        client = signed_in(admin)
        following = client.get(URL).context["shown"].pager.next_url
        Organization.objects.filter(pk=rows[2].pk).update(name="Zebra")
        Organization.objects.filter(pk=rows[0].pk).update(archived_at=NOW)
        assert [line.row.name for line in client.get(following).context["lines"]] == ["Org 3", "Org 4", "Org 5"]

    def test_from_the_list_to_a_row_and_on_to_the_next(self, admin: User) -> None:
        for name, stage in (("Ant", "gate_1"), ("Bee", "gate_2"), ("Cat", "gate_1"), ("Dog", "gate_1")):
            organization(name, stage)
        client = signed_in(admin)
        page = client.get(f"{URL}?stage=gate_1&sort=-name")
        link = re.search(r'href="(/organizations/[^"]+)" data-row-link>Cat<', page.content.decode())
        assert link is not None
        opened = client.get(link.group(1).replace("&amp;", "&"))
        neighbors = opened.context["neighbors"]
        assert (neighbors["previous"].name, neighbors["next"].name) == ("Dog", "Ant")
        Organization.objects.filter(name="Cat").update(stage="gate_3")
        again = client.get(link.group(1).replace("&amp;", "&")).context["neighbors"]
        assert (again["previous"].name, again["next"].name) == ("Dog", "Ant"), "its place is still there"


class TestCost:
    @pytest.mark.parametrize("role", ["tam", "admin"])
    def test_six_statements_for_ten_rows_and_for_a_hundred(self, role: str) -> None:
        user = person("Rita Reader", role)
        pam = person("Pia Pam", "pam")
        partner = organization("Via")

        def more(count: int) -> None:
            rows = [organization(f"Org {count}-{number}", via_partner=None) for number in range(count)]
            rows.append(organization(f"Customer {count}", "live", via_partner=partner))
            assign(user if role == "tam" else person(f"Tam {count}", "tam"), "tam", *rows)
            assign(pam, "pam", *[row for row in rows if row.kind == "partner"])

        more(10)
        client = signed_in(user)
        client.get(URL)
        with counting() as few:
            client.get(URL)
        more(100)
        with counting() as many:
            answer = client.get(URL)
        assert len(answer.context["lines"]) == 50
        assert len(few) == len(many), "\n".join(many)
        assert len(many) <= 6, "\n".join(many)
        with counting() as deep:
            client.get(answer.context["shown"].pager.next_url)
        assert len(deep) == len(many)

    def test_counting_stops_at_a_thousand(self, admin: User, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("partners.lists.COUNT_LIMIT", 3)
        monkeypatch.setattr("common.listing.COUNT_LIMIT", 3)
        for number in range(5):
            organization(f"Org {number}")
        assert "More than 3" in signed_in(admin).get(URL).content.decode()


class TestSuggestions:
    def test_colleagues_by_name_or_address(self, admin: User) -> None:
        person("Ána Silva", "tam")
        person("Ben Silva", "csm", is_active=False)
        person("Carla Silva", audience="contact")
        client = signed_in(admin)
        assert client.get(f"{URL}suggest/colleagues/", {"user": "silva"}).content.decode() == (
            '<option value="ána.silva@example.com">Ána Silva · TAM</option>'
        )
        assert client.get(f"{URL}suggest/colleagues/", {"user": "a"}).content == b""

    def test_partners_that_the_reader_sees(self, tam: User) -> None:
        assign(tam, "tam", organization("Acme North"))
        organization("Acme South")
        answer = signed_in(tam).get(f"{URL}suggest/partners/", {"via_partner": "acme"})
        assert answer.content.decode() == '<option value="Acme North"></option>'


def test_days_are_of_the_reader(admin: User) -> None:
    """A launch planned for today has not passed, wherever the reader sits."""
    organization("Today", "gate_3", target_launch_on=date.today())  # noqa: DTZ011
    assert "Passed" not in signed_in(admin).get(URL).content.decode()
    assert actor(admin).has("use_admin")


def test_the_partner_in_between_is_named_to_those_who_see_it(admin: User) -> None:
    csm, both = person("Cleo Csm", "csm"), person("Bo Both", "csm", "tam")
    reseller = organization("Reseller")
    customer = organization("Customer", "live", via_partner=reseller)
    assign(csm, "csm", customer)
    assign(both, "tam", reseller)
    assign(both, "csm", customer, is_primary=False)
    for reader, is_named in ((admin, True), (both, True), (csm, False)):
        page = signed_in(reader).get(f"{URL}?kind=customer&columns=partner").content.decode()
        assert ("through Reseller" in page) is is_named
        opened = signed_in(reader).get(f"{URL}{customer.public_id}/").content.decode()
        assert ("through Reseller" in opened) is is_named
