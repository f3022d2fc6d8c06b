"""Going anywhere: the palette's fragment and the search page that does the same without JavaScript."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.policies import actor_of, staff_page
from hub.search import MIN_TEXT, palette_groups


@staff_page
def palette(request: HttpRequest) -> HttpResponse:
    """The list under the palette's field, as a fragment."""
    text = request.GET.get("q", "")
    return render(
        request, "components/_palette_results.html", {"groups": palette_groups(request, actor_of(request), text)}
    )


@staff_page
def search(request: HttpRequest) -> HttpResponse:
    """The same on a page of its own, with more of each."""
    text = request.GET.get("q", "").strip()
    groups = palette_groups(request, actor_of(request), text, limit=25) if text else []
    return render(request, "hub/search.html", {"groups": groups, "text": text, "is_short": 0 < len(text) < MIN_TEXT})
