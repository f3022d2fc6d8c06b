"""Calls sent twice make one thing: `Idempotency-Key` for whatever a POST makes (ADR 0016).

The `create` of a viewset is marked `@idempotent`, below its `@extend_schema`; so are its actions that add to a row, and
`@makes_once` those that make something else, above their `@action`. Forms have the like in `common/sent_once.py`.
"""

import re
from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from common.errors import DomainError
from common.services import sent_keys

HEADER = "Idempotency-Key"
IDEMPOTENCY_KEY = OpenApiParameter(
    HEADER,
    {"type": "string", "pattern": "^[!-~]{1,200}$"},
    OpenApiParameter.HEADER,
    description="A text of your own, a new one for each thing to make. Sent again within 24 hours, the call makes "
    "nothing and answers with what the first one made, as it is now; with another body the answer is 422.",
)
_KEY = re.compile(r"[!-~]{1,200}")

Create = Callable[..., Response]


class KeyReused(DomainError):
    """The key belongs to another call of the same person."""

    status = 422
    code = "idempotency_key_reused"


def idempotent(create: Create) -> Create:
    """The `create` of a viewset that has `retrieve` too: the same call with the same key makes it once.

    A repeat answers 201 with the object as it is now, read in the caller's present scope; an action that adds to a row
    answers 200 with the row. Raises KeyReused (422), and DomainError for a key that is none.
    """
    return _once(create, read="retrieve")


def makes_once(*, read: str) -> Callable[[Create], Create]:
    """The same of an action that makes something else than the rows of its viewset: `read` names the method that
    answers with it by its id."""
    return lambda create: _once(create, read=read)


def _once(create: Create, *, read: str) -> Create:
    @wraps(create)
    def wrapper(view: Any, request: Request, *args: Any, **kwargs: Any) -> Response:
        key = request.headers.get(HEADER, "")
        if not key:
            return create(view, request, *args, **kwargs)
        claim = _claim(request, key)
        if not claim.is_repeat:
            answer = create(view, request, *args, **kwargs)
            sent_keys.settle(claim=claim, result=str(answer.data["id"]))
            return answer
        is_made = view.action == "create" or read != "retrieve"
        view.action = "retrieve"
        found: Response = getattr(view, read)(request, *args, **kwargs | {"id": UUID(claim.result)})
        found.status_code = status.HTTP_201_CREATED if is_made else status.HTTP_200_OK
        return found

    described: Any = extend_schema(parameters=[IDEMPOTENCY_KEY])(wrapper)
    described.is_idempotent = True
    return wrapper


def _claim(request: Request, key: str) -> sent_keys.Claim:
    if not _KEY.fullmatch(key):
        raise DomainError(_("A key has up to 200 characters, without spaces."), code="idempotency_key")
    sent: Any = request.data
    fingerprint = sent_keys.fingerprint_of(request.get_full_path(), _texts(sent), _files(sent))
    claim = sent_keys.claim(
        user_id=request.user.pk or 0, key=f"call {key}", fingerprint=fingerprint, now=timezone.now()
    )
    if claim.fingerprint != fingerprint:
        raise KeyReused(_("This key was used for another call; take a new one."))
    return claim


def _texts(sent: Any) -> Any:
    if isinstance(sent, QueryDict):
        return {name: [value for value in values if isinstance(value, str)] for name, values in sent.lists()}
    if isinstance(sent, dict):
        return {name: value for name, value in sent.items() if not isinstance(value, UploadedFile)}
    return sent


def _files(sent: Any) -> list[UploadedFile]:
    return [value for value in sent.values() if isinstance(value, UploadedFile)] if isinstance(sent, dict) else []
