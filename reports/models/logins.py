"""Logins of the reporting schema: which person a BI tool reads for."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from reports.querysets import ReportingLoginQuerySet


class ReportingLogin(models.Model):
    """A login of the database that reads the schema `reporting` as its person may open organizations (ADR 0034).

    The database looks here with each query, so that a login that is taken back reads nothing from then on.
    """

    user = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+", verbose_name=_("person"))
    role_name = models.CharField(_("database login"), max_length=63, unique=True)
    granted_at = models.DateTimeField(_("since"))
    revoked_at = models.DateTimeField(_("until"), null=True)

    objects = ReportingLoginQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["role_name"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["user"], condition=models.Q(revoked_at__isnull=True), name="reporting_login_once"
            )
        ]

    def __str__(self) -> str:
        return self.role_name
