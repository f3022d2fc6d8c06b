"""What the description of the API says of every call alike: how it fails, its headers, who may see what.

drf-spectacular makes the rest from the views; `describe_common` is its last step.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter

from common.api import PROBLEM
from common.idempotency import HEADER

METHODS = ("get", "post", "put", "patch", "delete")

IF_MATCH = OpenApiParameter(
    "If-Match",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    required=True,
    description="The ETag that you read. Without it 428; 412 if somebody was faster.",
)
IF_MATCH_MAYBE = OpenApiParameter(
    "If-Match",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    description="The ETag that you read, if what is done is meant for that state alone: 412 if somebody was faster.",
)
IF_NONE_MATCH = OpenApiParameter(
    "If-None-Match",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    description="The ETag that you have: 304 without a body if nothing has changed.",
)

_PROBLEM_SCHEMA = {
    "type": "object",
    "description": "What went wrong (RFC 9457). `code` is stable; `errors` names the fields at fault; `current` holds "
    "the fields of an edit that somebody else was faster with, as they are now.",
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string"},
        "detail": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"field": {"type": "string"}, "message": {"type": "string"}},
                "required": ["field", "message"],
            },
        },
        "current": {"type": "object", "additionalProperties": {"type": "string", "nullable": True}},
    },
    "required": ["type", "title", "status", "code", "detail"],
}
# status: what it means, its code in the example
_PROBLEMS: Mapping[int, tuple[str, str]] = {
    400: ("Some fields are wrong.", "invalid"),
    401: ("Not signed in, or the token is unknown, expired or revoked.", "not_authenticated"),
    403: ("You lack the right for this.", "not_allowed"),
    404: ("Not there, or not yours", "missing"),
    406: ("Only the documented types are given.", "not_acceptable"),
    412: ("Somebody changed this while you were editing it.", "conflict"),
    413: ("The body is too large.", "too_large"),
    415: ("Only the documented types are taken.", "unsupported_media_type"),
    422: ("This key was used for another call; take a new one.", "idempotency_key_reused"),
    428: ("Send If-Match with the ETag that you read.", "precondition_required"),
    429: ("Too many calls; Retry-After says when to go on.", "throttled"),
}
_RATE_HEADERS = {
    "X-RateLimit-Limit": {"description": "Calls a minute.", "schema": {"type": "integer"}},
    "X-RateLimit-Remaining": {"description": "How many of them are left.", "schema": {"type": "integer"}},
}
_ETAG = {"ETag": {"description": "For If-None-Match and If-Match.", "schema": {"type": "string"}}}


def describe_common(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """Add the problems, the headers and the entity tags to every call. A postprocessing hook of drf-spectacular."""
    result["components"].setdefault("schemas", {})["Problem"] = _PROBLEM_SCHEMA
    result["components"]["responses"] = {f"Problem{status}": _response(status) for status in _PROBLEMS}
    for _path, _method, call in calls(result):
        answers = call["responses"]
        has_tag = IF_NONE_MATCH.name in _names(call, "header")
        for status, answer in answers.items():
            if status.startswith("2"):
                answer["headers"] = {**_RATE_HEADERS, **(_ETAG if has_tag or _is_edit(call) else {})}
        if has_tag:
            answers["304"] = {"description": "Nothing has changed since this ETag.", "headers": _ETAG}
        # What a call says itself of how it fails has the body of all.
        told = {status for status in _PROBLEMS if str(status) in answers}
        for status in told.union(_problems_of(call)):
            answers[str(status)] = {"$ref": f"#/components/responses/Problem{status}"}
        call["responses"] = dict(sorted(answers.items()))
    return result


def calls(schema: Mapping[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """(path, method, operation) of every call in a description."""
    for path, item in schema["paths"].items():
        for method in METHODS:
            if method in item:
                yield path, method, item[method]


def _response(status: int) -> dict[str, Any]:
    title, code = _PROBLEMS[status]
    example = {"type": "about:blank", "title": title, "status": status, "code": code, "detail": ""}
    content = {PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}, "example": example}}
    return {"description": title, "content": content}


def _names(call: Mapping[str, Any], place: str) -> list[str]:
    return [parameter["name"] for parameter in call.get("parameters", ()) if parameter["in"] == place]


def _is_edit(call: Mapping[str, Any]) -> bool:
    return IF_MATCH.name in _names(call, "header")


def _problems_of(call: Mapping[str, Any]) -> list[int]:
    # 404 everywhere: to a contact the API does not exist.
    found = [401, 403, 404, 406, 429]
    has_body = "requestBody" in call
    if has_body or _names(call, "query") or not call["operationId"].endswith(("_list", "_retrieve")):
        found.append(400)
    if has_body:
        found += [413, 415]
    if HEADER in _names(call, "header"):
        found.append(422)
    if _is_edit(call):
        found += [412, 428]
    return found
