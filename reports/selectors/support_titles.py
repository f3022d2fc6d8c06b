"""What rows about the work of support are about, in words: for those objects that the reader may open."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import TrainingModule, User
from accounts.rules.access import Actor
from reports.selectors.source import PEOPLE, VISITS
from tickets.models import ArticleDay, ArticleFeedback, ArticleVersion, HelpSession, QualityReview, Ticket

Titles = Mapping[int, tuple[str, str]]


def quality_reviews(actor: Actor, ids: Iterable[int]) -> Titles:
    rows = QualityReview.objects.all().visible_to(actor).filter(pk__in=ids)
    return {
        pk: (f"#{number}", reverse("tickets:quality_review", args=[public_id]))
        for pk, number, public_id in rows.values_list("pk", "ticket__number", "public_id")
    }


def help_or_ticket(actor: Actor, ids: Iterable[int]) -> Titles:
    """Visits are told by when they began: who it was is not said."""
    asked = set(ids)
    rows = Ticket.objects.all().visible_to(actor).filter(pk__in=[pk for pk in asked if pk < VISITS])
    found = {
        pk: (f"#{number} {subject}", reverse("tickets:ticket", args=[number]))
        for pk, number, subject in rows.values_list("pk", "number", "subject")
    }
    visits = HelpSession.objects.all().visible_to(actor).filter(pk__in=[pk - VISITS for pk in asked if pk > VISITS])
    return found | {pk + VISITS: (_("Visit to the knowledge base"), "") for pk in visits.values_list("pk", flat=True)}


def versions(actor: Actor, ids: Iterable[int]) -> Titles:
    rows = ArticleVersion.objects.all().visible_to(actor).filter(pk__in=ids)
    return {
        pk: (title, reverse("tickets:article", args=[slug]))
        for pk, title, slug in rows.values_list("pk", "title", "article__slug")
    }


def feedback(actor: Actor, ids: Iterable[int]) -> Titles:
    rows = ArticleFeedback.objects.all().visible_to(actor).filter(pk__in=ids)
    return _of_articles(rows.values_list("pk", "read_version__title", "article__slug"))


def readings(actor: Actor, ids: Iterable[int]) -> Titles:
    rows = ArticleDay.objects.all().visible_to(actor).filter(pk__in=ids)
    return _of_articles(rows.values_list("pk", "article__slug", "article__slug"))


def _of_articles(rows: Iterable[tuple[int, str, str]]) -> Titles:
    return {pk: (title, reverse("tickets:article", args=[slug])) for pk, title, slug in rows}


def learners(actor: Actor, ids: Iterable[int]) -> Titles:
    """The person and the module, as two ids in one. Two statements."""
    pairs = {pk: divmod(pk, PEOPLE) for pk in ids}
    people = User.objects.visible_to(actor).in_bulk({person for person, _module in pairs.values()})
    modules = TrainingModule.objects.visible_to(actor).in_bulk({module for _person, module in pairs.values()})
    return {
        pk: (f"{people[person].name}: {modules[module].name}", reverse("accounts:training_team"))
        for pk, (person, module) in pairs.items()
        if person in people and module in modules
    }
