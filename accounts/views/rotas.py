"""Pages of absences and of who is on call."""

from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.forms.rotas import AbsenceForm, OverrideForm, RotaForm, RotationForm
from accounts.models import Absence, OnCallRota, OnCallShift, Team, User
from accounts.policies import actor_of, staff_page
from accounts.rules.access import Actor
from accounts.selectors import rota_pages as reading
from accounts.services import absences, rotas
from common.attempts import attempt
from common.errors import DomainError
from common.sent_once import once


@staff_page
@once
def absence_list(request: HttpRequest) -> HttpResponse:
    """Who is away today and later; one's own absences, and those of people whom one leads, are said here."""
    actor, now = actor_of(request), timezone.now()
    form = AbsenceForm(request.POST or None, people=_led(actor))
    if form.is_valid():
        data = form.cleaned_data
        user = data.pop("user", None) or User.objects.get(pk=actor.user_id)
        if attempt(form, absences.record, by=actor, user=user, now=now, **data) is not None:
            messages.success(request, _("Noted: nobody counts on these days."))
            return redirect("accounts:absences")
    context = {"rows": reading.coming_absences(actor, now=now), "form": form, "today": timezone.localdate(now)}
    return render(request, "accounts/absence_list.html", context, status=400 if form.errors else 200)


def _led(actor: Actor) -> "QuerySet[User] | None":
    """Of whom beside themselves somebody may say that they are away; None for nobody."""
    people = User.objects.visible_to(actor).active().staff().order_by("name_sort")
    if actor.has("manage_calendars"):
        return people
    return people.filter(pk__in=actor.led_user_ids) if actor.led_user_ids else None


@staff_page
@require_POST
def absence_cancel(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Take an absence back."""
    actor = actor_of(request)
    found = get_object_or_404(Absence.objects.visible_to(actor), public_id=public_id)
    attempt(None, absences.cancel, by=actor, absence=found, now=timezone.now())
    messages.success(request, _("The absence was taken back."))
    return redirect("accounts:absences")


@staff_page
@once
def on_call_list(request: HttpRequest) -> HttpResponse:
    """Who is on call now, for each rota, and when nobody is."""
    actor, now = actor_of(request), timezone.now()
    teams = _kept_teams(actor)
    form = RotaForm(request.POST or None, teams=teams, initial={"timezone": request.user.timezone})  # type: ignore[union-attr]
    if form.is_valid():
        made = attempt(form, rotas.create, by=actor, now=now, **form.cleaned_data)
        if made is not None:
            messages.success(request, _("The rota is there: say who takes turns."))
            return redirect("accounts:rota", made.public_id)
    context = {"cards": reading.rota_cards(actor, now=now), "form": form, "may_add": teams.exists()}
    return render(request, "accounts/on_call_list.html", context, status=400 if form.errors else 200)


def _kept_teams(actor: Actor) -> "QuerySet[Team]":
    teams = Team.objects.visible_to(actor).filter(archived_at__isnull=True).order_by("name")
    if actor.has("manage_calendars"):
        return teams
    leading = {"memberships__user_id": actor.user_id, "memberships__is_lead": True, "memberships__ended_at": None}
    return teams.filter(**leading)


def _rota_or_404(request: HttpRequest, public_id: UUID) -> OnCallRota:
    rows = OnCallRota.objects.visible_to(actor_of(request)).filter(archived_at__isnull=True)
    found: OnCallRota = get_object_or_404(rows.select_related("team"), public_id=public_id)
    return found


@staff_page
def rota_page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """A rota: its next weeks with their holes, overrides, and the forms that fill it."""
    return _rota(request, _rota_or_404(request, public_id))


def _rota(
    request: HttpRequest,
    rota: OnCallRota,
    *,
    rotation: RotationForm | None = None,
    override: OverrideForm | None = None,
) -> HttpResponse:
    actor, now = actor_of(request), timezone.now()
    may_edit = rotas.may_edit(actor, rota.team_id)
    people = rotas.people_of(rota.team_id) if may_edit else []
    status = 400 if rotation is not None or override is not None else 200
    context = {
        "rota": rota,
        "crumbs": [{"label": _("On call"), "url": reverse("accounts:on_call")}],
        "card": reading.rota_cards(actor, now=now, rota=rota)[0],
        "overrides": reading.overrides_of(actor, rota, now=now),
        "may_edit": may_edit,
        "rotation": rotation or RotationForm(people=people, zone=rota.timezone),
        "override": override or OverrideForm(people=people, zone=rota.timezone),
    }
    return render(request, "accounts/rota.html", context, status=status)


@staff_page
@require_POST
@once
def rota_rotate(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Fill weeks in turn."""
    rota = _rota_or_404(request, public_id)
    form = RotationForm(request.POST, people=rotas.people_of(rota.team_id), zone=rota.timezone)
    if form.is_valid():
        values = {name: form.cleaned_data[name] for name in ("first_on", "weeks", "handover")}
        people, by = form.in_turn(), actor_of(request)
        if attempt(form, rotas.rotate, by=by, rota=rota, people=people, now=timezone.now(), **values) is not None:
            messages.success(request, _("The weeks are filled."))
            return redirect("accounts:rota", rota.public_id)
    return _rota(request, rota, rotation=form)


@staff_page
@require_POST
@once
def rota_override(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Put somebody else on call for a while."""
    rota = _rota_or_404(request, public_id)
    form = OverrideForm(request.POST, people=rotas.people_of(rota.team_id), zone=rota.timezone)
    if form.is_valid():
        made = attempt(form, rotas.override, by=actor_of(request), rota=rota, now=timezone.now(), **form.values())
        if made is not None:
            messages.success(request, _("Noted."))
            return redirect("accounts:rota", rota.public_id)
    return _rota(request, rota, override=form)


@staff_page
@require_POST
def rota_archive(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Put a rota aside."""
    attempt(None, rotas.archive, by=actor_of(request), rota=_rota_or_404(request, public_id), now=timezone.now())
    messages.success(request, _("The rota was put aside: nobody is called by it any more."))
    return redirect("accounts:on_call")


@staff_page
@require_POST
def shift_remove(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Take an override away."""
    actor = actor_of(request)
    shift = get_object_or_404(OnCallShift.objects.visible_to(actor).select_related("rota"), public_id=public_id)
    try:
        attempt(None, rotas.remove, by=actor, shift=shift, now=timezone.now())
        messages.success(request, _("The override was taken away."))
    except DomainError as error:
        messages.error(request, error.message)
    return redirect("accounts:rota", shift.rota.public_id)
