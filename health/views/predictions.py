"""Predictions: what was learned of a kind of organization, how well it would have told, and whom it concerns."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.policies import actor_of, capability_required, staff_page
from accounts.views.list_files import list_file
from common.errors import NotAllowed
from health.policies import policies_in_force
from health.prediction_page import kind_of, page_context
from health.selectors.predictions import prediction_page, trainings
from health.services import training
from health.views.portfolio import area_tabs
from partners.views.pages import is_fragment


@require_safe
@staff_page
def prediction(request: HttpRequest) -> HttpResponse:
    """The latest training with its backtest, and the predictions of what one sees."""
    actor, kind = actor_of(request), kind_of(request.GET.get("kind", ""))
    done, running = trainings(kind)
    may_train = training.may_train(actor)
    context: dict[str, Any] = {"kind": kind, "training": done, "running": running, "may_train": may_train}
    if is_fragment(request) and running is not None:
        return render(request, "health/_prediction_progress.html", context)
    page = prediction_page(actor, kind, cursor=request.GET.get("cursor", ""))
    context |= page_context(kind, done, page, policies_in_force(), request.path)
    context |= {"tabs": area_tabs(actor, "prediction"), "may_export": actor.has("export_data"), "now": timezone.now()}
    return render(request, "health/prediction.html", context)


@require_POST
@capability_required(training.CAPABILITY)
def prediction_train(request: HttpRequest) -> HttpResponse:
    """Begin the training of a kind by hand."""
    kind = kind_of(request.POST.get("kind", ""))
    try:
        training.start(by=actor_of(request), kind=kind, now=timezone.now())
    except NotAllowed as error:
        raise PermissionDenied(error.message) from error
    messages.success(request, _("It is learned in the background; you can leave this page."))
    return redirect(f"{reverse('health:prediction')}?kind={kind}")


@require_POST
@capability_required("export_data")
def prediction_export(request: HttpRequest) -> HttpResponse:
    """The predictions of what one sees as a file."""
    return list_file(request, "predictions", query=request.GET.urlencode())
