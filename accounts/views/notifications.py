"""The inbox: what a person was told, read and unread, and how they want to be told."""

import json
from urllib.parse import urlsplit
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from accounts.forms.notifications import PreferenceForm
from accounts.models import Notification
from accounts.policies import actor_of, signed_in_page
from accounts.services import inbox
from accounts.services.notifications import kinds
from common.attempts import attempt
from common.listing import ListQuery, pager
from common.pagination import Order, SortKey, paginate
from common.targets import resolve_target

_ORDER = Order((SortKey(name="created_at", descending=True),))
_KEYS = ("show", "cursor")
_SIZE = 30


@signed_in_page
def notifications(request: HttpRequest) -> HttpResponse:
    """The inbox; `?show=unread` leaves out what was read."""
    return render(request, _shell(request, "notification_list"), _inbox(request))


@signed_in_page
def notification(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Mark one read and go to what it is about, if that is open to the reader now; else say so."""
    actor = actor_of(request)
    notice = get_object_or_404(Notification.objects.visible_to(actor), public_id=public_id)
    inbox.mark_read(actor=actor, public_ids=[public_id], now=timezone.now())
    if url := resolve_target(actor, notice.target_type, notice.target_id):
        return redirect(url)
    context = {"notice": notice, "is_closed": bool(notice.target_type), "now": timezone.now()}
    return render(request, _shell(request, "notification"), context)


@require_POST
@signed_in_page
def notification_read(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Mark one read without opening it."""
    now = timezone.now()
    count = inbox.mark_read(actor=actor_of(request), public_ids=[public_id], now=now)
    return _marked(request, count, now_stamp=inbox.stamp_of(now))


@require_POST
@signed_in_page
def notifications_read(request: HttpRequest) -> HttpResponse:
    """Mark all read; the answer offers to take that back."""
    now = timezone.now()
    count = inbox.mark_all_read(actor=actor_of(request), now=now)
    return _marked(request, count, now_stamp=inbox.stamp_of(now))


@require_POST
@signed_in_page
def notification_unread(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Keep one for later."""
    attempt(None, inbox.mark_unread, actor=actor_of(request), public_id=public_id)
    return _answer(request)


@require_POST
@signed_in_page
def notifications_undo(request: HttpRequest, stamp: int) -> HttpResponse:
    """Take back one marking."""
    inbox.undo_read(actor=actor_of(request), stamp=stamp)
    return _answer(request, is_undo=True)


@signed_in_page
def notification_preferences(request: HttpRequest) -> HttpResponse:
    """Hub only, digest or at once, for each kind."""
    user_id = actor_of(request).user_id or 0
    known = [(kind.key, str(kind.label)) for kind in kinds()]
    form = PreferenceForm(request.POST or None, kinds=known, current=inbox.deliveries(user_id))
    if request.method == "POST" and form.is_valid():
        attempt(form, inbox.choose_deliveries, user_id=user_id, chosen=form.chosen)
        if not form.errors:
            messages.success(request, _("Your choices are saved."))
            return redirect("accounts:notification_preferences")
    context = {"form": form}
    return render(request, _shell(request, "notification_preferences"), context, status=400 if form.errors else 200)


def _inbox(request: HttpRequest) -> dict[str, object]:
    query = _query(request)
    rows = Notification.objects.visible_to(actor_of(request))
    is_unread = query.get("show") == "unread"
    page = paginate(rows.unread() if is_unread else rows, _ORDER, cursor=query.get("cursor"), size=_SIZE)
    path = reverse("accounts:notifications")
    labels = {kind.key: kind.label for kind in kinds()}
    tabs = [
        {"label": _("Unread"), "url": query.changed(show="unread").on(path), "is_active": is_unread},
        {"label": _("All"), "url": query.changed(show="").on(path), "is_active": not is_unread},
    ]
    return {
        "rows": [{"notice": row, "kind": labels.get(row.kind, "")} for row in page.rows],
        "page": pager(page, query, path),
        "tabs": tabs,
        "is_unread": is_unread,
        "now": timezone.now(),
    }


def _query(request: HttpRequest) -> ListQuery:
    """Which notices are shown; what an htmx answer swaps into a page is shown as that page shows it."""
    if request.method == "POST":
        return ListQuery.parse(urlsplit(request.headers.get("HX-Current-URL", "")).query, _KEYS)
    return ListQuery.of(request.GET, _KEYS)


def _marked(request: HttpRequest, count: int, *, now_stamp: int) -> HttpResponse:
    text = ngettext("%(count)d notice marked read.", "%(count)d notices marked read.", count) % {"count": count}
    undo = reverse("accounts:notifications_undo", args=[now_stamp]) if count else ""
    if not request.headers.get("HX-Request"):
        messages.success(request, text, extra_tags=f"undo:{undo}" if undo else "")
    answer = _answer(request)
    if request.headers.get("HX-Request"):
        answer["HX-Trigger"] = json.dumps({"toast": {"text": text, "tone": "success", "undo": undo}})
    return answer


def _answer(request: HttpRequest, *, is_undo: bool = False) -> HttpResponse:
    """The list and the bell for htmx, the inbox otherwise. An undo comes from a toast, which swaps nothing itself."""
    if request.headers.get("HX-Request"):
        context = {**_inbox(request), "is_undo": is_undo}
        return render(request, "accounts/_notifications_swapped.html", context)
    return redirect("accounts:notifications")


def _shell(request: HttpRequest, name: str) -> str:
    return f"accounts/{name}_portal.html" if actor_of(request).is_contact else f"accounts/{name}.html"
