"""The page of the API shows every call with an example, and its written examples are true."""

import html
import json
from typing import Any

import pytest
from django.utils import timezone

from common.openapi import calls
from hub.api.description import sections
from hub.api.tags import HEADINGS, heading_of
from partners.api import examples
from partners.api.serializers import OrganizationSerializer
from tests.cast import Cast
from tests.hub.api_world import BASE, call, make_world
from tests.hub.test_api_scope import DESCRIPTION
from tests.partners.page_world import signed_in

SITE = "http://localhost:8000"


def test_every_call_is_on_the_page(cast: Cast) -> None:
    text = html.unescape(signed_in(cast.tom).get("/api/docs/").content.decode())
    for path, _method, operation in calls(DESCRIPTION):
        assert f'id="{operation["operationId"]}"' in text
        assert path in text
        assert operation["summary"] in text
    for heading in HEADINGS:
        assert heading.text in text


def test_headings_hold_every_call_once() -> None:
    found = [operation.key for section in sections(SITE) for operation in section.operations]
    assert sorted(found) == sorted(operation["operationId"] for _path, _method, operation in calls(DESCRIPTION))
    assert [section.name for section in sections(SITE)] == [heading.name for heading in HEADINGS]
    assert heading_of("/api/v1/organizations/{organization_id}/contacts/{id}/").name == "Contacts"
    with pytest.raises(LookupError):
        heading_of("/api/v1/nothing/")


def test_examples_are_json_and_have_the_fields_that_are_needed() -> None:
    for section in sections(SITE):
        for operation in section.operations:
            if operation.answer_example:
                json.loads(operation.answer_example)
            if "-d '" in operation.example and operation.method == "POST":
                sent = json.loads(operation.example.split("-d '")[1].split("'")[0])
                needed = {field.name for field in operation.body if field.is_required}
                assert needed <= set(sent), operation.key


@pytest.mark.parametrize(
    ("path", "example"),
    [
        ("organizations/", examples.NEW_ORGANIZATION),
        ("organizations/{id}/contacts/", examples.NEW_CONTACT),
        ("organizations/{id}/assignments/", examples.NEW_ASSIGNMENT),
        ("organizations/{id}/interactions/", examples.NEW_INTERACTION),
    ],
)
def test_written_examples_are_taken(cast: Cast, path: str, example: Any) -> None:
    body = {**example.value}
    if "user" in body:
        body["user"] = str(cast.otto.public_id)
    if "happened_at" in body:
        body["happened_at"] = timezone.now().isoformat()
    answer = call(cast.adam, "post", f"{BASE}/{path.format(id=cast.northwind.public_id)}", body)
    assert answer.status_code == 201, answer.content


def test_the_written_mapping_and_edit_are_taken(cast: Cast) -> None:
    one = f"{BASE}/organizations/{cast.northwind.public_id}/"
    tag = call(cast.ana, "get", one)["ETag"]
    assert call(cast.ana, "patch", one, examples.ORGANIZATION_EDIT.value, **{"If-Match": tag}).status_code == 200
    assert list(examples.ORGANIZATION.value) == list(OrganizationSerializer().fields)
    world = make_world(cast)
    run = f"{BASE}/imports/{world.ids['imports']}/"
    mapping = examples.MAPPING.value["mapping"]
    wanted = {"mapping": {**mapping, "columns": {"id": "external_key", "name": "name"}, "factors": {}}}
    answer = call(cast.adam, "patch", run, wanted, **{"If-Match": call(cast.adam, "get", run)["ETag"]})
    assert answer.status_code == 200, answer.content
