"""Promises kept and broken: the rows behind the figures of compliance."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.policies import actor_of, staff_page
from common.listing import ListQuery
from tickets.figure_words import month_words
from tickets.promise_list import KEYS, KIND, KINDS, VERDICT, VERDICTS, open_promises


@require_safe
@staff_page
def promises(request: HttpRequest) -> HttpResponse:
    """What was promised and decided in a month, of the tickets that the reader sees."""
    query = ListQuery.of(request.GET, KEYS)
    shown = open_promises(actor_of(request), query, path=reverse("tickets:promises"), now=timezone.now())
    context = {
        "shown": shown,
        "now": shown.now,
        "month": month_words(shown.period.start),
        "zone": timezone.get_default_timezone_name(),
        "kinds": [
            (label, query.changed(**{KIND: key}).on(shown.path), key == shown.kind)
            for key, (label, _metrics) in KINDS.items()
        ],
        "verdicts": [
            (label, query.changed(**{VERDICT: key}).on(shown.path), key == shown.verdict)
            for key, label in VERDICTS.items()
        ],
    }
    return render(request, "tickets/promises.html", context)
