"""Colleagues as those who manage them see them: the list, one person, open invitations."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.db.models import Count, Exists, F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from accounts.labels import role_label
from accounts.models import ApiToken, Invitation, Membership, RoleGrant, User
from accounts.rules.access import Actor
from accounts.selectors.security import SecurityOverview, security_overview
from common.pagination import Order, Page, SortKey, paginate

PAGE_SIZE = 50
STATES = ("active", "no_role", "inactive")
_BY_NAME = Order((SortKey(name="name_sort"),))


@dataclass(frozen=True, kw_only=True)
class PersonRow:
    """One colleague in the list; `roles` as words."""

    public_id: UUID
    name: str
    email: str
    roles: tuple[str, ...]
    is_active: bool
    last_seen_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class RoleLine:
    """A role that somebody held or holds, by whose word."""

    label: str
    started_at: datetime
    ended_at: datetime | None
    given_by: str
    source: str


@dataclass(frozen=True, kw_only=True)
class PersonFile:
    """One colleague, and what hangs together with their account."""

    person: User
    memberships: tuple[Membership, ...]
    history: tuple[RoleLine, ...]
    security: SecurityOverview
    session_count: int
    token_count: int


def people_page(actor: Actor, *, text: str, role: str, state: str, cursor: str) -> Page:
    """A page of PersonRow by name; `state` is one of STATES or empty, `role` a role or empty."""
    found = User.objects.visible_to(actor).staff().with_roles()
    if text:
        found = found.matching(text)
    if role:
        found = found.filter(pk__in=User.objects.holding(role).values("pk"))
    if state == "no_role":
        held = RoleGrant.objects.filter(ended_at__isnull=True).values("user_id")
        found = found.active().exclude(pk__in=held)
    elif state in STATES:
        found = found.filter(is_active=state == "active")
    page = paginate(found, _BY_NAME, cursor=cursor, size=PAGE_SIZE)
    return Page(rows=[_row(one) for one in page.rows], previous=page.previous, next=page.next)


def _row(user: User) -> PersonRow:
    return PersonRow(
        public_id=user.public_id,
        name=user.name,
        email=user.email,
        roles=tuple(role_label(role) for role in sorted(user.role_names)),
        is_active=user.is_active,
        last_seen_at=user.last_login,
    )


def open_invitations(actor: Actor, *, now: datetime) -> list[Invitation]:
    """Invitations that can still be accepted, the last one first; fifty at most."""
    found = Invitation.objects.visible_to(actor).filter(accepted_at__isnull=True, revoked_at__isnull=True)
    return list(found.filter(expires_at__gt=now).select_related("invited_by")[:50])


def person_file(actor: Actor, public_id: UUID, *, now: datetime) -> PersonFile | None:
    """All that belongs to the account of a colleague, in four statements; None where the reader may not see them."""
    person = _with_ways_in(User.objects.visible_to(actor).staff().with_roles(), now).filter(public_id=public_id).first()
    if person is None:
        return None
    grants = RoleGrant.objects.filter(user=person).select_related("granted_by")
    grants = grants.order_by(F("ended_at").desc(nulls_first=True), "-started_at")[:30]
    memberships = Membership.objects.filter(user=person, ended_at__isnull=True).select_related("team")
    return PersonFile(
        person=person,
        memberships=tuple(memberships.order_by("team__name")),
        history=tuple(_line(grant) for grant in grants),
        security=security_overview(person, is_connected=person.is_connected),
        session_count=person.session_count,
        token_count=person.token_count,
    )


def _with_ways_in(people: QuerySet[Any], now: datetime) -> QuerySet[Any]:
    """Adds `session_count`, `token_count` and `is_connected`, to single sign-on, without statements of their own."""
    live = ApiToken.objects.filter(revoked_at__isnull=True, expires_at__gt=now)
    return people.annotate(
        session_count=_count_of(UserSession.objects.all()),
        token_count=_count_of(live),
        is_connected=Exists(SocialAccount.objects.filter(user=OuterRef("pk"))),
    )


def _count_of(rows: QuerySet[Any]) -> Coalesce:
    mine = rows.filter(user=OuterRef("pk")).order_by().values("user").annotate(total=Count("pk"))
    return Coalesce(Subquery(mine.values("total")), 0)


def _line(grant: RoleGrant) -> RoleLine:
    return RoleLine(
        label=role_label(grant.role),
        started_at=grant.started_at,
        ended_at=grant.ended_at,
        given_by=grant.granted_by.name if grant.granted_by else "",
        source=grant.source,
    )
