"""The style guide: every component in all its states, for those who build pages. Served by development alone."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from accounts.policies import staff_page
from hub.styleguide import styleguide_context


@staff_page
def styleguide_page(request: HttpRequest) -> HttpResponse:
    """Show the style guide; elsewhere than in development it does not exist."""
    if settings.ENVIRONMENT not in {"dev", "test"}:
        raise Http404
    return render(request, "hub/styleguide.html", styleguide_context(timezone.now()))
