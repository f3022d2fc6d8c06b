"""The largest body that a request may bring, refused by its stated length before anything reads it."""

import json
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

Handler = Callable[[HttpRequest], HttpResponseBase]
# Room for the form around a file.
_AROUND = 1024 * 1024
_MEGABYTE = 1024 * 1024
# A browser shows an answer only after it has sent its body; up to so many times the limit is heard out, and dropped.
_PATIENCE = 4
_CHUNK = 64 * 1024


def body_limit_middleware(get_response: Handler) -> Handler:
    """Answer 413 to a body beyond IMPORT_MAX_BYTES; the server reads no further than the stated length anyway."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        length = _stated_length(request)
        if length <= settings.IMPORT_MAX_BYTES + _AROUND:
            return get_response(request)
        if length <= settings.IMPORT_MAX_BYTES * _PATIENCE:
            while request.read(_CHUNK):
                pass
        return _refusal(request, length)

    return middleware


def _stated_length(request: HttpRequest) -> int:
    stated = str(request.META.get("CONTENT_LENGTH") or "0")
    return int(stated) if stated.isascii() and stated.isdecimal() and len(stated) < 16 else 0


def _refusal(request: HttpRequest, length: int) -> HttpResponse:
    words = {"size": length // _MEGABYTE, "limit": settings.IMPORT_MAX_BYTES // _MEGABYTE}
    text = _("This is %(size)s MB; up to %(limit)s MB are taken. Split the file and send the parts.") % words
    if request.path_info.startswith("/api/"):
        body = {"type": "about:blank", "title": text, "status": 413, "code": "too_large", "detail": ""}
        return HttpResponse(json.dumps(body), status=413, content_type="application/problem+json")
    return HttpResponse(render_to_string("400.html", {"message": text}), status=413)
