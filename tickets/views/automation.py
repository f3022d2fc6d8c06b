"""Automation: what rules did, and what they would do now under the rules as they are being written."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from accounts.policies import actor_of, capability_required
from common.models import PolicyVersion
from common.pack_files import dump_pack
from common.pagination import Order, SortKey, paginate
from common.scope import Scope, scoped
from tickets.forms.automation import AutomationTrialForm
from tickets.models import Firing
from tickets.services.automation import PACK, due_now

NEWEST = Order((SortKey(name="fired_at", descending=True),))
SIZE, SHOWN = 50, 200


@capability_required("manage_support")
def automation(request: HttpRequest) -> HttpResponse:
    """The log of firings, and a dry run of the time rules: nothing is done."""
    now = timezone.now()
    form = AutomationTrialForm(request.POST or None, initial={"text": _text_in_force()})
    would = None
    if request.method == "POST" and form.is_valid() and form.pack is not None:
        # Everybody who may ask sees every ticket; the wall behind is asked by the policy above.
        with scoped(Scope.all()):
            would = due_now(form.pack, now=now, size=5_000)[0]
    rows = Firing.objects.visible_to(actor_of(request)).select_related("ticket")
    page = paginate(rows, NEWEST, cursor=request.GET.get("cursor", ""), size=SIZE)
    context = {"form": form, "page": page, "would": would and would[:SHOWN], "asked": would is not None, "now": now}
    return render(request, "tickets/automation.html", context, status=422 if form.errors else 200)


def _text_in_force() -> str:
    body = PolicyVersion.objects.filter(name=PACK, is_active=True).values_list("body", flat=True).first()
    return dump_pack(PACK, body) if body else ""
