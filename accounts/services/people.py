"""Use cases of people: roles given and taken, people deactivated and brought back, teams.

A right that is taken is gone with the person's next request, since roles are read with it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.choices import USER_ROLES, Audience, Role
from accounts.labels import joined, role_label
from accounts.models import ApiToken, Membership, RoleGrant, Team, User
from accounts.rules.access import Actor
from accounts.services import activity, sessions
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


def _record(
    by: Actor | None,
    verb: str,
    user: User,
    now: datetime,
    *,
    changes: Mapping[str, Any] | None = None,
    reason: str = "",
) -> None:
    activity.record(
        actor_id=by.user_id if by is not None else None,
        actor_name=by.name if by is not None else "",
        verb=verb,
        target=user,
        changes=changes,
        reason=reason,
        now=now,
    )


@transaction.atomic
def grant_role(*, user: User, role: str, by: Actor | None, now: datetime, source: str = "admin") -> RoleGrant:
    """Give a role from `now` on; giving it again changes nothing. Raises NotAllowed, DomainError (`field` "role")."""
    _require(by)
    if role not in USER_ROLES:
        raise DomainError(_("There is no such role."), field="role")
    locked = _locked(user)
    if locked.audience != Audience.STAFF:
        raise DomainError(_("A portal contact holds no role."), field="role")
    held = RoleGrant.objects.filter(user=locked, role=role, ended_at__isnull=True).first()
    if held is not None:
        return held
    given_by = by.user_id if by is not None else None
    grant = RoleGrant.objects.create(user=locked, role=role, started_at=now, granted_by_id=given_by, source=source)
    _record(by, "role.granted", locked, now, changes={"role": [None, role]}, reason="" if source == "admin" else source)
    _tell(locked, _("You are now %(role)s"), role, key=f"role:{grant.pk}", now=now)
    return grant


@transaction.atomic
def end_role(*, user: User, role: str, by: Actor | None, now: datetime, reason: str = "") -> None:
    """Take a role away, from their next request on. Raises DomainError "last_admin" for the last administrator."""
    _require(by)
    _keep_an_admin(user, is_leaving=role == Role.ADMIN)
    held = RoleGrant.objects.select_for_update().filter(user=user, role=role, ended_at__isnull=True).first()
    if held is None:
        return
    held.ended_at = now
    held.save(update_fields=["ended_at"])
    _record(by, "role.ended", user, now, changes={"role": [role, None]}, reason=reason)
    _tell(user, _("You are no longer %(role)s"), role, key=f"role-end:{held.pk}", now=now)


def _tell(user: User, words: str, role: str, *, key: str, now: datetime) -> None:
    notify(user_ids=[user.pk], kind=ROLES_CHANGED, title=words % {"role": role_label(role)}, key=key, now=now)


def _locked(user: User) -> User:
    """The person, locked against other use cases of people; rows that point at them can still be written."""
    locked: User = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    return locked


def _keep_an_admin(user: User, *, is_leaving: bool) -> None:
    """Raises DomainError "last_admin" where nobody who can sign in would be administrator without `user`."""
    if not is_leaving:
        return
    # One lock for all who take an administrator away: two at once must not leave none.
    admins = RoleGrant.objects.select_for_update(of=("self",)).filter(role=Role.ADMIN, ended_at__isnull=True)
    holders = set(admins.filter(user__is_active=True).order_by("pk").values_list("user_id", flat=True))
    if holders == {user.pk}:
        message = _("This is the last administrator. Make somebody else administrator first.")
        raise DomainError(message, code="last_admin")


@transaction.atomic
def set_roles(*, user: User, roles: frozenset[str], by: Actor, now: datetime) -> None:
    """Make `roles` the roles of `user`: grant what is missing, end what is too many."""
    held = frozenset(RoleGrant.objects.filter(user=user, ended_at__isnull=True).values_list("role", flat=True))
    for role in sorted(roles - held):
        grant_role(user=user, role=role, by=by, now=now)
    for role in sorted(held - roles):
        end_role(user=user, role=role, by=by, now=now)


@transaction.atomic
def deactivate(*, user: User, by: Actor, now: datetime, reason: str = "", confirm_holds: bool = False) -> None:
    """Dismiss a person at once: no sign-in, sessions ended, tokens revoked. What they own stays theirs until given on.

    Raises NotAllowed; DomainError for oneself, "last_admin", and "holds" where something hangs on the person and
    `confirm_holds` does not say that this is known.
    """
    _require(by)
    locked = _locked(user)
    if not locked.is_active:
        return
    if locked.pk == by.user_id:
        raise DomainError(_("You cannot deactivate yourself."), code="self")
    _keep_an_admin(locked, is_leaving=Role.ADMIN in locked.current_roles())
    if not confirm_holds and (holds := holds_of(locked)):
        words = {"name": locked.name, "holds": joined(hold.words for hold in holds)}
        message = _("%(name)s is still %(holds)s. Confirm that it shall wait for somebody.") % words
        raise DomainError(message, code="holds")
    locked.is_active, locked.deactivated_at = False, now
    locked.save(update_fields=["is_active", "deactivated_at"])
    sessions.end_all(user=locked)
    ApiToken.objects.filter(user=locked, revoked_at__isnull=True).update(revoked_at=now)
    _record(by, "person.deactivated", locked, now, reason=reason)
    user.is_active = False


@transaction.atomic
def activate(*, user: User, by: Actor, now: datetime) -> None:
    """Let a deactivated person sign in again, with the roles they had. Revoked tokens stay revoked."""
    _require(by)
    locked = _locked(user)
    if locked.is_active:
        return
    locked.is_active, locked.deactivated_at = True, None
    locked.save(update_fields=["is_active", "deactivated_at"])
    _record(by, "person.activated", locked, now)
    user.is_active = True


@transaction.atomic
def end_all_sessions(*, user: User, by: Actor, now: datetime) -> int:
    """Sign a person out everywhere, as after a lost laptop; returns how many sessions ended. Raises NotAllowed."""
    _require(by)
    ended = sessions.end_all(user=_locked(user))
    _record(by, "person.signed_out", user, now)
    return ended


@transaction.atomic
def change_address(*, user: User, email: str, by: Actor, now: datetime) -> None:
    """Give a person another address to sign in with; links that were sent to the old one end.

    Raises NotAllowed, DomainError with `field` "email" where somebody else has it.
    """
    _require(by)
    locked = _locked(user)
    wanted = email.strip().lower()
    if wanted == locked.email:
        return
    if User.objects.filter(email=wanted).exists():
        raise DomainError(_("Somebody else signs in with this address."), field="email")
    before, locked.email = locked.email, wanted
    locked.save(update_fields=["email"])
    user.email = wanted
    _record(by, "person.edited", locked, now, changes={"email": [before, wanted]})


@transaction.atomic
def add_member(*, team: Team, user: User, by: Actor | None, now: datetime, is_lead: bool = False) -> Membership:
    """Put a colleague into a team, or change whether they lead it. Raises NotAllowed, DomainError for contacts."""
    _require(by)
    if user.audience != Audience.STAFF:
        raise DomainError(_("Only colleagues are members of teams."), field="user")
    _locked(user)
    row = Membership.objects.select_for_update().filter(team=team, user=user, ended_at__isnull=True).first()
    if row is not None and row.is_lead == is_lead:
        return row
    changes: dict[str, list[Any]] = {"is_lead": [row.is_lead if row else None, is_lead]}
    if row is None:
        changes["team"] = [None, team.name]
        row = Membership.objects.create(team=team, user=user, is_lead=is_lead)
    else:
        row.is_lead = is_lead
        row.save(update_fields=["is_lead"])
    _record(by, "membership.changed", user, now, changes=changes)
    return row


@transaction.atomic
def end_membership(*, team: Team, user: User, by: Actor | None, now: datetime) -> None:
    """Take a colleague out of a team; whoever leads it no longer sees through them with their next click."""
    _require(by)
    ended = Membership.objects.filter(team=team, user=user, ended_at__isnull=True).update(ended_at=now)
    if ended:
        _record(by, "membership.ended", user, now, changes={"team": [team.name, None]})


@transaction.atomic
def edit_profile(
    *, user: User, name: str, timezone: str, job_title: str, now: datetime, language: str | None = None
) -> None:
    """Change what a person says of themselves; the language stays without one."""
    locked = _locked(user)
    values = {"name": name, "timezone": timezone, "job_title": job_title, "language": language or locked.language}
    _edit(locked, values, actor_id=locked.pk, actor_name=locked.name, now=now)


@transaction.atomic
def edit_person(*, user: User, values: Mapping[str, Any], by: Actor, now: datetime) -> None:
    """Change what an administrator may say of a person: name, job title, time zone, calendar. Raises NotAllowed."""
    _require(by)
    if unknown := sorted(set(values) - {"name", "job_title", "timezone", "calendar"}):
        raise DomainError(_("There is no field %(name)s.") % {"name": unknown[0]}, field=unknown[0])
    _edit(_locked(user), values, actor_id=by.user_id, actor_name=by.name, now=now)


def _edit(locked: User, values: Mapping[str, Any], *, actor_id: int | None, actor_name: str, now: datetime) -> None:
    """Write what differs. Of a contact the trail keeps that something changed, not into what."""
    after = {key: " ".join(value.split()) if isinstance(value, str) else value for key, value in values.items()}
    changes = activity.changes_between({key: getattr(locked, key) for key in after}, after)
    if not changes:
        return
    for key in changes:
        setattr(locked, key, after[key])
    locked.save(update_fields=list(changes))
    is_contact = locked.audience == Audience.CONTACT
    words = {key: [None if one is None else str(one) for one in pair] for key, pair in changes.items()}
    activity.record(
        actor_id=actor_id,
        actor_name=actor_name,
        verb="person.edited",
        target=locked,
        target_name=_("A contact") if is_contact else "",
        changes={key: ["*", "*"] for key in changes} if is_contact else words,
        now=now,
    )
