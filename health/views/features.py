"""The catalogue of features: read by every colleague, kept by administrators."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.policies import actor_of, capability_required, staff_page
from common.sent_once import once
from health.forms.features import FeatureForm
from health.models import Feature
from health.selectors.adoption import catalogue
from health.services import features
from partners.views.pages import attempt

_required = capability_required(features.CAPABILITY)
_SHOWN = ("name", "module", "description", "used_from", "released_on", "retired_on", "version")


@require_safe
@staff_page
def feature_list(request: HttpRequest) -> HttpResponse:
    """All features, with how many of the reader's organizations use them."""
    actor = actor_of(request)
    lines = catalogue(actor, now=timezone.now())
    return render(request, "health/features.html", {"lines": lines, "may_edit": actor.has(features.CAPABILITY)})


@_required
@once
def feature_new(request: HttpRequest) -> HttpResponse:
    """Add a feature."""
    form = FeatureForm(request.POST or None, is_new=True)
    if request.method == "POST" and form.is_valid():
        sent = {"key": form.cleaned_data["key"], "values": form.values}
        if attempt(form, features.add, by=actor_of(request), now=timezone.now(), **sent):
            messages.success(request, _("The feature is in the catalogue."))
            return redirect("health:features")
    return render(request, "health/feature_form.html", {"form": form}, status=422 if form.errors else 200)


@_required
def feature_edit(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Change a feature."""
    feature = get_object_or_404(Feature.objects.all(), public_id=public_id)
    form = FeatureForm(request.POST or None, is_new=False, initial={name: getattr(feature, name) for name in _SHOWN})
    if request.method == "POST" and form.is_valid():
        sent = {"values": form.values, "version": form.cleaned_data["version"] or 0}
        if attempt(form, features.edit, by=actor_of(request), feature=feature, now=timezone.now(), **sent):
            messages.success(request, _("Saved."))
            return redirect("health:features")
    context = {"form": form, "feature": feature}
    return render(request, "health/feature_form.html", context, status=422 if form.errors else 200)
