"""The audit trail: who did what, when, to what, from where; each row with before and after and its seal."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.forms.audit import KEYS, AuditFilterForm
from accounts.models import Activity
from accounts.policies import actor_of, capability_required
from accounts.selectors.audit import ORDER, lines, trail
from accounts.views.list_files import list_file
from common.listing import CURSOR, ListQuery, pager
from common.pagination import paginate
from common.targets import resolve_target

_SIZE = 50


@capability_required("read_audit")
def audit(request: HttpRequest) -> HttpResponse:
    """The trail, newest first."""
    now = timezone.now()
    form, wanted = _filters(request)
    query = ListQuery.of(request.GET, (*KEYS, CURSOR))
    actor = actor_of(request)
    page = paginate(trail(actor, wanted, now=now), ORDER, cursor=query.get(CURSOR), size=_SIZE)
    path = reverse("accounts:audit")
    context = {
        "form": form,
        "lines": lines(page.rows),
        "page": pager(page, query, path),
        "is_filtered": bool(form.given),
        "may_export": actor.has("export_data"),
        "export_url": query.without().on(reverse("accounts:audit_export")),
        "now": now,
    }
    return render(request, "accounts/audit.html", context, status=400 if form.errors else 200)


@require_POST
@capability_required("read_audit")
def audit_csv(request: HttpRequest) -> HttpResponse:
    """The same rows as a file; that it was taken, and how it was filtered, is recorded."""
    return list_file(request, "audit", query=request.GET.urlencode())


@capability_required("read_audit")
def audit_target(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Go to what a row is about, if its reader may open it."""
    actor = actor_of(request)
    row = get_object_or_404(Activity.objects.visible_to(actor), public_id=public_id, pk=_number(request))
    url = resolve_target(actor, row.target_type, row.target_id)
    if url is None:
        raise Http404
    return redirect(url)


def _number(request: HttpRequest) -> int:
    """The row's id: the trail is indexed by it, and by nothing else that names one row."""
    text = request.GET.get("row", "")
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise Http404
    return int(text)


def _filters(request: HttpRequest) -> tuple[AuditFilterForm, dict[str, Any]]:
    """The filter form and what it asks for; a field that cannot be read filters nothing and says so."""
    form = AuditFilterForm(request.GET or None)
    form.is_valid()
    return form, dict(form.cleaned_data) if form.is_bound else {}
