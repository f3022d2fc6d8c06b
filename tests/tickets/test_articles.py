"""Articles: written, looked at by a second person, published, replaced, retired, looked over; who reads what."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from accounts.models import Activity, Notification, User
from common.errors import Conflict, DomainError, Missing, NotAllowed
from common.models import Occurrence
from common.scope import Scope, scoped
from tests.cast import Cast
from tests.factories.articles import make_article, make_draft, make_shelf
from tests.factories.partners import make_contact
from tests.factories.tickets import MONDAY, make_desk, make_ticket
from tickets.models import Article, ArticleDay, ArticleFeedback, ArticleVersion, HelpSearch, HelpSession
from tickets.scope import scope_of
from tickets.services import article_news, article_usage, articles
from tickets.services.article_drafts import draft_from_ticket
from tickets.services.articles import Text
from tickets.services.changes import change
from tickets.services.messages import reply
from tickets.tasks import remind_articles

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NEXT = Text(language="en", title="Reset a password", body="Newer words.")


class TestWriting:
    def test_a_draft_has_an_address_an_owner_and_no_reader(self, cast: Cast) -> None:
        article = make_draft("Reset a password!", by=cast.sue)
        assert (article.slug, article.owner, article.state) == ("reset-a-password", cast.sue, "draft")
        assert list(article.versions.values_list("language", "number", "plain", "is_current")) == [
            ("en", 1, "Open the profile and choose Reset.", False)
        ]
        assert not Article.objects.visible_to(cast.actor("connie")).exists()
        assert Activity.objects.filter(verb="article.drafted", target_id=article.pk).count() == 1

    def test_addresses_are_had_once(self, cast: Cast) -> None:
        assert [make_draft(by=cast.sue).slug for _ in range(2)] == ["reset-a-password", "reset-a-password-2"]
        with pytest.raises(DomainError) as caught:
            make_draft(by=cast.sue, slug="reset-a-password")
        assert caught.value.field == "slug"

    @pytest.mark.parametrize(
        ("wrong", "field"),
        [
            ({"title": " "}, "title"),
            ({"body": " "}, "body"),
            ({"body": "a\0b"}, "body"),
            ({"body": "ä" * 33_000}, "body"),
            ({"title": "x" * 201}, "title"),
            ({"summary": "x" * 401}, "summary"),
            ({"language": "xx"}, "language"),
            ({"audience": "martians"}, "audience"),
            ({"review_days": 0}, "review_days"),
        ],
    )
    def test_what_is_wrong_is_said(self, cast: Cast, wrong: dict[str, Any], field: str) -> None:
        with pytest.raises(DomainError) as caught, transaction.atomic():
            make_draft(by=cast.sue, **wrong)
        assert caught.value.field == field
        assert not Article.objects.exists()

    @pytest.mark.parametrize("name", ["ana", "otto_pam", "max", "nora"])
    def test_those_who_answer_nobody_write_nothing(self, cast: Cast, name: str) -> None:
        who = cast.actor("olga" if name == "otto_pam" else name)
        with pytest.raises(NotAllowed):
            articles.draft(by=who, text=NEXT, now=MONDAY)

    def test_an_edit_of_a_published_text_is_a_new_version(self, cast: Cast) -> None:
        article = make_article()
        articles.edit(by=cast.actor("sue"), article=article, text=NEXT, now=MONDAY + HOUR)
        rows = article.versions.order_by("number").values_list("number", "body", "is_current")
        assert list(rows) == [(1, "Open the profile and choose **Reset**.", True), (2, "Newer words.", False)]
        articles.edit(by=cast.actor("sven"), article=article, text=NEXT, now=MONDAY + 2 * HOUR)
        assert article.versions.count() == 2
        assert article.versions.get(number=2).author == cast.sven

    def test_an_edit_of_what_somebody_changed_is_refused(self, cast: Cast) -> None:
        article = make_draft(by=cast.sue)
        articles.edit(by=cast.actor("sven"), article=article, text=NEXT, version=1, now=MONDAY)
        with pytest.raises(Conflict) as caught:
            articles.edit(by=cast.actor("sue"), article=article, text=NEXT, version=1, now=MONDAY)
        assert caught.value.version == 2

    def test_contacts_write_nothing(self, cast: Cast) -> None:
        article = make_article()
        for attempt in (articles.retire, articles.mark_reviewed):
            with pytest.raises(Missing):
                attempt(by=cast.actor("connie"), article=article, now=MONDAY)

    def test_a_draft_is_thrown_away_but_not_the_only_text(self, cast: Cast) -> None:
        article = make_article()
        articles.edit(by=cast.actor("sue"), article=article, text=NEXT, now=MONDAY)
        articles.discard(by=cast.actor("sue"), article=article, language="en", now=MONDAY)
        assert article.versions.count() == 1
        only = make_draft("Other", by=cast.sue)
        with pytest.raises(DomainError):
            articles.discard(by=cast.actor("sue"), article=only, language="en", now=MONDAY)

    def test_facts_are_changed_and_recorded(self, cast: Cast) -> None:
        article, shelf = make_draft(by=cast.sue), make_shelf()
        articles.change(
            by=cast.actor("sue"), article=article, values={"audience": "partner", "category": shelf}, now=MONDAY
        )
        article.refresh_from_db()
        assert (article.audience, article.category, article.version) == ("partner", shelf, 2)
        changes = Activity.objects.get(verb="article.changed").changes
        assert changes == {"audience": ["internal", "partner"], "category": [None, shelf.pk]}


class TestPublishing:
    def test_four_eyes(self, cast: Cast) -> None:
        article = make_draft(by=cast.sue)
        articles.submit(by=cast.actor("sue"), article=article, language="en", now=MONDAY)
        article.refresh_from_db()
        assert article.state == "review"
        assert Notification.objects.get(kind="articles").user == cast.sara
        with pytest.raises(NotAllowed):
            articles.publish(by=cast.actor("sue"), article=article, language="en", now=MONDAY)
        row = articles.publish(by=cast.actor("sven"), article=article, language="en", now=MONDAY)
        article.refresh_from_db()
        assert (article.state, row.published_by, row.is_current) == ("published", cast.sven, True)
        assert article.review_due_on == date(2026, 3, 2) + timedelta(days=180)

    def test_the_support_manager_publishes_her_own(self, cast: Cast) -> None:
        article = make_draft(by=cast.sara)
        articles.publish(by=cast.actor("sara"), article=article, language="en", now=MONDAY)
        article.refresh_from_db()
        assert article.state == "published"

    def test_an_edit_takes_a_text_out_of_its_review(self, cast: Cast) -> None:
        article = make_draft(by=cast.sue)
        articles.submit(by=cast.actor("sue"), article=article, language="en", now=MONDAY)
        with pytest.raises(DomainError):
            articles.submit(by=cast.actor("sue"), article=article, language="en", now=MONDAY)
        articles.edit(by=cast.actor("sue"), article=article, text=NEXT, now=MONDAY)
        article.refresh_from_db()
        assert (article.state, article.versions.get().submitted_at) == ("draft", None)

    def test_a_newer_version_stands_in_for_the_one_before(self, cast: Cast) -> None:
        article = make_article()
        articles.edit(by=cast.actor("sue"), article=article, text=NEXT, now=MONDAY)
        articles.publish(by=cast.actor("sven"), article=article, language="en", now=MONDAY)
        assert article.versions.current().get().number == 2
        assert article.versions.count() == 2

    def test_what_was_published_is_never_changed(self, cast: Cast) -> None:
        article = make_article()
        for attempt in (
            lambda: article.versions.update(body="Else"),
            lambda: article.versions.update(published_at=None),
            lambda: article.versions.all().delete(),
        ):
            with pytest.raises(IntegrityError), transaction.atomic():
                attempt()
        assert article.versions.get().body == "Open the profile and choose **Reset**."

    def test_retired_and_brought_back(self, cast: Cast) -> None:
        article = make_article()
        articles.retire(by=cast.actor("sue"), article=article, now=MONDAY)
        assert not Article.objects.visible_to(cast.actor("connie")).exists()
        with pytest.raises(DomainError):
            articles.retire(by=cast.actor("sue"), article=article, now=MONDAY)
        articles.bring_back(by=cast.actor("sue"), article=article, now=MONDAY)
        assert Article.objects.visible_to(cast.actor("connie")).get() == article

    def test_a_translation_is_published_by_itself(self, cast: Cast) -> None:
        article = make_article()
        german = Text(language="de", title="Passwort zurücksetzen", body="Im Profil.")
        articles.edit(by=cast.actor("sue"), article=article, text=german, now=MONDAY)
        assert article.versions.current().count() == 1
        articles.publish(by=cast.actor("sven"), article=article, language="de", now=MONDAY)
        assert set(article.versions.current().values_list("language", flat=True)) == {"en", "de"}


@pytest.mark.parametrize(
    ("audience", "connie_reads"), [("internal", False), ("partner", True), ("customer", False), ("public", True)]
)
def test_contacts_read_what_is_for_them(cast: Cast, audience: str, connie_reads: bool) -> None:
    article = make_article(audience=audience)
    connie = cast.actor("connie")
    with scoped(scope_of(connie)):
        assert Article.objects.visible_to(connie).filter(pk=article.pk).exists() is connie_reads
        assert ArticleVersion.objects.visible_to(connie).exists() is connie_reads
    assert Article.objects.visible_to(cast.actor("otto")).exists()


class TestLookingOver:
    def test_owners_are_told_once_a_due_day(self, cast: Cast) -> None:
        article = make_article(by=cast.sue)
        later = MONDAY + timedelta(days=181)
        assert article_news.remind_overdue(now=MONDAY) == 0
        assert article_news.remind_overdue(now=later) == 1
        assert article_news.remind_overdue(now=later + DAY) == 0
        assert Notification.objects.get(kind="articles").user == cast.sue
        articles.mark_reviewed(by=cast.actor("sue"), article=article, now=later)
        article.refresh_from_db()
        assert article.review_due_on == later.date() + timedelta(days=180)

    def test_the_job_runs_once_a_day(self, cast: Cast) -> None:
        article = make_article(by=cast.sue)
        Article.objects.filter(pk=article.pk).update(review_due_on=date(2026, 1, 1))
        remind_articles()
        remind_articles()
        assert Notification.objects.filter(kind="articles").count() == 1
        assert Occurrence.objects.filter(job="tickets.remind_articles").count() == 1


class TestFromATicket:
    def solved(self, cast: Cast, **values: Any) -> Any:
        desk = make_desk(cast.sue)
        ticket = make_ticket(
            desk,
            cast.northwind,
            contact=cast.connie_contact,
            subject="Northwind cannot sign in",
            body="Connie Contact here: connie@northwind.example cannot sign in.",
        )
        reply(by=cast.actor("sue"), ticket=ticket, body="Hi Connie, clear the cache. Sue Tanaka", now=MONDAY + HOUR)
        change(by=cast.actor("sue"), ticket=ticket, values={"status": "solved", **values}, now=MONDAY + 2 * HOUR)
        return ticket

    def test_the_solution_becomes_a_draft_without_names(self, cast: Cast) -> None:
        ticket = self.solved(cast, root_cause="An old cookie of Northwind.")
        with scoped(scope_of(cast.actor("sue"))):
            article = draft_from_ticket(by=cast.actor("sue"), ticket=ticket, now=MONDAY + DAY)
        text = article.versions.get()
        assert (article.audience, article.state, article.from_ticket_id) == ("internal", "draft", ticket.pk)
        assert text.title == "[company] cannot sign in"
        assert "An old cookie of [company]." in text.body
        assert "clear the cache" in text.body
        for name in ("Connie", "Northwind", "Sue", "Tanaka", "@"):
            assert name not in text.body

    def test_only_of_a_solved_ticket_that_one_sees(self, cast: Cast) -> None:
        ticket = make_ticket(make_desk(cast.sue), cast.northwind)
        with pytest.raises(DomainError):
            draft_from_ticket(by=cast.actor("sue"), ticket=ticket, now=MONDAY)
        with pytest.raises(Missing):
            draft_from_ticket(by=cast.actor("sven"), ticket=ticket, now=MONDAY)
        with pytest.raises(NotAllowed):
            draft_from_ticket(by=cast.actor("ana"), ticket=ticket, now=MONDAY)


class TestReaders:
    def in_portal(self, cast: Cast) -> Any:
        return scoped(scope_of(cast.actor("connie")))

    def test_reading_is_counted_by_day_and_session(self, cast: Cast) -> None:
        article, connie = make_article(), cast.actor("connie")
        with self.in_portal(cast):
            for minutes in (0, 20, 45, 90):
                article_usage.read(by=connie, article=article, now=MONDAY + timedelta(minutes=minutes))
        article_usage.read(by=cast.actor("sue"), article=article, now=MONDAY + DAY)
        assert list(ArticleDay.objects.order_by("day").values_list("staff_views", "portal_views")) == [(0, 4), (1, 0)]
        assert list(HelpSession.objects.order_by("started_at").values_list("views", flat=True)) == [3, 1]
        article.refresh_from_db()
        assert article.views == 4

    def test_typing_on_is_one_search(self, cast: Cast) -> None:
        connie = cast.actor("connie")
        with self.in_portal(cast):
            for second, text in enumerate(("pas", "Passw", "PASSWORD  reset", "invoice", "i")):
                moment = MONDAY + timedelta(seconds=second)
                article_usage.searched(by=connie, text=text, language="en", results=second, now=moment)
        rows = HelpSearch.objects.order_by("at").values_list("term", "results", "reader", "organization__name")
        assert list(rows) == [("password reset", 2, "partner", "Northwind"), ("invoice", 3, "partner", "Northwind")]
        assert HelpSession.objects.get().searches == 2

    def test_feedback_is_said_once_and_may_be_changed(self, cast: Cast) -> None:
        article, connie = make_article(), cast.actor("connie")
        with self.in_portal(cast):
            article_usage.say(by=connie, article=article, language="en", is_helpful=False, comment="Where?", now=MONDAY)
            article_usage.say(by=connie, article=article, language="en", is_helpful=True, now=MONDAY)
        article.refresh_from_db()
        assert (article.helpful, article.unhelpful) == (1, 0)
        assert ArticleFeedback.objects.get().organization == cast.northwind

    def test_feedback_is_for_what_one_may_read(self, cast: Cast) -> None:
        article = make_article(audience="customer")
        with self.in_portal(cast), pytest.raises(Missing):
            article_usage.say(by=cast.actor("connie"), article=article, language="en", is_helpful=True, now=MONDAY)

    @pytest.mark.parametrize(
        ("name", "sees"),
        [("sue", True), ("sara", True), ("tom", True), ("otto", False), ("sven", False), ("adam", True)],
    )
    def test_what_readers_leave_is_behind_both_walls(self, cast: Cast, name: str, sees: bool) -> None:
        make_desk(cast.sue)
        article, connie, who = make_article(), cast.actor("connie"), cast.actor(name)
        with self.in_portal(cast):
            article_usage.say(by=connie, article=article, language="en", is_helpful=True, now=MONDAY)
            article_usage.searched(by=connie, text="reset", language="en", results=1, now=MONDAY)
        with scoped(scope_of(who)):
            for model in (ArticleFeedback, HelpSearch, HelpSession):
                assert model.objects.exists() is sees
                assert model.objects.visible_to(who).exists() is sees

    def test_contacts_see_their_own_alone(self, cast: Cast) -> None:
        article = make_article()
        casey = User.objects.create(email="casey@northwind.example", name="Casey", audience="contact")
        make_contact(cast.northwind, name="Casey", email=casey.email, user=casey)
        ArticleFeedback.objects.create(
            organization=cast.northwind,
            article=article,
            read_version=article.versions.get(),
            user=casey,
            is_helpful=True,
            at=MONDAY,
        )
        with self.in_portal(cast):
            assert not ArticleFeedback.objects.visible_to(cast.actor("connie")).exists()
        with scoped(Scope.none()):
            assert not ArticleFeedback.objects.exists()
