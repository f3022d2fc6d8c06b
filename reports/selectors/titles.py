"""What rows are about, in words, with the way there: for those objects alone that the reader may open."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.db.models import BooleanField, OuterRef, Subquery
from django.db.models.expressions import RawSQL
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.rules.access import Actor
from common import composed
from partners.models import Opportunity, Organization, SurveyRequest, Touchpoint
from reports.selectors import customer_titles, journey_titles, support_titles
from reports.selectors.source import Thing
from tickets.models import SlaClock, Ticket

Titles = Mapping[int, tuple[str, str]]


def _tickets(actor: Actor, ids: Iterable[int]) -> Titles:
    return _of_tickets(composed.fetch(_asked_tickets, actor, gaps=(sorted(ids),)))


def _asked_tickets(actor: Actor, ids: list[int]) -> Any:
    rows = Ticket.objects.all().visible_to(actor).filter(_among("tickets_ticket", ids))
    return rows.order_by().values_list("pk", "number", "subject")


def _promises(actor: Actor, ids: Iterable[int]) -> Titles:
    """The tickets that the promises were about."""
    return _of_tickets(composed.fetch(_asked_promises, actor, gaps=(sorted(ids),)))


def _asked_promises(actor: Actor, ids: list[int]) -> Any:
    rows = SlaClock.objects.all().visible_to(actor).filter(_among("tickets_slaclock", ids))
    return rows.order_by().values_list("pk", "ticket__number", "ticket__subject")


def _among(table: str, ids: list[int]) -> RawSQL:
    """Rows of these ids: an array, so that the text is the same for any number."""
    return RawSQL(f"{table}.id = ANY (%s)", [ids], output_field=BooleanField())  # noqa: S611 - a table


def _of_tickets(rows: Iterable[tuple[int, int, str]]) -> Titles:
    return {pk: (f"#{number} {subject}", reverse("tickets:ticket", args=[number])) for pk, number, subject in rows}


def _touchpoints(actor: Actor, ids: Iterable[int]) -> Titles:
    rows = Touchpoint.objects.all().visible_to(actor).filter(pk__in=ids).select_related("organization")
    words = {"done": _("Held"), "skipped": _("Skipped"), "planned": _("Overdue")}
    return {
        row.pk: (words.get(row.state, ""), reverse("partners:organization_cadence", args=[row.organization.public_id]))
        for row in rows
    }


def _surveys(actor: Actor, ids: Iterable[int]) -> Titles:
    """Without scores: who answered what is on the page of surveys, for those who may read it."""
    # At the desk nothing but the name of an organization is read: a join would lose the row.
    place = Organization.objects.filter(pk=OuterRef("organization_id")).values("public_id")
    rows = SurveyRequest.objects.all().visible_to(actor).filter(pk__in=ids).annotate(place=Subquery(place))
    address = reverse("partners:survey_list")
    return {
        pk: (_("Ticket %(number)s") % {"number": key} if key else _("Survey"), _narrowed(address, public_id))
        for pk, key, public_id in rows.values_list("pk", "subject_key", "place")
    }


def _narrowed(address: str, public_id: object) -> str:
    """To one organization; at the desk its name is all that is read of it."""
    return f"{address}?organization={public_id}" if public_id else address


def _opportunities(actor: Actor, ids: Iterable[int]) -> Titles:
    rows = Opportunity.objects.all().visible_to(actor).filter(pk__in=ids)
    return {row.pk: (row.title, reverse("partners:opportunity", args=[row.public_id])) for row in rows}


def _nothing(_actor: Actor, _ids: Iterable[int]) -> Titles:
    """The organization of the row says it all."""
    return {}


TITLES: Mapping[Thing, Callable[[Actor, Iterable[int]], Titles]] = {
    Thing.ORGANIZATION: _nothing,
    Thing.TICKET: _tickets,
    Thing.PROMISE: _promises,
    Thing.TOUCHPOINT: _touchpoints,
    Thing.SURVEY: _surveys,
    Thing.OPPORTUNITY: _opportunities,
    Thing.REVIEW: journey_titles.reviews,
    Thing.SUBMISSION: journey_titles.submissions,
    Thing.CRITERION: journey_titles.criteria,
    Thing.WAIVER: journey_titles.waivers,
    Thing.ASSIGNMENT: journey_titles.assignments,
    Thing.INTEGRATION: journey_titles.integrations,
    Thing.INTEGRATION_STEP: journey_titles.integration_steps,
    Thing.HANDOFF: journey_titles.handoffs,
    Thing.OBJECTIVE: customer_titles.objectives,
    Thing.ALERT: customer_titles.alerts,
    Thing.ADVICE: customer_titles.advice,
    Thing.CONTACT: customer_titles.contacts,
    Thing.QUALITY_REVIEW: support_titles.quality_reviews,
    Thing.HELP: support_titles.help_or_ticket,
    Thing.ARTICLE_VERSION: support_titles.versions,
    Thing.ARTICLE_FEEDBACK: support_titles.feedback,
    Thing.ARTICLE_DAY: support_titles.readings,
    Thing.LEARNER: support_titles.learners,
}
