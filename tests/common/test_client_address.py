"""The client's address is believed only as far as our own proxies wrote it."""

import pytest

from common.client_address import client_address

PEER = "10.0.0.7"


@pytest.mark.parametrize(
    ("forwarded", "proxies", "expected"),
    [
        ("", 0, PEER),
        ("203.0.113.9", 0, PEER),
        ("203.0.113.9", 1, "203.0.113.9"),
        ("6.6.6.6, 203.0.113.9", 1, "203.0.113.9"),
        ("6.6.6.6, 203.0.113.9, 10.0.0.1", 2, "203.0.113.9"),
        ("203.0.113.9", 2, PEER),
        ("nonsense", 1, PEER),
        ("203.0.113.9:4711", 1, "203.0.113.9"),
        ("[2001:db8::1]:443", 1, "2001:db8::1"),
        ("2001:DB8::1", 1, "2001:db8::1"),
        ("::ffff:203.0.113.9", 1, "203.0.113.9"),
        (" , ,203.0.113.9 ", 1, "203.0.113.9"),
    ],
)
def test_forwarded_addresses(forwarded: str, proxies: int, expected: str) -> None:
    meta = {"REMOTE_ADDR": PEER, "HTTP_X_FORWARDED_FOR": forwarded}
    assert client_address(meta, proxy_count=proxies) == expected


@pytest.mark.parametrize("peer", ["", "unix:", "/run/hub.sock"])
def test_a_socket_has_no_address(peer: str) -> None:
    assert client_address({"REMOTE_ADDR": peer}, proxy_count=0) is None
