"""Background work: what waits, what was given up and why, and who runs what."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts.policies import actor_of, capability_required
from common.errors import Missing
from common.templatetags.format import spell_duration
from hub import background


@capability_required(background.CAPABILITY)
@require_safe
def jobs(request: HttpRequest) -> HttpResponse:
    """How background work stands."""
    now = timezone.now()
    context = {
        "now": now,
        "figures": [*_outbox_figures(now), *_worker_figures()],
        "set_aside": background.set_aside_rows(),
        "leases": background.leases(),
        "last_runs": background.last_runs(),
        "health_runs": background.health_runs(),
    }
    return render(request, "hub/jobs.html", context)


@capability_required(background.CAPABILITY)
@require_POST
def job_replay(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Try one effect again."""
    try:
        background.replay_one(public_id=public_id, by=actor_of(request), now=timezone.now())
    except Missing as error:
        raise Http404 from error
    messages.success(request, _("It is tried again within a minute."))
    return redirect("hub:jobs")


@capability_required(background.CAPABILITY)
@require_POST
def job_replay_all(request: HttpRequest) -> HttpResponse:
    """Try all of them again."""
    count = background.replay_all(by=actor_of(request), now=timezone.now())
    words = ngettext("%(count)d effect is tried again.", "%(count)d effects are tried again.", count)
    messages.success(request, words % {"count": count})
    return redirect("hub:jobs")


def _outbox_figures(now: datetime) -> list[dict[str, Any]]:
    outbox = background.outbox_state()
    age = outbox.oldest_age(now)
    is_late = age > background.LATE_SECONDS
    return [
        {"label": _("Waiting"), "value": outbox.waiting, "hint": _("effects that are not done yet")},
        {
            "label": _("Oldest has been due"),
            "value": spell_duration(age) if outbox.waiting else "—",
            "hint": _("Is a worker running?") if is_late else "",
            "tone": "warning" if is_late else "",
            "icon": "clock-exclamation" if is_late else "",
        },
        {
            "label": _("Set aside"),
            "value": outbox.set_aside,
            "hint": _("after six tries"),
            "tone": "danger" if outbox.set_aside else "",
            "icon": "alert-triangle" if outbox.set_aside else "",
        },
    ]


def _worker_figures() -> list[dict[str, Any]]:
    length = background.queue_length()
    broker: dict[str, Any] = {"label": _("Messages in the broker"), "value": length}
    if length is None:
        broker = {"label": _("Broker"), "value": _("No answer"), "hint": _("Nothing is lost; work starts late.")}
        broker |= {"tone": "danger", "icon": "plug-connected-x"}
    return [{"label": _("Imports at work"), "value": background.imports_working()}, broker]
