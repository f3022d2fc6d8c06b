"""Who reads drills: they belong to the desk as a whole, and to no organization."""

from typing import TYPE_CHECKING, Any, Self

from django.db import models

from tickets.querysets import sees_every_ticket

if TYPE_CHECKING:
    from accounts.rules.access import Actor


class DrillQuerySet(models.QuerySet[Any]):
    def visible_to(self, actor: "Actor") -> Self:
        """All of them for those who see every ticket: a drill names who owns what, and who is on call."""
        return self if actor.is_staff and sees_every_ticket(actor) else self.none()
