"""Whatever arrives at an address, it gets an answer: never a broken page.

Addresses take turns at what is sent, a few bad values each; with HUB_EVERY_MODE in the environment each gets all.
"""

import json
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT

from common.openapi import calls
from partners import lists
from tests.cast import Cast
from tests.hub.address_walk import Address, AddressWorld, make_address_world
from tests.hub.test_api_scope import DESCRIPTION

pytestmark = pytest.mark.django_db

# As they stand in a query string: what no form of ours would send.
TEXTS: dict[str, str] = {
    "nul": "%00a%00",
    "surrogate": "%ED%A0%80",
    "no utf-8": "%FF%FE%C3%28",
    "huge number": "9" * 400,
    "negative": "-9223372036854775809",
    "no number": "1e309",
    "no day": "0000-00-00",
    "last day": "9999-12-31T23:59:59.999999%2B14:00",
    "no id": "00000000-0000-0000-0000-000000000000",
    "long": "a" * 3_000,
    "markup": "%27%22%3E%3Cscript%3E%7B%7B1%7D%7D%25%5C",
    "direction": "%E2%80%AE%F0%9F%92%A3%0D%0A",
}
# Parameters that pages read and that no page offers as a link or a field.
_READ = ("cursor", "page", "page_size", "year", "from", "to", "next", "q", "version", "row", "list", "archived", "who")


class _Fields(HTMLParser):
    """Names of fields with their values, and parameters of links, as a page has them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.values: dict[str, str] = {}
        self.parameters: set[str] = set()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        name = found.get("name")
        if tag in ("input", "select", "textarea", "button") and name:
            self.values.setdefault(name, found.get("value") or "")
        href = found.get("href") or found.get("action") or found.get("hx-get") or ""
        if href.startswith(("?", "/")):
            self.parameters |= {key for key, _value in parse_qsl(urlsplit(href).query, keep_blank_values=True)}


class Walk:
    """Requests as one person, each undone after its answer, so that none reaches what an earlier one has left."""

    def __init__(self, cast: Cast, name: str) -> None:
        self.client = Client(raise_request_exception=False)
        if name != "nobody":
            self.client.force_login(getattr(cast, name))
        self.cookies = self.client.cookies.copy()
        self.broken: list[str] = []

    def send(self, what: str, method: str, path: str, data: Any = b"", content_type: str = "text/plain") -> Any:
        self.client.cookies = self.cookies.copy()
        with transaction.atomic():
            answer = self.client.generic(method, path, data, content_type)
            body = b"" if answer.streaming else answer.content
            transaction.set_rollback(True)
        if answer.status_code >= 500:
            fault = answer.exc_info[1] if getattr(answer, "exc_info", None) else "answered"
            self.broken.append(f"{what}: {method} {path[:120]} {data[:80]!r}: {fault!r:.200}")
        return answer, body.decode(errors="replace")


@pytest.fixture
def world(cast: Cast) -> AddressWorld:
    cache.clear()
    return make_address_world(cast)


def pages(world: AddressWorld) -> Iterator[Address]:
    return (address for address in world.addresses() if not address.is_api)


def _form(values: dict[str, str]) -> bytes:
    return "&".join(f"{name}={value}" for name, value in values.items()).encode()


def _multipart(values: dict[str, bytes]) -> bytes:
    parts = [
        b'--%s\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n' % (BOUNDARY.encode(), name.encode(), value)
        for name, value in values.items()
    ]
    return b"".join(parts) + b"--%s--\r\n" % BOUNDARY.encode()


FORM = "application/x-www-form-urlencoded"
# Bodies that are no form, whatever the page: (content type, body).
NO_FORMS: dict[str, tuple[str, bytes]] = {
    "fields": (FORM, b"&".join(b"a%d=1" % number for number in range(10_000))),
    "multipart without boundary": ("multipart/form-data", b"--x\r\n"),
    "multipart cut off": (MULTIPART_CONTENT, b'--%s\r\nContent-Disposition: form-data; name="name' % BOUNDARY.encode()),
    "multipart of files": (
        MULTIPART_CONTENT,
        b"".join(
            b'--%s\r\nContent-Disposition: form-data; name="file"; filename="a%d"\r\n\r\nx\r\n' % (BOUNDARY.encode(), n)
            for n in range(200)
        ),
    ),
    "unknown charset": (f"{FORM}; charset=nonsense", b"name=%00"),
    "json": ("application/json", b'{"name": "\\ud800\\u0000"}'),
    "bytes": ("application/octet-stream", b"\x00\xff" * 100),
}


def rounds(names: Iterable[str]) -> Iterator[tuple[str, dict[str, str]]]:
    """Values for these names: the worst ones for all at once, then all of them mixed, another one for each name."""
    sorted_names, texts = sorted(names), list(TEXTS.values())
    for what in ("nul", "huge number", "no day"):
        yield what, dict.fromkeys(sorted_names, TEXTS[what])
    for start in (1, 6):
        yield f"mixed {start}", {name: texts[(place + start) % len(texts)] for place, name in enumerate(sorted_names)}


def in_turn(values: Sequence[Any], number: int, count: int) -> list[Any]:
    """`count` of the values: those whose turn it is at this number."""
    if os.environ.get("HUB_EVERY_MODE"):
        return list(values)
    return [values[(number * count + place) % len(values)] for place in range(min(count, len(values)))]


def some_rounds(number: int, address: Address, names: Iterable[str]) -> list[tuple[str, dict[str, str]]]:
    """One of the worst and one of the mixed; the mixed one for pages of Django admin, which are many and much alike."""
    found = list(rounds(names))
    worst = [] if address.is_admin else in_turn(found[:3], number, 1)
    return worst + in_turn(found[3:], number, 1)


def mixed(names: Iterable[str]) -> dict[str, str]:
    return list(rounds(names))[-1][1]


def test_no_address_breaks_by_its_parameters(world: AddressWorld) -> None:
    walk = Walk(world.cast, "adam")
    for number, address in enumerate(pages(world)):
        _answer, body = walk.send("as it is", "GET", address.path)
        names = _Fields(body).parameters | set(_Fields(body).values) | set(_READ) | set(lists.KEYS)
        for what, values in some_rounds(number, address, names):
            walk.send(what, "GET", f"{address.path}?{_form(values).decode()}")
    assert walk.broken == []


def test_no_form_breaks_by_what_is_sent(world: AddressWorld) -> None:
    walk = Walk(world.cast, "adam")
    for number, address in enumerate(pages(world)):
        _answer, body = walk.send("as it is", "GET", address.path)
        fields = _Fields(body).values or {"name": "", "reason": ""}
        walk.send("empty", "POST", address.path, b"", FORM)
        for what, values in some_rounds(number, address, fields):
            walk.send(f"{what}, every field", "POST", address.path, _form(values), FORM)
        written = {name: fields[name] or text for name, text in mixed(fields).items()}
        walk.send("empty fields", "POST", address.path, _form(written), FORM)
        walk.send("bytes", "POST", address.path, _multipart(dict.fromkeys(fields, b"\xff\x00\xed")), MULTIPART_CONTENT)
    assert walk.broken == []


@pytest.mark.parametrize("who", ["ana", "connie", "nobody"])
def test_no_address_breaks_for_others(world: AddressWorld, who: str) -> None:
    walk = Walk(world.cast, who)
    for address in pages(world):
        _answer, body = walk.send("as it is", "GET", address.path)
        fields = _Fields(body)
        query = mixed(fields.parameters | {*_READ, *lists.KEYS})
        walk.send("parameters", "GET", f"{address.path}?{_form(query).decode()}")
        walk.send("fields", "POST", address.path, _form(mixed(fields.values or {"name": ""})), FORM)
    assert walk.broken == []


@pytest.mark.parametrize("who", ["adam", "nobody"])
def test_no_address_breaks_by_a_body_that_is_no_form(world: AddressWorld, who: str) -> None:
    walk, bodies = Walk(world.cast, who), list(NO_FORMS.items())
    for number, address in enumerate(pages(world)):
        # Reading a body is the same code everywhere: each page gets two of them, each body many pages.
        for what, (content_type, body) in (bodies[number % len(bodies)], bodies[(number + 3) % len(bodies)]):
            walk.send(what, "POST", address.path, body, content_type)
    assert walk.broken == []


@pytest.mark.parametrize("who", ["adam", "nobody"])
def test_no_page_breaks_by_a_body_of_ten_megabytes(world: AddressWorld, who: str) -> None:
    walk, body = Walk(world.cast, who), b"name=" + b"a" * (10 * 1024 * 1024)
    for address in pages(world):
        if not address.is_admin:
            walk.send("10 MB", "POST", address.path, body, FORM)
    assert walk.broken == []


JSON_VALUES: list[Any] = [
    "\x00",
    "\ud800",
    "9" * 400,
    -(10**30),
    1e308,
    [],
    {},
    None,
    True,
    "0000-00-00",
    [["a"]],
    "\n",
]
NO_JSON = [b"", b"{", b"[1]", b"null", b"\xff\xfe", b'{"name": NaN}', b"[" * 5_000, b'"\\ud800"', b'{"a": 1e999}']


def test_no_call_breaks_by_what_is_sent(world: AddressWorld) -> None:
    walk, schemas = Walk(world.cast, "adam"), DESCRIPTION["components"]["schemas"]
    paths = {re.sub(r"<(?:[a-z]+:)?([a-z_]+)>", r"{\1}", "/" + one.pattern): one.path for one in world.addresses()}
    for number, (pattern, method, call) in enumerate(calls(DESCRIPTION)):
        path = paths[pattern]
        names = [one["name"] for one in call.get("parameters", ()) if one["in"] == "query"]
        for what, text in in_turn(list(TEXTS.items()), number, 6) if names else ():
            walk.send(what, method.upper(), f"{path}?{'&'.join(f'{name}={text}' for name in names)}")
        sent = call.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
        fields = schemas.get(sent.get("$ref", "").rsplit("/", 1)[-1], {}).get("properties", {})
        for value in in_turn(JSON_VALUES, number, 3) if fields else ():
            walk.send("every field", method.upper(), path, json.dumps(dict.fromkeys(fields, value)), "application/json")
        for place, name in enumerate(fields):
            for value in in_turn(JSON_VALUES, number + place, 3):
                walk.send(f"field {name}", method.upper(), path, json.dumps({name: value}), "application/json")
        # Reading a body is the same code everywhere.
        for raw in in_turn(NO_JSON, number, 2) if sent else ():
            walk.send("no JSON", method.upper(), path, raw, "application/json")
    assert walk.broken == []
