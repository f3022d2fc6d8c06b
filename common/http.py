"""The one way out: calls to addresses that people have typed in (security.md 12).

A name is resolved once, every address behind it must be a public one, and the connection goes to the checked address.
No redirects, ten seconds in all, 64 KiB of the answer.
"""

import http.client
import ipaddress
import socket
import ssl
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from django.conf import settings

SECONDS = 10.0
MOST_BYTES = 64 * 1024
MOST_URL = 500
_SCHEMES = {"https": 443, "http": 80}

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class HttpError(Exception):
    """A call that did not come to an answer; the text may be shown to an administrator."""


class RefusedAddress(HttpError):
    """An address that is not called: private, special, or none."""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What came back; `body` is at most 64 KiB of it."""

    status: int
    body: bytes

    @property
    def is_good(self) -> bool:
        return 200 <= self.status < 300


def post(url: str, *, body: bytes, headers: Mapping[str, str]) -> Answer:
    """Send `body` there. Raises RefusedAddress, and HttpError for whatever else keeps an answer from coming."""
    parts = checked_url(url)
    port = parts.port or _SCHEMES[parts.scheme]
    host = parts.hostname or ""
    address = _resolved(host, port)
    connection = _Connection(host, port, address=address, is_secure=parts.scheme == "https")
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    deadline = threading.Timer(SECONDS, connection.give_up)
    deadline.daemon = True
    deadline.start()
    try:
        connection.request("POST", target, body=body, headers=dict(headers))
        answer = connection.getresponse()
        content = answer.read(MOST_BYTES)
        if connection.is_given_up:
            raise TimeoutError
        return Answer(status=answer.status, body=content)
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise HttpError(_words(error, connection)) from error
    finally:
        deadline.cancel()
        connection.close()


def checked_url(url: str) -> SplitResult:
    """The parts of an address that may be called, as far as it shows without resolving it. Raises RefusedAddress."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise RefusedAddress("this is no address") from error
    if len(url) > MOST_URL or not url.isascii() or not url.isprintable() or " " in url or "\\" in url:
        raise RefusedAddress("this is no address")
    if parts.scheme not in (("https", "http") if settings.HTTP_ALLOW_LOOPBACK else ("https",)) or not parts.hostname:
        raise RefusedAddress("an address begins with https:// and a host")
    if parts.username is not None or parts.password is not None or parts.fragment or port == 0:
        raise RefusedAddress("an address has no name, password or # in it")
    return parts


def is_public(address: Address) -> bool:
    """Whether an address is reached over the internet: no private, local, reserved, shared or multicast one."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)
        if inner is not None and not is_public(inner):
            return False
        if address.is_site_local:
            return False
    return address.is_global and not (address.is_multicast or address.is_reserved or address.is_unspecified)


def _resolved(host: str, port: int) -> str:
    """The address to connect to. Raises RefusedAddress if any address behind the name may not be called."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise HttpError("the name of the host is not known") from error
    addresses = [ipaddress.ip_address(str(entry[4][0]).partition("%")[0]) for entry in found]
    if not addresses or not all(_may_call(address) for address in addresses):
        raise RefusedAddress("this host is not on the public internet")
    return str(addresses[0])


def _may_call(address: Address) -> bool:
    return is_public(address) or (settings.HTTP_ALLOW_LOOPBACK and address.is_loopback)


class _Connection(http.client.HTTPConnection):
    """A connection to an address that was checked, for the host it was asked by."""

    def __init__(self, host: str, port: int, *, address: str, is_secure: bool) -> None:
        super().__init__(host, port, timeout=SECONDS)
        self.address, self.is_secure, self.is_given_up = address, is_secure, False

    def connect(self) -> None:
        raw = socket.create_connection((self.address, self.port), timeout=SECONDS)
        self.sock = raw
        if self.is_secure:
            context = ssl.create_default_context()
            secure = context.wrap_socket(raw, server_hostname=self.host, do_handshake_on_connect=False)
            self.sock = secure
            secure.do_handshake()

    def give_up(self) -> None:
        """End it from another thread: single waits are short, but many of them are not."""
        self.is_given_up = True
        if self.sock is not None:
            try:
                self.sock.shutdown(socket.SHUT_RDWR)
            except OSError:
                return


def _words(error: Exception, connection: _Connection) -> str:
    if connection.is_given_up or isinstance(error, TimeoutError):
        return f"no answer within {SECONDS:.0f} seconds"
    return f"{type(error).__name__}: {error}"[:200]
