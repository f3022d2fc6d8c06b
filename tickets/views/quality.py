"""Quality of solved tickets: the sample and the scores for those who review, one's own reviews for agents."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.policies import actor_of, capability_required, staff_page
from accounts.views.list_files import list_file
from common.attempts import attempt
from common.errors import DomainError
from common.listing import ListQuery
from common.sent_once import once
from tickets.forms.quality import ReviewAnswerForm, ReviewForm, initial_of
from tickets.models import QualityReview
from tickets.quality_querysets import REVIEW
from tickets.selectors import quality as reading
from tickets.services import quality as services
from tickets.views.pages import ticket_or_404


@require_safe
@capability_required(REVIEW)
def quality(request: HttpRequest) -> HttpResponse:
    """What to look at this month, and how the agents' work was found."""
    actor, now = actor_of(request), timezone.now()
    month = reading.month_of(request.GET.get("month", ""), now=now)
    card = _card()
    context = {
        **_common(month, reading.month_of("", now=now)),
        "sample": reading.sample(actor, month, card) if card else [],
        "scores": reading.scores(actor, month),
        "page": reading.review_page(actor, month=month, cursor=request.GET.get("cursor", "")),
        "card": card,
        "may_export": actor.has("export_data"),
    }
    return render(request, "tickets/quality.html", context)


@require_safe
@staff_page
def quality_mine(request: HttpRequest) -> HttpResponse:
    """What others found in one's own work; nobody else's."""
    actor, now = actor_of(request), timezone.now()
    month = reading.month_of(request.GET.get("month", ""), now=now)
    with reading.own_reach(actor):
        own = list(reading.reviews(actor, agent=str(request.user.public_id))[: reading.MOST_SAMPLE])  # type: ignore[union-attr]
        found = reading.scores(actor, month)
    mine = [agent for agent in found.agents if agent.public_id == str(request.user.public_id)]  # type: ignore[union-attr]
    context = {**_common(month, month), "scores": found, "mine": mine, "reviews": own}
    return render(request, "tickets/quality_mine.html", context)


@capability_required(REVIEW)
@once
def quality_new(request: HttpRequest, number: int) -> HttpResponse:
    """Review a ticket by the score card in force."""
    ticket, card = ticket_or_404(request, number), _card()
    if card is None:
        raise Http404
    agents = [agent for agent in reading.agents_of(ticket) if agent.pk != request.user.pk]
    form = ReviewForm(request.POST or None, card=card, agents=agents, initial={"agent": agents[0] if agents else None})
    if agents and form.is_bound and form.is_valid():
        sent: dict[str, Any] = {name: form.cleaned_data[name] for name in ("agent", "comment")}
        made = attempt(
            form, services.review, by=actor_of(request), ticket=ticket, points=form.points, now=timezone.now(), **sent
        )
        if made is not None:
            messages.success(request, _("The review is given; the agent reads it."))
            return redirect("tickets:quality_review", made.public_id)
    context = {"form": form, "ticket": ticket, "agents": agents}
    return render(request, "tickets/quality_form.html", context, status=422 if form.errors else 200)


@require_safe
@staff_page
def quality_review(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One review, for who gave it, those who look after quality, and whose work it was."""
    return _page(request, _review_or_404(request, public_id))


@capability_required(REVIEW)
def quality_edit(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Give it anew, by the card that it was given by."""
    review = _review_or_404(request, public_id)
    initial = initial_of(review.points, comment=review.comment, version=review.version)
    form = ReviewForm(request.POST or None, card=services.card_of(review), initial=initial)
    if form.is_bound and form.is_valid():
        sent = {"comment": form.cleaned_data["comment"], "version": form.cleaned_data["version"] or 0}
        by, now = actor_of(request), timezone.now()
        if attempt(form, services.change, by=by, review=review, points=form.points, now=now, **sent) is not None:
            messages.success(request, _("Saved."))
            return redirect("tickets:quality_review", review.public_id)
    context = {"form": form, "ticket": review.ticket, "review": review, "agents": [review.agent]}
    return render(request, "tickets/quality_form.html", context, status=422 if form.errors else 200)


@require_POST
@staff_page
def quality_answer(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """What the agent says to it."""
    review, form = _review_or_404(request, public_id), ReviewAnswerForm(request.POST)
    if form.is_valid():
        text, now = form.cleaned_data["answer"], timezone.now()
        if attempt(form, services.answer, by=actor_of(request), review=review, text=text, now=now) is not None:
            messages.success(request, _("Your answer is there."))
            return redirect("tickets:quality_review", review.public_id)
    return _page(request, review, form, status=422)


@require_POST
@capability_required("export_data")
def quality_export(request: HttpRequest) -> HttpResponse:
    """The reviews of a month as a file; the reader's own for who reviews nobody."""
    return list_file(request, "quality", query=ListQuery.of(request.POST, ("month",)).encode())


def _page(
    request: HttpRequest, review: QualityReview, form: ReviewAnswerForm | None = None, *, status: int = 200
) -> HttpResponse:
    actor = actor_of(request)
    is_own = review.agent_id == actor.user_id
    context = {
        "review": review,
        "marks": reading.marks_of(services.card_of(review), review.points),
        "form": form or ReviewAnswerForm(initial={"answer": review.answer}),
        "may_answer": is_own,
        "may_edit": actor.has(REVIEW) and not is_own,
        "may_review": actor.has(REVIEW),
        "now": timezone.now(),
    }
    return render(request, "tickets/quality_review.html", context, status=status)


def _review_or_404(request: HttpRequest, public_id: UUID) -> QualityReview:
    actor = actor_of(request)
    with reading.own_reach(actor):
        found: QualityReview = get_object_or_404(reading.reviews(actor).select_related("ticket"), public_id=public_id)
    return found


def _card() -> Any:
    try:
        return services.card_in_force()
    except DomainError:
        return None


def _common(month: reading.Month, present: reading.Month) -> dict[str, Any]:
    return {
        "month": month,
        "earlier": month.later(-1),
        "later": month.later(1) if month.first < present.first else None,
        "zone": timezone.get_default_timezone_name(),
        "now": timezone.now(),
    }
