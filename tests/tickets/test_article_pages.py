"""The knowledge base on pages: for colleagues, who write and read it, and in the portal."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from tests.cast import Cast
from tests.factories.articles import make_article, make_draft, make_shelf
from tests.factories.tickets import MONDAY, make_desk, make_ticket
from tickets.models import Article, ArticleCategory, ArticleDay, ArticleFeedback, HelpSearch, HelpSession
from tickets.services import article_usage, articles
from tickets.services.articles import Text
from tickets.services.changes import change

pytestmark = pytest.mark.django_db
KB, HELP = "/kb/", "/portal/help/"


def signed_in(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def page(client: Client, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200, answer
    return str(answer.content.decode())


WRITTEN = {"title": "Close the books", "language": "en", "audience": "partner", "summary": "Once a month", "body": "Do"}


class TestWriting:
    def test_from_the_first_word_to_the_portal(self, cast: Cast) -> None:
        shelf, sue, sven = make_shelf(name="Bookkeeping"), signed_in(cast.sue), signed_in(cast.sven)
        answer = sue.post(f"{KB}new/", {**WRITTEN, "category": shelf.key})
        assert answer["Location"] == f"{KB}close-the-books/?lang=en&draft=1"
        shown = page(sue, answer["Location"])
        assert "A draft. Readers do not see it." in shown
        assert "Publish" not in shown
        sue.post(f"{KB}close-the-books/en/submit/")
        assert "Close the books" in page(sven, f"{KB}?show=waiting")
        assert sue.post(f"{KB}close-the-books/en/publish/").status_code == 403
        sven.post(f"{KB}close-the-books/en/publish/")
        assert Article.objects.get().state == "published"
        connie = page(signed_in(cast.connie), HELP)
        assert "Close the books" in connie
        assert "Bookkeeping" in connie

    def test_a_preview_keeps_nothing(self, cast: Cast) -> None:
        client = signed_in(cast.sue)
        sent = {**WRITTEN, "body": "Some **bold** <script>alert(1)</script>", "preview": "1"}
        answer = client.post(f"{KB}new/", sent).content.decode()
        assert "<strong>bold</strong>" in answer
        assert "<script>alert" not in answer
        fragment = client.post(f"{KB}preview/", {"body": "*so*"}).content.decode()
        assert "<em>so</em>" in fragment
        assert not Article.objects.exists()

    def test_faults_come_back_with_the_form(self, cast: Cast) -> None:
        answer = signed_in(cast.sue).post(f"{KB}new/", {**WRITTEN, "title": " ", "audience": "martians"})
        assert answer.status_code == 422
        assert not Article.objects.exists()

    def test_an_edit_of_what_somebody_changed_is_not_lost_on_them(self, cast: Cast) -> None:
        article = make_article()
        articles.edit(by=cast.actor("sven"), article=article, text=Text(language="en", title="A", body="B"), now=MONDAY)
        answer = signed_in(cast.sue).post(
            f"{KB}{article.slug}/en/edit/", {"title": "C", "body": "D", "version": article.version}
        )
        assert answer.status_code == 422
        assert "Somebody else changed this article" in answer.content.decode()

    def test_translating_and_comparing(self, cast: Cast) -> None:
        article, client = make_article(), signed_in(cast.sue)
        assert "Reset a password" in page(client, f"{KB}{article.slug}/de/edit/")
        client.post(f"{KB}{article.slug}/de/edit/", {"title": "Passwort", "body": "Neu"})
        assert "Passwort" in page(client, f"{KB}{article.slug}/?lang=de")
        client.post(f"{KB}{article.slug}/en/edit/", {"title": "Reset a password", "body": "Otherwise."})
        compared = page(client, f"{KB}{article.slug}/en/compare/1/")
        assert "Otherwise." in compared
        assert "<del>" in compared
        assert client.get(f"{KB}{article.slug}/en/compare/9/").status_code == 404
        assert client.get(f"{KB}{article.slug}/xx/edit/").status_code == 404
        old = page(client, f"{KB}{article.slug}/?version=1")
        assert "Open the profile" in old

    def test_facts_categories_and_what_is_done(self, cast: Cast) -> None:
        article, client = make_article(), signed_in(cast.sara)
        client.post(f"{KB}categories/", {"name": "Signing in"})
        shelf = ArticleCategory.objects.get()
        sent = {"slug": "new-address", "category": shelf.key, "audience": "internal", "owner": "Sue Tanaka"}
        answer = client.post(f"{KB}{article.slug}/facts/", {**sent, "review_days": "30", "version": article.version})
        assert answer["Location"] == f"{KB}new-address/"
        client.post(f"{KB}new-address/reviewed/")
        article.refresh_from_db()
        assert (article.owner, article.review_days) == (cast.sue, 30)
        assert article.review_due_on == timezone.localdate() + timedelta(days=30)
        client.post(f"{KB}new-address/retire/")
        assert "Bring back" in page(client, f"{KB}new-address/")
        client.post(f"{KB}new-address/bring-back/")
        article.refresh_from_db()
        assert article.state == "published"

    @pytest.mark.parametrize("name", ["ana", "max"])
    def test_others_read_and_do_not_write(self, cast: Cast, name: str) -> None:
        article, client = make_article(), signed_in(getattr(cast, name))
        assert "New article" not in page(client, KB)
        assert "Reset a password" in page(client, f"{KB}{article.slug}/")
        assert client.get(f"{KB}new/").status_code == 403
        for act in ("retire", "reviewed", "en/submit", "en/publish", "en/discard", "bring-back"):
            assert client.post(f"{KB}{article.slug}/{act}/").status_code == 403

    def test_contacts_have_no_way_in(self, cast: Cast) -> None:
        article, client = make_article(), signed_in(cast.connie)
        for url in (KB, f"{KB}{article.slug}/", f"{KB}new/", f"{KB}gaps/"):
            assert client.get(url).status_code == 404


class TestListing:
    def test_narrowed_and_found(self, cast: Cast) -> None:
        shelf = make_shelf(name="Signing in")
        make_article("Reset a password", audience="partner", category=shelf, by=cast.sue)
        make_article("Working hours", texts={"de": ("Geschäftszeiten", "Montag bis Freitag")})
        make_draft("Unfinished")
        client = signed_in(cast.sue)
        for query, names in {
            "": {"Reset a password", "Working hours", "Unfinished"},
            "state=draft": {"Unfinished"},
            f"category={shelf.key}": {"Reset a password"},
            "audience=partner": {"Reset a password"},
            "language=de": {"Working hours"},
            "whose=mine": {"Reset a password"},
            "show=late": {"Reset a password", "Working hours"},
            "q=pasword": {"Reset a password"},
            "q=montag": {"Working hours"},
            "state=martian&audience=x&show=y": {"Reset a password", "Working hours", "Unfinished"},
        }.items():
            Article.objects.filter(state="published").update(review_due_on="2026-01-01")
            shown = page(client, f"{KB}?{query}")
            listed = {name for name in ("Reset a password", "Working hours", "Unfinished") if f">{name}</a>" in shown}
            assert listed == names, query
        assert set(HelpSearch.objects.values_list("term", "reader")) == {("pasword", "staff"), ("montag", "staff")}

    def test_as_many_statements_for_many_as_for_few(self, cast: Cast, django_assert_max_num_queries: Any) -> None:
        for number in range(12):
            make_article(f"Number {number}")
        client = signed_in(cast.sue)
        page(client, KB)
        with django_assert_max_num_queries(14):
            page(client, KB)


class TestPortal:
    def test_only_what_is_for_them(self, cast: Cast) -> None:
        make_article("For partners", audience="partner")
        hidden = [make_article("For customers", audience="customer"), make_article("For us", audience="internal")]
        hidden.append(make_draft("Tomorrow", audience="public"))
        client = signed_in(cast.connie)
        shown = page(client, HELP)
        assert "For partners" in shown
        for article in hidden:
            assert article.slug not in shown
            assert client.get(f"{HELP}{article.slug}/").status_code == 404
            assert client.post(f"{HELP}{article.slug}/feedback/", {"helpful": "yes"}).status_code == 404

    def test_reading_in_a_language_and_saying_that_it_helped(self, cast: Cast) -> None:
        article = make_article("Hours", "Nine to five", texts={"de": ("Zeiten", "Neun bis <b>fünf</b>")})
        client = signed_in(cast.connie)
        assert "Nine to five" in page(client, f"{HELP}{article.slug}/")
        german = page(client, f"{HELP}{article.slug}/?lang=de")
        assert "Neun bis &lt;b&gt;fünf" in german
        assert "Nine to five" in page(client, f"{HELP}{article.slug}/?lang=fr")
        client.post(f"{HELP}{article.slug}/feedback/?lang=de", {"helpful": "no", "comment": "Which zone?"})
        said = ArticleFeedback.objects.get()
        assert (said.is_helpful, said.comment, said.read_version.language) == (False, "Which zone?", "de")
        assert ArticleDay.objects.get().portal_views == 3
        assert "Which zone?" in page(signed_in(cast.sara), f"{KB}{article.slug}/")
        assert "You said that it did not help." in page(client, f"{HELP}{article.slug}/")

    @pytest.mark.parametrize("wrong", [{}, {"helpful": "perhaps"}, {"helpful": "yes", "comment": "x" * 1001}])
    def test_feedback_that_says_nothing_is_not_kept(self, cast: Cast, wrong: dict[str, str]) -> None:
        article = make_article()
        assert signed_in(cast.connie).post(f"{HELP}{article.slug}/feedback/", wrong).status_code == 302
        assert not ArticleFeedback.objects.exists()

    def test_searching_as_one_types(self, cast: Cast) -> None:
        make_article("Reset a password", "Choose reset in your profile")
        client = signed_in(cast.connie)
        assert "<mark>profile</mark>" in page(client, f"{HELP}results/?q=profil")
        assert "Reset a password" in page(client, f"{HELP}?q=pasword")
        assert "Nothing found" in page(client, f"{HELP}results/?q=zebra")
        assert "Reset a password" in page(client, f"{HELP}results/?q=")
        assert HelpSearch.objects.filter(results=0).get().term == "zebra"
        assert HelpSession.objects.count() == 1

    def test_articles_are_suggested_while_a_ticket_is_written(self, cast: Cast) -> None:
        make_article("Reset a password", "Choose reset in your profile")
        client = signed_in(cast.connie)
        form = page(client, "/portal/tickets/new/")
        assert f'hx-get="{HELP}suggest/"' in form
        assert "Reset a password" in page(client, f"{HELP}suggest/?subject=Nobody+can+reset+anything")
        assert "Reset a password" in page(client, f"{HELP}suggest/?q=password")
        for text in ("", "a", "zebra"):
            assert page(client, f"{HELP}suggest/?q={text}").strip() == ""
        assert not HelpSearch.objects.exists()

    def test_the_portal_is_not_for_colleagues(self, cast: Cast) -> None:
        article = make_article()
        for url in (HELP, f"{HELP}results/", f"{HELP}suggest/", f"{HELP}{article.slug}/"):
            assert signed_in(cast.sue).get(url).status_code == 404


class TestGaps:
    @pytest.fixture
    def world(self, cast: Cast) -> None:
        desk, now = make_desk(cast.sue), timezone.now()
        for number in range(3):
            ticket = make_ticket(
                desk, cast.northwind, subject=f"Orders arrive twice {number}", now=now - timedelta(days=60 + number)
            )
            change(by=cast.actor("sue"), ticket=ticket, values={"status": "solved"}, now=now - timedelta(days=50))
        connie = cast.actor("connie")
        for text in ("zebra", "Zebra "):
            article_usage.searched(by=connie, text=text, language="en", results=0, now=now - timedelta(days=20))

    def test_what_is_missing_is_shown(self, cast: Cast, world: None) -> None:
        client = signed_in(cast.sara)
        shown = page(client, f"{KB}gaps/")
        assert "zebra" in shown
        assert "Orders arrive twice" in shown
        number = change_of(shown)
        answer = client.post(f"{KB}from-ticket/{number}/")
        assert answer["Location"].endswith("/en/edit/")
        assert "Draft from the newest" not in page(client, f"{KB}gaps/")

    def test_self_service_is_measured(self, cast: Cast, world: None) -> None:
        """One visit 20 days ago without a ticket; three tickets before it: 1 of 4."""
        assert "25%" in page(signed_in(cast.sara), f"{KB}gaps/")
        make_ticket(
            make_desk(cast.sue),
            cast.northwind,
            by=cast.actor("connie"),
            contact=cast.connie_contact,
            now=timezone.now() - timedelta(days=14),
        )
        assert "0%" in page(signed_in(cast.sara), f"{KB}gaps/")

    @pytest.mark.parametrize(("name", "status"), [("ana", 403), ("sue", 200), ("max", 200)])
    def test_for_those_who_close_them(self, cast: Cast, name: str, status: int) -> None:
        assert signed_in(getattr(cast, name)).get(f"{KB}gaps/").status_code == status


def change_of(shown: str) -> str:
    """The number of the ticket that a draft is offered from."""
    return shown.partition("/kb/from-ticket/")[2].partition("/")[0]
