"""The parts of a scorecard in the lab: bands, measures, vetoes, each in a form of its own."""

from typing import Any

from django.contrib import messages
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.policies import actor_of
from common.models import PolicyWorkingCopy
from health.forms.lab import BandsForm, MeasureForm, VetoForm
from health.policies import policies_in_force, words_of
from health.rules import scorecard_edits as edits
from health.selectors import lab as reading
from health.services import lab
from health.views.lab import MANAGER, crumbs, or_404
from partners.views.pages import attempt, run


def _who(request: HttpRequest, card: str) -> dict[str, Any]:
    return {"card": card, "by": actor_of(request), "now": timezone.now()}


def _saved(request: HttpRequest, card: str) -> HttpResponse:
    messages.success(request, _("Saved in the working copy."))
    return redirect("health:lab_card", card)


def _form_page(
    request: HttpRequest, card: str, copy: PolicyWorkingCopy, form: BaseForm, title: str, **more: Any
) -> HttpResponse:
    found = reading.findings_of(policies_in_force(), copy.body)
    name = more.get("name", "")
    context = {
        "card": card,
        "form": form,
        "title": title,
        "findings": [one for one in found if name and name in (one.measure, one.veto)],
        "crumbs": crumbs(card, words_of(copy.body["label"])),
        "copy": copy,
        **more,
    }
    return render(request, "health/lab_part.html", context, status=422 if form.errors else 200)


@MANAGER
def lab_bands(request: HttpRequest, card: str) -> HttpResponse:
    """The lines between bands, and what has to be covered."""
    copy = or_404(lab.copy_of, card)
    form = BandsForm(request.POST or None, initial={"version": copy.version, **BandsForm.initial_of(copy.body)})
    if form.is_valid():
        written = form.cleaned_data
        arguments = {"version": written["version"], "coverage_minimum": written["coverage_minimum"]}
        if attempt(form, lab.save_bands, bands=form.bands, **arguments, **_who(request, card)):
            return _saved(request, card)
    return _form_page(request, card, copy, form, _("Bands"))


@MANAGER
def lab_measure(request: HttpRequest, card: str, measure: str) -> HttpResponse:
    """One measure."""
    copy, policies = or_404(lab.copy_of, card), policies_in_force()
    _group, entry = or_404(edits.measure_in, copy.body, measure)
    initial = {"version": copy.version, **MeasureForm.initial_of(entry)}
    form = MeasureForm(request.POST or None, policies=policies, initial=initial)
    if form.is_valid():
        arguments = {"version": form.cleaned_data["version"], "entry": form.entry(entry, name=measure)}
        if attempt(form, lab.save_measure, **arguments, **_who(request, card)):
            return _saved(request, card)
    title = words_of(entry["label"]) if entry.get("label") else policies.metric_label(entry["metric"])
    return _form_page(request, card, copy, form, title, name=measure, removes="measure")


@MANAGER
def lab_measure_add(request: HttpRequest, card: str, group: str) -> HttpResponse:
    """A new measure at the end of a group."""
    copy = or_404(lab.copy_of, card)
    initial = {"version": copy.version, "window_days": 30, "fresh_days": 30, "share": 1}
    form = MeasureForm(request.POST or None, policies=policies_in_force(), initial=initial)
    if form.is_valid():
        name = edits.new_name(form.cleaned_data["metric"], edits.names_in(copy.body))
        arguments = {"version": form.cleaned_data["version"], "entry": form.entry({}, name=name), "group": group}
        if attempt(form, lab.save_measure, **arguments, **_who(request, card)):
            return _saved(request, card)
    return _form_page(request, card, copy, form, _("A new measure"))


@MANAGER
@require_POST
def lab_measure_remove(request: HttpRequest, card: str, measure: str, version: int) -> HttpResponse:
    """Take a measure out, as it was seen."""
    done = _("The measure is taken out of the working copy.")
    run(request, lab.remove_measure, done=done, measure=measure, version=version, **_who(request, card))
    return redirect("health:lab_card", card)


@MANAGER
def lab_veto(request: HttpRequest, card: str, veto: str) -> HttpResponse:
    """One veto."""
    copy = or_404(lab.copy_of, card)
    entry = or_404(edits.veto_in, copy.body, veto)
    initial = {"version": copy.version, **VetoForm.initial_of(entry)}
    form = VetoForm(request.POST or None, policies=policies_in_force(), initial=initial)
    if form.is_valid():
        arguments = {"version": form.cleaned_data["version"], "entry": form.entry(entry, name=veto), "is_new": False}
        if attempt(form, lab.save_veto, **arguments, **_who(request, card)):
            return _saved(request, card)
    return _form_page(request, card, copy, form, words_of(entry["label"]), name=veto, removes="veto")


@MANAGER
def lab_veto_add(request: HttpRequest, card: str) -> HttpResponse:
    """A new veto."""
    copy = or_404(lab.copy_of, card)
    initial = {"version": copy.version, "fresh_days": 30}
    form = VetoForm(request.POST or None, policies=policies_in_force(), initial=initial)
    if form.is_valid():
        name = edits.new_name(f"{form.cleaned_data['metric'][:50]}_veto", edits.names_in(copy.body))
        arguments = {"version": form.cleaned_data["version"], "entry": form.entry({}, name=name), "is_new": True}
        if attempt(form, lab.save_veto, **arguments, **_who(request, card)):
            return _saved(request, card)
    return _form_page(request, card, copy, form, _("A new veto"))


@MANAGER
@require_POST
def lab_veto_remove(request: HttpRequest, card: str, veto: str, version: int) -> HttpResponse:
    """Take a veto out, as it was seen."""
    done = _("The veto is taken out of the working copy.")
    run(request, lab.remove_veto, done=done, veto=veto, version=version, **_who(request, card))
    return redirect("health:lab_card", card)
