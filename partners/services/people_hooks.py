"""What organizations answer to the floor of people: what hangs on somebody, and who joined the portal."""

from datetime import datetime
from typing import Any

from django.db.models import Count, F, Func, IntegerField, Q, QuerySet, Subquery
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import ngettext

from accounts.labels import role_short_label
from accounts.models import Invitation, User
from accounts.services.absences import on_changed
from accounts.services.invitations import on_accepted
from accounts.services.people import Hold, register_hold_provider
from common.jobs import enqueue_on_commit
from common.scope import Scope, scoped
from partners.models import Assignment, Commitment, Contact, Handoff, Task
from partners.services import contacts
from partners.work_choices import UNFINISHED_HANDOFFS


def owned_by(user: User) -> list[Hold]:
    """The organizations that `user` still owns, by role: somebody has to take them over."""
    # Everything that hangs on a person is told, whatever the reader's own portfolio.
    with scoped(Scope.all()):
        rows = list(
            Assignment.objects.active()
            .filter(user=user, organization__archived_at__isnull=True)
            .order_by("role")
            .values_list("role")
            .annotate(total=Count("pk"))
        )
    address = reverse("admin:partners_assignment_changelist")
    return [
        Hold(
            words=ngettext("%(role)s of %(count)d organization", "%(role)s of %(count)d organizations", total)
            % {"role": role_short_label(role), "count": total},
            url=f"{address}?{urlencode({'user__id__exact': user.pk, 'role__exact': role})}",
        )
        for role, total in rows
    ]


def under_way_with(user: User) -> list[Hold]:
    """Handoffs of `user` under way, their unfinished tasks and open promises: they stay behind without anybody."""
    handoffs, tasks, promises = _counts_of(user)
    found = []
    if handoffs:
        words = ngettext("%(count)s handoff under way", "%(count)s handoffs under way", handoffs) % {"count": handoffs}
        found.append(Hold(words=words))
    if tasks:
        words = ngettext("%(count)d unfinished task", "%(count)d unfinished tasks", tasks) % {"count": tasks}
        found.append(Hold(words=words, url=_rows_of("task", user)))
    if promises:
        words = ngettext("%(count)d open promise", "%(count)d open promises", promises) % {"count": promises}
        found.append(Hold(words=words, url=_rows_of("commitment", user)))
    return found


def _counts_of(user: User) -> tuple[int, int, int]:
    """How many handoffs, tasks and promises, in one statement."""
    mine = Q(giver=user) | Q(receiver=user)
    rows = (
        Handoff.objects.filter(mine, state__in=UNFINISHED_HANDOFFS),
        Task.objects.unfinished().owned_by(user.pk),
        Commitment.objects.unfinished().filter(owner=user),
    )
    with scoped(Scope.all()):
        found = User.objects.filter(pk=user.pk).values_list(*(_number_of(one) for one in rows)).get()
    handoffs, tasks, promises = found
    return handoffs, tasks, promises


def _number_of(rows: QuerySet[Any]) -> Subquery:
    """The number of rows as a part of a statement."""
    counted = rows.order_by().annotate(total=Func(F("pk"), function="count")).values("total")
    return Subquery(counted, output_field=IntegerField())


def _rows_of(model: str, user: User) -> str:
    address = reverse(f"admin:partners_{model}_changelist")
    return f"{address}?{urlencode({'owner__id__exact': user.pk})}"


def tie_contact(invitation: Invitation, user: User, now: datetime) -> None:
    """Tie who accepted a portal invitation to the contact it was for. They are nobody yet, so the scope is opened."""
    if invitation.contact_id is None:
        return
    with scoped(Scope.all()):
        contact = Contact.objects.select_related("organization").get(pk=invitation.contact_id)
        contacts.link_portal_user(contact=contact, user=user, now=now)


def plan_around(user_id: int) -> None:
    """Meetings give way to days away at once, and not with the next run for all."""
    enqueue_on_commit("partners.plan_touchpoints_of_holder", user_id=user_id)


def register() -> None:
    """Called once, when the app is ready."""
    on_changed(plan_around)
    register_hold_provider(owned_by)
    register_hold_provider(under_way_with)
    on_accepted(tie_contact)
