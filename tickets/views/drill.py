"""The escalation drill: a fake clock, and who would be told when. It writes nothing."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.policies import actor_of, capability_required
from common.scope import Scope, scoped
from common.workhours import WorktimeError
from tickets.forms.drill import DrillForm
from tickets.rules.sla_packs import SlaPack
from tickets.selectors import drill
from tickets.selectors.policy_words import policy_name
from tickets.selectors.sla_book import pack_in_force


@require_safe
@capability_required("manage_support")
def escalation_drill(request: HttpRequest) -> HttpResponse:
    """Choose what happens when; what follows stands below, holes first."""
    found = pack_in_force()
    if found is None:
        return render(request, "tickets/drill.html", {"form": None})
    now = timezone.localtime().replace(second=0, microsecond=0)
    asked = request.GET if "policy" in request.GET else None
    policies = [(policy.id, policy_name(policy.id)) for policy in found[1].policies]
    initial = {"start_on": now.date(), "start_time": now}
    form = DrillForm(asked, actor=actor_of(request), policies=policies, initial=initial)
    result, problem = None, ""
    if form.is_valid():
        try:
            # Owners of an organization are facts of the ticket that is thought of, whoever plays.
            with scoped(Scope.all()):
                result = drill.run(_drill(form, *found))
        except WorktimeError as error:
            problem = str(error)
    context = {"form": form, "result": result, "problem": problem}
    return render(request, "tickets/drill.html", context, status=400 if form.errors else 200)


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
    )
