"""The knowledge base of the demo world."""

import re

from accounts.actors import actor_for
from accounts.models import User
from common.scope import scoped
from hub.demo.article_kinds import SHELVES
from hub.demo.articles import PIECES
from hub.demo.desk_sayings import SAYINGS
from tickets import search
from tickets.models import Article, ArticleDay, ArticleFeedback, ArticleVersion, HelpSearch, HelpSession
from tickets.scope import scope_of


def test_all_states_audiences_and_both_languages_are_there() -> None:
    assert Article.objects.count() == len(PIECES) == 25
    assert set(Article.objects.values_list("state", flat=True)) == {"draft", "review", "published"}
    assert set(Article.objects.values_list("audience", flat=True)) == {"internal", "partner", "customer", "public"}
    assert ArticleVersion.objects.current().filter(language="de").count() >= 6
    assert {piece.shelf for piece in PIECES} == {key for key, _name in SHELVES}


def test_some_are_late_and_all_have_an_owner() -> None:
    assert not Article.objects.filter(owner__isnull=True).exists()
    assert {day.month for day in Article.objects.published().values_list("review_due_on", flat=True)} != set()
    assert all(re.fullmatch(r"[a-z0-9-]+", slug) for slug in Article.objects.values_list("slug", flat=True))


def test_contacts_have_read_searched_and_judged() -> None:
    assert ArticleDay.objects.count() > 30
    assert HelpSession.objects.count() > 10
    assert ArticleFeedback.objects.filter(is_helpful=False).exists()
    assert HelpSearch.objects.filter(results=0, term="dark mode").exists()


def test_what_contacts_ask_finds_an_article() -> None:
    """The subjects of the demo's tickets are what is suggested for while one types."""
    actor = actor_for(User.objects.get(email="support@demo.example"))
    with scoped(scope_of(actor)):
        found = {
            saying.subject: search.find(actor, saying.subject, limit=3, kinds=("article",), any_word=True)
            for saying in SAYINGS
        }
    assert [subject for subject, hits in found.items() if not hits] == []
