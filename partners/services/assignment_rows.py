"""What the use cases of assignments share: who fits, rows as a plan wants them, and what is written about it.

Everything works on many organizations at once, so that a bulk assignment costs as few statements as a single one.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Value
from django.db.models.functions import Greatest
from django.utils.translation import gettext as _

from accounts.choices import OWNER_ROLES, Audience
from accounts.labels import kind_label, role_label
from accounts.models import RoleGrant, User
from accounts.rules.access import Actor
from accounts.rules.roles import may_be_assigned
from common.errors import DomainError
from partners.models import Assignment, Organization
from partners.rules.ownership import Change, Holding, Span, held_since

_BATCH = 1000


@dataclass(frozen=True, kw_only=True)
class OwnerChange:
    """What happens to one role of one organization. `names` are those of everybody concerned, by user id.

    `before`: the rows that held until now, by user id.
    """

    organization: Organization
    role: str
    change: Change
    names: Mapping[int, str]
    before: Mapping[int, Assignment]


def fitting_person(*, user: User, role: str) -> User:
    """`user` as they are now, locked against leaving meanwhile. Raises DomainError where they cannot hold `role`."""
    locked = User.objects.select_for_update(no_key=True).filter(pk=user.pk).first()
    if locked is None or locked.audience != Audience.STAFF:
        raise DomainError(_("Choose one of our people."), field="user", code="not_staff")
    if not locked.is_active:
        raise DomainError(
            _("%(name)s is deactivated and can own nothing.") % {"name": locked.name}, field="user", code="inactive"
        )
    holds = RoleGrant.objects.filter(user=locked, role=role, ended_at__isnull=True)
    if role in OWNER_ROLES and not holds.exists():
        message = _("%(name)s does not hold the role %(role)s.") % {"name": locked.name, "role": role_label(role)}
        raise DomainError(message, field="user", code="role_not_held")
    fit: User = locked
    return fit


def refusal_of_role(role: str, kind: str) -> DomainError | None:
    """Why `role` cannot be assigned to an organization of `kind`; None if it can."""
    if may_be_assigned(role, kind):
        return None
    message = _("%(kind)s: nobody owns one as %(role)s.") % {"kind": kind_label(kind), "role": role_label(role)}
    return DomainError(message, field="role", code="role_not_of_kind")


@dataclass(frozen=True, kw_only=True)
class RoleBook:
    """One role of one organization: the rows that hold today (locked), who holds since when, and its latest instant.

    New rows start no earlier than `latest`, whatever the clocks of two machines say: rows of a role must not overlap.
    """

    rows: tuple[Assignment, ...]
    held: tuple[Holding, ...]
    latest: datetime | None

    def change(self, organization: Organization, role: str, change: Change, *people: User) -> OwnerChange:
        """A change of this book; `people` are the newcomers."""
        names = {row.user_id: row.user.name for row in self.rows} | {person.pk: person.name for person in people}
        before = {row.user_id: row for row in self.rows}
        return OwnerChange(organization=organization, role=role, change=change, names=names, before=before)


EMPTY_BOOK = RoleBook(rows=(), held=(), latest=None)


def role_books(organization_ids: Sequence[int], role: str) -> dict[int, RoleBook]:
    """The books of `role` by organization; the organizations are locked already. Two statements."""
    history: dict[int, list[Assignment]] = defaultdict(list)
    rows = Assignment.objects.filter(organization_id__in=organization_ids, role=role).select_related("user")
    for row in rows.select_for_update(of=("self",), no_key=True).order_by("organization_id", "pk"):
        history[row.organization_id].append(row)
    return {organization_id: _book(stays) for organization_id, stays in history.items()}


def _book(stays: list[Assignment]) -> RoleBook:
    spans: dict[int, list[Span]] = defaultdict(list)
    for row in stays:
        spans[row.user_id].append(Span(started_at=row.started_at, ended_at=row.ended_at))
    rows = tuple(row for row in stays if row.ended_at is None)
    return RoleBook(
        rows=rows,
        held=tuple(
            Holding(
                user_id=row.user_id,
                is_primary=row.is_primary,
                since=held_since(spans[row.user_id]) or row.started_at,
            )
            for row in rows
        ),
        latest=max(row.ended_at or row.started_at for row in stays),
    )


def write(
    changes: Sequence[OwnerChange], books: Mapping[int, RoleBook], *, by: Actor, reason: str, now: datetime
) -> dict[int, list[Assignment]]:
    """End and start the rows that `changes` want; returns the new ones by organization. Two statements a thousand."""
    ended: list[int] = []
    new: list[Assignment] = []
    for item in changes:
        book = books.get(item.organization.pk, EMPTY_BOOK)
        ended += [row.pk for row in book.rows if row.user_id in item.change.ends]
        new += [
            Assignment(
                organization=item.organization,
                user_id=user_id,
                role=item.role,
                is_primary=is_primary,
                started_at=max(now, book.latest or now),
                assigned_by_id=by.user_id,
                reason=reason,
            )
            for user_id, is_primary in item.change.starts.items()
        ]
    if ended:
        until = Greatest(Value(now), "started_at")
        Assignment.objects.filter(pk__in=ended).update(ended_at=until, ended_by_id=by.user_id)
    Assignment.objects.bulk_create(new, batch_size=_BATCH)
    made: dict[int, list[Assignment]] = defaultdict(list)
    for row in new:
        made[row.organization_id].append(row)
    return made
