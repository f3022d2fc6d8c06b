"""The OpenAPI description as something to read: operations by section, with their parameters and bodies."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from drf_spectacular.generators import SchemaGenerator

_METHODS = ("get", "post", "patch", "put", "delete")


@dataclass(frozen=True, kw_only=True)
class Input:
    """A parameter or a field: where it stands, its type in words, whether it has to be there."""

    name: str
    place: str
    type: str
    is_required: bool
    text: str


@dataclass(frozen=True, kw_only=True)
class Operation:
    """One call. `example` is a line for the shell, with a token in $TOKEN."""

    key: str
    method: str
    path: str
    summary: str
    text: str
    parameters: tuple[Input, ...]
    body: tuple[Input, ...]
    answer: tuple[Input, ...]
    example: str


@dataclass(frozen=True, kw_only=True)
class Section:
    name: str
    operations: tuple[Operation, ...]


def sections(site_url: str) -> list[Section]:
    """All operations, grouped by the first part of their path."""
    schema = _schema()
    grouped: dict[str, list[Operation]] = {}
    for path, item in schema["paths"].items():
        for method in _METHODS:
            if method in item:
                name = path.removeprefix("/api/v1/").split("/")[0]
                grouped.setdefault(name, []).append(_operation(schema, path, method, item[method], site_url))
    return [Section(name=name, operations=tuple(found)) for name, found in sorted(grouped.items())]


@lru_cache(maxsize=1)
def _schema() -> Mapping[str, Any]:
    """The description does not depend on who asks; a process makes it once."""
    schema: Mapping[str, Any] = SchemaGenerator().get_schema(request=None, public=True)
    return schema


def _operation(schema: Mapping[str, Any], path: str, method: str, found: Mapping[str, Any], site_url: str) -> Operation:
    parameters = tuple(
        Input(
            name=parameter["name"],
            place=parameter["in"],
            type=_type_of(schema, parameter.get("schema", {})),
            is_required=bool(parameter.get("required")),
            text=parameter.get("description", ""),
        )
        for parameter in found.get("parameters", ())
    )
    body = _content_of(found.get("requestBody", {}))
    answers = [_content_of(answer) for code, answer in found.get("responses", {}).items() if code.startswith("2")]
    return Operation(
        key=found["operationId"],
        method=method.upper(),
        path=path,
        summary=found.get("summary") or found.get("description", "").split("\n")[0],
        text=found.get("description", ""),
        parameters=parameters,
        body=_fields_of(schema, body),
        answer=_fields_of(schema, answers[0] if answers else {}),
        example=_example(method, path, site_url, has_body=bool(body), parameters=parameters),
    )


def _content_of(holder: Mapping[str, Any]) -> Mapping[str, Any]:
    content = holder.get("content", {}).get("application/json", {})
    schema: Mapping[str, Any] = content.get("schema", {})
    return schema


def _resolved(schema: Mapping[str, Any], found: Mapping[str, Any]) -> Mapping[str, Any]:
    """Follow references, lists and pages to the object inside."""
    for _depth in range(6):
        if "$ref" in found:
            found = schema["components"]["schemas"][found["$ref"].rsplit("/", 1)[1]]
        elif found.get("type") == "array":
            found = found["items"]
        elif "results" in found.get("properties", {}):
            found = found["properties"]["results"]
        else:
            return found
    return found


def _fields_of(schema: Mapping[str, Any], found: Mapping[str, Any]) -> tuple[Input, ...]:
    inner = _resolved(schema, found)
    required = inner.get("required", ())
    return tuple(
        Input(
            name=name,
            place="body",
            type=_type_of(schema, field),
            is_required=name in required,
            text=field.get("description", ""),
        )
        for name, field in inner.get("properties", {}).items()
    )


def _type_of(schema: Mapping[str, Any], field: Mapping[str, Any]) -> str:
    """A type in a few words: "text", "day", "one of: a, b", "list of ..."."""
    if "allOf" in field or "oneOf" in field:
        return _type_of(schema, (field.get("allOf") or field["oneOf"])[0])
    if "$ref" in field:
        return _type_of(schema, _resolved(schema, field))
    if "enum" in field:
        return "one of: " + ", ".join(str(value) for value in field["enum"] if value not in ("", None))
    if field.get("type") == "array":
        return "list of " + _type_of(schema, field["items"])
    words = {
        "date-time": "moment (ISO 8601)",
        "date": "day",
        "uuid": "id",
        "email": "e-mail address",
        "decimal": "amount",
    }
    plain = {"string": "text", "integer": "whole number", "boolean": "true or false", "object": "object"}
    return words.get(field.get("format", ""), plain.get(str(field.get("type", "")), str(field.get("type", "any"))))


def _example(method: str, path: str, site_url: str, *, has_body: bool, parameters: tuple[Input, ...]) -> str:
    parts = ["curl", "-H 'Authorization: Bearer $TOKEN'".replace("'", '"')]
    if method != "get":
        parts.append(f"-X {method.upper()}")
    if any(parameter.name == "If-Match" for parameter in parameters):
        parts.append("-H 'If-Match: \"1\"'")
    if has_body:
        parts.append("-H 'Content-Type: application/json' -d '{}'")
    return " ".join([*parts, f'"{site_url}{path}"'])
