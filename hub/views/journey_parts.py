"""The parts of a journey's working copy: written, added, moved, removed."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.policies import actor_of, capability_required
from common.errors import Conflict, DomainError
from common.models import PolicyWorkingCopy
from common.sent_once import once
from hub import journey_editing as editing
from hub.journey_forms import PartForm
from hub.journey_parts import Difference, anchor_of, lists_below, new_form, part_form, renewed
from hub.journey_words import LISTS, SHAPES, hint_of, title_of
from hub.policy_pages import CAPABILITY
from hub.views.journey_places import crumbs, found_copy, or_404, part_url, preview_url
from partners.rules import journey_edits as edits
from partners.views.pages import attempt

_manager = capability_required(CAPABILITY)


@_manager
def journey_part(request: HttpRequest, name: str, place: str) -> HttpResponse:
    """A part: its form, and the parts below it."""
    copy = found_copy(request, name)
    if copy is None:
        return redirect("hub:journey_copy", name)
    form = or_404(part_form, copy.body, place, request.POST if request.method == "POST" else None)
    if form is None or not form.is_valid():
        return _part_page(request, copy, place, form)
    arguments = {"own": form.own(), "seen": form.cleaned_data["seen"], "by": actor_of(request)}
    try:
        saved = editing.save_part(name=name, place=place, now=timezone.now(), **arguments)
    except Conflict as error:
        copy = editing.copy_of(name)
        form, differences = renewed(form, copy.body, error.message)
        return _part_page(request, copy, place, form, differences)
    except DomainError as error:
        form.add_error(None, error.message)
        return _part_page(request, copy, place, form)
    _say(request, _("Saved."), saved)
    return redirect("hub:journey_part", name, place)


def _part_page(
    request: HttpRequest,
    copy: PolicyWorkingCopy,
    place: str,
    form: PartForm | None,
    differences: list[Difference] | None = None,
) -> HttpResponse:
    shape = edits.shape_of(place)
    state = editing.state_of(actor_of(request), copy)
    context = {
        "name": copy.name,
        "place": place,
        "title": title_of(copy.body, place),
        "hint": " · ".join(filter(None, (str(SHAPES[shape][0]), hint_of(copy.body, place)))),
        "form": form,
        "differences": differences,
        "state": state,
        "faults": [fault for fault in state.faults if f"{fault.place}/".startswith(f"{place}/")],
        "lists": lists_below(copy.body, place),
        "preview": preview_url(copy.name, place),
        "crumbs": crumbs(copy.name, copy.body, place, with_last=False),
        "now": timezone.now(),
    }
    status = 409 if differences is not None else 400 if form is not None and form.errors else 200
    return render(request, "hub/journey_part.html", context, status=status)


@_manager
@once
def journey_part_add(request: HttpRequest, name: str, place: str) -> HttpResponse:
    """One more part at the end of a list; a rule is about a question, which is chosen first."""
    copy = found_copy(request, name)
    if copy is None:
        return redirect("hub:journey_copy", name)
    field = request.GET.get("field", "")
    if or_404(edits.shape_in, place) == "rule" and not field:
        return _choose_question(request, copy, place)
    form = or_404(new_form, copy.body, place, request.POST if request.method == "POST" else None, field=field)
    if form.is_valid():
        words = next((form.cleaned_data[key] for key in ("label", "name", "title") if key in form.fields), "")
        arguments = {"own": form.own(), "words": words, "joint": form.joint, "by": actor_of(request)}
        added = attempt(form, editing.add_part, name=name, list_place=place, now=timezone.now(), **arguments)
        if added is not None:
            _say(request, _("Added."), added[0])
            return redirect(_after_adding(name, place, added[1]))
    return _add_page(request, copy, place, form)


def _after_adding(name: str, list_place: str, place: str) -> str:
    """On to the new part where it holds others; else back to its list."""
    if edits.shape_of(place) in ("questionnaire", "section", "option_list"):
        return part_url(name, place)
    return f"{part_url(name, list_place)}#{anchor_of(place)}"


def _add_page(request: HttpRequest, copy: PolicyWorkingCopy, place: str, form: PartForm) -> HttpResponse:
    context = {
        "name": copy.name,
        "title": LISTS[edits.shape_in(place)][1],
        "about": form.about,
        "form": form,
        "back": part_url(copy.name, place),
        "crumbs": crumbs(copy.name, copy.body, place),
    }
    return render(request, "hub/journey_part_add.html", context, status=400 if form.errors else 200)


def _choose_question(request: HttpRequest, copy: PolicyWorkingCopy, place: str) -> HttpResponse:
    section = place.removesuffix("/rules")
    or_404(edits.look_up, copy.body, section)
    fields = edits.entries(copy.body, f"{section}/fields")
    context = {
        "name": copy.name,
        "place": place,
        "questions": [{"id": entry["id"], "title": title_of(copy.body, where)} for where, entry in fields],
        "back": part_url(copy.name, place),
        "crumbs": crumbs(copy.name, copy.body, place),
    }
    return render(request, "hub/journey_rule_about.html", context)


@_manager
@require_POST
def journey_part_move(request: HttpRequest, name: str, place: str) -> HttpResponse:
    """Up or down by one."""
    steps = {"up": -1, "down": 1}
    if request.POST.get("to") not in steps:
        raise Http404
    step = steps[request.POST["to"]]
    _act(request, name, place, editing.move_part, done=_("Moved."), step=step)
    outer, _slash, last = place.rpartition("/")
    is_numbered = last.isascii() and last.isdigit() and len(last) < 6
    moved = f"{outer}/{int(last) + step}" if is_numbered else place
    return redirect(f"{part_url(name, outer)}#{anchor_of(moved)}")


@_manager
@require_POST
def journey_part_remove(request: HttpRequest, name: str, place: str) -> HttpResponse:
    """Taken out, with undo."""
    _act(request, name, place, editing.remove_part, done=_("Removed."))
    outer = place.rpartition("/")[0]
    return redirect(f"{part_url(name, outer)}#{anchor_of(outer)}")


def _act(request: HttpRequest, name: str, place: str, use_case: Any, *, done: str, **arguments: Any) -> None:
    """Run a use case behind a button of a row."""
    or_404(edits.shape_of, place)
    seen = request.POST.get("seen", "")
    try:
        copy = use_case(name=name, place=place, seen=seen, by=actor_of(request), now=timezone.now(), **arguments)
    except DomainError as error:
        messages.error(request, error.message)
    else:
        _say(request, done, copy)


def _say(request: HttpRequest, words: str, copy: PolicyWorkingCopy) -> None:
    undo = reverse("hub:journey_copy_undo", args=[copy.name, copy.version])
    messages.success(request, words, extra_tags=f"undo:{undo}")
