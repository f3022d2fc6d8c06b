"""A contact's answer to the survey of a ticket, given where the ticket is read."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.policies import actor_of, portal_page
from accounts.rules.access import Actor
from common.errors import DomainError, Missing
from partners.forms.surveys import AnswerForm
from partners.selectors.survey_rows import own_of_subject
from partners.services.survey_answers import answer
from partners.survey_links import score_words
from tickets.choices import FINISHED
from tickets.models import Ticket
from tickets.selectors.portal import portal_ticket
from tickets.services.surveying import SUBJECT


@require_POST
@portal_page
def portal_survey(request: HttpRequest, number: int) -> HttpResponse:
    """Answer, or answer anew."""
    actor, now = actor_of(request), timezone.now()
    ticket = portal_ticket(actor, number)
    found = own_of_subject(actor, SUBJECT, ticket.pk, now=now) if ticket is not None else None
    form = AnswerForm(request.POST)
    if found is None or not form.is_valid():
        raise Http404
    try:
        answer(by=actor, request=found.request, now=now, **form.cleaned_data)
    except Missing as error:
        raise Http404 from error
    except DomainError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("Thank you."))
    return redirect("tickets:portal_ticket", number)


def survey_context(actor: Actor, ticket: Ticket) -> dict[str, Any]:
    """What the page of a solved ticket shows of its survey, if its reader was asked and it has not ended."""
    if ticket.status not in FINISHED:
        return {}
    found = own_of_subject(actor, SUBJECT, ticket.pk, now=timezone.now())
    if found is None or found.is_over:
        return {}
    scale = [{"score": score, "label": label} for score, label in score_words().items()]
    return {"survey": found, "survey_form": AnswerForm(initial={"comment": found.comment}), "scale": scale}
