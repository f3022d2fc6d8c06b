"""Who reads what of the knowledge base: colleagues all of it, contacts what is published for their kind."""

from typing import TYPE_CHECKING, Any, Self

from django.apps import apps
from django.db import models
from django.db.models import Q

from accounts.rules.access import visibility_terms
from partners.querysets import opened_by
from tickets.article_choices import ArticleAudience, ArticleState
from tickets.querysets import sees_every_ticket

if TYPE_CHECKING:
    from accounts.rules.access import Actor


class ArticleQuerySet(models.QuerySet[Any]):
    def visible_to(self, actor: "Actor") -> Self:
        """All for colleagues; for a contact what is published for everybody or for the kind of its organization."""
        if actor.is_staff:
            return self
        if actor.organization_id is None:
            return self.none()
        organizations = apps.get_model("partners", "Organization")._default_manager
        kind = organizations.filter(pk=actor.organization_id).values("kind")
        return self.published().filter(Q(audience=ArticleAudience.PUBLIC) | Q(audience__in=kind))

    def published(self) -> Self:
        return self.filter(state=ArticleState.PUBLISHED)


class ArticleVersionQuerySet(models.QuerySet[Any]):
    def visible_to(self, actor: "Actor") -> Self:
        """Every version for colleagues, the current ones of visible articles for contacts."""
        if actor.is_staff:
            return self
        articles = apps.get_model("tickets", "Article")._default_manager.all().visible_to(actor)
        return self.filter(article__in=articles, is_current=True)

    def current(self) -> Self:
        return self.filter(is_current=True)

    def drafts(self) -> Self:
        return self.filter(published_at__isnull=True)


class ReadersQuerySet(models.QuerySet[Any]):
    """What readers left: of organizations that one may open, at the desk all of it, of contacts their own."""

    def visible_to(self, actor: "Actor") -> Self:
        if actor.is_contact:
            return self.filter(user_id=actor.user_id)
        if not actor.is_staff:
            return self.none()
        if sees_every_ticket(actor) or (actor.has("see_queue_tickets") and actor.team_ids):
            return self
        reach = opened_by(visibility_terms(actor), with_summary=False)
        return self.filter(Q(organization__isnull=True) | Q(organization_id__in=reach))


class CategoryQuerySet(models.QuerySet[Any]):
    def visible_to(self, actor: "Actor") -> Self:
        """Names of categories are no secret among those who are signed in."""
        return self if actor.is_authenticated else self.none()
