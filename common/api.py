"""What every endpoint shares: problem answers, cursor pages, rate limits with headers, ETag and If-Match."""

import hashlib
import logging
from collections.abc import Callable, Hashable
from functools import partial
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.exceptions import ValidationError as BadValue
from django.db import transaction
from django.http import Http404
from django.utils.translation import gettext as _
from django_filters.rest_framework import DjangoFilterBackend
from rest_framework import status
from rest_framework.exceptions import APIException, NotAuthenticated, NotFound, Throttled, ValidationError
from rest_framework.pagination import CursorPagination
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import UserRateThrottle
from rest_framework.utils.urls import replace_query_param

from common import pagination
from common.errors import Conflict, DomainError

PROBLEM = "application/problem+json"
_DIGITS = 9
_logger = logging.getLogger(__name__)


class CursorPages(CursorPagination):
    """Pages by key: `next` and `previous` are addresses to follow, never counted. `page_size` up to 200."""

    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 200
    ordering: tuple[str, ...] = ("-id",)

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any] | None:
        """Raises NotFound for a cursor that was not given out: its text would reach the database as a value."""
        try:
            rows: list[Any] | None = super().paginate_queryset(queryset, request, view)
        except (BadValue, ValueError, OverflowError) as error:
            raise NotFound(self.invalid_cursor_message) from error
        return rows


class KeyPages(CursorPages):
    """The same pages by the total order of `common.pagination`, whose questions are composed once (ADR 0019)."""

    order: pagination.Order

    def paginate_composed(self, compose: Callable[..., Any], *key: Hashable, request: Request) -> list[Any]:
        """The page of the `values` that `compose(*key)` asks for. Raises NotFound as `paginate_queryset` does."""
        ask = partial(pagination.paginate_composed, compose, *key)
        return self._rows(ask, request)

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any]:
        return self._rows(partial(pagination.paginate, queryset), request)

    def get_next_link(self) -> str | None:
        return self._link(self._found.next)

    def get_previous_link(self) -> str | None:
        return self._link(self._found.previous)

    def _rows(self, ask: Callable[..., pagination.Page], request: Request) -> list[Any]:
        cursor = request.query_params.get(self.cursor_query_param, "")
        if cursor and not pagination.was_given_out(cursor, self.order):
            raise NotFound(self.invalid_cursor_message)
        self.base_url = request.build_absolute_uri()
        size = self.get_page_size(request) or self.page_size
        self._found: pagination.Page = ask(order=self.order, cursor=cursor, size=size)
        return list(self._found.rows)

    def _link(self, cursor: str) -> str | None:
        return replace_query_param(self.base_url or "", self.cursor_query_param, cursor) if cursor else None


class Filters(DjangoFilterBackend):
    """Filters of a list. A call that names none of them is spared the making of their form."""

    def filter_queryset(self, request: Request, queryset: Any, view: Any) -> Any:
        return super().filter_queryset(request, queryset, view) if self.are_named(request, view) else queryset

    def are_named(self, request: Request, view: Any) -> bool:
        """Whether the call names a filter that the view offers."""
        offered = self.get_filterset_class(view)
        return offered is not None and any(name in request.query_params for name in offered.base_filters)


class ActorThrottle(UserRateThrottle):
    """So many calls a minute for each person; the answer says how many are left (headers X-RateLimit-*)."""

    scope = "actor"

    def allow_request(self, request: Request, view: Any) -> bool:
        try:
            allowed: bool = super().allow_request(request, view)
        except Exception:
            # Counting is done in the cache; while it is away people go on working.
            _logger.exception("calls are not counted")
            return True
        limit = self.num_requests or 0  # type: ignore[attr-defined]
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


def etag_of(version: int | None, data: Any = None) -> str:
    """The entity tag of a row: its edit version (if it has one), and a digest of all that is told of it.

    The version alone would not do for reading: owners and computed values change without an edit.
    """
    digest = "" if data is None else hashlib.sha256(JSONRenderer().render(data)).hexdigest()[:16]
    parts = [str(version) if version is not None else "", digest]
    return '"' + "-".join(part for part in parts if part) + '"'


def tagged(
    request: Request, data: Any, *, version: int | None = None, status_code: int = status.HTTP_200_OK
) -> Response:
    """The answer that holds one object, with its ETag; 304 without a body to a reader who has it already."""
    tag = etag_of(version, data)
    seen = {part.strip().removeprefix("W/") for part in request.headers.get("If-None-Match", "").split(",")}
    if request.method in ("GET", "HEAD") and (tag in seen or "*" in seen):
        return Response(status=status.HTTP_304_NOT_MODIFIED, headers={"ETag": tag})
    return Response(data, status=status_code, headers={"ETag": tag})


def expected_version(request: Request) -> int:
    """The version that the caller last saw, from If-Match. Raises 428 without one, 412 for one that is none of ours."""
    header = request.headers.get("If-Match", "").strip()
    if not header:
        raise PreconditionRequired(_("Send If-Match with the ETag that you read, so that nobody's edit is lost."))
    version, _dash, _digest = header.removeprefix("W/").strip('"').partition("-")
    if not version.isascii() or not version.isdecimal() or len(version) > _DIGITS:
        raise PreconditionFailed(_("If-Match has to be the ETag of an earlier answer."))
    return int(version)


def version_if_sent(request: Request) -> int | None:
    """The same where a condition is welcome and not asked for: None without one. Raises 412."""
    return expected_version(request) if request.headers.get("If-Match", "").strip() else None


def require_match(request: Request, data: Any) -> None:
    """The same for an object without an edit version: its ETag has to be that of `data`. Raises 428, 412."""
    header = request.headers.get("If-Match", "").strip()
    if not header:
        raise PreconditionRequired(_("Send If-Match with the ETag that you read, so that nobody's edit is lost."))
    if header.removeprefix("W/") != etag_of(None, data):
        raise PreconditionFailed(_("Somebody changed this while you were editing it."))


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
        errors = [{"field": field, "message": message} for field, message in error.errors]
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
    wait = getattr(error, "wait", None)
    if isinstance(error, Throttled) and wait:
        headers["Retry-After"] = str(int(wait) + 1)
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
