"""Proposals that balance the load: asked for, looked at, and decided move by move."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.policies import actor_of, staff_page
from common.sent_once import once
from partners.forms.capacity import BalanceForm, RefuseForm
from partners.models import BalanceMove
from partners.selectors.balance import ProposalPage, proposal_page, proposal_rows, proposals
from partners.selectors.capacity_holdings import may_balance
from partners.services import balance
from partners.views.pages import attempt, require, run


@staff_page
@once
def balance_list(request: HttpRequest) -> HttpResponse:
    """One's own proposals, everybody's for those who see all; and the form that asks for one."""
    actor = actor_of(request)
    require(may_balance(actor), _("Leads balance the load of their teams, and managers that of everybody."))
    form = BalanceForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = attempt(form, balance.ask, by=actor, role=form.cleaned_data["role"], now=timezone.now())
        if made is not None:
            messages.success(request, _("It is being made; you will be told."))
            return redirect("partners:balance", made.public_id)
    context = {"form": form, "rows": proposal_rows(actor)}
    return render(request, "partners/balance_list.html", context, status=422 if form.errors else 200)


@staff_page
def balance_proposal(request: HttpRequest, proposal_id: UUID) -> HttpResponse:
    """One proposal with its moves, each with its reasons and what has changed since."""
    return _render(request, _page_or_404(request, proposal_id))


@require_POST
@staff_page
def balance_accept(request: HttpRequest, proposal_id: UUID, move_id: UUID) -> HttpResponse:
    """The move becomes a handoff, which its giver fills in."""
    move = _move_or_404(request, proposal_id, move_id)
    run(
        request,
        balance.accept,
        done=_("The handoff is prepared; its giver fills it in and offers it."),
        by=actor_of(request),
        move=move,
        now=timezone.now(),
    )
    return redirect("partners:balance", proposal_id)


@require_POST
@staff_page
def balance_refuse(request: HttpRequest, proposal_id: UUID, move_id: UUID) -> HttpResponse:
    """It stays where it is, for a reason."""
    move, form = _move_or_404(request, proposal_id, move_id), RefuseForm(request.POST)
    if form.is_valid():
        sent = {"by": actor_of(request), "move": move, "note": form.cleaned_data["note"], "now": timezone.now()}
        if attempt(form, balance.refuse, **sent) is not None:
            messages.success(request, _("It stays where it is."))
            return redirect("partners:balance", proposal_id)
    return _render(request, _page_or_404(request, proposal_id), form=form, refused=str(move_id))


def _render(
    request: HttpRequest, page: ProposalPage, *, form: RefuseForm | None = None, refused: str = ""
) -> HttpResponse:
    context = {
        "page": page,
        "form": form or RefuseForm(auto_id=False),
        "refused": refused,
        "back": reverse("partners:balances"),
    }
    return render(request, "partners/balance.html", context, status=422 if form and form.errors else 200)


def _page_or_404(request: HttpRequest, proposal_id: UUID) -> ProposalPage:
    page = proposal_page(actor_of(request), proposal_id, now=timezone.now())
    if page is None:
        raise Http404
    return page


def _move_or_404(request: HttpRequest, proposal_id: UUID, move_id: UUID) -> BalanceMove:
    actor = actor_of(request)
    rows = BalanceMove.objects.visible_to(actor).filter(proposal__in=proposals(actor).filter(public_id=proposal_id))
    found: BalanceMove = get_object_or_404(rows.select_related("organization"), public_id=move_id)
    return found
