"""Policies: the packs, their versions and differences, a new version with its changes shown first."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.policies import actor_of, capability_required
from common.errors import Conflict, DomainError, Missing
from common.models import PolicyVersion
from common.pack_diff import diff_packs
from common.pack_files import ENDING
from common.pack_impacts import PackImpact, impacts_of_pack
from common.packs import kind_of
from hub import policy_pages
from hub.journey_editing import copy_links
from hub.policy_forms import PolicyForm, UploadForm
from hub.policy_words import about, change_rows, source_of, title_of

_manager = capability_required(policy_pages.CAPABILITY)


def _crumbs(*more: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"label": _("Policies"), "url": reverse("hub:policies")}, *more]


def _pack_crumb(name: str) -> dict[str, Any]:
    return {"label": title_of(name), "url": reverse("hub:policy", args=[name])}


def _version(name: str, asked: str | None) -> PolicyVersion:
    """The version that a query asks for, or the one in force. Raises Http404."""
    if asked and not (asked.isascii() and asked.isdigit() and len(asked) < 10):
        raise Http404
    try:
        return policy_pages.version_of(name, int(asked) if asked else None)
    except Missing as error:
        raise Http404 from error


@_manager
@require_safe
def policies(request: HttpRequest) -> HttpResponse:
    """All packs with the version in force."""
    context = {"rows": policy_pages.pack_rows(actor_of(request)), "upload": UploadForm(), "now": timezone.now()}
    return render(request, "hub/policy_list.html", context)


@_manager
@require_safe
def policy(request: HttpRequest, name: str) -> HttpResponse:
    """A pack: the text of a version, and all versions."""
    try:
        rows = policy_pages.version_rows(actor_of(request), name)
    except Missing as error:
        raise Http404 from error
    shown = _version(name, request.GET.get("version"))
    context = {
        **copy_links(name),
        "name": name,
        "title": title_of(name),
        "about": about(name),
        "rows": rows,
        "shown": shown,
        "source": source_of(shown.kind, shown.body),
        "crumbs": _crumbs(),
        "now": timezone.now(),
    }
    return render(request, "hub/policy.html", context)


@_manager
@require_safe
def policy_compare(request: HttpRequest, name: str) -> HttpResponse:
    """What leads from one version to another; without numbers, from the one in force."""
    before, after = _version(name, request.GET.get("from")), _version(name, request.GET.get("to"))
    changes = diff_packs(before.body, after.body)
    context = {
        "name": name,
        "title": title_of(name),
        "before": before,
        "after": after,
        "changes": change_rows(after.kind, changes),
        "total": len(changes),
        "crumbs": _crumbs(_pack_crumb(name)),
    }
    return render(request, "hub/policy_compare.html", context)


@_manager
def policy_edit(request: HttpRequest, name: str) -> HttpResponse:
    """Write a new version: checked, its changes shown, then put in force with a note."""
    form, status = PolicyForm(request.POST or None, name=name, initial=_as_it_is(request, name)), 200
    if form.is_valid() and request.POST.get("action") == "activate" and form.is_ready():
        try:
            return _put_in_force(request, form)
        except Conflict as error:
            form, status = _renewed(form, error)
    return _edit_page(request, form, status=400 if form.errors and status == 200 else status)


def _as_it_is(request: HttpRequest, name: str) -> dict[str, Any]:
    """What the form begins with. A pack that came as a file may be the first version of its name."""
    active = PolicyVersion.objects.filter(name=name, is_active=True).first()
    if active is None and request.method != "POST":
        raise Http404
    return {"text": source_of(active.kind, active.body), "base": active.version} if active is not None else {}


def _put_in_force(request: HttpRequest, form: PolicyForm) -> HttpResponse:
    if form.plan is None:
        raise Http404
    data = form.cleaned_data
    plan = policy_pages.put_in_force(
        source=form.plan.source,
        base=data["base"],
        note=data["note"].strip(),
        by=actor_of(request),
        now=timezone.now(),
    )
    if plan.is_new:
        messages.success(request, _("The new version is in force."))
    else:
        messages.info(request, _("Nothing differs from the version in force."))
    return redirect("hub:policy", form.name)


def _renewed(form: PolicyForm, error: Conflict) -> tuple[PolicyForm, int]:
    """The same text against the version that is in force by now."""
    kept = {name: form.data.get(name, "") for name in ("text", "note")}
    again = PolicyForm({**kept, "base": str(error.version or "")}, name=form.name)
    again.full_clean()
    again.add_error(None, error.message)
    return again, error.status


def _edit_page(request: HttpRequest, form: PolicyForm, *, status: int = 200) -> HttpResponse:
    changes = form.plan.changes if form.plan is not None else None
    context = {
        "form": form,
        "name": form.name,
        "title": title_of(form.name),
        "about": about(form.name),
        "checked": form.plan.source.checksum if form.plan is not None else "",
        "in_force": form.plan.in_force if form.plan is not None else None,
        "changes": change_rows(kind_of(form.name), changes or ()),
        "total": len(changes or ()),
        "impacts": _impacts(form) if changes else (),
        "crumbs": _crumbs(_pack_crumb(form.name)) if form["base"].value() else _crumbs(),
    }
    return render(request, "hub/policy_edit.html", context, status=status)


def _impacts(form: PolicyForm) -> list[PackImpact]:
    """What the module that reads the pack says that its changes would do."""
    if form.plan is None:
        return []
    return impacts_of_pack(kind_of(form.name), form.plan.source.body, now=timezone.now())


@_manager
@require_POST
def policy_upload(request: HttpRequest) -> HttpResponse:
    """A file of one's own: shown as a new version of its pack, and nothing put in force yet."""
    upload = UploadForm(request.POST, request.FILES)
    if not upload.is_valid():
        rows = policy_pages.pack_rows(actor_of(request))
        context = {"rows": rows, "upload": upload, "now": timezone.now()}
        return render(request, "hub/policy_list.html", context, status=400)
    name, text = upload.cleaned_data["file"]["name"], upload.cleaned_data["file"]["text"]
    active = PolicyVersion.objects.filter(name=name, is_active=True).first()
    data = {"text": text, "base": str(active.version) if active is not None else "", "note": ""}
    form = PolicyForm(data, name=name)
    return _edit_page(request, form, status=200 if form.is_valid() else 400)


@_manager
@require_POST
def policy_activate(request: HttpRequest, name: str, version: int) -> HttpResponse:
    """Bring an older version back."""
    try:
        policy_pages.bring_back(name=name, version=version, by=actor_of(request), now=timezone.now())
    except Missing as error:
        raise Http404 from error
    except DomainError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("Version %(version)d is in force again.") % {"version": version})
    return redirect("hub:policy", name)


@_manager
@require_safe
def policy_export(request: HttpRequest, name: str) -> HttpResponse:
    """A version as the file that loads it."""
    found = _version(name, request.GET.get("version"))
    text = f"# Version {found.version}\n{source_of(found.kind, found.body)}"
    answer = HttpResponse(text, content_type="application/yaml; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{found.name}{ENDING}"'
    return answer
