"""Mails that came in, for those who look after support: what became of each, and why some were rejected."""

from uuid import UUID

from django.core.files.storage import default_storage
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.policies import actor_of, capability_required
from common.pagination import Order, SortKey, paginate
from tickets.choices import MailState
from tickets.models import IncomingMail

NEWEST = Order((SortKey(name="came_at", descending=True),))
SIZE = 50


@require_safe
@capability_required("manage_support")
def mails(request: HttpRequest) -> HttpResponse:
    """All of them, the newest first, or those of one state."""
    rows = IncomingMail.objects.visible_to(actor_of(request)).select_related("ticket", "raw")
    state = request.GET.get("state", "")
    if state in MailState.values:
        rows = rows.filter(state=state)
    page = paginate(rows, NEWEST, cursor=request.GET.get("cursor", ""), size=SIZE)
    context = {"page": page, "state": state, "states": MailState.choices, "now": timezone.now()}
    return render(request, "tickets/mails.html", context)


@require_safe
@capability_required("manage_support")
def mail_raw(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The mail as it came, while it is kept: as a file, never as a page."""
    rows = IncomingMail.objects.visible_to(actor_of(request)).select_related("raw")
    found = rows.filter(public_id=public_id, raw__isnull=False).first()
    if found is None or found.raw is None or not default_storage.exists(found.raw.path):
        raise Http404
    with default_storage.open(found.raw.path) as file:
        answer = HttpResponse(file.read(), content_type="application/octet-stream")
    answer["Content-Disposition"] = 'attachment; filename="mail.eml"'
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "private, no-store"
    return answer
