"""The knowledge base for colleagues: find an article, read it with its history, write it."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.policies import actor_of, capability_required, staff_page
from common.markdown import rendered
from common.sent_once import once
from partners.views.pages import attempt
from tickets import article_permissions
from tickets.article_choices import ArticleAudience, ArticleLanguage, ArticleState
from tickets.forms.articles import ArticleFactsForm, ArticleNewForm, ArticleTextForm
from tickets.search import ARTICLE, find
from tickets.selectors import articles as reading
from tickets.services import article_usage, articles
from tickets.services.articles import Text

WRITERS = ("write_public_reply", "manage_support")
_MAX_TEXT = 100
_SPECIAL = (reading.LATE, reading.WAITING)


@require_safe
@staff_page
def article_list(request: HttpRequest) -> HttpResponse:
    """Articles by category, narrowed, or found by their words."""
    actor, now = actor_of(request), timezone.now()
    text = request.GET.get("q", "").strip()[:_MAX_TEXT]
    wanted, shelves = _wanted(request), reading.categories(actor)
    context: dict[str, Any] = {
        "wanted": wanted,
        "text": text,
        "shelves": shelves,
        "states": ArticleState.choices,
        "audiences": ArticleAudience.choices,
        "languages": ArticleLanguage.choices,
        "counts": reading.counts(actor, now=now),
        "may_write": article_permissions.can_write(actor),
        "may_see_gaps": article_permissions.can_see_gaps(actor),
        "is_narrowed": wanted != reading.ArticleFilter(),
    }
    if text:
        language = _language(request)
        found = find(actor, text, limit=25, kinds=(ARTICLE,), language=language)
        article_usage.searched(by=actor, text=text, language=language, results=len(found), now=now)
        context["found"] = found
    else:
        context["page"] = reading.article_list(actor, wanted, cursor=request.GET.get("cursor", ""), now=now)
    return render(request, "tickets/article_list.html", context)


@require_safe
@staff_page
def article(request: HttpRequest, slug: str) -> HttpResponse:
    """One article as its readers see it, with who keeps it, its history and what readers left."""
    page, now = page_or_404(request, slug), timezone.now()
    if page.shown.is_current:
        article_usage.read(by=actor_of(request), article=page.article, now=now)
    return render(request, "tickets/article.html", article_context(request, page))


@require_safe
@staff_page
def article_compare(request: HttpRequest, slug: str, language: str, number: int) -> HttpResponse:
    """What changed from a version to the newest one of its language."""
    page = page_or_404(request, slug, language=language, with_draft=True)
    lines = reading.compared(page, number=number)
    if lines is None:
        raise Http404
    return render(request, "tickets/article_compare.html", {"page": page, "lines": lines, "number": number})


@capability_required(*WRITERS)
@once
def article_new(request: HttpRequest) -> HttpResponse:
    """Begin an article."""
    actor = actor_of(request)
    form = ArticleNewForm(request.POST or None, actor=actor, initial={"title": request.GET.get("title", "")[:200]})
    if form.is_bound and form.is_valid() and "preview" not in request.POST:
        sent = form.cleaned_data
        text = Text(**{name: sent[name] for name in ("language", "title", "summary", "body")})
        values = {"category": sent["category"], "audience": sent["audience"]}
        made = attempt(form, articles.draft, by=actor, text=text, values=values, now=timezone.now())
        if made is not None:
            messages.success(request, _("Kept as a draft."))
            return redirect(article_url(made.slug, made.language))
    context = {"form": form, "preview": _preview(request)}
    return render(request, "tickets/article_form.html", context, status=422 if form.errors else 200)


@capability_required(*WRITERS)
def article_edit(request: HttpRequest, slug: str, language: str) -> HttpResponse:
    """Write the draft in a language; one that is new begins with the text that there is."""
    if language not in ArticleLanguage.values:
        raise Http404
    page = page_or_404(request, slug, language=language, with_draft=True)
    form = ArticleTextForm(request.POST or None, initial=_initial(page))
    if form.is_bound and form.is_valid() and "preview" not in request.POST:
        text, version = Text(language=language, **form.cleaned_data), _version(request)
        sent: dict[str, Any] = {"article": page.article, "text": text, "version": version}
        if attempt(form, articles.edit, by=actor_of(request), now=timezone.now(), **sent) is not None:
            messages.success(request, _("Kept as a draft."))
            return redirect(article_url(slug, language))
    context = {
        "form": form,
        "page": page,
        "language": ArticleLanguage(language),
        "preview": _preview(request) or page.body,
    }
    return render(request, "tickets/article_form.html", context, status=422 if form.errors else 200)


@capability_required(*WRITERS)
def article_facts(request: HttpRequest, slug: str) -> HttpResponse:
    """Address, category, audience, owner, rhythm."""
    actor, page = actor_of(request), page_or_404(request, slug)
    row = page.article
    initial = {name: getattr(row, name) for name in ("slug", "audience", "owner", "review_days")}
    initial["category"] = row.category.key if row.category else ""
    form = ArticleFactsForm(request.POST or None, actor=actor, initial=initial)
    if form.is_bound and form.is_valid():
        sent = {"article": row, "values": form.cleaned_data, "version": _version(request)}
        changed = attempt(form, articles.change, by=actor, now=timezone.now(), **sent)
        if changed is not None:
            messages.success(request, _("Saved."))
            return redirect("tickets:article", changed.slug)
    context = {"form": form, "page": page}
    return render(request, "tickets/article_facts.html", context, status=422 if form.errors else 200)


@require_POST
@capability_required(*WRITERS)
def article_preview(request: HttpRequest) -> HttpResponse:
    """What the text will look like, as a fragment."""
    body = rendered(request.POST.get("body", ""))
    return render(request, "tickets/_article_preview.html", {"preview": body})


def page_or_404(request: HttpRequest, slug: str, **asked: Any) -> reading.ArticlePage:
    """The article in the language and version that the address asks for."""
    wanted = {"language": request.GET.get("lang", ""), "with_draft": request.GET.get("draft") == "1", **asked}
    number = request.GET.get("version", "")
    if number.isascii() and number.isdecimal() and len(number) < 9:
        wanted["number"] = int(number)
    page = reading.article_page(actor_of(request), slug, now=timezone.now(), **wanted)
    if page is None:
        raise Http404
    return page


def article_url(slug: str, language: str) -> str:
    """The page of an article with the draft in a language."""
    return f"{reverse('tickets:article', args=[slug])}?lang={language}&draft=1"


def article_context(request: HttpRequest, page: reading.ArticlePage) -> dict[str, Any]:
    """What the page of an article shows."""
    actor, now, draft = actor_of(request), timezone.now(), page.draft
    ticket = page.article.from_ticket
    return {
        "page": page,
        "article": page.article,
        "state_tone": reading.STATE_TONES[page.article.state],
        "state_icon": reading.STATE_ICONS[page.article.state],
        "feedback": reading.feedback(actor, page.article),
        "usage": reading.usage(actor, page.article, now=now),
        "may_write": article_permissions.can_write(actor),
        "may_publish": draft is not None and article_permissions.can_publish(actor, draft),
        "from_number": ticket.number if ticket else None,
        "now": now,
    }


def _wanted(request: HttpRequest) -> reading.ArticleFilter:
    """The filters of the address; what means nothing narrows nothing."""
    asked = request.GET.get
    return reading.ArticleFilter(
        state=_one_of(asked("state", ""), ArticleState.values),
        category=asked("category", "")[:60].replace("\0", ""),
        audience=_one_of(asked("audience", ""), ArticleAudience.values),
        language=_one_of(asked("language", ""), ArticleLanguage.values),
        special=_one_of(asked("show", ""), _SPECIAL),
        is_own=asked("whose") == "mine",
    )


def _one_of(value: str, known: Any) -> str:
    return value if value in known else ""


def _language(request: HttpRequest) -> str:
    return str(getattr(request.user, "language", "") or "en")


def _preview(request: HttpRequest) -> Any:
    return rendered(request.POST.get("body", "")) if "preview" in request.POST else None


def _initial(page: reading.ArticlePage) -> dict[str, Any]:
    shown = page.shown
    return {"title": shown.title, "summary": shown.summary, "body": shown.body}


def _version(request: HttpRequest) -> int | None:
    """The version that the form was made from."""
    sent = request.POST.get("version", "")
    return int(sent) if sent.isascii() and sent.isdecimal() and len(sent) < 9 else None
