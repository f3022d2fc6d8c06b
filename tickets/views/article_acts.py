"""What is done to an article: reviewed, published, retired, thrown away; drafts from tickets, shelves, gaps."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.policies import actor_of, capability_required
from common.sent_once import once
from partners.views.pages import attempt, run
from tickets.forms.articles import CategoryForm
from tickets.selectors import article_gaps, articles
from tickets.services import article_drafts
from tickets.services import articles as services
from tickets.services.article_shelves import add_category
from tickets.views.articles import WRITERS, article_url, page_or_404
from tickets.views.pages import ticket_or_404

_READERS = (*WRITERS, "see_support_reports")


@require_POST
@capability_required(*WRITERS)
def article_submit(request: HttpRequest, slug: str, language: str) -> HttpResponse:
    """Ask a second person to look."""
    return _act(request, slug, services.submit, _("Sent for a review."), language=language)


@require_POST
@capability_required(*WRITERS)
def article_publish(request: HttpRequest, slug: str, language: str) -> HttpResponse:
    """Let readers see the draft."""
    return _act(request, slug, services.publish, _("Published."), language=language)


@require_POST
@capability_required(*WRITERS)
def article_discard(request: HttpRequest, slug: str, language: str) -> HttpResponse:
    """Throw the draft away."""
    return _act(request, slug, services.discard, _("Thrown away."), language=language)


@require_POST
@capability_required(*WRITERS)
def article_retire(request: HttpRequest, slug: str) -> HttpResponse:
    """Take it from its readers."""
    return _act(request, slug, services.retire, _("Retired."))


@require_POST
@capability_required(*WRITERS)
def article_bring_back(request: HttpRequest, slug: str) -> HttpResponse:
    """Show it again."""
    return _act(request, slug, services.bring_back, _("Back again."))


@require_POST
@capability_required(*WRITERS)
def article_reviewed(request: HttpRequest, slug: str) -> HttpResponse:
    """It was looked over and still holds."""
    return _act(request, slug, services.mark_reviewed, _("Looked over."))


@require_POST
@capability_required(*WRITERS)
@once
def article_from_ticket(request: HttpRequest, number: int) -> HttpResponse:
    """A draft from a solved ticket."""
    ticket, made = ticket_or_404(request, number), []

    def make(**sent: Any) -> None:
        made.append(article_drafts.draft_from_ticket(**sent))

    done = _("A draft for colleagues; look for names that are left before you show it to others.")
    if run(request, make, done=done, by=actor_of(request), ticket=ticket, now=timezone.now()):
        return redirect("tickets:article_edit", made[0].slug, made[0].language)
    return redirect("tickets:ticket", number)


@capability_required(*WRITERS)
@once
def article_categories(request: HttpRequest) -> HttpResponse:
    """The shelves, and a new one."""
    actor, form = actor_of(request), CategoryForm(request.POST or None)
    is_ready = form.is_bound and form.is_valid()
    if is_ready and attempt(form, add_category, by=actor, now=timezone.now(), **form.cleaned_data) is not None:
        messages.success(request, _("Saved."))
        return redirect("tickets:article_categories")
    context = {"form": form, "shelves": articles.categories(actor)}
    return render(request, "tickets/article_categories.html", context, status=422 if form.errors else 200)


@require_safe
@capability_required(*_READERS)
def article_gaps_page(request: HttpRequest) -> HttpResponse:
    """What people look for and do not find, what is solved again and again, and how much was spared."""
    return render(
        request, "tickets/article_gaps.html", {"gaps": article_gaps.gaps(actor_of(request), now=timezone.now())}
    )


def _act(request: HttpRequest, slug: str, use_case: Callable[..., Any], done: str, **more: str) -> HttpResponse:
    page = page_or_404(request, slug)
    run(request, use_case, done=done, by=actor_of(request), article=page.article, now=timezone.now(), **more)
    return redirect(article_url(slug, more.get("language", page.shown.language)))
