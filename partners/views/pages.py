"""What every page of organizations shares: finding the object, its frame, and turning refusals into answers."""

import json
from collections.abc import Callable
from typing import Any, TypeVar
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from accounts.policies import actor_of
from common.errors import DomainError, Missing, NotAllowed
from common.listing import ListQuery
from common.sent_once import refused
from partners.lists import KEYS, open_list
from partners.page_cells import headline
from partners.selectors.page import OrganizationPage, organization_page
from partners.tabs import tabs_of

LIST = "list"
Result = TypeVar("Result")


def page_or_404(request: HttpRequest, public_id: UUID, *, with_panels: bool = False) -> OrganizationPage:
    """The organization if its reader sees it at all; foreign and missing give the same 404."""
    page = organization_page(actor_of(request), public_id, now=timezone.now(), with_panels=with_panels)
    if page is None:
        raise Http404
    return page


def open_page_or_404(request: HttpRequest, public_id: UUID) -> OrganizationPage:
    """The same for what a summary does not hold: those who know the summary alone get 403."""
    page = page_or_404(request, public_id)
    require(page.is_open, _("You know this organization by its summary; this part of it is closed to you."))
    return page


def require(is_allowed: bool, message: str) -> None:
    """Raises PermissionDenied for people inside who lack the right."""
    if not is_allowed:
        raise PermissionDenied(message)


def frame(request: HttpRequest, page: OrganizationPage, tab: str, **more: Any) -> dict[str, Any]:
    """The context of a tab: ribbon, tabs, and the neighbors within the list that it was opened from."""
    asked = request.GET.get(LIST, "")
    suffix = f"?{ListQuery(((LIST, asked),)).encode()}" if asked else ""
    context = {
        "page": page,
        "organization": page.row,
        "headline": headline(page),
        "tabs": tabs_of(page, tab, suffix=suffix),
        "now": page.now,
        "list_suffix": suffix,
    }
    if asked:
        found = open_list(page.actor, ListQuery.parse(asked, KEYS), path="", now=page.now)
        context["neighbors"] = found.neighbors(page.organization)
        context["list_query"] = asked
    return context | more


def attempt(form: forms.BaseForm, use_case: Callable[..., Result], **arguments: Any) -> Result | None:
    """Run a use case; what it refuses goes to the form, at its field where it has one. None means refused.

    Raises PermissionDenied and Http404 where the right or the object is missing.
    """
    try:
        return use_case(**arguments)
    except NotAllowed as error:
        raise PermissionDenied(error.message) from error
    except Missing as error:
        raise Http404 from error
    except DomainError as error:
        form.add_error(error.field if error.field in form.fields else None, error.message)
        return None


def run(request: HttpRequest, use_case: Callable[..., Any], *, done: str, undo: str = "", **arguments: Any) -> bool:
    """Run a use case behind a button: success and refusal are said on the next page. False means refused.

    Raises PermissionDenied and Http404 where the right or the object is missing.
    """
    try:
        use_case(**arguments)
    except NotAllowed as error:
        raise PermissionDenied(error.message) from error
    except Missing as error:
        raise Http404 from error
    except DomainError as error:
        messages.error(request, error.message)
        refused(request)
        return False
    messages.success(request, done, extra_tags=f"undo:{undo}" if undo else "")
    return True


def back_url(request: HttpRequest, default: str) -> str:
    """Where a form came from, if it says so and it is one of our pages; else `default`."""
    wanted = request.POST.get("next", "") or request.GET.get("next", "")
    return wanted if url_has_allowed_host_and_scheme(wanted, allowed_hosts=None) and wanted else default


def toast(response: HttpResponse, text: str, *, undo: str = "", tone: str = "success") -> HttpResponse:
    """Say something after an htmx swap."""
    response["HX-Trigger"] = json.dumps({"toast": {"text": text, "tone": tone, "undo": undo}})
    return response


def refreshed(request: HttpRequest, url: str) -> HttpResponse:
    """After an undo: htmx loads the page again that it was pressed on, a form goes to `url`."""
    if not is_fragment(request):
        return redirect(back_url(request, url))
    answer = HttpResponse(status=204)
    answer["HX-Refresh"] = "true"
    return answer


def is_fragment(request: HttpRequest) -> bool:
    """The answer goes into a page and is no page: htmx asks, and does not restore its history."""
    return bool(request.htmx) and not request.htmx.history_restore_request  # type: ignore[attr-defined]
