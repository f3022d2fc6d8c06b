"""Use cases of assignments: who owns an organization in which role, since when; owners change only here.

Lock order: the organization, its assignments, the person. Rows end, they are never deleted or rewritten: becoming the
primary owner ends one row and starts the next.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.choices import OWNER_ROLES
from accounts.labels import role_label
from accounts.models import User
from accounts.rules.access import Actor
from common.errors import DomainError, Missing, NotAllowed
from partners import permissions
from partners.models import Assignment, Handoff, Organization
from partners.rules.ownership import plan_assign, plan_end, plan_replace
from partners.services import task_owners, touchpoint_plan
from partners.services.assignment_news import announce
from partners.services.assignment_rows import (
    EMPTY_BOOK,
    OwnerChange,
    RoleBook,
    fitting_person,
    refusal_of_role,
    role_books,
    write,
)
from partners.services.locking import lock_organization, lock_organizations


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """One organization of a bulk assignment that stayed as it was, and why in the user's words."""

    organization_id: int
    name: str
    code: str
    message: str


@dataclass(frozen=True, kw_only=True)
class BulkResult:
    """What a bulk assignment did: organizations assigned, those that already were as wanted, those refused."""

    assigned: int
    unchanged: int
    refusals: tuple[Refusal, ...]


@transaction.atomic
def assign_owner(
    *,
    by: Actor,
    organization: Organization,
    user: User,
    role: str,
    is_primary: bool | None = None,
    reason: str = "",
    now: datetime,
) -> Assignment:
    """Make `user` an owner (or participant) of `organization` in `role` from `now` on.

    `is_primary` True takes the primary place over (who had it stays an owner); None takes it where it is free.
    Assigning the same again changes nothing. Raises NotAllowed; DomainError with `field` "role" or "user".
    """
    locked = _locked_for(by, organization)
    return _assign(by, locked, user, role, is_primary=is_primary, reason=reason, now=now)


@transaction.atomic
def name_first_owner(*, by: Actor, organization: Organization, user: User, role: str, now: datetime) -> Assignment:
    """Name the first owner of an organization that `by` has just made: themselves, or a member of a team they lead.

    For those who may make it but have no tie to it yet, in the transaction that made it: it is in nobody's scope later.
    Raises NotAllowed where it has ever had an owner, or for anybody else.
    """
    locked = lock_organization(organization)
    if not permissions.can_create(by, locked.kind) or user.pk not in {by.user_id, *by.led_user_ids}:
        raise NotAllowed(_("You may name yourself or somebody whom you lead as the first owner."))
    if Assignment.objects.filter(organization=locked).exists():
        raise NotAllowed(_("This organization has had owners already."))
    return _assign(by, locked, user, role, is_primary=None, reason="", now=now)


@transaction.atomic
def end_assignment(
    *, by: Actor, assignment: Assignment, reason: str = "", confirm_last: bool = False, now: datetime
) -> Assignment:
    """End an assignment now; the longest-serving other owner of the role becomes primary if the primary leaves.

    Raises NotAllowed; DomainError "last_owner" for the last owner of a role unless `confirm_last`; "ended" if it has
    ended already.
    """
    locked = _locked_for(by, assignment.organization)
    book, row = _book_of(assignment)
    change = plan_end(book.held, row.user_id)
    if row.role in OWNER_ROLES and not confirm_last and len(book.held) == 1:
        message = _("%(name)s is the last %(role)s of %(organization)s. Confirm that nobody shall own it in this role.")
        words = {"name": row.user.name, "role": role_label(row.role), "organization": locked.name}
        raise DomainError(message % words, code="last_owner")
    _carry_out(by, book.change(locked, row.role, change), book, reason=reason, now=now)
    row.refresh_from_db(fields=["ended_at", "ended_by"])
    return row


@transaction.atomic
def make_primary(*, by: Actor, assignment: Assignment, reason: str = "", now: datetime) -> Assignment:
    """Make an owner the primary one of its role; the one before stays an owner.

    Returns the row that holds from now on. Raises NotAllowed; DomainError "ended".
    """
    locked = _locked_for(by, assignment.organization)
    book, row = _book_of(assignment)
    change = plan_assign(book.held, row.user_id, is_primary=True)
    made = _carry_out(by, book.change(locked, row.role, change), book, reason=reason, now=now)
    return made.get(row.user_id, row)


@transaction.atomic
def replace_owner(*, by: Actor, assignment: Assignment, user: User, reason: str = "", now: datetime) -> Assignment:
    """End `assignment` and put `user` in its place in one step: the role is never without an owner.

    Raises NotAllowed; DomainError with `field` "user"; "ended" if the assignment has ended already.
    """
    locked = _locked_for(by, assignment.organization)
    book, row = _book_of(assignment)
    if user.pk == row.user_id:
        return row
    person = fitting_person(user=user, role=row.role)
    change = plan_replace(book.held, row.user_id, person.pk)
    made = _carry_out(by, book.change(locked, row.role, change, person), book, reason=reason, now=now)
    return made.get(person.pk) or _row_of(book, person.pk)


@transaction.atomic
def take_over(
    *, by: Actor, organization: Organization, user: User, role: str, of_id: int | None, leaves: bool, now: datetime
) -> Assignment:
    """Begin the assignment of who has accepted a handoff; the right to it is the handoff's, which `handoffs` checks.

    `of_id`: the owner of the same role who hands on. The primary place goes with it; that owner stays one unless they
    leave. Owners of other roles keep theirs (roles-and-access.md). Raises DomainError with `field` "role" or "user".
    """
    locked = lock_organization(organization)
    if error := refusal_of_role(role, locked.kind) or _archived(locked):
        raise error
    book = role_books([locked.pk], role).get(locked.pk, EMPTY_BOOK)
    person = fitting_person(user=user, role=role)
    if of_id is not None and leaves:
        change = plan_replace(book.held, of_id, person.pk)
    else:
        is_first = any(holding.user_id == of_id and holding.is_primary for holding in book.held)
        change = plan_assign(book.held, person.pk, is_primary=is_first or None)
    item = book.change(locked, role, change, person)
    made = _carry_out(by, item, book, reason=_("Handoff accepted"), now=now)
    return made.get(person.pk) or _row_of(book, person.pk)


@transaction.atomic
def bulk_assign(
    *,
    by: Actor,
    organizations: Iterable[Organization],
    user: User,
    role: str,
    is_primary: bool | None = None,
    reason: str = "",
    now: datetime,
) -> BulkResult:
    """Assign one person in one role to many organizations in one transaction: what cannot be done is listed.

    Raises DomainError when the person cannot hold the role at all (`field` "user").
    """
    wanted = lock_organizations(organization.pk for organization in organizations)
    refused = {organization.pk: error for organization, error in _refusals(by, wanted, role)}
    books = role_books([organization.pk for organization in wanted], role)
    person = fitting_person(user=user, role=role)
    changes = []
    for organization in wanted:
        book = books.get(organization.pk, EMPTY_BOOK)
        change = plan_assign(book.held, person.pk, is_primary=is_primary)
        if organization.pk not in refused and not change.is_empty:
            changes.append(book.change(organization, role, change, person))
    made = write(changes, books, by=by, reason=reason, now=now)
    announce(changes, made, by=by, reason=reason, now=now)
    _hand_tasks_on(changes, now)
    return BulkResult(
        assigned=len(changes),
        unchanged=len(wanted) - len(changes) - len(refused),
        refusals=tuple(
            Refusal(
                organization_id=organization.pk,
                name=organization.name,
                code=refused[organization.pk].code,
                message=refused[organization.pk].message,
            )
            for organization in wanted
            if organization.pk in refused
        ),
    )


def _locked_for(by: Actor, organization: Organization) -> Organization:
    locked = lock_organization(organization)
    if not permissions.can_use(by, "assign_owners", locked):
        raise NotAllowed(_("You may not assign owners here: its PAM or an administrator does."))
    return locked


def _assign(
    by: Actor, locked: Organization, user: User, role: str, *, is_primary: bool | None, reason: str, now: datetime
) -> Assignment:
    if error := refusal_of_role(role, locked.kind) or _archived(locked):
        raise error
    book = role_books([locked.pk], role).get(locked.pk, EMPTY_BOOK)
    person = fitting_person(user=user, role=role)
    change = plan_assign(book.held, person.pk, is_primary=is_primary)
    made = _carry_out(by, book.change(locked, role, change, person), book, reason=reason, now=now)
    return made.get(person.pk) or _row_of(book, person.pk)


def _carry_out(by: Actor, item: OwnerChange, book: RoleBook, *, reason: str, now: datetime) -> dict[int, Assignment]:
    """Write one change and announce it; the new rows by person."""
    if item.change.is_empty:
        return {}
    made = write([item], {item.organization.pk: book}, by=by, reason=reason, now=now)
    announce([item], made, by=by, reason=reason, now=now)
    _hand_tasks_on([item], now)
    return {row.user_id: row for row in made[item.organization.pk]}


def _hand_tasks_on(changes: Sequence[OwnerChange], now: datetime) -> None:
    """Unfinished tasks and planned meetings of a role go with it, to who is its primary owner from now on."""
    places = {(item.organization.pk, item.role): item.change.leaves for item in changes}
    touchpoint_plan.follow_owners(places)
    task_owners.follow(places, [item.organization for item in changes], now=now)


def _book_of(assignment: Assignment) -> tuple[RoleBook, Assignment]:
    """The book that an assignment stands in, with its row as it is now. Raises DomainError "ended"."""
    book = role_books([assignment.organization_id], assignment.role).get(assignment.organization_id, EMPTY_BOOK)
    row = next((row for row in book.rows if row.pk == assignment.pk), None)
    if row is None:
        raise DomainError(_("This assignment has ended already."), code="ended")
    return book, row


def _row_of(book: RoleBook, user_id: int) -> Assignment:
    row = next((row for row in book.rows if row.user_id == user_id), None)
    if row is None:
        raise Missing(_("This assignment does not exist, or it is not yours."))
    return row


def _archived(organization: Organization) -> DomainError | None:
    if organization.archived_at is None:
        return None
    return DomainError(_("This organization is archived; restore it first."), code="archived")


def _refusals(by: Actor, organizations: list[Organization], role: str) -> Iterable[tuple[Organization, DomainError]]:
    """Those of `organizations` that `by` may not assign in `role`, with the reason. Two statements for all."""
    ties: dict[int, list[Assignment]] = {}
    between: dict[int, list[tuple[int, int]]] = {}
    rows = Assignment.objects.active().filter(organization__in=organizations).select_related("user")
    handoffs = Handoff.objects.filter(organization__in=organizations).unfinished()
    for row in () if by.has("assign_owners") else rows:
        ties.setdefault(row.organization_id, []).append(row)
    for handoff in () if by.has("assign_owners") else handoffs:
        between.setdefault(handoff.organization_id, []).append((handoff.giver_id, handoff.receiver_id))
    for organization in organizations:
        held, open_handoffs = ties.get(organization.pk, ()), between.get(organization.pk, ())
        subject = permissions.build_subject(organization, held, open_handoffs=open_handoffs)
        if not permissions.can_use(by, "assign_owners", organization, subject=subject):
            yield organization, NotAllowed(_("You may not assign owners here: its PAM or an administrator does."))
        elif error := refusal_of_role(role, organization.kind) or _archived(organization):
            yield organization, error
