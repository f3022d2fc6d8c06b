"""Post-mortems for colleagues: read, write, look over, publish, share, and what is done so that it stays away."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.policies import actor_of, capability_required, staff_page
from common.sent_once import once
from partners.views.pages import attempt, run
from tickets import incident_permissions as permissions
from tickets.forms.post_mortems import ActionForm, PostMortemForm, ReturnForm, ShareForm
from tickets.models import IncidentOrganization, PreventionAction
from tickets.rules.post_mortems import SECTIONS
from tickets.selectors import post_mortems as reading
from tickets.services import incident_parts, post_mortems
from tickets.views.incident_pages import incident_or_404
from tickets.views.incidents import WORKERS, version_of


@require_safe
@staff_page
def post_mortem(request: HttpRequest, number: int) -> HttpResponse:
    """What was learned: the published text, or a draft; ?version= shows another one."""
    return render(request, "tickets/post_mortem.html", _context(request, _page(request, number)))


@require_safe
@staff_page
def post_mortem_compare(request: HttpRequest, number: int, before: int) -> HttpResponse:
    """What changed from a version to the newest one."""
    page = _page(request, number, newest=True)
    lines = reading.compared(page, number=before)
    if lines is None:
        raise Http404
    return render(request, "tickets/post_mortem_compare.html", {"page": page, "lines": lines, "before": before})


@capability_required(*WORKERS)
def post_mortem_edit(request: HttpRequest, number: int) -> HttpResponse:
    """Write it; the timeline is proposed from the course of the incident."""
    page, actor = _page(request, number, newest=True), actor_of(request)
    form = PostMortemForm(request.POST or None, initial=_initial(request, page))
    if form.is_bound and form.is_valid():
        sent: dict[str, Any] = {"texts": form.texts, "version": version_of(request), "now": timezone.now()}
        if attempt(form, post_mortems.write, by=actor, incident=page.incident, **sent) is not None:
            messages.success(request, _("Kept as a version of its own."))
            return redirect(f"{reverse('tickets:post_mortem', args=[number])}?newest=1")
    version = page.post_mortem.version if page.post_mortem else ""
    context = {"page": page, "form": form, "version": request.POST.get("version", version)}
    return render(request, "tickets/post_mortem_edit.html", context, status=422 if form.errors else 200)


@require_POST
@capability_required(*WORKERS)
def post_mortem_submit(request: HttpRequest, number: int) -> HttpResponse:
    """Ask for a second pair of eyes."""
    return _do(request, number, post_mortems.submit, _("A second person is asked to look at it."))


@require_POST
@capability_required(*WORKERS)
def post_mortem_publish(request: HttpRequest, number: int) -> HttpResponse:
    """Publish the newest version; actions become promises."""
    return _do(request, number, post_mortems.publish, _("Published. Its actions are promises now."))


@require_POST
@capability_required(*WORKERS)
def post_mortem_return(request: HttpRequest, number: int) -> HttpResponse:
    """Ask for more."""
    form = ReturnForm(request.POST)
    return _small(request, number, "return_form", form, post_mortems.give_back, lambda: dict(form.cleaned_data))


@require_POST
@capability_required(*WORKERS)
def post_mortem_share(request: HttpRequest, number: int) -> HttpResponse:
    """Let affected organizations read parts of it."""
    form = ShareForm(request.POST)
    return _small(request, number, "share_form", form, post_mortems.share, lambda: dict(form.cleaned_data))


@require_POST
@capability_required(*WORKERS)
@once
def post_mortem_action(request: HttpRequest, number: int) -> HttpResponse:
    """Note what is done so that it does not happen again."""
    actor, incident = actor_of(request), incident_or_404(request, number)
    form = ActionForm(request.POST, actor=actor, affected=reading.affected_choices(actor, incident))

    def sent() -> dict[str, Any]:
        chosen = form.cleaned_data["organization"]
        seen = IncidentOrganization.objects.visible_to(actor).filter(incident=incident, organization_id=chosen)
        organization = incident_parts.organization_of(seen.first())
        return {**form.cleaned_data, "organization": organization}

    return _small(request, number, "action_form", form, post_mortems.add_action, sent)


@require_POST
@capability_required(*WORKERS)
def post_mortem_action_remove(request: HttpRequest, number: int, action_id: UUID) -> HttpResponse:
    """Take an action away that is no promise yet."""
    rows = PreventionAction.objects.visible_to(actor_of(request)).filter(public_id=action_id)
    action = rows.filter(post_mortem__incident__number=number).first()
    if action is None:
        raise Http404
    return _do(request, number, post_mortems.remove_action, _("Taken away."), action=action)


def _page(request: HttpRequest, number: int, *, newest: bool = False) -> reading.PostMortemPage:
    asked = request.GET.get("version", "")
    version = int(asked) if asked.isascii() and asked.isdecimal() and 0 < len(asked) < 9 else None
    page = reading.post_mortem_page(actor_of(request), number, version=version or None, now=timezone.now())
    if page is None:
        raise Http404
    if (newest or (version is None and request.GET.get("newest") == "1")) and page.newest is not None:
        return reading.at_version(page, page.newest)
    return page


def _context(request: HttpRequest, page: reading.PostMortemPage, **more: Any) -> dict[str, Any]:
    actor, incident = actor_of(request), page.incident
    affected = reading.affected_choices(actor, incident)
    shared = page.post_mortem.shared_sections if page.post_mortem else []
    return {
        "page": page,
        "incident": incident,
        "now": timezone.now(),
        "may_write": permissions.can_write_post_mortem(actor),
        "may_publish": page.newest is not None and permissions.can_publish(actor, page.newest),
        "may_share": permissions.can_say_publicly(actor),
        "affected": affected,
        "share_form": ShareForm(initial={"sections": shared or ["summary", "impact", "root_cause", "prevention"]}),
        "return_form": ReturnForm(auto_id="return-%s"),
        "action_form": ActionForm(actor=actor, affected=affected, auto_id="action-%s"),
    } | more


def _initial(request: HttpRequest, page: reading.PostMortemPage) -> dict[str, str]:
    """The newest text; of one that nobody has begun, the timeline that is proposed."""
    if page.newest is not None:
        return {name: getattr(page.newest, name) for name in SECTIONS}
    incident = page.incident
    return {"summary": incident.summary, "timeline": reading.proposal(actor_of(request), incident)}


def _do(request: HttpRequest, number: int, use_case: Any, done: str, **more: Any) -> HttpResponse:
    found = incident_or_404(request, number)
    if "action" not in more:
        more["version"] = version_of(request)
    run(request, use_case, done=done, by=actor_of(request), incident=found, now=timezone.now(), **more)
    return redirect(f"{reverse('tickets:post_mortem', args=[number])}?newest=1")


def _small(request: HttpRequest, number: int, name: str, form: Any, use_case: Any, sent: Any) -> HttpResponse:
    """Do what a small form asks for; with faults the page comes back with it."""
    page = _page(request, number)
    if form.is_valid():
        attempt(form, use_case, by=actor_of(request), incident=page.incident, now=timezone.now(), **sent())
        if not form.errors:
            messages.success(request, _("Saved."))
            return redirect("tickets:post_mortem", number)
    return render(request, "tickets/post_mortem.html", _context(request, page, **{name: form}), status=422)
