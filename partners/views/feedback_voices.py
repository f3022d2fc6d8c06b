"""What one organization asks for: its tab, a new voice, words that change."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.policies import actor_of, staff_page
from common.errors import Conflict
from common.sent_once import once
from partners.forms.feedback import FeedbackForm, VoiceForm
from partners.models import FeedbackVoice
from partners.selectors.betas import seats_at
from partners.selectors.feedback import item_or_none, similar_to, voices_at
from partners.selectors.page import OrganizationPage
from partners.selectors.task_page import contacts_to_name
from partners.services import feedback, feedback_voices
from partners.views.pages import attempt, frame, open_page_or_404, require, run

TAB = "feedback"


def _refusal() -> str:
    return _("Feedback is written down by those who open the organization.")


def _tab(organization_id: Any) -> str:
    return reverse("partners:organization_feedback", args=[organization_id])


def _writable(request: HttpRequest, public_id: UUID) -> OrganizationPage:
    page = open_page_or_404(request, public_id)
    require(page.may_log, _refusal())
    return page


@require_safe
@staff_page
def organization_feedback(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """What it asks for, and the beta programs that it takes part in."""
    page = open_page_or_404(request, public_id)
    voices, seats = voices_at(page.actor, page.row.pk), seats_at(page.actor, page.row.pk)
    context = frame(request, page, TAB, voices=voices, seats=seats, may_write=page.may_log)
    return render(request, "partners/organization_feedback.html", context)


@staff_page
@once
def feedback_add(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Write down what it asks for; what may be the same is shown before anything is saved."""
    page = _writable(request, public_id)
    contacts = contacts_to_name(page.actor, page.organization)
    form = FeedbackForm(request.POST or None, contacts=contacts)
    similar: list[Any] = []
    if request.method == "POST" and form.is_valid():
        similar = [] if form.cleaned_data["confirmed"] else similar_to(page.actor, form.cleaned_data["title"])
        if not similar:
            voice = form.voice_values | {"source": _source(request)}
            sent: dict[str, Any] = {"organization": page.organization, "values": form.values, "voice": voice}
            if attempt(form, feedback.add, by=page.actor, now=page.now, **sent) is not None:
                messages.success(request, _("Written down."))
                return redirect(_tab(public_id))
    context = frame(
        request,
        page,
        TAB,
        form=form,
        similar=similar,
        source=request.POST.get("source") or request.GET.get("source", ""),
    )
    return render(request, "partners/feedback_form.html", context, status=422 if form.errors or similar else 200)


@staff_page
@once
def voice_add(request: HttpRequest, public_id: UUID, item_id: UUID) -> HttpResponse:
    """It asks for something that others ask for as well."""
    page = _writable(request, public_id)
    item = item_or_none(page.actor, item_id)
    if item is None:
        raise Http404
    form = VoiceForm(request.POST or None, contacts=contacts_to_name(page.actor, page.organization))
    if request.method == "POST" and form.is_valid():
        values = form.voice_values | {"source": _source(request)}
        sent: dict[str, Any] = {"organization": page.organization, "item": item, "values": values}
        if attempt(form, feedback_voices.add, by=page.actor, now=page.now, **sent) is not None:
            messages.success(request, _("Written down."))
            return redirect(_tab(public_id))
    context = frame(request, page, TAB, form=form, item=item, source=_asked_source(request))
    return render(request, "partners/feedback_voice.html", context, status=422 if form.errors else 200)


@staff_page
def voice_edit(request: HttpRequest, voice_id: UUID) -> HttpResponse:
    """Change how much it is needed, or the words."""
    voice = _voice_or_404(request, voice_id)
    page = _writable(request, voice.organization.public_id)
    contacts = contacts_to_name(page.actor, page.organization)
    form = VoiceForm(request.POST or None, contacts=contacts, voice=voice)
    if request.method == "POST" and form.is_valid():
        sent = {"values": form.voice_values, "version": form.cleaned_data["version"] or 0}
        try:
            attempt(form, feedback_voices.edit, by=page.actor, voice=voice, now=page.now, **sent)
        except Conflict as conflict:
            form.add_error(None, conflict.message)
        if not form.errors:
            messages.success(request, _("Saved."))
            return redirect(_tab(page.row.public_id))
    context = frame(request, page, TAB, form=form, item=voice.item, voice=voice)
    return render(request, "partners/feedback_voice.html", context, status=422 if form.errors else 200)


@require_POST
@staff_page
def voice_remove(request: HttpRequest, voice_id: UUID) -> HttpResponse:
    """It does not ask for this any more."""
    voice = _voice_or_404(request, voice_id)
    sent: dict[str, Any] = {"voice": voice, "now": timezone.now()}
    run(request, feedback_voices.remove, done=_("Taken away."), by=actor_of(request), **sent)
    return redirect(_tab(voice.organization.public_id))


def _voice_or_404(request: HttpRequest, voice_id: UUID) -> FeedbackVoice:
    rows = FeedbackVoice.objects.all().visible_to(actor_of(request))
    found: FeedbackVoice = get_object_or_404(rows.select_related("organization", "item", "contact"), public_id=voice_id)
    return found


def _asked_source(request: HttpRequest) -> str:
    return (request.POST.get("source") or request.GET.get("source", ""))[:100]


def _source(request: HttpRequest) -> tuple[str, str] | None:
    """Type and key out of the form, as in "ticket:42"."""
    kind, _colon, key = request.POST.get("source", "").partition(":")
    return (kind[:40], key[:60]) if kind and key else None
