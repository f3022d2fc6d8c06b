"""The working copy of a journey: begun, looked over, previewed, published, discarded."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from accounts.policies import actor_of, capability_required
from common.errors import Missing
from common.pack_diff import diff_packs
from common.reading import MalformedInput
from hub import journey_editing as editing
from hub import policy_pages
from hub.journey_parts import part_list
from hub.journey_preview import Preview, preview
from hub.journey_stage_preview import stage_preview
from hub.policy_words import change_rows, title_of
from hub.views.journey_places import crumbs, found_copy, or_404
from partners.rules import journey_edits as edits
from partners.views.pages import attempt, refreshed, run

_manager = capability_required(policy_pages.CAPABILITY)
_ROOTS = ("stages", "questionnaires", "options")


class PublishForm(forms.Form):
    """Why, and what was looked at: the version of the copy, and the one in force."""

    note = forms.CharField(
        label=gettext_lazy("Why"), max_length=300, help_text=gettext_lazy("A sentence; kept with the version.")
    )
    version = forms.IntegerField(widget=forms.HiddenInput)
    base = forms.IntegerField(widget=forms.HiddenInput)


@_manager
@require_safe
def journey_copy(request: HttpRequest, name: str) -> HttpResponse:
    """What there is to edit, and what the check finds; without a copy, the button that begins one."""
    context: dict[str, Any] = {"name": name, "title": title_of(name), "crumbs": crumbs(name), "now": timezone.now()}
    try:
        copy = editing.copy_of(name)
    except Missing:
        or_404(policy_pages.version_of, name)
        return render(request, "hub/journey_copy_begin.html", context)
    lists = [part_list(copy.body, root) for root in _ROOTS]
    context |= {"state": editing.state_of(actor_of(request), copy), "stages": lists[0], "lists": lists[1:]}
    return render(request, "hub/journey_copy.html", context)


@_manager
@require_POST
def journey_copy_begin(request: HttpRequest, name: str) -> HttpResponse:
    """Begin a working copy, or open the one that there is."""
    or_404(editing.begin, name=name, by=actor_of(request), now=timezone.now())
    return redirect("hub:journey_copy", name)


@_manager
@require_POST
def journey_copy_discard(request: HttpRequest, name: str, version: int) -> HttpResponse:
    """Throw the working copy away, as it was seen."""
    done = _("The working copy is discarded. The version in force stays as it is.")
    arguments: dict[str, Any] = {"name": name, "version": version, "by": actor_of(request), "now": timezone.now()}
    gone = found_copy(request, name) is None or run(request, editing.discard, done=done, **arguments)
    return redirect("hub:policy" if gone else "hub:journey_copy", name)


@_manager
@require_POST
def journey_copy_undo(request: HttpRequest, name: str, version: int) -> HttpResponse:
    """Take the last change back, if it is still the last."""
    if found_copy(request, name) is not None:
        arguments: dict[str, Any] = {"name": name, "version": version, "by": actor_of(request), "now": timezone.now()}
        run(request, editing.take_back, done=_("Undone."), **arguments)
    return refreshed(request, reverse("hub:journey_copy", args=[name]))


@_manager
@require_safe
def journey_preview(request: HttpRequest, name: str, questionnaire: str) -> HttpResponse:
    """A questionnaire as those see it who fill it in."""
    copy = found_copy(request, name)
    if copy is None:
        return redirect("hub:journey_copy", name)
    place = f"questionnaires/{questionnaire}"
    or_404(edits.look_up, copy.body, place)
    shown: Preview | None
    try:
        shown, fault = preview(copy.body, editing.KIND_OF_PACK[name], questionnaire), None
    except MalformedInput as error:
        shown, fault = None, editing.fault_in(copy, error)
    context = {"name": name, "shown": shown, "fault": fault, "crumbs": [*crumbs(name, copy.body, place)]}
    return render(request, "hub/journey_preview.html", context)


@_manager
@require_safe
def journey_stage_preview(request: HttpRequest, name: str, stage: str) -> HttpResponse:
    """A stage as those see it who work in it."""
    copy = found_copy(request, name)
    if copy is None:
        return redirect("hub:journey_copy", name)
    place = f"stages/{stage}"
    shown = or_404(stage_preview, copy.body, stage)
    context = {"name": name, "place": place, "shown": shown, "crumbs": crumbs(name, copy.body, place)}
    return render(request, "hub/journey_stage_preview.html", context)


@_manager
def journey_publish(request: HttpRequest, name: str) -> HttpResponse:
    """What the copy would change, and the button that puts it in force."""
    copy = found_copy(request, name)
    if copy is None:
        return redirect("hub:journey_copy", name)
    form = PublishForm(request.POST or None)
    if form.is_valid():
        arguments = {"name": name, "by": actor_of(request), "now": timezone.now(), **form.cleaned_data}
        plan = attempt(form, editing.publish, **arguments)
        if plan is not None:
            new, same = _("The new version is in force."), _("Nothing differs from the version in force.")
            messages.success(request, new if plan.is_new else same)
            return redirect("hub:policy", name)
    return _publish_page(request, name, form)


def _publish_page(request: HttpRequest, name: str, form: PublishForm) -> HttpResponse:
    copy, active = editing.copy_of(name), policy_pages.version_of(name)
    changes = diff_packs(active.body, copy.body)
    context = {
        "name": name,
        "title": title_of(name),
        "form": form,
        "state": editing.state_of(actor_of(request), copy),
        "active": active,
        "changes": change_rows(active.kind, changes),
        "total": len(changes),
        "crumbs": crumbs(name, copy.body),
        "now": timezone.now(),
    }
    return render(request, "hub/journey_publish.html", context, status=409 if form.errors else 200)
