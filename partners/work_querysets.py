"""Who reads the work on a journey: tasks and evidence, commitments, handoffs. All from the one policy."""

from datetime import date
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import F, Q

from accounts.rules.access import Right, VisibilityTerms, visibility_terms
from partners.querysets import opened_by
from partners.work_choices import OPEN_HANDOFFS, OPEN_TASKS, CommitmentState, HandoffState

if TYPE_CHECKING:
    from accounts.rules.access import Actor


def _in_full(terms: VisibilityTerms) -> Q:
    return Q(organization_id__in=opened_by(terms, with_summary=False))


def _as_summary(terms: VisibilityTerms) -> Q:
    return Q(organization_id__in=opened_by(terms, with_summary=True))


class WorkQuerySet(models.QuerySet[Any]):
    """Rows of an organization that are for more than those who open it in full: `shared` for its contacts too."""

    def visible_to(self, actor: "Actor", right: Right = Right.SEE) -> Self:
        if actor.is_contact:
            return self._for_contact(actor.organization_id) if right is Right.SEE else self.none()
        terms = visibility_terms(actor, right)
        if terms.everything:
            return self
        return self.none() if terms.is_empty else self._for_colleague(actor, terms)

    def _for_contact(self, organization_id: int | None) -> Self:
        raise NotImplementedError

    def _for_colleague(self, actor: "Actor", terms: VisibilityTerms) -> Self:
        raise NotImplementedError


class TaskQuerySet(WorkQuerySet):
    """Tasks: all of an organization opened in full; own ones where one knows the summary; in the portal shared ones."""

    def _for_contact(self, organization_id: int | None) -> Self:
        return self.filter(organization_id=organization_id, is_shared=True, archived_at__isnull=True)

    def _for_colleague(self, actor: "Actor", terms: VisibilityTerms) -> Self:
        return self.filter(_in_full(terms) | (Q(owner_id=actor.user_id) & _as_summary(terms)))

    def current(self) -> Self:
        return self.filter(archived_at__isnull=True)

    def unfinished(self) -> Self:
        return self.current().filter(state__in=OPEN_TASKS)

    def overdue(self, today: date) -> Self:
        """Unfinished tasks whose day is before `today`."""
        return self.unfinished().filter(due_on__lt=today)

    def owned_by(self, user_id: int) -> Self:
        return self.filter(owner_id=user_id)

    def blocked(self) -> Self:
        """Unfinished tasks that say what blocks them or wait for another that is not finished."""
        waiting = Q(dependencies__needed__state__in=OPEN_TASKS, dependencies__needed__archived_at__isnull=True)
        found = self.unfinished().filter(waiting | ~Q(blocked_reason=""))
        return self.filter(pk__in=found.values("pk"))


class EvidenceQuerySet(WorkQuerySet):
    """Evidence goes with its task or draft: a participant sees that of own tasks, a contact that of shared ones."""

    def _for_contact(self, organization_id: int | None) -> Self:
        return self.filter(organization_id=organization_id, task__is_shared=True, task__archived_at__isnull=True)

    def _for_colleague(self, actor: "Actor", terms: VisibilityTerms) -> Self:
        return self.filter(_in_full(terms) | (Q(task__owner_id=actor.user_id) & _as_summary(terms)))

    def current(self) -> Self:
        return self.filter(removed_at__isnull=True)


class CommitmentQuerySet(WorkQuerySet):
    """Promises of both sides: the partner sees the same list."""

    def _for_contact(self, organization_id: int | None) -> Self:
        return self.filter(organization_id=organization_id)

    def _for_colleague(self, actor: "Actor", terms: VisibilityTerms) -> Self:
        return self.filter(_in_full(terms))

    def unfinished(self) -> Self:
        return self.filter(state=CommitmentState.OPEN)

    def overdue(self, today: date) -> Self:
        return self.unfinished().filter(due_on__lt=today)


class HandoffQuerySet(WorkQuerySet):
    """Handoffs of organizations opened in full, the open ones that one receives or gives, and what one prepares."""

    def _for_contact(self, organization_id: int | None) -> Self:
        return self.none()

    def _for_colleague(self, actor: "Actor", terms: VisibilityTerms) -> Self:
        mine = Q(receiver_id=actor.user_id) | Q(giver_id=actor.user_id)
        # Participants prepare handoffs of organizations that they know by their summary.
        prepared = Q(giver_id=actor.user_id, state=HandoffState.PREPARED) & _as_summary(terms)
        return self.filter(_in_full(terms) | (mine & Q(state__in=OPEN_HANDOFFS)) | prepared)

    def unfinished(self) -> Self:
        return self.filter(state__in=OPEN_HANDOFFS)

    def waiting_for(self, user_id: int) -> Self:
        """Those that `user_id` has to accept or return, the most urgent first."""
        return self.filter(receiver_id=user_id, state="offered").order_by(F("due_at").asc(nulls_last=True), "pk")


class HandoffPartQuerySet(WorkQuerySet):
    """Items and returns of handoffs, seen with their handoff."""

    def _for_contact(self, organization_id: int | None) -> Self:
        return self.none()

    def _for_colleague(self, actor: "Actor", terms: VisibilityTerms) -> Self:
        mine = Q(handoff__receiver_id=actor.user_id) | Q(handoff__giver_id=actor.user_id)
        prepared = Q(handoff__giver_id=actor.user_id, handoff__state=HandoffState.PREPARED) & _as_summary(terms)
        return self.filter(_in_full(terms) | (mine & Q(handoff__state__in=OPEN_HANDOFFS)) | prepared)
