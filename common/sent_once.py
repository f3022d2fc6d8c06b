"""Forms sent twice make one thing: a double click, a reload, a browser that tries again (ADR 0016).

A form that makes something carries a key in a hidden field (`{% sent_key %}`), and its page is marked `@once`.
Calls of the API have the like in `common/idempotency.py`.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from common.services import sent_keys

FIELD = "sent_key"
_OWN = (FIELD, "csrfmiddlewaretoken")
_MADE = "sent_form_made_at"
_SAVED = _("This was saved already; nothing was made twice.")

Page = Callable[..., HttpResponseBase]


def new_key(request: HttpRequest) -> str:
    """The key for a form of this page: of the form that comes back with its faults, else a new one."""
    sent = request.POST.get(FIELD, "")
    return sent if _is_key(sent) and not hasattr(request, _MADE) else str(uuid4())


def made(request: HttpRequest, *, at: str) -> None:
    """Say that what a form asked for is made though its page answers without a redirect: `at` is where it is found.

    Called before the page is rendered: its form is for something else then, and gets a key of its own.
    """
    setattr(request, _MADE, at)


def refused(request: HttpRequest) -> None:
    """Say that nothing was made though its page redirects: the same form may be sent again."""
    setattr(request, _MADE, "")


def once(view: Page, *, said: str | Promise = _SAVED) -> Page:
    """A page whose form makes something and then redirects: the same form sent again is led to what the first made.

    A form that comes back with faults, or that was changed after going back in the browser, counts as a new one. A page
    that makes something without a redirect says so by `made`, one that redirects and has made nothing by `refused`.
    `said` is what the person reads who is led to what the first made.
    """

    @wraps(view)
    def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        key = request.POST.get(FIELD, "") if request.method == "POST" else ""
        if not _is_key(key) or request.user.pk is None:
            return view(request, *args, **kwargs)
        claim = _claim(request, key)
        if claim.is_repeat:
            messages.info(request, str(said))
            return redirect(claim.result)
        answer = view(request, *args, **kwargs)
        at = getattr(request, _MADE, answer.url if isinstance(answer, HttpResponseRedirect) else "")
        if at:
            sent_keys.settle(claim=claim, result=at)
        else:
            sent_keys.release(claim=claim)
        return answer

    return wrapper


def _claim(request: HttpRequest, key: str) -> sent_keys.Claim:
    sent = {name: values for name, values in request.POST.lists() if name not in _OWN}
    fingerprint = sent_keys.fingerprint_of(request.get_full_path(), sent, request.FILES.values())
    taken = f"form {key} {fingerprint}"
    return sent_keys.claim(user_id=request.user.pk or 0, key=taken, fingerprint=fingerprint, now=timezone.now())


def _is_key(text: str) -> bool:
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False
