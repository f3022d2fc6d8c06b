"""One's calendar as a page, and as a feed that calendar programs read."""

from functools import partial

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_POST, require_safe

from accounts.policies import actor_of, public_page, staff_page
from common.listing import ListQuery
from common.mail import absolute_url
from common.sent_once import made, once
from partners.calendar_page import KEYS, open_calendar
from partners.rules.cadence_debt import total
from partners.selectors.calendar import calendar_items
from partners.selectors.debts import debts_of
from partners.services import calendar_feeds

_SHOWN_ONCE = gettext_lazy("This address was made already and shown once. Make another if you have not copied it.")


@require_safe
@staff_page
def calendar(request: HttpRequest) -> HttpResponse:
    """What is on one's days, or one's team's: touchpoints, reviews, renewals, promises."""
    actor, now = actor_of(request), timezone.now()
    query = ListQuery.of(request.GET, KEYS)
    view = open_calendar(actor, query, path=reverse("partners:calendar"), today=timezone.localdate(now))
    items = calendar_items(actor, view.wanted(actor), now=now)
    debts = debts_of(actor, user_ids=view.wanted(actor).user_ids, now=now)
    context = {
        "view": view,
        "late": [item for item in items if item.on < view.start],
        "days": view.days([item for item in items if item.on >= view.start]),
        "has_items": bool(items),
        "debt": total(row.debt for row in debts),
        "debts": debts,
        "leads": bool(actor.led_user_ids),
    }
    return render(request, "partners/calendar.html", context)


@staff_page
@never_cache
@sensitive_variables("secret")
@partial(once, said=_SHOWN_ONCE)
def calendar_feed_page(request: HttpRequest) -> HttpResponse:
    """The address of one's feed: made, renewed and revoked here; shown once."""
    actor, address = actor_of(request), ""
    if request.method == "POST":
        secret = calendar_feeds.renew(by=actor, now=timezone.now())
        address = absolute_url(reverse("partners:calendar_feed", args=[secret]))
        made(request, at=reverse("partners:calendar_feed_page"))
    context = {"feed": calendar_feeds.current_feed(actor), "address": address, "now": timezone.now()}
    return render(request, "partners/calendar_feed.html", context)


@require_POST
@staff_page
def calendar_feed_revoke(request: HttpRequest) -> HttpResponse:
    """The address answers no more."""
    calendar_feeds.revoke(by=actor_of(request), now=timezone.now())
    messages.success(request, _("The address answers no more."))
    return redirect("partners:calendar_feed_page")


@require_safe
@public_page
@sensitive_variables("secret")
def calendar_feed(request: HttpRequest, secret: str) -> HttpResponse:
    """The calendar for a program. Who knows the secret reads it, and nothing says whether there was one."""
    found = calendar_feeds.read(secret=secret, now=timezone.now())
    if found.is_limited:
        answer = HttpResponse(status=429)
        answer["Retry-After"] = "3600"
        return answer
    if found.body is None:
        raise Http404
    is_known = request.headers.get("If-None-Match", "") == found.etag
    answer = HttpResponse(b"" if is_known else found.body, status=304 if is_known else 200)
    answer["Content-Type"] = "text/calendar; charset=utf-8"
    answer["Content-Disposition"] = 'inline; filename="calendar.ics"'
    answer["ETag"], answer["Cache-Control"] = found.etag, "private, max-age=900"
    return answer
