"""Who reads training records: oneself, those who lead one, and those who look after training."""

from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Q

if TYPE_CHECKING:
    from accounts.rules.access import Actor

MANAGE = "manage_training"


class TrainingModuleQuerySet(models.QuerySet[Any]):
    def visible_to(self, actor: "Actor") -> Self:
        """What there is to learn is known to every colleague."""
        return self if actor.is_staff else self.none()

    def current(self) -> Self:
        return self.filter(archived_at__isnull=True)


class TrainingRecordQuerySet(models.QuerySet[Any]):
    def visible_to(self, actor: "Actor") -> Self:
        if not actor.is_staff or actor.user_id is None:
            return self.none()
        if actor.has(MANAGE):
            return self
        return self.filter(Q(user_id=actor.user_id) | Q(user_id__in=sorted(actor.led_user_ids)))
