"""The query vocabulary of organizations. Every read starts with `visible_to(actor)`, made from the one policy."""

from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Self

from django.apps import apps
from django.core.exceptions import EmptyResultSet
from django.db import models
from django.db.models import F, Q
from django.db.models.expressions import RawSQL

from accounts.rules.access import FieldClass, Right, Term, VisibilityTerms, visibility_terms
from partners.choices import EntryKind
from partners.work_choices import OPEN_HANDOFFS

if TYPE_CHECKING:
    from accounts.rules.access import Actor


def _terms_q(terms: tuple[Term, ...], *, in_any_stage: bool = False) -> Q:
    """Rows of Assignment whose role, kind and stage one of `terms` covers."""
    found = Q(pk__in=[])
    for term in terms:
        fits = Q(role=term.role, organization__kind=term.kind)
        found |= fits if in_any_stage else fits & Q(organization__stage__in=sorted(term.stages))
    return found


def _rows(model: str) -> models.QuerySet[Any]:
    """Rows of a model of this app; by name, since models import this room and not the other way."""
    return apps.get_model("partners", model)._default_manager.all()


def opened_by(terms: VisibilityTerms, *, with_summary: bool) -> RawSQL | tuple[()]:
    """Ids of organizations that `terms` open today, for `__in`: through assignments and, while open, handoffs."""
    sql, params = _statement(terms, with_summary)
    return RawSQL(sql, params) if sql else ()  # noqa: S611 - the ORM's own text, with its parameters


# A page asks with the same terms half a dozen times, and putting the statement together took the ORM longer than
# PostgreSQL took to answer. Terms say all that the statement depends on, so one text serves as long as they hold.
@lru_cache(maxsize=2_048)
def _statement(terms: VisibilityTerms, with_summary: bool) -> tuple[str, tuple[Any, ...]]:
    """The statement of `opened_by` and its parameters; no text where the terms open nothing in this way.

    Driven by the person's assignments (index assignment_of_user) and open handoffs (handoff_open_of_receiver), so that
    the cost follows the portfolio and not the number of organizations.
    """
    parts = [_assigned(terms, with_summary=with_summary)]
    if terms.keeps_handed_over:
        parts.append(_handed_over(terms))
    if with_summary and terms.summary_user_ids:
        received = _rows("Handoff").filter(receiver_id__in=sorted(terms.summary_user_ids), state__in=OPEN_HANDOFFS)
        parts.append(received.order_by().values("organization_id"))
    texts = [text for part in parts if (text := _text_of(part))]
    return " UNION ALL ".join(sql for sql, _ in texts), tuple(param for _, params in texts for param in params)


def _text_of(part: models.QuerySet[Any]) -> tuple[str, tuple[Any, ...]] | None:
    """Text and parameters; None for a question that no row answers (a contact's, about assignments)."""
    try:
        sql, params = part.query.sql_with_params()
    except EmptyResultSet:
        return None
    return sql, tuple(params)


def _assigned(terms: VisibilityTerms, *, with_summary: bool) -> models.QuerySet[Any]:
    wanted = Q(pk__in=[])
    if terms.own:
        wanted |= Q(user_id=terms.user_id) & _terms_q(terms.own)
    if terms.led:
        wanted |= Q(user_id__in=sorted(terms.led_user_ids)) & _terms_q(terms.led)
    if with_summary and terms.summary_roles:
        wanted |= Q(user_id__in=sorted(terms.summary_user_ids), role__in=terms.summary_roles)
    return _rows("Assignment").filter(wanted, ended_at__isnull=True).order_by().values("organization_id")


def _handed_over(terms: VisibilityTerms) -> models.QuerySet[Any]:
    """What somebody gives on stays open to them, in whatever stage it is by now, until it has been accepted."""
    own = Q(user_id=terms.user_id) & _terms_q(terms.own, in_any_stage=True)
    led = Q(user_id__in=sorted(terms.led_user_ids)) & _terms_q(terms.led, in_any_stage=True)
    given = Q(organization__handoffs__state__in=OPEN_HANDOFFS, organization__handoffs__giver_id=F("user_id"))
    return _rows("Assignment").filter(own | led, given, ended_at__isnull=True).order_by().values("organization_id")


def _reach_of(terms: VisibilityTerms) -> models.expressions.Combinable:
    """Whether a row of Organization lies within what `terms` open in full, as a column."""
    if terms.everything or terms.is_empty:
        return models.Value(terms.everything, output_field=models.BooleanField())
    return models.ExpressionWrapper(Q(pk__in=opened_by(terms, with_summary=False)), output_field=models.BooleanField())


class OrganizationQuerySet(models.QuerySet[Any]):
    def visible_to(self, actor: "Actor", right: Right = Right.SEE, *, with_summary: bool = True) -> Self:
        """Organizations on which `actor` has `right` today; for SEE, those of which it sees the summary as well."""
        terms = visibility_terms(actor, right)
        if terms.everything:
            return self
        if terms.is_empty:
            return self.none()
        reach = Q(pk__in=opened_by(terms, with_summary=with_summary))
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
        held = _rows("Assignment").filter(user_id=user_id, ended_at__isnull=True)
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
        reach = Q(organization_id__in=opened_by(terms, with_summary=with_summary))
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


_OF_TICKETS = (EntryKind.TICKET, EntryKind.TICKET_REPLY, EntryKind.TICKET_ALARM, EntryKind.INCIDENT)
_OF_RELATIONSHIP = (
    *(EntryKind.OPPORTUNITY, EntryKind.RENEWAL, EntryKind.REVIEW, EntryKind.PLAN, EntryKind.STAKEHOLDER),
    *(EntryKind.RECORD, EntryKind.FEEDBACK, EntryKind.TRAINING, EntryKind.RECOMMENDATION, EntryKind.INTEGRATION),
    EntryKind.WIN,
)
_IN_FULL = [
    kind.value
    for kind in (
        *(EntryKind.CLASSIFICATION, EntryKind.TASK, EntryKind.COMMITMENT, EntryKind.PLAY, EntryKind.HEALTH),
        *(EntryKind.LOSS, EntryKind.SURVEY),
        *_OF_RELATIONSHIP,
        *_OF_TICKETS,
    )
]


class TimelineQuerySet(SummaryQuerySet):
    def visible_to(self, actor: "Actor", right: Right = Right.SEE) -> Self:
        """Entries of visible organizations; a contact sees those that are shared with it, colleagues all of them.

        Bodies of closed field classes are blanked by `selectors.timeline`, since the line itself may be known. Lines of
        classification, tasks, promises, plays, tickets and surveys say what a summary does not hold: they are for those
        who open it in full.
        """
        found = super().visible_to(actor, right)
        if actor.is_contact:
            return found.filter(audience="shared")
        terms = visibility_terms(actor, right)
        if terms.everything or not terms.summary_roles:
            return found
        opened = Q(organization_id__in=opened_by(terms, with_summary=False))
        return found.filter(~Q(kind__in=_IN_FULL) | opened)

    def newest_first(self) -> Self:
        return self.order_by(F("at").desc(), F("id").desc())
