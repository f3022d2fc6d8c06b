"""The query vocabulary of organizations. Every read starts with `visible_to(actor)`, made from the one policy."""

from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

from django.apps import apps
from django.db import models
from django.db.models import F, Q

from accounts.rules.access import FieldClass, Right, Term, VisibilityTerms, visibility_terms
from partners.choices import EntryKind

if TYPE_CHECKING:
    from accounts.rules.access import Actor


def _terms_q(terms: tuple[Term, ...]) -> Q:
    """Rows of Assignment whose role, kind and stage one of `terms` covers."""
    found = Q(pk__in=[])
    for term in terms:
        found |= Q(role=term.role, organization__kind=term.kind, organization__stage__in=sorted(term.stages))
    return found


def _assignments() -> models.QuerySet[Any]:
    """Rows of Assignment; by name, since models import this room and not the other way."""
    return apps.get_model("partners", "Assignment")._default_manager.all()


def _assigned(terms: VisibilityTerms, *, with_summary: bool) -> models.QuerySet[Any]:
    """Ids of organizations that `terms` open through assignments that hold today.

    Driven by the person's assignments (index assignment_of_user), so that the cost follows the portfolio and not
    the number of organizations.
    """
    wanted = Q(pk__in=[])
    if terms.own:
        wanted |= Q(user_id=terms.user_id) & _terms_q(terms.own)
    if terms.led:
        wanted |= Q(user_id__in=sorted(terms.led_user_ids)) & _terms_q(terms.led)
    if with_summary and terms.summary_roles:
        wanted |= Q(user_id__in=sorted(terms.summary_user_ids), role__in=terms.summary_roles)
    return _assignments().filter(wanted, ended_at__isnull=True).values("organization_id")


def _reach_of(terms: VisibilityTerms) -> models.expressions.Combinable:
    """Whether a row of Organization lies within what `terms` open in full, as a column."""
    if terms.everything or terms.is_empty:
        return models.Value(terms.everything, output_field=models.BooleanField())
    return models.ExpressionWrapper(Q(pk__in=_assigned(terms, with_summary=False)), output_field=models.BooleanField())


class OrganizationQuerySet(models.QuerySet[Any]):
    def visible_to(self, actor: "Actor", right: Right = Right.SEE, *, with_summary: bool = True) -> Self:
        """Organizations on which `actor` has `right` today; for SEE, those of which it sees the summary as well."""
        terms = visibility_terms(actor, right)
        if terms.everything:
            return self
        if terms.is_empty:
            return self.none()
        reach = Q(pk__in=_assigned(terms, with_summary=with_summary))
        if terms.organization_id is not None and with_summary:
            reach |= Q(pk=terms.organization_id)
        return self.filter(reach)

    def opened_to(self, actor: "Actor", right: Right = Right.SEE) -> Self:
        """Organizations that `actor` may open in full: without those it knows by their summary alone."""
        return self.visible_to(actor, right, with_summary=False)

    def with_reach(self, actor: "Actor") -> Self:
        """Adds `is_open` (in full, not by its summary alone) and `shows_commercial` to each row, for lists."""
        return self.annotate(
            is_open=_reach_of(visibility_terms(actor)),
            shows_commercial=_reach_of(visibility_terms(actor, Right.SEE, FieldClass.COMMERCIAL)),
        )

    def current(self) -> Self:
        return self.filter(archived_at__isnull=True)

    def of_kind(self, kind: str) -> Self:
        return self.filter(kind=kind)

    def in_stage(self, *stages: str) -> Self:
        return self.filter(stage__in=stages)

    def owned_by(self, user_id: int, *roles: str) -> Self:
        """Organizations that `user_id` owns today, in one of `roles` if any are given."""
        held = _assignments().filter(user_id=user_id, ended_at__isnull=True)
        if roles:
            held = held.filter(role__in=roles)
        return self.filter(pk__in=held.values("organization_id"))

    def quiet_since(self, moment: datetime) -> Self:
        """Organizations without any interaction since `moment`."""
        return self.filter(Q(facts__last_interaction_at__lt=moment) | Q(facts__last_interaction_at__isnull=True))


class ScopedQuerySet(models.QuerySet[Any]):
    """Rows of an organization that only those see who may open it in full."""

    field_class = FieldClass.GENERAL

    def visible_to(self, actor: "Actor", right: Right = Right.SEE) -> Self:
        terms = visibility_terms(actor, right)
        if terms.everything:
            return self
        if terms.is_empty:
            return self.none()
        with_summary = self.field_class == FieldClass.SUMMARY
        reach = Q(organization_id__in=_assigned(terms, with_summary=with_summary))
        if terms.organization_id is not None and with_summary:
            reach |= Q(organization_id=terms.organization_id)
        return self.filter(reach)


class SummaryQuerySet(ScopedQuerySet):
    """Rows that belong to the summary of an organization: participants see them too."""

    field_class = FieldClass.SUMMARY


class AssignmentQuerySet(SummaryQuerySet):
    def active(self) -> Self:
        return self.filter(ended_at__isnull=True)

    def at(self, moment: datetime) -> Self:
        """Assignments that held at `moment`."""
        return self.filter(Q(ended_at__isnull=True) | Q(ended_at__gt=moment), started_at__lte=moment)


class TimelineQuerySet(SummaryQuerySet):
    def visible_to(self, actor: "Actor", right: Right = Right.SEE) -> Self:
        """Entries of visible organizations; a contact sees those that are shared with it, colleagues all of them.

        Bodies of closed field classes are blanked by `selectors.timeline`, since the line itself may be known. Lines of
        classification say their values, which a summary does not hold: they are for those who open it in full.
        """
        found = super().visible_to(actor, right)
        if actor.is_contact:
            return found.filter(audience="shared")
        terms = visibility_terms(actor, right)
        if terms.everything or not terms.summary_roles:
            return found
        opened = Q(organization_id__in=_assigned(terms, with_summary=False))
        return found.filter(~Q(kind=EntryKind.CLASSIFICATION.value) | opened)

    def newest_first(self) -> Self:
        return self.order_by(F("at").desc(), F("id").desc())
