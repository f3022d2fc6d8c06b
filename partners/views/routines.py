"""One's checklists: what the role goes through every day, week, month and quarter."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.policies import actor_of, staff_page
from partners.selectors.routines import own_routines
from partners.services import routines as use_cases
from partners.views.pages import run


@require_safe
@staff_page
def routines(request: HttpRequest) -> HttpResponse:
    """The lists of one's roles, with what is done in their present periods."""
    cards = own_routines(actor_of(request), now=timezone.now())
    return render(request, "partners/routines.html", {"cards": cards})


@require_POST
@staff_page
def routine_tick(request: HttpRequest) -> HttpResponse:
    """Tick an item off, or take the tick back."""
    is_undone = request.POST.get("undo") == "1"
    use_case = use_cases.untick if is_undone else use_cases.tick
    done = _("Not done yet.") if is_undone else _("Done.")
    run(request, use_case, done=done, by=actor_of(request), item=request.POST.get("item", "")[:60], now=timezone.now())
    return redirect("partners:routines")
