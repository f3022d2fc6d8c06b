"""Team contacts: whom to ask."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.policies import actor_of, staff_page
from accounts.selectors.directory import directory

_MAX_TEXT = 100


@staff_page
def team_directory(request: HttpRequest) -> HttpResponse:
    """Teams and their people, all or those that fit a text."""
    text = request.GET.get("q", "").strip()[:_MAX_TEXT].replace("\0", "")
    return render(request, "accounts/directory.html", {"cards": directory(actor_of(request), text), "text": text})
