"""An example of a body where the description brings none: one plausible value for each field."""

import json
from collections.abc import Mapping
from typing import Any

Schema = Mapping[str, Any]
_BY_FORMAT = {
    "uuid": "0198f1a2-7c10-7b52-8d21-53b1a9d0c6f7",
    "date-time": "2026-03-02T09:30:00Z",
    "date": "2026-03-02",
    "email": "connie@northwind.example",
    "decimal": "1250.00",
    "uri": "https://northwind.example",
    "double": 28800.0,
}
_BY_TYPE: dict[str, Any] = {"string": "text", "integer": 1, "number": 1.5, "boolean": True, "object": {}}
_DEEPEST = 6


def example_of(content: Schema, components: Schema, *, few: bool = False) -> str:
    """The example of a body as JSON to read: the written one, or one made from its schema.

    `few`: an edit needs only what changes, so two fields will do.
    """
    written = next(iter(content.get("examples", {}).values()), None)
    if written is not None:
        return _shown(written["value"])
    if not content.get("schema"):
        return ""
    made = _sample(content["schema"], components, 0)
    if few and isinstance(made, dict):
        made = dict(list(made.items())[:2])
    return _shown(made)


def _shown(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)


def resolved(found: Schema, components: Schema) -> Schema:
    """Follow a reference, also one that is wrapped."""
    for _step in range(_DEEPEST):
        if "$ref" in found:
            found = components[str(found["$ref"]).rsplit("/", 1)[1]]
        elif inner := found.get("allOf") or found.get("oneOf"):
            found = inner[0]
        else:
            return found
    return found


def _sample(found: Schema, components: Schema, depth: int) -> Any:
    schema = resolved(found, components)
    if "example" in schema:
        return schema["example"]
    if "enum" in schema:
        return next(value for value in schema["enum"] if value not in ("", None))
    if schema.get("type") == "array":
        return [_sample(schema["items"], components, depth + 1)] if depth < _DEEPEST else []
    if properties := schema.get("properties"):
        return {name: _sample(field, components, depth + 1) for name, field in properties.items() if name != "previous"}
    if isinstance(schema.get("additionalProperties"), dict) and depth < _DEEPEST:
        return {"name": _sample(schema["additionalProperties"], components, depth + 1)}
    return _BY_FORMAT.get(schema.get("format", ""), _BY_TYPE.get(str(schema.get("type", "object"))))
