"""What if an organization had another owner: both people's weeks before and after, and what speaks against it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.labels import role_label
from accounts.models import User
from accounts.policies import actor_of, staff_page
from accounts.rules.access import Actor
from partners.capacity_cells import week_strip
from partners.forms.capacity import GiverForm, WhatIfForm
from partners.models import Organization
from partners.selectors.capacity import people_to_show
from partners.selectors.capacity_holdings import may_balance, people_of_role, places_of, what_if
from partners.selectors.capacity_rows import Place
from partners.views.pages import require


@require_safe
@staff_page
def capacity_what_if(request: HttpRequest) -> HttpResponse:
    """Nothing is written; the address says all that was chosen."""
    actor, now = actor_of(request), timezone.now()
    require(may_balance(actor), _("Leads look at this for their teams, and managers for everybody."))
    giver_form = GiverForm(request.GET if "person" in request.GET else None, people=people_to_show(actor))
    context: dict[str, Any] = {"giver_form": giver_form}
    if giver_form.is_valid():
        giver = giver_form.cleaned_data["person"]
        places = places_of(actor, giver.pk, now=now)
        form = _form(request, actor, giver, places)
        context |= {"giver": giver, "form": form, "has_places": bool(places)}
        if form.is_valid():
            context |= _answer(actor, giver, form, now)
    status = 422 if giver_form.errors or ("form" in context and context["form"].errors) else 200
    return render(request, "partners/capacity_what_if.html", context, status=status)


def _form(request: HttpRequest, actor: Actor, giver: User, places: Sequence[Place]) -> WhatIfForm:
    role = request.GET.get("place", "").rpartition(":")[2]
    roles = {place.role for place in places}
    wanted = people_of_role(actor, role) if role in roles else people_of_role(actor, *sorted(roles))
    chosen = request.GET if "receiver" in request.GET else None
    initial = {"place": request.GET.get("place", "")}
    offers = [(f"{place.public_id}:{place.role}", f"{place.name} · {role_label(place.role)}") for place in places]
    return WhatIfForm(chosen, places=offers, receivers=wanted.exclude(pk=giver.pk), initial=initial)


def _answer(actor: Actor, giver: User, form: WhatIfForm, now: datetime) -> dict[str, Any]:
    public_id, _colon, role = form.cleaned_data["place"].rpartition(":")
    organization = Organization.objects.opened_to(actor).get(public_id=public_id)
    sent: dict[str, Any] = {"organization": organization, "role": role, "now": now}
    found = what_if(actor, giver=giver, receiver=form.cleaned_data["receiver"], **sent)
    if found is None:
        form.add_error("receiver", _("They own it in this role already."))
        return {}
    strips = [
        (title, week_strip(row), row)
        for title, row in (
            (_("%(name)s now") % {"name": found.giver[0].name}, found.giver[0]),
            (_("%(name)s after that") % {"name": found.giver[0].name}, found.giver[1]),
            (_("%(name)s now") % {"name": found.receiver[0].name}, found.receiver[0]),
            (_("%(name)s after that") % {"name": found.receiver[0].name}, found.receiver[1]),
        )
    ]
    return {"found": found, "strips": strips}
