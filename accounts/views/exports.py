"""One's own exports: what is being written, what is ready to be fetched, and asking for more."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.models import Export
from accounts.policies import actor_of, capability_required, staff_page
from accounts.services import exports
from common.attempts import attempt
from common.downloads import download
from common.errors import DomainError

SHOWN = 100


@require_safe
@staff_page
def export_list(request: HttpRequest) -> HttpResponse:
    """One's own files, the newest first; the list alone for the page that looks again while one is being written."""
    actor, now = actor_of(request), timezone.now()
    rows = list(Export.objects.visible_to(actor)[:SHOWN])
    context = {
        "exports": [(row, row.is_kept(now)) for row in rows],
        "waits": any(row.is_open for row in rows),
        "may_export": actor.has(exports.CAPABILITY),
        "now": now,
    }
    is_part = bool(request.htmx) and not request.htmx.history_restore_request  # type: ignore[attr-defined]
    return render(request, f"accounts/{'_exports' if is_part else 'export_list'}.html", context)


@require_POST
@capability_required(exports.CAPABILITY)
def export_want(request: HttpRequest) -> HttpResponse:
    """Have a list written, as a button beside it says."""
    sent = {name: request.POST.get(name, "") for name in ("what", "subject", "query", "format")}
    return prepared(request, _("The file is being written. It stays on this page for a week."), **sent)


@require_safe
@staff_page
def export_file(request: HttpRequest, public_id: UUID) -> HttpResponseBase:
    """A file, for its maker."""
    try:
        found = attempt(
            None, exports.fetch, by=actor_of(request), export=_own_or_404(request, public_id), now=timezone.now()
        )
    except DomainError as error:
        messages.error(request, error.message)
        return redirect("accounts:exports")
    return download(found)


@require_POST
@staff_page
def export_cancel(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Call one off."""
    return _act(request, public_id, exports.cancel, _("Cancelled."))


@require_POST
@staff_page
def export_delete(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Throw one away."""
    return _act(request, public_id, exports.forget, _("Deleted."))


def prepared(request: HttpRequest, said: str, **sent: str) -> HttpResponse:
    """Have a worker write a list (`what`, `subject`, `query`, `format`), and lead to where it is found.

    Also for pages of lists that are too long to be written at once. Raises PermissionDenied and Http404.
    """
    wanted: dict[str, Any] = {**sent}
    try:
        attempt(None, exports.want, by=actor_of(request), now=timezone.now(), **wanted)
        messages.success(request, said)
    except DomainError as error:
        messages.error(request, error.message)
    return redirect("accounts:exports")


def prepared_instead(request: HttpRequest, **sent: str) -> HttpResponse:
    """The same for a list of which only the first rows could be written at once."""
    words = _("The list is long: the whole file is being written, and stays on this page for a week.")
    return prepared(request, words, **sent)


def _act(request: HttpRequest, public_id: UUID, use_case: Any, done: str) -> HttpResponse:
    try:
        attempt(None, use_case, by=actor_of(request), export=_own_or_404(request, public_id), now=timezone.now())
        messages.success(request, done)
    except DomainError as error:
        messages.error(request, error.message)
    return redirect("accounts:exports")


def _own_or_404(request: HttpRequest, public_id: UUID) -> Export:
    found: Export = get_object_or_404(Export.objects.visible_to(actor_of(request)), public_id=public_id)
    return found
