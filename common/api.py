"""What every endpoint shares: problem answers, cursor pages, rate limits with headers, ETag and If-Match."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404
from django.utils.translation import gettext as _
from rest_framework import status
from rest_framework.exceptions import APIException, NotAuthenticated, Throttled, ValidationError
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import UserRateThrottle

from common.errors import Conflict, DomainError

PROBLEM = "application/problem+json"


class CursorPages(CursorPagination):
    """Pages by key: `next` and `previous` are addresses to follow, never counted. `page_size` up to 200."""

    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 200
    ordering = ("-id",)


class ActorThrottle(UserRateThrottle):
    """So many calls a minute for each person; the answer says how many are left (headers X-RateLimit-*)."""

    scope = "actor"

    def allow_request(self, request: Request, view: Any) -> bool:
        allowed: bool = super().allow_request(request, view)
        limit = self.num_requests or 0
        left = max(0, limit - len(getattr(self, "history", [])))
        request._request.rate_limit = (limit, left)  # type: ignore[attr-defined]
        return allowed


class RateLimitHeaders:
    """Mixin of views: tells the caller what is left of its rate."""

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        answer: Response = super().finalize_response(request, response, *args, **kwargs)  # type: ignore[misc]
        limit, left = getattr(getattr(request, "_request", None), "rate_limit", (None, None))
        if limit is not None:
            answer["X-RateLimit-Limit"] = str(limit)
            answer["X-RateLimit-Remaining"] = str(left)
        return answer


class PreconditionRequired(APIException):
    status_code = status.HTTP_428_PRECONDITION_REQUIRED
    default_code = "precondition_required"


class PreconditionFailed(APIException):
    status_code = status.HTTP_412_PRECONDITION_FAILED
    default_code = "precondition_failed"


def etag_of(version: int) -> str:
    """The entity tag of a row with an edit version."""
    return f'"{version}"'


def expected_version(request: Request) -> int:
    """The version that the caller last saw, from If-Match. Raises 428 without one, 412 for one that is none of ours."""
    header = request.headers.get("If-Match", "").strip()
    if not header:
        raise PreconditionRequired(_("Send If-Match with the ETag that you read, so that nobody's edit is lost."))
    tag = header.removeprefix("W/").strip('"')
    if not tag.isdecimal() or len(tag) > 9:
        raise PreconditionFailed(_("If-Match has to be the ETag of an earlier answer."))
    return int(tag)


def problem(
    *, status_code: int, title: str, code: str, detail: str = "", headers: dict[str, str] | None = None, **more: Any
) -> Response:
    """An RFC 9457 answer."""
    body = {"type": "about:blank", "title": title, "status": status_code, "code": code, "detail": detail, **more}
    return Response(body, status=status_code, content_type=PROBLEM, headers=headers)


def problem_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """Turn every anticipated failure into problem+json and undo what the call has written."""
    transaction.set_rollback(True)
    if isinstance(error, Conflict):
        return _conflict(error, context)
    if isinstance(error, DomainError):
        errors = [{"field": error.field, "message": error.message}] if error.field else []
        return problem(status_code=error.status, title=error.message, code=error.code, errors=errors)
    if isinstance(error, Http404):
        return problem(status_code=404, title=_("Not there, or not yours"), code="missing")
    if isinstance(error, PermissionDenied):
        return problem(status_code=403, title=str(error) or _("You lack the right for this."), code="not_allowed")
    if isinstance(error, ValidationError):
        return problem(
            status_code=400, title=_("Some fields are wrong."), code="invalid", errors=_field_errors(error.detail)
        )
    if isinstance(error, APIException):
        return _api_problem(error)
    # Imported late: the library's views read the classes of this room while they load, whichever comes first.
    from rest_framework.views import exception_handler

    return exception_handler(error, context)


def _conflict(error: Conflict, context: dict[str, Any]) -> Response:
    has_condition = "If-Match" in context["request"].headers
    return problem(
        status_code=412 if has_condition else 409,
        title=error.message,
        code=error.code,
        headers={"ETag": etag_of(error.version)},
        current={name: None if value is None else str(value) for name, value in error.current.items()},
    )


def _api_problem(error: APIException) -> Response:
    headers = {}
    if isinstance(error, Throttled) and error.wait:
        headers["Retry-After"] = str(int(error.wait) + 1)
    if isinstance(error, NotAuthenticated):
        headers["WWW-Authenticate"] = 'Bearer realm="hub"'
    return problem(status_code=error.status_code, title=str(error.detail), code=str(error.get_codes()), headers=headers)


def _field_errors(detail: Any, prefix: str = "") -> list[dict[str, str]]:
    """Flatten DRF's nested details to [{"field": "a.b", "message": ...}]."""
    if isinstance(detail, dict):
        return [row for name, inner in detail.items() for row in _field_errors(inner, f"{prefix}.{name}".lstrip("."))]
    if isinstance(detail, list):
        return [row for inner in detail for row in _field_errors(inner, prefix)]
    return [{"field": prefix, "message": str(detail)}]
