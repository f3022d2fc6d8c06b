"""Macros: one's own and those of everybody."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.policies import actor_of, capability_required
from common.sent_once import once
from partners.views.pages import attempt, refreshed, run
from tickets import permissions
from tickets.forms.tickets import MacroForm
from tickets.models import Macro
from tickets.services.macros import archive_macro, save_macro


def _own_or_shared(request: HttpRequest) -> "list[Macro]":
    actor = actor_of(request)
    rows = Macro.objects.visible_to(actor).filter(archived_at__isnull=True)
    return list((rows.filter(owner_id=actor.user_id) | rows.filter(owner__isnull=True)).order_by("name", "pk"))


@require_safe
@capability_required("write_public_reply", "manage_support")
def macros(request: HttpRequest) -> HttpResponse:
    """All that one may use."""
    may_share = permissions.can_manage_support(actor_of(request))
    return render(request, "tickets/macro_list.html", {"macros": _own_or_shared(request), "may_share": may_share})


@capability_required("write_public_reply", "manage_support")
@once
def macro_edit(request: HttpRequest, public_id: UUID | None = None) -> HttpResponse:
    """A new macro, or a changed one."""
    actor = actor_of(request)
    found = _macro(request, public_id) if public_id is not None else None
    may_share = permissions.can_manage_support(actor)
    form = MacroForm(request.POST or None, actor=actor, macro=found, may_share=may_share)
    is_ready, sent = form.is_bound and form.is_valid(), {"by": actor, "macro": found, "now": timezone.now()}
    if is_ready and attempt(form, save_macro, **sent, **form.values) is not None:
        messages.success(request, _("Saved."))
        return redirect("tickets:macros")
    context = {"form": form, "macro": found}
    return render(request, "tickets/macro_form.html", context, status=422 if form.errors else 200)


@require_POST
@capability_required("write_public_reply", "manage_support")
def macro_archive(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Take a macro away."""
    sent: dict[str, Any] = {"by": actor_of(request), "macro": _macro(request, public_id), "now": timezone.now()}
    run(request, archive_macro, done=_("Taken away."), **sent)
    return refreshed(request, "/tickets/macros/")


def _macro(request: HttpRequest, public_id: UUID) -> Macro:
    rows = Macro.objects.visible_to(actor_of(request)).filter(archived_at__isnull=True)
    found: Macro = get_object_or_404(rows, public_id=public_id)
    return found
