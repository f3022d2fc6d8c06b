"""The OpenAPI description as something to read: operations by heading, with their parameters, bodies and examples."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from http import HTTPStatus
from typing import Any

from django.utils.text import slugify
from drf_spectacular.generators import SchemaGenerator

from common.openapi import IF_MATCH, calls
from hub.api.samples import example_of, resolved

Schema = Mapping[str, Any]
_TONES = {"get": "info", "post": "success", "patch": "warning", "put": "warning", "delete": "danger"}


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
    """One call. `example` is a line for the shell, with a token in $TOKEN; `failures` are (status, what it means)."""

    key: str
    method: str
    tone: str
    path: str
    summary: str
    parameters: tuple[Input, ...]
    body: tuple[Input, ...]
    answer: tuple[Input, ...]
    example: str
    answer_status: str
    answer_example: str
    failures: tuple[tuple[str, str], ...]


@dataclass(frozen=True, kw_only=True)
class Section:
    """The calls under one heading; `key` is its place on the page."""

    key: str
    name: str
    text: str
    operations: tuple[Operation, ...]


@lru_cache(maxsize=4)
def sections(site_url: str) -> tuple[Section, ...]:
    """All operations by heading. The description does not depend on who asks; a process makes it once."""
    schema: Schema = SchemaGenerator().get_schema(request=None, public=True)
    grouped: dict[str, list[Operation]] = {tag["name"]: [] for tag in schema["tags"]}
    for path, method, found in calls(schema):
        grouped[found["tags"][0]].append(_operation(schema["components"]["schemas"], path, method, found, site_url))
    texts = {tag["name"]: tag["description"] for tag in schema["tags"]}
    return tuple(
        Section(key=f"section-{slugify(name)}", name=name, text=texts[name], operations=tuple(operations))
        for name, operations in grouped.items()
        if operations
    )


def _operation(components: Schema, path: str, method: str, found: Schema, site_url: str) -> Operation:
    parameters = tuple(
        Input(
            name=parameter["name"],
            place=parameter["in"],
            type=_type_of(components, parameter.get("schema", {})),
            is_required=bool(parameter.get("required")),
            text=parameter.get("description", ""),
        )
        for parameter in found.get("parameters", ())
    )
    body = _json_of(found.get("requestBody", {}))
    status, answer = next((code, answer) for code, answer in found["responses"].items() if code.startswith("2"))
    sent = example_of(body, components, few=method == "patch")
    return Operation(
        key=found["operationId"],
        method=method.upper(),
        tone=_TONES[method],
        path=path,
        summary=found.get("summary", ""),
        parameters=parameters,
        body=_fields_of(components, body.get("schema", {})),
        answer=_fields_of(components, _json_of(answer).get("schema", {})),
        example=_example(method, path, site_url, found, sent),
        answer_status=f"{status} {HTTPStatus(int(status)).phrase}",
        answer_example=example_of(_json_of(answer), components),
        failures=tuple(
            (code, HTTPStatus(int(code)).phrase) for code in found["responses"] if code.startswith(("3", "4"))
        ),
    )


def _json_of(holder: Schema) -> Schema:
    content: Schema = holder.get("content", {}).get("application/json", {})
    return content


def _fields_of(components: Schema, found: Schema) -> tuple[Input, ...]:
    """The fields of the object inside: below lists and pages."""
    inner = resolved(found, components)
    while inner.get("type") == "array" or "results" in inner.get("properties", {}):
        inner = resolved(inner["items"] if inner.get("type") == "array" else inner["properties"]["results"], components)
    required = inner.get("required", ())
    return tuple(
        Input(
            name=name,
            place="body",
            type=_type_of(components, field),
            is_required=name in required,
            text=field.get("description", "") if "allOf" not in field else "",
        )
        for name, field in inner.get("properties", {}).items()
    )


def _type_of(components: Schema, field: Schema) -> str:
    """A type in a few words: "text", "day", "one of: a, b", "list of ..."."""
    found = resolved(field, components)
    if "enum" in found:
        return "one of: " + ", ".join(str(value) for value in found["enum"] if value not in ("", None))
    if found.get("type") == "array":
        return "list of " + _type_of(components, found["items"])
    words = {
        "date-time": "moment (ISO 8601)",
        "date": "day",
        "uuid": "id",
        "email": "e-mail address",
        "decimal": "amount",
        "uri": "web address",
        "binary": "file",
    }
    plain = {
        "string": "text",
        "integer": "whole number",
        "number": "number",
        "boolean": "true or false",
        "object": "object",
    }
    return words.get(found.get("format", ""), plain.get(str(found.get("type", "")), str(found.get("type", "any"))))


def _example(method: str, path: str, site_url: str, found: Schema, sent: str) -> str:
    """A call for the shell, an argument to a line where there are several."""
    parts = ['curl -H "Authorization: Bearer $TOKEN"']
    if method != "get":
        parts[0] += f" -X {method.upper()}"
    if any(parameter["name"] == IF_MATCH.name for parameter in found.get("parameters", ())):
        parts.append("-H 'If-Match: \"1-0123456789abcdef\"'")
    query = ""
    if "text/csv" in found.get("requestBody", {}).get("content", {}):
        parts.append("-H 'Content-Type: text/csv' --data-binary @file.csv")
        query = "?kind=organizations&name=file.csv"
    elif sent:
        parts.append("-H 'Content-Type: application/json' -d '" + sent.replace("'", "'\\''") + "'")
    return " \\\n  ".join([*parts, f'"{site_url}{path}{query}"'])
