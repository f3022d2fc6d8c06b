"""Who is away, and who is on call when."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models.people import User
from accounts.models.teams import Team
from accounts.querysets import StaffReadableQuerySet
from common.models import PublicModel


class Absence(PublicModel):
    """Days on which a colleague is not there, both ends included, in their own zone. `reason` is for them and leads."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="absences")
    first_on = models.DateField(_("first day"))
    last_on = models.DateField(_("last day"))
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    recorded_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    cancelled_at = models.DateTimeField(null=True)

    objects = StaffReadableQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["first_on", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(last_on__gte=F("first_on")), name="absence_ends_after_it_begins")
        ]
        indexes: ClassVar = [
            models.Index(fields=["user", "last_on"], condition=Q(cancelled_at__isnull=True), name="absence_of_person")
        ]

    def __str__(self) -> str:
        return f"{self.first_on} - {self.last_on}"


class OnCallRota(PublicModel):
    """Whom of a team to call outside of its hours. Its shifts say who it is; local times are of `timezone`."""

    name = models.CharField(_("name"), max_length=120, unique=True)
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="rotas", verbose_name=_("team"))
    timezone = models.CharField(_("time zone"), max_length=64, default="UTC")
    version = models.PositiveIntegerField(default=1, editable=False)
    archived_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = StaffReadableQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name


class OnCallShift(PublicModel):
    """One person on call in `[starts_at, ends_at)`. Where shifts overlap an override holds, the latest made first."""

    rota = models.ForeignKey(OnCallRota, on_delete=models.CASCADE, related_name="shifts")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="shifts", verbose_name=_("on call"))
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"))
    is_override = models.BooleanField(default=False)
    made_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    objects = StaffReadableQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["starts_at", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="shift_ends_after_it_begins")
        ]
        indexes: ClassVar = [models.Index(fields=["rota", "ends_at"], name="shift_of_rota")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.starts_at}"
