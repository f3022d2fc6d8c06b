"""The documentation hub's state: who keeps a guide of the pack, and when it was last looked over."""

from typing import Any, ClassVar, Self

from django.db import models

from partners.choices import Stage


class GuideQuerySet(models.QuerySet[Any]):
    def visible_to(self, actor: Any) -> Self:
        """Guides are for all colleagues."""
        return self if actor.is_staff else self.none()


class Guide(models.Model):
    """One article of the pack "guides", found by its `key`; its text is policy, its keeping is not."""

    key = models.CharField(max_length=80, unique=True)
    stage = models.CharField(max_length=20, blank=True, choices=Stage.choices)
    owner = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    reviewed_on = models.DateField(null=True)
    reviewed_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    review_due_on = models.DateField(null=True)
    retired_at = models.DateTimeField(null=True, help_text="The pack has it no more.")
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = GuideQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["review_due_on"], condition=models.Q(retired_at__isnull=True), name="guide_review_due")
        ]

    def __str__(self) -> str:
        return self.key
