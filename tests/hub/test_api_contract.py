"""The description of the API is complete, and the API does what it says: no surprise for a generated client."""

import os
import re
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, transaction
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.validation import validate_schema
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import checks
from schemathesis.core.failures import FailureGroup
from schemathesis.core.result import Ok

from common.openapi import calls
from hub.wsgi import application
from tests.cast import Cast
from tests.hub.api_world import ApiWorld, make_world, token_of

# Calls of each kind: many as somebody who gets far, fewer as somebody who is mostly refused.
EXAMPLES = {"adam": 50, "tom": 20} if os.environ.get("HUB_EVERY_MODE") else {"adam": 4, "tom": 2}
CHECKS = [
    checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
]


@pytest.fixture(scope="module")
def description() -> dict[str, Any]:
    with GENERATOR_STATS.silence():
        GENERATOR_STATS.reset()
        found: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)
    return found


def test_the_description_is_made_without_a_warning(capsys: pytest.CaptureFixture[str]) -> None:
    GENERATOR_STATS.reset()
    schema = SchemaGenerator().get_schema(request=None, public=True)
    validate_schema(schema)
    assert not GENERATOR_STATS, capsys.readouterr().err


def test_every_call_says_what_it_does_and_how_it_fails(description: dict[str, Any]) -> None:
    for path, method, operation in calls(description):
        place = f"{method} {path}"
        assert operation.get("summary"), place
        assert {"401", "403", "404", "429"} <= set(operation["responses"]), place
        problem = operation["responses"]["404"]["$ref"].rsplit("/", 1)[1]
        assert "application/problem+json" in description["components"]["responses"][problem]["content"]
        assert {"token", "session"} == {name for way in operation["security"] for name in way}, place
        for status, answer in operation["responses"].items():
            if status.startswith("2"):
                assert "X-RateLimit-Remaining" in answer["headers"], place


def test_edits_need_a_condition_and_single_objects_have_a_tag(description: dict[str, Any]) -> None:
    for path, method, operation in calls(description):
        headers = {parameter["name"] for parameter in operation.get("parameters", ()) if parameter["in"] == "header"}
        if method == "patch":
            assert "If-Match" in headers, path
            assert {"412", "428"} <= set(operation["responses"]), path
        if method == "get" and operation["operationId"].endswith("_retrieve") and path.endswith("{id}/"):
            assert "If-None-Match" in headers, path
            assert "304" in operation["responses"], path


def test_enumerations_have_names_of_their_own(description: dict[str, Any]) -> None:
    names = [name for name in description["components"]["schemas"] if name.endswith("Enum")]
    assert names
    assert [name for name in names if any(letter.isdigit() for letter in name)] == []
    # What is made up for a list that has no name ends with a piece of a digest, which may have letters alone.
    made_up = re.compile(r"[A-Z][a-z]+[0-9a-f]{3}Enum")
    assert [name for name in description["components"]["schemas"] if made_up.search(name)] == []


GROUPS = ("accounts", "organizations", "parts", "imports", "house")
_OF_PEOPLE = {
    *("me", "access", "on-call", "users", "teams", "notifications"),
    *("saved-views", "exports", "saved-reports", "report-subscriptions"),
}


def group_of(path: str) -> str:
    parts = path.removeprefix("/api/v1/").strip("/").split("/")
    if parts[0] in _OF_PEOPLE:
        return "accounts"
    if parts[0] == "organizations":
        return "parts" if len(parts) > 2 else "organizations"
    return "imports" if parts[0] == "imports" else "house"


@pytest.fixture
def kept_connection() -> Iterator[None]:
    """A server closes its connection where a request leaves a transaction open; here one surrounds them all."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.mark.usefixtures("kept_connection")
@pytest.mark.parametrize("who", ["adam", "tom"])
@pytest.mark.parametrize("group", GROUPS)
def test_generated_calls_get_documented_answers(cast: Cast, group: str, who: str) -> None:
    """No 5xx, and every answer conforms: its status, type, headers and body are in the description."""
    world = make_world(cast)
    headers = {"Authorization": f"Bearer {token_of(getattr(cast, who))}"}
    schema = schemathesis.openapi.from_wsgi("/api/v1/schema/", application, headers=headers)
    operations = [found.ok() for found in schema.get_all_operations() if isinstance(found, Ok)]
    chosen = [operation for operation in operations if group_of(operation.path) == group]
    assert chosen
    found = {
        operation.label: surprise
        for operation in chosen
        if (surprise := _surprise(operation, world, headers, EXAMPLES[who]))
    }
    assert not found, "\n\n".join(f"{label}\n{surprise}" for label, surprise in found.items())


def _surprise(operation: Any, world: ApiWorld, headers: dict[str, str], examples: int) -> str:
    try:
        _try(operation, world, headers, examples)
    except FailureGroup as failure:
        return "\n".join(str(inner) for inner in failure.exceptions)
    return ""


def _try(operation: Any, world: ApiWorld, headers: dict[str, str], examples: int) -> None:
    """Some calls, half of them on objects that exist; nothing that they write stays."""

    @settings(
        max_examples=examples,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(), is_known=st.booleans())
    def attempt(case: Any, is_known: bool) -> None:
        if is_known:
            case.path_parameters = _known(operation.path, world)
        if "If-Match" in (case.headers or {}) and is_known:
            case.headers["If-Match"] = '"1"'
        with transaction.atomic():
            response = case.call(headers=headers)
            transaction.set_rollback(True)
        case.validate_response(response, checks=CHECKS)

    attempt()


def _known(pattern: str, world: ApiWorld) -> dict[str, Any]:
    """The parameters of a path with ids that exist."""
    values = world.path(pattern).strip("/").split("/")
    return {
        name.strip("{}"): value
        for name, value in zip(pattern.strip("/").split("/"), values, strict=True)
        if name.startswith("{")
    }
