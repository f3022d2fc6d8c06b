"""The escalation drill: a fake clock, and who would be told when. Nobody is told; what each drill found is kept."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.policies import actor_of, capability_required
from common.sent_once import once
from common.workhours import WorktimeError
from tickets.forms.drill import DrillForm
from tickets.permissions import can_manage_support
from tickets.rules.sla_packs import SlaPack
from tickets.selectors import drill, drill_records
from tickets.selectors.policy_words import policy_name
from tickets.selectors.sla_book import pack_in_force
from tickets.services import drills


@capability_required("manage_support")
@once
def escalation_drill(request: HttpRequest) -> HttpResponse:
    """Choose what happens when and play it; beneath, what was played before."""
    found, actor = pack_in_force(), actor_of(request)
    if found is None:
        return render(request, "tickets/drill.html", {"form": None})
    form = _form(request, found[1])
    if form.is_valid():
        try:
            made = drills.play(by=actor, drill=_drill(form, *found), now=timezone.now())
            return redirect("tickets:drill_run", made.public_id)
        except WorktimeError as error:
            form.add_error(None, str(error))
    page = drill_records.drill_page(actor, cursor=request.GET.get("cursor", ""))
    context = {"form": form, "page": page, "now": timezone.now()}
    return render(request, "tickets/drill.html", context, status=422 if form.errors else 200)


@require_safe
@capability_required("manage_support", "see_support_reports")
def drill_run(request: HttpRequest, drill_id: UUID) -> HttpResponse:
    """One that was played: who, when, by which version, and what followed, holes first."""
    actor = actor_of(request)
    found = drill_records.played_drill(actor, drill_id)
    if found is None:
        raise Http404
    context = {"row": found.row, "result": found.result, "policy": policy_name(found.row.policy)}
    return render(request, "tickets/drill_run.html", context | {"may_play": can_manage_support(actor)})


def _form(request: HttpRequest, pack: SlaPack) -> DrillForm:
    """What the address says stands in it, so that one can be played again."""
    now = timezone.localtime().replace(second=0, microsecond=0)
    policies = [(policy.id, policy_name(policy.id)) for policy in pack.policies]
    initial = {"start_on": now.date(), "start_time": now, **request.GET.dict()}
    return DrillForm(request.POST or None, actor=actor_of(request), policies=policies, initial=initial)


def _drill(form: DrillForm, version_id: int, pack: SlaPack) -> drill.Drill:
    """What is thought of, after `is_valid`."""
    data = form.cleaned_data
    policy, ticket = pack.policy(data["policy"]), data["ticket"]
    if policy is None:
        raise AssertionError("a choice of the form is a policy of the pack")
    return drill.Drill(
        policy=policy,
        version_id=version_id,
        priority=data["priority"],
        queue=data["queue"],
        start=form.start,
        assignee_id=ticket.assignee_id if ticket else None,
        organization_id=ticket.organization_id if ticket else None,
        ticket_number=ticket.number if ticket else None,
    )
