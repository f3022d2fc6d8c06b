"""The knowledge base in the portal: look before you ask."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.policies import actor_of, portal_page
from partners.views.pages import run
from tickets.article_choices import ArticleLanguage
from tickets.forms.articles import FeedbackForm
from tickets.search import ARTICLE, Found, find
from tickets.selectors import help as reading
from tickets.services import article_usage

MOST, SUGGESTED, SHORTEST = 20, 4, 2


@require_safe
@portal_page
def help_home(request: HttpRequest) -> HttpResponse:
    """Shelves with their articles, or what was found."""
    shelf = request.GET.get("category", "")[:60].replace("\0", "")
    context = {"text": _text(request), "found": _searched(request), "only": shelf}
    if not context["text"]:
        context["shelves"] = reading.shelves(actor_of(request), language=_language(request), only=shelf)
    return render(request, "portal/help.html", context)


@require_safe
@portal_page
def help_results(request: HttpRequest) -> HttpResponse:
    """What was found, as one types: a fragment."""
    text = _text(request)
    context = {"text": text, "found": _searched(request)}
    if not text:
        context["shelves"] = reading.shelves(actor_of(request), language=_language(request))
    return render(request, "portal/_help_results.html", context)


@require_safe
@portal_page
def help_suggest(request: HttpRequest) -> HttpResponse:
    """Articles that may answer a ticket that is being written: a fragment, empty where nothing fits."""
    text = (request.GET.get("q", "") or request.GET.get("subject", "")).strip()[:200]
    actor, language = actor_of(request), _language(request)
    found: list[Found] = []
    if len(text) > SHORTEST:
        found = find(actor, text, limit=SUGGESTED, kinds=(ARTICLE,), language=language, any_word=True)
    return render(request, "portal/_help_suggest.html", {"found": found})


@require_safe
@portal_page
def help_article(request: HttpRequest, slug: str) -> HttpResponse:
    """One article, and whether it helped."""
    actor = actor_of(request)
    shown = reading.help_article(actor, slug, language=_language(request))
    if shown is None:
        raise Http404
    article_usage.read(by=actor, article=shown.article, now=timezone.now())
    return render(request, "portal/help_article.html", {"shown": shown})


@require_POST
@portal_page
def help_feedback(request: HttpRequest, slug: str) -> HttpResponse:
    """Say whether it helped."""
    actor, language = actor_of(request), _language(request)
    shown, form = reading.help_article(actor, slug, language=language), FeedbackForm(request.POST)
    if shown is None:
        raise Http404
    if form.is_valid():
        said = {"is_helpful": form.cleaned_data["helpful"], "comment": form.cleaned_data["comment"]}
        sent = {"by": actor, "article": shown.article, "language": shown.language, "now": timezone.now(), **said}
        run(request, article_usage.say, done=_("Thank you."), **sent)
    else:
        messages.error(request, _("Say yes or no, and what was missing in up to 1,000 characters."))
    return redirect(f"{reverse('tickets:help_article', args=[slug])}?lang={shown.language}")


def _text(request: HttpRequest) -> str:
    text = request.GET.get("q", "").strip()[:100]
    return text if len(text) >= SHORTEST else ""


def _searched(request: HttpRequest) -> list[Found]:
    """What fits the text of the address; that it was looked for is kept."""
    actor, text, language = actor_of(request), _text(request), _language(request)
    if not text:
        return []
    found = find(actor, text, limit=MOST, kinds=(ARTICLE,), language=language)
    article_usage.searched(by=actor, text=text, language=language, results=len(found), now=timezone.now())
    return found


def _language(request: HttpRequest) -> str:
    """The language that the address asks for, else the reader's own."""
    asked = request.GET.get("lang", "")
    return asked if asked in ArticleLanguage.values else str(getattr(request.user, "language", "") or "en")
