"""Who reads quality reviews: those who review, and the agent whose work it was."""

from typing import TYPE_CHECKING, Any, Self

from django.db import models

if TYPE_CHECKING:
    from accounts.rules.access import Actor

REVIEW = "review_quality"


class QualityReviewQuerySet(models.QuerySet[Any]):
    def visible_to(self, actor: "Actor") -> Self:
        """All of them for those who review; for others those of their own work."""
        if not actor.is_staff or actor.user_id is None:
            return self.none()
        return self if actor.has(REVIEW) else self.filter(agent_id=actor.user_id)
