"""People around an organization: contacts on its side, owners and participants on ours."""

from typing import ClassVar

import pghistory
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from accounts.choices import ASSIGNMENT_ROLES
from accounts.labels import role_short_label
from common.models import ImmutableUnaccent, PublicModel, Timestamped
from partners.choices import ContactRole, GrantState
from partners.models.organizations import Organization
from partners.querysets import AssignmentQuerySet, ScopedQuerySet


@pghistory.track(exclude=["updated_at", "name_sort"])
class Contact(PublicModel, Timestamped):
    """A person at an organization. With `user` set, that person can sign in to the portal for this organization."""

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="contacts")
    name = models.CharField(_("name"), max_length=150)
    name_sort = models.GeneratedField(
        expression=Lower(ImmutableUnaccent("name")), output_field=models.TextField(), db_persist=True
    )
    email = models.EmailField(_("e-mail address"), blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    job_title = models.CharField(_("job title"), max_length=120, blank=True)
    role = models.CharField(_("role"), max_length=12, choices=ContactRole.choices, default=ContactRole.OTHER)
    is_primary = models.BooleanField(_("primary contact"), default=False)
    is_ticket_manager = models.BooleanField(_("sees all tickets of the organization"), default=False)
    timezone = models.CharField(_("time zone"), max_length=64, blank=True)
    user = models.ForeignKey(
        "accounts.User", null=True, blank=True, on_delete=models.PROTECT, related_name="contact_of"
    )
    version = models.PositiveIntegerField(default=1, editable=False)
    archived_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-is_primary", "name_sort", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                "organization",
                Lower("email"),
                condition=models.Q(archived_at__isnull=True) & ~models.Q(email=""),
                name="contact_email_once",
            ),
            models.UniqueConstraint(
                fields=["organization"],
                condition=models.Q(is_primary=True, archived_at__isnull=True),
                name="contact_one_primary",
            ),
            models.CheckConstraint(condition=models.Q(role__in=ContactRole.values), name="contact_role_known"),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["user"],
                condition=models.Q(user__isnull=False, archived_at__isnull=True),
                name="contact_portal_user",
            ),
            # Archived ones too: whoever has left one organization is the same person at another.
            models.Index(Lower("email"), condition=~models.Q(email=""), name="contact_of_address"),
        ]

    def __str__(self) -> str:
        return self.name


class TsTzRange(models.Func):
    function = "TSTZRANGE"
    output_field = DateTimeRangeField()


_DURING = TsTzRange("started_at", "ended_at", RangeBoundary())


class Assignment(PublicModel):
    """A colleague owns an organization in a role, or takes part in it, during [started_at, ended_at).

    Several people per role, one of them primary; overlaps are excluded by the database. Rows end, they are not deleted.
    """

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="assignments")
    user = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="assignments")
    role = models.CharField(_("role"), max_length=24, choices=[(r, r) for r in sorted(ASSIGNMENT_ROLES)])
    is_primary = models.BooleanField(_("primary"), default=True)
    started_at = models.DateTimeField(_("since"))
    ended_at = models.DateTimeField(_("until"), null=True, blank=True)
    assigned_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    ended_by = models.ForeignKey("accounts.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(_("reason"), max_length=300, blank=True)

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["organization", "role", "-is_primary", "started_at"]
        constraints: ClassVar = [
            ExclusionConstraint(
                name="assignment_no_overlap",
                expressions=[
                    ("organization", RangeOperators.EQUAL),
                    ("user", RangeOperators.EQUAL),
                    ("role", RangeOperators.EQUAL),
                    (_DURING, RangeOperators.OVERLAPS),
                ],
            ),
            ExclusionConstraint(
                name="assignment_one_primary",
                expressions=[
                    ("organization", RangeOperators.EQUAL),
                    ("role", RangeOperators.EQUAL),
                    (_DURING, RangeOperators.OVERLAPS),
                ],
                condition=models.Q(is_primary=True),
            ),
            models.CheckConstraint(
                condition=models.Q(ended_at__isnull=True) | models.Q(ended_at__gte=models.F("started_at")),
                name="assignment_forward",
            ),
            models.CheckConstraint(condition=models.Q(role__in=sorted(ASSIGNMENT_ROLES)), name="assignment_role_known"),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["user", "role", "organization"],
                condition=models.Q(ended_at__isnull=True),
                name="assignment_of_user",
            ),
            models.Index(
                fields=["organization", "role"],
                condition=models.Q(ended_at__isnull=True),
                name="assignment_of_organization",
            ),
        ]

    def __str__(self) -> str:
        return role_short_label(self.role)


class ContextGrant(PublicModel):
    """Leave to read answers of earlier stages: asked for with a reason, given for a time, ended by itself."""

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="context_grants")
    user = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="context_grants")
    reason = models.TextField(_("reason"))
    state = models.CharField(max_length=8, choices=GrantState.choices, default=GrantState.ASKED)
    asked_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    decision_note = models.CharField(max_length=300, blank=True)
    expires_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-asked_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organization", "user"],
                condition=models.Q(state__in=["asked", "given"]),
                name="context_grant_one_open",
            ),
            models.CheckConstraint(condition=models.Q(state__in=GrantState.values), name="context_grant_state_known"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["expires_at"], condition=models.Q(state="given"), name="context_grant_running")
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.state}"
