"""Addresses at which monitors of other tools call us, and the calls that have been heard."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.models import PublicModel, Timestamped
from health.models.metrics import Metric


class AlertHook(PublicModel, Timestamped):
    """An address for the alerts of one monitoring tool. The token in it is kept as its digest, and shown once.

    An alert is of the organization whose external key its tag `tag` holds, or of that of `organization_key`. Its state
    becomes a sample of `metric`; with `declares` it opens an incident, and adds to it.
    """

    name = models.CharField(_("name"), max_length=120)
    token_digest = models.CharField(max_length=64, unique=True)
    tag = models.CharField(_("tag"), max_length=60, default="partner")
    organization_key = models.CharField(_("organization's external key"), max_length=120, blank=True)
    metric = models.ForeignKey(Metric, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    when_alert = models.DecimalField(max_digits=20, decimal_places=6, null=True)
    when_warn = models.DecimalField(max_digits=20, decimal_places=6, null=True)
    when_ok = models.DecimalField(max_digits=20, decimal_places=6, null=True)
    declares = models.BooleanField(_("opens incidents"), default=False)
    severity = models.CharField(_("severity"), max_length=2, blank=True)
    archived_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering: ClassVar = ["name", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(declares=False) | ~Q(severity=""), name="alert_hook_says_how_bad"),
        ]

    def __str__(self) -> str:
        return self.name


class AlertCall(models.Model):
    """An alert that a hook has heard, by its id and instant: heard again it is no news. `came_to` says what it made."""

    hook = models.ForeignKey(AlertHook, on_delete=models.CASCADE, related_name="calls")
    alert_key = models.CharField(max_length=120)
    at = models.DateTimeField()
    heard_at = models.DateTimeField()
    title = models.CharField(max_length=250, blank=True)
    state = models.CharField(max_length=10)
    came_to = models.CharField(max_length=250, blank=True)

    class Meta:
        ordering: ClassVar = ["-heard_at", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["hook", "alert_key", "at"], name="alert_call_once"),
        ]
        indexes: ClassVar = [models.Index(fields=["hook", "-heard_at"], name="alert_call_newest")]

    def __str__(self) -> str:
        return f"{self.alert_key} {self.state}"
