"""Who writes and who publishes articles: predicates on the one policy. Every colleague reads all of them."""

from accounts.rules.access import Actor
from tickets.models import ArticleVersion
from tickets.permissions import can_manage_support, can_work


def can_write(actor: Actor) -> bool:
    """Whoever answers contacts, and the support manager."""
    return can_work(actor)


def can_publish(actor: Actor, draft: ArticleVersion) -> bool:
    """The support manager; and whoever writes, what somebody else has written: four eyes."""
    return can_manage_support(actor) or (can_write(actor) and draft.author_id != actor.user_id)


def can_see_gaps(actor: Actor) -> bool:
    """Those who would close them, and those who read the reports of support."""
    return can_write(actor) or actor.has("see_support_reports")
