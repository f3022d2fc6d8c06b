"""The 60-second form: what happened, what was promised in it, which meeting it was; kept as a draft while one types."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.models import User
from accounts.policies import staff_page
from common.sent_once import once
from partners.forms.interactions import LogForms, typed_in, with_skeleton
from partners.selectors.interaction_form import FormOffer, form_offer
from partners.selectors.page import OrganizationPage
from partners.services import interaction_drafts
from partners.services.interaction_logging import Logged, PromiseRefused, log
from partners.views.interactions import page_with_right, timeline_of
from partners.views.pages import attempt, back_url, frame, is_fragment, run


@staff_page
@once
def interaction_log(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Log it; a button with a template's name fills the form and keeps what was typed."""
    page = page_with_right(request, public_id)
    offer = form_offer(page)
    template = request.POST.get("use_template", "")
    if request.method == "POST" and not template:
        forms = LogForms(offer, page.actor, sent=request.POST)
        made = _logged(page, forms) if forms.is_valid else None
        if made is not None:
            _say(request, page, made)
            return redirect(back_url(request, timeline_of(page)))
    else:
        forms = LogForms(offer, page.actor, typed=_begun(request, offer, template))
    context = frame(request, page, "timeline", form=forms.form, promises=forms.promises, offer=offer)
    is_restored = offer.saved_at is not None and request.method != "POST"
    context |= {"is_restored": is_restored, "colleagues": "colleague-names"}
    return render(request, "partners/interaction_log.html", context, status=422 if forms.has_faults else 200)


def _begun(request: HttpRequest, offer: FormOffer, template: str) -> dict[str, Any]:
    typed: dict[str, Any] = typed_in(request.POST) if request.method == "POST" else dict(offer.draft)
    chosen = next((one for one in offer.skeletons if one.id == template), None)
    return with_skeleton(typed, chosen) if chosen is not None else typed


def _logged(page: OrganizationPage, forms: LogForms) -> Logged | None:
    """Everything or nothing; what is refused stands in its form."""
    filled = forms.filled
    writer = User.objects.get(pk=page.actor.user_id) if filled else None
    promised = [{**(one.values or {})} for one in filled]
    for values in promised:
        values["owner"] = values.get("owner") or writer
    sent: dict[str, Any] = {"by": page.actor, "organization": page.organization, "values": forms.form.values}
    sent |= {"contacts": forms.form.people, "promises": promised, "touchpoint": forms.form.touchpoint_held}
    try:
        return attempt(forms.form, _log_or_reraise, now=page.now, **sent)
    except _OfPromise as refusal:
        form = filled[refusal.error.row]
        form.add_error(refusal.error.field if refusal.error.field in form.fields else None, refusal.error.message)
        return None


class _OfPromise(Exception):
    """Carries a refusal past `attempt`, which would put it on the form of the interaction."""

    def __init__(self, error: PromiseRefused) -> None:
        super().__init__(error.message)
        self.error = error


def _log_or_reraise(**arguments: Any) -> Logged:
    try:
        return log(**arguments)
    except PromiseRefused as error:
        raise _OfPromise(error) from error


def _say(request: HttpRequest, page: OrganizationPage, logged: Logged) -> None:
    made = logged.interaction
    undo = reverse("partners:interaction_archive", args=[page.row.public_id, made.public_id])
    messages.success(request, _("Logged: %(summary)s") % {"summary": made.summary}, extra_tags=f"undo:{undo}")
    if logged.told:
        messages.info(request, _("Told: %(names)s.") % {"names": ", ".join(logged.told)})
    if logged.passed_over:
        names = ", ".join(f"@{handle}" for handle in logged.passed_over)
        text = _("Nobody was told for %(names)s: only colleagues who open this organization are.")
        messages.warning(request, text % {"names": names})


@require_POST
@staff_page
def draft_save(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Keep what was typed, as one types or by a button."""
    page = page_with_right(request, public_id)
    sent: dict[str, Any] = {"by": page.actor, "organization": page.organization, "now": page.now}
    if is_fragment(request):
        interaction_drafts.save(values=typed_in(request.POST), **sent)
        return HttpResponse(_("Kept as a draft."))
    run(request, interaction_drafts.save, done=_("Kept as a draft."), values=typed_in(request.POST), **sent)
    return redirect(timeline_of(page))


@require_POST
@staff_page
def draft_forget(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Throw the draft away and begin anew."""
    page = page_with_right(request, public_id)
    done = _("The draft is thrown away.")
    run(request, interaction_drafts.forget, done=done, by=page.actor, organization=page.organization)
    return redirect(reverse("partners:interaction_log", args=[public_id]))
