"""How notices and lines of the audit trail open an article."""

from django.urls import reverse

from accounts.rules.access import Actor
from common.targets import register_target
from tickets.models import Article


def offer() -> None:
    """Called once, when the app is ready."""
    register_target("article", _article)


def _article(actor: Actor, pk: int) -> str | None:
    found = Article.objects.visible_to(actor).filter(pk=pk).values_list("slug", flat=True).first()
    if found is None:
        return None
    return reverse("tickets:article" if actor.is_staff else "tickets:help_article", args=[found])
