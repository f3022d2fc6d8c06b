"""Use cases of people: roles given and taken, people deactivated and brought back, teams.

A right that is taken is gone with the person's next request, since roles are read with it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from allauth.usersessions.models import UserSession
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.choices import USER_ROLES, Audience, Role
from accounts.labels import role_label
from accounts.models import ApiToken, Membership, RoleGrant, Team, User
from accounts.rules.access import Actor
from accounts.services import activity
from accounts.services.notifications import ROLES_CHANGED, notify
from common.errors import DomainError, NotAllowed


@dataclass(frozen=True, kw_only=True)
class Hold:
    """Something that hangs on a person ("owns 12 organizations"), told before they are deactivated."""

    words: str
    url: str = ""


HoldProvider = Callable[[User], list[Hold]]
_hold_providers: list[HoldProvider] = []


def register_hold_provider(provider: HoldProvider) -> None:
    """Upper floors say what hangs on a person; called in AppConfig.ready()."""
    if provider not in _hold_providers:
        _hold_providers.append(provider)


def holds_of(user: User) -> list[Hold]:
    """All that hangs on `user` today."""
    return [hold for provider in _hold_providers for hold in provider(user)]


def _require(by: Actor | None) -> None:
    """None is the house itself: commands, the demo world, single sign-on."""
    if by is not None and not by.has("manage_people"):
        raise NotAllowed(_("Only people who manage colleagues can do this."))


def _by(by: Actor | None) -> tuple[int | None, str]:
    return (by.user_id, by.name) if by is not None else (None, "")


@transaction.atomic
def grant_role(*, user: User, role: str, by: Actor | None, now: datetime, source: str = "admin") -> RoleGrant:
    """Give a role from `now` on; giving it again changes nothing. Raises NotAllowed, DomainError (`field` "role")."""
    _require(by)
    if role not in USER_ROLES:
        raise DomainError(_("There is no such role."), field="role")
    locked = User.objects.select_for_update().get(pk=user.pk)
    if locked.audience != Audience.STAFF:
        raise DomainError(_("A portal contact holds no role."), field="role")
    held = RoleGrant.objects.filter(user=locked, role=role, ended_at__isnull=True).first()
    if held is not None:
        return held
    actor_id, actor_name = _by(by)
    grant = RoleGrant.objects.create(user=locked, role=role, started_at=now, granted_by_id=actor_id, source=source)
    activity.record(
        actor_id=actor_id,
        actor_name=actor_name,
        verb="role.granted",
        target=locked,
        changes={"role": [None, role]},
        now=now,
    )
    _tell(locked, _("You are now %(role)s"), role, key=f"role:{grant.pk}", now=now)
    return grant


@transaction.atomic
def end_role(*, user: User, role: str, by: Actor | None, now: datetime, reason: str = "") -> None:
    """Take a role away, from their next request on. Raises DomainError "last_admin" for the last administrator."""
    _require(by)
    # One lock for all who take the admin role away: two at once must not leave none.
    admins = RoleGrant.objects.filter(role=Role.ADMIN, ended_at__isnull=True, user__is_active=True).order_by("pk")
    admin_ids = [grant.user_id for grant in admins.select_for_update(of=("self",))]
    held = RoleGrant.objects.select_for_update().filter(user=user, role=role, ended_at__isnull=True).first()
    if held is None:
        return
    if role == Role.ADMIN and admin_ids == [user.pk]:
        raise DomainError(
            _("This is the last administrator. Make somebody else administrator first."), code="last_admin"
        )
    held.ended_at = now
    held.save(update_fields=["ended_at"])
    actor_id, actor_name = _by(by)
    activity.record(
        actor_id=actor_id,
        actor_name=actor_name,
        verb="role.ended",
        target=user,
        changes={"role": [role, None]},
        reason=reason,
        now=now,
    )
    _tell(user, _("You are no longer %(role)s"), role, key=f"role-end:{held.pk}", now=now)


def _tell(user: User, words: str, role: str, *, key: str, now: datetime) -> None:
    notify(user_ids=[user.pk], kind=ROLES_CHANGED, title=words % {"role": role_label(role)}, key=key, now=now)


@transaction.atomic
def set_roles(*, user: User, roles: frozenset[str], by: Actor, now: datetime) -> None:
    """Make `roles` the roles of `user`: grant what is missing, end what is too many."""
    held = frozenset(RoleGrant.objects.filter(user=user, ended_at__isnull=True).values_list("role", flat=True))
    for role in sorted(roles - held):
        grant_role(user=user, role=role, by=by, now=now)
    for role in sorted(held - roles):
        end_role(user=user, role=role, by=by, now=now)


@transaction.atomic
def deactivate(*, user: User, by: Actor, now: datetime, reason: str = "") -> None:
    """Dismiss a person at once: no sign-in, sessions ended, tokens revoked. What they own stays theirs until given on.

    Raises NotAllowed, DomainError for oneself and for the last administrator.
    """
    _require(by)
    locked = User.objects.select_for_update().get(pk=user.pk)
    if not locked.is_active:
        return
    if locked.pk == by.user_id:
        raise DomainError(_("You cannot deactivate yourself."))
    others = RoleGrant.objects.filter(role=Role.ADMIN, ended_at__isnull=True, user__is_active=True).exclude(user=locked)
    if Role.ADMIN in locked.current_roles() and not others.exists():
        raise DomainError(
            _("This is the last administrator. Make somebody else administrator first."), code="last_admin"
        )
    locked.is_active, locked.deactivated_at = False, now
    locked.save(update_fields=["is_active", "deactivated_at"])
    end_sessions(user=locked)
    ApiToken.objects.filter(user=locked, revoked_at__isnull=True).update(revoked_at=now)
    actor_id, actor_name = _by(by)
    activity.record(
        actor_id=actor_id, actor_name=actor_name, verb="person.deactivated", target=locked, reason=reason, now=now
    )
    user.is_active = False


def end_sessions(*, user: User) -> None:
    """End every session of `user`."""
    for session in UserSession.objects.filter(user=user):
        session.end()


@transaction.atomic
def activate(*, user: User, by: Actor, now: datetime) -> None:
    """Let a deactivated person sign in again, with the roles they had. Revoked tokens stay revoked."""
    _require(by)
    locked = User.objects.select_for_update().get(pk=user.pk)
    if locked.is_active:
        return
    locked.is_active, locked.deactivated_at = True, None
    locked.save(update_fields=["is_active", "deactivated_at"])
    actor_id, actor_name = _by(by)
    activity.record(actor_id=actor_id, actor_name=actor_name, verb="person.activated", target=locked, now=now)


@transaction.atomic
def add_member(*, team: Team, user: User, by: Actor | None, now: datetime, is_lead: bool = False) -> Membership:
    """Put a colleague into a team, or change whether they lead it. Raises NotAllowed, DomainError for contacts."""
    _require(by)
    if user.audience != Audience.STAFF:
        raise DomainError(_("Only colleagues are members of teams."), field="user")
    row = Membership.objects.select_for_update().filter(team=team, user=user, ended_at__isnull=True).first()
    if row is not None and row.is_lead == is_lead:
        return row
    if row is None:
        row = Membership.objects.create(team=team, user=user, is_lead=is_lead)
    else:
        row.is_lead = is_lead
        row.save(update_fields=["is_lead"])
    actor_id, actor_name = _by(by)
    activity.record(
        actor_id=actor_id,
        actor_name=actor_name,
        verb="membership.changed",
        target=user,
        changes={"team": [None, team.name], "is_lead": [None, is_lead]},
        now=now,
    )
    return row


@transaction.atomic
def end_membership(*, team: Team, user: User, by: Actor | None, now: datetime) -> None:
    """Take a colleague out of a team."""
    _require(by)
    ended = Membership.objects.filter(team=team, user=user, ended_at__isnull=True).update(ended_at=now)
    if ended:
        actor_id, actor_name = _by(by)
        activity.record(
            actor_id=actor_id,
            actor_name=actor_name,
            verb="membership.ended",
            target=user,
            changes={"team": [team.name, None]},
            now=now,
        )


@transaction.atomic
def edit_profile(*, user: User, name: str, timezone: str, language: str, job_title: str, now: datetime) -> None:
    """Change what a person says of themselves."""
    locked = User.objects.select_for_update().get(pk=user.pk)
    after = {"name": name, "timezone": timezone, "language": language, "job_title": job_title}
    changes = activity.changes_between({key: getattr(locked, key) for key in after}, after)
    if not changes:
        return
    for key in changes:
        setattr(locked, key, after[key])
    locked.save(update_fields=list(changes))
    activity.record(
        actor_id=locked.pk, actor_name=locked.name, verb="person.edited", target=locked, changes=changes, now=now
    )
