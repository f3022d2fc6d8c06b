"""Assigning one person to many organizations from the list, with what was refused and a way back."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from accounts.policies import actor_of, capability_required
from common.sent_once import made, once
from partners.forms.people import AssignForm
from partners.models import Organization
from partners.services import assignments
from partners.services.assignment_undo import undo_bulk
from partners.views.pages import attempt, back_url, refreshed, run

MAX_CHOSEN = 200
_SIGNER = signing.Signer(salt="partners.bulk.undo")


def _chosen(request: HttpRequest) -> list[Organization]:
    """The ticked organizations that the reader sees; ids of others are passed over as if they did not exist."""
    wanted = [found for text in request.POST.getlist("chosen")[:MAX_CHOSEN] if (found := _uuid(text)) is not None]
    return list(Organization.objects.visible_to(actor_of(request)).filter(public_id__in=wanted))


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


@require_POST
@capability_required("assign_owners", "assign_owners_own")
@once
def bulk_assign(request: HttpRequest) -> HttpResponse:
    """First the form over the ticked rows, then the result with every refusal."""
    actor, now, rows = actor_of(request), timezone.now(), _chosen(request)
    back = back_url(request, reverse("partners:organization_list"))
    if not rows:
        messages.warning(request, _("Tick the organizations first."))
        return redirect(back)
    kinds = tuple(sorted({row.kind for row in rows}))
    form = AssignForm(request.POST if "role" in request.POST else None, actor=actor, kinds=kinds)
    context: dict[str, Any] = {"form": form, "rows": rows, "back": back}
    if form.is_bound and form.is_valid():
        sent = {**form.cleaned_data, "is_primary": form.cleaned_data["is_primary"] or None}
        result = attempt(form, assignments.bulk_assign, by=actor, organizations=rows, now=now, **sent)
        if result is not None:
            token = _SIGNER.sign_object([actor.user_id, sent["user"].pk, sent["role"], now.isoformat()])
            if not result.refusals:
                _say(request, result.assigned, sent["user"].name, token)
                return redirect(back)
            made(request, at=back)
            context |= {"result": result, "undo_url": reverse("partners:bulk_undo", args=[token])}
    return render(request, "partners/bulk_assign.html", context, status=422 if form.errors else 200)


def _say(request: HttpRequest, count: int, name: str, token: str) -> None:
    text = ngettext(
        "%(name)s is assigned to %(count)s organization.", "%(name)s is assigned to %(count)s organizations.", count
    )
    undo = reverse("partners:bulk_undo", args=[token])
    messages.success(request, text % {"name": name, "count": count}, extra_tags=f"undo:{undo}" if count else "")


@require_POST
@capability_required("assign_owners", "assign_owners_own")
def bulk_undo(request: HttpRequest, token: str) -> HttpResponse:
    """End the assignments of one bulk action, as far as nobody has touched them since."""
    actor, back = actor_of(request), reverse("partners:organization_list")
    place = _read(token)
    if place is None or place[0] != actor.user_id:
        messages.error(request, _("This can no longer be undone."))
        return refreshed(request, back)
    _actor_id, user_id, role, at = place
    arguments: dict[str, Any] = {"by": actor, "user_id": user_id, "role": role, "at": at, "now": timezone.now()}
    run(request, undo_bulk, done=_("Undone."), **arguments)
    return refreshed(request, back)


def _read(token: str) -> tuple[int, int, str, datetime] | None:
    try:
        actor_id, user_id, role, at = _SIGNER.unsign_object(token)
        moment = parse_datetime(at)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return (actor_id, user_id, role, moment) if moment else None
