"""The API's documentation page, made from the same description that tools read."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.policies import staff_page
from hub.api.description import sections


@staff_page
def api_docs(request: HttpRequest) -> HttpResponse:
    """Every call with its parameters, fields and a line to try."""
    return render(
        request, "hub/api_docs.html", {"sections": sections(settings.SITE_URL), "site_url": settings.SITE_URL}
    )
