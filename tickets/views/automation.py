"""Automation: what rules did, and what they would do now under the rules as they are being written."""

from dataclasses import dataclass
from datetime import datetime

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
from tickets.rules.automation import AutomationPack
from tickets.selectors.rule_effects import Foreseen, foreseen, holes, named_by
from tickets.services.automation import PACK, due_now, would_fire

NEWEST = Order((SortKey(name="fired_at", descending=True),))
SIZE, SHOWN = 50, 200


@capability_required("manage_support")
def automation(request: HttpRequest) -> HttpResponse:
    """The log of firings, and a dry run: nothing is done."""
    now = timezone.now()
    form = AutomationTrialForm(request.POST or None, initial={"text": _text_in_force()})
    trial = None
    if request.method == "POST" and form.is_valid() and form.pack is not None:
        # Everybody who may ask sees every ticket; the wall behind is asked by the policy above.
        with scoped(Scope.all()):
            trial = _trial(form.pack, now)
    rows = Firing.objects.visible_to(actor_of(request)).select_related("ticket")
    page = paginate(rows, NEWEST, cursor=request.GET.get("cursor", ""), size=SIZE)
    context = {"form": form, "page": page, "trial": trial, "now": now}
    return render(request, "tickets/automation.html", context, status=422 if form.errors else 200)


@dataclass(frozen=True, kw_only=True)
class Trial:
    """What rules would do: rules that can do nothing, time rules now, event rules on the newest events of a week.

    `timed` and `on_events` are the first ones; the counts are those of all.
    """

    holes: list[tuple[str, str]]
    timed: list[Foreseen]
    timed_count: int
    on_events: list[Foreseen]
    on_events_count: int


def _trial(pack: AutomationPack, now: datetime) -> Trial:
    named = named_by(pack.rules)
    timed, on_events = due_now(pack, now=now, size=5_000)[0], would_fire(pack, now=now)
    return Trial(
        holes=holes(pack.rules, named),
        timed=[foreseen(due.rule, due.ticket, named) for due in timed[:SHOWN]],
        timed_count=len(timed),
        on_events=[foreseen(due.rule, due.ticket, named) for due in on_events[:SHOWN]],
        on_events_count=len(on_events),
    )


def _text_in_force() -> str:
    body = PolicyVersion.objects.filter(name=PACK, is_active=True).values_list("body", flat=True).first()
    return dump_pack(PACK, body) if body else ""
