"""A dry run of routing: where tickets would go under the rules as they are being written."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from accounts.policies import actor_of, capability_required
from common.errors import DomainError
from common.models import PolicyVersion
from common.pack_files import dump_pack
from tickets.choices import Channel, Level
from tickets.forms.routing import TrialForm
from tickets.models import Category
from tickets.rules.priority import priority_of
from tickets.selectors.routing import PACK, Arrival, names_of
from tickets.selectors.routing_trial import trial
from tickets.services.intake import place_of


@capability_required("manage_support")
def routing_trial(request: HttpRequest) -> HttpResponse:
    """Try the rules on a ticket that is written down here, and on the latest ones."""
    actor = actor_of(request)
    categories = list(Category.objects.visible_to(actor).filter(archived_at__isnull=True))
    form = TrialForm(request.POST or None, categories=categories, initial={"text": _text_in_force()})
    rows, tried = None, None
    if request.method == "POST" and form.is_valid() and form.pack is not None:
        rows = trial(actor, form.pack)
        tried = _tried(form) if form.cleaned_data["subject"] or form.cleaned_data["body"] else None
    context = {"form": form, "rows": rows, "tried": tried, "moved": sum(row.is_moved for row in rows or ())}
    return render(request, "tickets/routing_trial.html", context, status=422 if form.errors else 200)


def _text_in_force() -> str:
    body = PolicyVersion.objects.filter(name=PACK, is_active=True).values_list("body", flat=True).first()
    return dump_pack(PACK, body) if body else ""


def _tried(form: TrialForm) -> dict[str, object]:
    """Where the ticket of the form would go, and to whom."""
    sent = form.cleaned_data
    arrival = Arrival(
        organization_id=None,
        category=sent["category"],
        language="en",
        channel=sent["channel"] or Channel.MAIL.value,
        priority=priority_of(sent["impact"] or Level.MEDIUM.value, sent["urgency"] or Level.MEDIUM.value),
        text=f"{sent['subject']}\n{sent['body']}",
        recipients=[sent["recipient"]] if sent["recipient"] else [],
    )
    try:
        place = place_of(arrival, pack=form.pack, now=timezone.now())
    except DomainError as error:
        return {"fault": error.message}
    name = names_of([place.user_id]).get(place.user_id, "") if place.user_id else ""
    return {"queue": place.queue.name, "why": place.why, "name": name, "assumed": place.assumed}
