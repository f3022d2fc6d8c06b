"""People who sign in, and the roles they hold over time."""

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower, Now
from django.utils.translation import gettext_lazy as _

from accounts.choices import USER_ROLES, Audience, Role
from accounts.querysets import UserQuerySet
from common.models import ImmutableUnaccent, PublicModel

# How the audit trail names all contacts alike.
CONTACT_NAME = "Portal contact"


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):  # type: ignore[misc]
    """Makes users; addresses are stored in lower case, so that one address is one person."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user: User = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        found: User = self.get(email=(username or "").lower())
        return found


class User(PublicModel, AbstractBaseUser):
    """A person who signs in with an e-mail address. Rights come from roles alone; there is no superuser flag."""

    email = models.EmailField(_("e-mail address"), unique=True)
    name = models.CharField(_("name"), max_length=150)
    name_sort = models.GeneratedField(
        expression=Lower(ImmutableUnaccent("name")),
        output_field=models.TextField(),
        db_persist=True,
    )
    job_title = models.CharField(_("job title"), max_length=120, blank=True)
    audience = models.CharField(
        max_length=10, choices=[(a.value, a.value) for a in Audience], default=Audience.STAFF.value
    )
    timezone = models.CharField(_("time zone"), max_length=64, default="UTC")
    language = models.CharField(_("language"), max_length=10, default="en")
    calendar = models.ForeignKey("accounts.WorkCalendar", null=True, blank=True, on_delete=models.PROTECT)
    is_active = models.BooleanField(_("active"), default=True)
    # Filled by accounts.auth.users_with_access, which reads a person with all that access needs in one statement.
    role_names: list[str]
    led_ids: list[int]
    team_ids: list[int]
    access_version_id: int | None

    date_joined = models.DateTimeField(db_default=Now(), editable=False)
    deactivated_at = models.DateTimeField(null=True, editable=False)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar = ["name"]

    class Meta:
        ordering: ClassVar = ["name_sort", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(audience__in=[a.value for a in Audience]), name="user_audience_known"
            ),
            models.CheckConstraint(condition=models.Q(email=Lower("email")), name="user_email_lower"),
        ]
        indexes: ClassVar = [models.Index(fields=["name_sort", "id"], name="user_by_name")]

    def __str__(self) -> str:
        return self.name or self.email

    @property
    def trail_name(self) -> str:
        """How the audit trail names this person: contacts have a right to be erased, and the trail is never changed."""
        return str(self) if self.audience == Audience.STAFF else CONTACT_NAME

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name.split(" ")[0] if self.name else self.email

    # Django admin asks for these; the answer is the admin role and nothing else.
    @property
    def is_staff(self) -> bool:
        return self.is_active and Role.ADMIN in self.current_roles()

    @property
    def is_superuser(self) -> bool:
        return self.is_staff

    def has_perm(self, perm: str, obj: object = None) -> bool:
        return self.is_staff

    def has_perms(self, perm_list: list[str], obj: object = None) -> bool:
        return self.is_staff

    def has_module_perms(self, app_label: str) -> bool:
        return self.is_staff

    def current_roles(self) -> frozenset[str]:
        """The roles this person holds now; read with the user in one statement by the sign-in backend."""
        loaded = getattr(self, "role_names", None)
        if loaded is None:
            loaded = list(self.role_grants.filter(ended_at__isnull=True).values_list("role", flat=True))
            self.role_names = loaded
        return frozenset(loaded)


class RoleGrant(models.Model):
    """A role that a person holds, from when, until when, and by whose word."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="role_grants")
    role = models.CharField(max_length=24, choices=[(r, r) for r in USER_ROLES])
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    granted_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    source = models.CharField(max_length=20, default="admin", help_text="admin, invitation, sso or demo")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["user", "role"], condition=models.Q(ended_at__isnull=True), name="role_grant_once"
            ),
            models.CheckConstraint(condition=models.Q(role__in=list(USER_ROLES)), name="role_grant_known"),
        ]

    def __str__(self) -> str:
        return self.role
