"""Calls outside go to public addresses only, to the one that was checked, for a short while."""

import http.server
import ipaddress
import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from common import http as outside

NOT_PUBLIC = [
    "127.0.0.1", "127.8.9.1", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",
    "192.0.0.1", "192.0.2.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1", "240.0.0.1", "255.255.255.255",
    "::", "::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "fe80::1", "fec0::1", "fc00::1", "fd12::1", "ff02::1",
    "2001:db8::1", "2002:7f00:1::", "2002:a00:1::", "64:ff9b::7f00:1", "64:ff9b::a00:1", "64:ff9b:1::1", "100::1",
]  # fmt: skip


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_special_addresses_are_not_public(address: str) -> None:
    assert not outside.is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", ["93.184.216.34", "8.8.8.8", "2606:2800:220:1::1"])
def test_public_addresses_are(address: str) -> None:
    assert outside.is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    "url",
    [
        "", "x", "http://else.example/", "ftp://else.example/", "file:///etc/passwd", "https://", "https:///x",
        "https://me:secret@else.example/", "https://else.example/#x", "https://else.example:99999/", "https://a b/",
        "https://else.example/\r\nHost: x", "https://else.example\\@evil.example/", "https://else.example:0/",
        "https://" + "a" * 600, "https://[::1", "https://пример.example/",
    ],
)  # fmt: skip
def test_addresses_that_are_none(url: str) -> None:
    with pytest.raises(outside.RefusedAddress):
        outside.checked_url(url)


def answers(*addresses: str) -> Any:
    def resolve(_host: str, port: int, **_options: Any) -> Any:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in addresses]

    return resolve


@pytest.mark.parametrize("addresses", [("10.0.0.1",), ("93.184.216.34", "127.0.0.1"), ("fe80::1%eth0",), ()])
def test_a_name_with_any_inner_address_is_not_called(monkeypatch: pytest.MonkeyPatch, addresses: tuple[str]) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", answers(*addresses))
    monkeypatch.setattr(socket, "create_connection", lambda *_, **__: pytest.fail("connected"))
    with pytest.raises(outside.RefusedAddress):
        outside.post("https://rebound.example/", body=b"", headers={})


def test_numbers_in_disguise_are_resolved_first() -> None:
    for url in ("https://2130706433/", "https://0x7f.1/", "https://localhost/", "https://[::ffff:127.0.0.1]/"):
        with pytest.raises(outside.HttpError):
            outside.post(url, body=b"", headers={})


class _Desk(http.server.BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        seen: list[Any] = self.server.seen  # type: ignore[attr-defined]
        seen.append((self.path, self.rfile.read(int(self.headers["Content-Length"])), dict(self.headers)))
        if self.path == "/elsewhere":
            self.send_response(302)
            self.send_header("Location", "/caught")
            self.end_headers()
        elif self.path == "/slow":
            self.send_response(200)
            self.end_headers()
            self.server.may_go.wait(20)  # type: ignore[attr-defined]
        else:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"x" * 200_000)

    def log_message(self, *_: Any) -> None:
        return


@pytest.fixture
def desk(settings: Any) -> Iterator[Any]:
    settings.HTTP_ALLOW_LOOPBACK = True
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Desk) as server:
        server.daemon_threads = True
        server.seen, server.may_go = [], threading.Event()  # type: ignore[attr-defined]
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.may_go.set()  # type: ignore[attr-defined]
        server.shutdown()


def test_a_call_and_its_answer_up_to_a_size(desk: Any) -> None:
    url = f"http://127.0.0.1:{desk.server_port}/a?b=c"
    answer = outside.post(url, body=b"{}", headers={"X-Hub-Event": "x"})
    assert (answer.status, len(answer.body)) == (200, 64 * 1024)
    path, body, headers = desk.seen[0]
    assert (path, body, headers["X-Hub-Event"]) == ("/a?b=c", b"{}", "x")


def test_a_redirect_is_an_answer_and_is_not_followed(desk: Any) -> None:
    answer = outside.post(f"http://127.0.0.1:{desk.server_port}/elsewhere", body=b"", headers={})
    assert (answer.status, answer.is_good, len(desk.seen)) == (302, False, 1)


def test_an_answer_that_does_not_end_is_ended(desk: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outside, "SECONDS", 0.5)
    with pytest.raises(outside.HttpError, match="no answer"):
        outside.post(f"http://127.0.0.1:{desk.server_port}/slow", body=b"", headers={})
    assert not desk.may_go.is_set()


def test_nobody_there(settings: Any) -> None:
    settings.HTTP_ALLOW_LOOPBACK = True
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with pytest.raises(outside.HttpError, match="ConnectionRefusedError"):
        outside.post(f"http://127.0.0.1:{port}/", body=b"", headers={})
