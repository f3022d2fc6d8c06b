"""Ending mails from the mails themselves, without signing in: a page with a button, and the call of mail programs.

Opening it ends nothing: programs that look through mails open every link. What is sent needs no token of a form of
ours, since a mail program sends it; it reads no session, and the signed address alone says what ends.
"""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from accounts.policies import public_page
from accounts.services.unsubscribing import end_by_link, list_of
from common.errors import Missing

TEMPLATE = "accounts/mail_stop.html"


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@public_page
def mail_stop(request: HttpRequest, token: str) -> HttpResponse:
    """End what the link of a mail names (RFC 8058)."""
    found = list_of(token)
    if found is not None and request.method == "POST":
        try:
            end_by_link(token=token, now=timezone.now())
        except Missing:
            found = None
    context = {"list": found, "is_done": request.method == "POST"}
    return render(request, TEMPLATE, context, status=200 if found is not None else 404)
