"""Who may do what on an incident that they see: predicates on the one policy, as for tickets."""

from accounts.rules.access import Actor
from tickets.models import PostMortemVersion
from tickets.permissions import can_manage_support, can_note, can_reply, can_work


def can_declare(actor: Actor) -> bool:
    """Say that something is broken: whoever works on tickets."""
    return can_work(actor)


def can_lead(actor: Actor) -> bool:
    """Change what an incident says, where it stands, who is in charge."""
    return can_work(actor)


def can_say_publicly(actor: Actor) -> bool:
    """Write so that contacts read it."""
    return can_reply(actor)


def can_say_internally(actor: Actor) -> bool:
    """Leave word for colleagues: every colleague who sees it."""
    return can_note(actor)


def can_write_post_mortem(actor: Actor) -> bool:
    return can_work(actor)


def can_publish(actor: Actor, newest: PostMortemVersion) -> bool:
    """The support manager; and whoever writes, what somebody else has written last: four eyes."""
    return can_manage_support(actor) or (can_write_post_mortem(actor) and newest.author_id != actor.user_id)
