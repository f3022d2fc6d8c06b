"""The scorecard lab: scorecards, the working copy with what is found in it, its publishing."""

from collections.abc import Callable
from typing import Any, TypeVar

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.policies import actor_of, capability_required
from common.errors import Missing
from common.pack_diff import diff_packs
from health.forms.lab import PublishForm, ReplayForm, WeightsForm
from health.policies import policies_in_force
from health.rules.scorecard_edits import NoSuchEntry
from health.selectors import lab as reading
from health.services import lab
from partners.views.pages import attempt, refreshed, run

MANAGER = capability_required(lab.CAPABILITY)
MOST_CHANGES = 200
Found = TypeVar("Found")


def or_404(read: Callable[..., Found], *args: Any, **arguments: Any) -> Found:
    """What a read finds. Raises Http404."""
    try:
        return read(*args, **arguments)
    except (Missing, NoSuchEntry) as error:
        raise Http404 from error


def crumbs(card: str = "", label: str = "") -> list[dict[str, str]]:
    """The way to a page of a scorecard."""
    found = [
        {"label": _("Health"), "url": reverse("health:portfolio")},
        {"label": _("Scorecard lab"), "url": reverse("health:lab")},
    ]
    return [*found, {"label": label, "url": reverse("health:lab_card", args=[card])}] if card else found


@MANAGER
@require_safe
def lab_list(request: HttpRequest) -> HttpResponse:
    """Every scorecard in force."""
    context = {"cards": reading.card_rows(), "crumbs": crumbs()[:1], "now": timezone.now()}
    return render(request, "health/lab.html", context)


@MANAGER
@require_safe
def lab_card(request: HttpRequest, card: str) -> HttpResponse:
    """A scorecard: its working copy in forms, what is found in it, its replays; or the button that begins one."""
    return card_page(request, card)


def card_page(request: HttpRequest, card: str, form: WeightsForm | None = None) -> HttpResponse:
    """The page of a scorecard, with the weights as somebody has just written them."""
    page = or_404(reading.card_page, actor_of(request), card)
    weights = form or WeightsForm(body=page.body, policies=policies_in_force(), initial=_seen(page))
    context = {
        "page": page,
        "form": weights,
        "replay_form": ReplayForm(),
        "crumbs": crumbs(),
        "now": timezone.now(),
    }
    return render(request, "health/lab_card.html", context, status=422 if form is not None else 200)


def _seen(page: reading.CardPage) -> dict[str, Any]:
    return {"version": page.copy.version if page.copy is not None else 0}


@MANAGER
@require_POST
def lab_begin(request: HttpRequest, card: str) -> HttpResponse:
    """Begin a working copy, or open the one that there is."""
    or_404(lab.begin, card=card, by=actor_of(request), now=timezone.now())
    return redirect("health:lab_card", card)


@MANAGER
@require_POST
def lab_weights(request: HttpRequest, card: str) -> HttpResponse:
    """Save weights and shares."""
    copy = or_404(lab.copy_of, card)
    form = WeightsForm(request.POST, body=copy.body, policies=policies_in_force())
    if form.is_valid():
        arguments: dict[str, Any] = {"card": card, "by": actor_of(request), "now": timezone.now()}
        arguments |= {"weights": form.written("weight"), "shares": form.written("share")}
        if attempt(form, lab.save_weights, version=form.cleaned_data["version"], **arguments):
            messages.success(request, _("Saved in the working copy."))
            return redirect("health:lab_card", card)
    return card_page(request, card, form)


@MANAGER
@require_POST
def lab_discard(request: HttpRequest, card: str, version: int) -> HttpResponse:
    """Throw the working copy away, as it was seen."""
    arguments: dict[str, Any] = {"card": card, "version": version, "by": actor_of(request), "now": timezone.now()}
    run(
        request, lab.discard, done=_("The working copy is discarded. The version in force stays as it is."), **arguments
    )
    return redirect("health:lab_card", card)


@MANAGER
@require_POST
def lab_undo(request: HttpRequest, card: str, version: int) -> HttpResponse:
    """Take the last change back, if it is still the last."""
    arguments: dict[str, Any] = {"card": card, "version": version, "by": actor_of(request), "now": timezone.now()}
    run(request, lab.take_back, done=_("Undone."), **arguments)
    return refreshed(request, reverse("health:lab_card", args=[card]))


@MANAGER
def lab_publish(request: HttpRequest, card: str) -> HttpResponse:
    """What the copy would change, and the button that puts it in force."""
    or_404(lab.copy_of, card)
    form = PublishForm(request.POST or None)
    if form.is_valid():
        arguments: dict[str, Any] = {"card": card, "by": actor_of(request), "now": timezone.now()}
        plan = attempt(form, lab.publish, **arguments, **form.cleaned_data)
        if plan is not None:
            new, same = _("The new version is in force."), _("Nothing differs from the version in force.")
            messages.success(request, new if plan.is_new else same)
            return redirect("health:lab_card", card)
    return _publish_page(request, card, form)


def _publish_page(request: HttpRequest, card: str, form: PublishForm) -> HttpResponse:
    page, active = or_404(reading.card_page, actor_of(request), card), or_404(reading.active_version, card)
    changes = diff_packs(active.body, page.body)
    context = {
        "page": page,
        "form": form,
        "changes": changes[:MOST_CHANGES],
        "total": len(changes),
        "replay": next((one for one in page.replays if page.copy and one.copy_version == page.copy.version), None),
        "crumbs": crumbs(card, page.label),
        "now": timezone.now(),
    }
    return render(request, "health/lab_publish.html", context, status=409 if form.errors else 200)
