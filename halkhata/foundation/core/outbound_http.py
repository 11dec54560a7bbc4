"""The one way out by HTTP: to addresses that people have typed, without becoming their tool inside our own network.

An address is checked when it is saved and again at each call (ASVS 15.3.2; B40-B47): https only; every address its name
resolves to must be a public one; the connection goes to an address that was checked, and to no other, while TLS and
Host keep the name; redirects are not followed; answers and time are capped. ``settings.OUTBOUND_ALLOW`` lists networks
of the shop's own (a stock server in the back room) for which plain http and private addresses are allowed, too.
"""

import http.client
import ipaddress
import re
import socket
import ssl
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from urllib.parse import quote, urlsplit

from django.conf import settings
from django.http.request import validate_host
from django.utils.translation import gettext_lazy as _

from halkhata.foundation.core.errors import DomainError

MAX_URL = 500
MAX_QUERY = 8000
TOTAL_SECONDS = 10.0
CONNECT_SECONDS = 5.0
MAX_ANSWER = 64 * 1024

_Address = ipaddress.IPv4Address | ipaddress.IPv6Address
_PRINTABLE = re.compile(r"[!-\[\]-~\u0080-\U0010ffff]+")  # no space, no control, no backslash
_QUERY = re.compile(r"[!-\[\]-~]*")  # quoted already
_HOST = re.compile(r"[a-z0-9._-]{1,253}|[0-9a-f:.]{2,45}")
# IPv6 ranges that carry an IPv4 address inside: what they lead to cannot be told from the outside.
_WRAPPED = tuple(
    ipaddress.ip_network(text) for text in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32", "::/96")
)


class AddressRefused(DomainError):
    """The address may not be called."""


class NoAnswer(Exception):
    """The call did not end in an answer. ``code``: no_connection, tls, timeout, broken."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code
        self.detail = detail


@dataclass(frozen=True, kw_only=True, slots=True)
class Destination:
    """An address that was checked, with the network addresses its name had at that moment."""

    scheme: str
    host: str
    port: int
    path: str
    addresses: tuple[str, ...]

    @property
    def host_header(self) -> str:
        """Name and, where it is not the scheme's own, port."""
        name = f"[{self.host}]" if ":" in self.host else self.host
        return name if self.port == {"https": 443, "http": 80}[self.scheme] else f"{name}:{self.port}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """What came back; ``body`` is cut at the cap."""

    status: int
    headers: dict[str, str]
    body: bytes


def check_address(url: str, *, field: str | None = "url") -> Destination:
    """Read and check an address, resolving its name. Raises AddressRefused (address_malformed, address_scheme,
    address_port, address_unknown, address_private, address_own) for ``field``.
    """
    scheme, host, port, path = _read(url, field)
    if _is_own_name(host):
        raise AddressRefused("address_own", _("This is the address of this server itself."), field=field)
    addresses = _resolve(host, port, field)
    for address in addresses:
        _judge(address, scheme=scheme, port=port, field=field)
    return Destination(
        scheme=scheme, host=host, port=port, path=path, addresses=tuple(str(address) for address in addresses)
    )


def send(
    method: str,
    url: str,
    *,
    headers: Mapping[str, str] | None = None,
    body: bytes | None = None,
    query: str = "",
    seconds: float = TOTAL_SECONDS,
    max_answer: int = MAX_ANSWER,
) -> Answer:
    """Call ``url`` and return its answer, whatever its status; a redirect is an answer like any other.

    ``query``: more of the address, quoted by the caller, where it carries a text and may be long.
    ``seconds`` is the time for all of it (name look-up aside, whose limit is the system's). Raises AddressRefused and
    NoAnswer.
    """
    destination = check_address(url)
    if query:
        if len(query) > MAX_QUERY or not _QUERY.fullmatch(query) or "#" in query:
            raise AddressRefused("address_malformed", _("This is no complete web address."))
        path = destination.path + ("&" if "?" in destination.path else "?") + query
        destination = replace(destination, path=path)
    deadline = time.monotonic() + seconds
    connection = _Pinned(destination, deadline)
    # A socket's own time-out begins anew with each byte; this ends a server that drips.
    watchdog = threading.Timer(seconds, connection.cut)
    watchdog.daemon = True
    watchdog.start()
    try:
        return _exchange(connection, destination, method, headers or {}, body, max_answer)
    except ssl.SSLError as error:
        raise NoAnswer("tls", str(error.reason or error)) from error
    except TimeoutError as error:
        raise NoAnswer("timeout") from error
    except (OSError, http.client.HTTPException) as error:
        if time.monotonic() >= deadline:
            raise NoAnswer("timeout") from error
        code = "broken" if connection.was_connected else "no_connection"
        raise NoAnswer(code, type(error).__name__) from error
    finally:
        watchdog.cancel()
        connection.close()


def _exchange(
    connection: "_Pinned",
    destination: Destination,
    method: str,
    headers: Mapping[str, str],
    body: bytes | None,
    max_answer: int,
) -> Answer:
    connection.putrequest(method, destination.path, skip_host=True, skip_accept_encoding=True)
    connection.putheader("Host", destination.host_header)
    connection.putheader("Connection", "close")
    if body is not None:
        connection.putheader("Content-Length", str(len(body)))
    for name, value in headers.items():
        connection.putheader(name, value)
    connection.endheaders(body)
    response = connection.getresponse()
    kept = response.read(max_answer)
    # The watchdog ends a read by closing the socket, which may look like the end of the answer.
    if connection.was_cut:
        raise TimeoutError
    return Answer(status=response.status, headers={k.lower(): v for k, v in response.getheaders()}, body=kept)


class _Pinned(http.client.HTTPConnection):
    """A connection to the checked addresses only; the name is used for TLS and Host."""

    def __init__(self, destination: Destination, deadline: float) -> None:
        super().__init__(destination.host, destination.port, timeout=CONNECT_SECONDS)
        self._destination = destination
        self._deadline = deadline
        # Kept apart: http.client forgets ``sock`` once the head of the answer says that the connection will close.
        self._wire: socket.socket | None = None
        self.was_connected = False
        self.was_cut = False

    def connect(self) -> None:
        """Open the socket to the first address that answers."""
        problem: OSError | None = None
        for address in self._destination.addresses[:3]:
            left = self._deadline - time.monotonic()
            if left <= 0:
                raise TimeoutError
            try:
                raw = socket.create_connection((address, self._destination.port), timeout=min(CONNECT_SECONDS, left))
            except OSError as error:
                problem = error
                continue
            raw.settimeout(max(0.1, self._deadline - time.monotonic()))
            self.sock = self._wire = raw
            if self._destination.scheme == "https":
                context = ssl.create_default_context()
                wrapped = context.wrap_socket(
                    raw, server_hostname=self._destination.host, do_handshake_on_connect=False
                )
                # Known to the watchdog before the handshake, which may drip, too.
                self.sock = self._wire = wrapped
                wrapped.do_handshake()
            self.was_connected = True
            return
        raise problem or OSError("no address")

    def cut(self) -> None:
        """End whatever is under way: the time is up."""
        self.was_cut = True
        if self._wire is not None:
            with suppress(OSError):
                self._wire.shutdown(socket.SHUT_RDWR)


def _read(url: str, field: str | None) -> tuple[str, str, int, str]:
    malformed = AddressRefused("address_malformed", _("This is no complete web address."), field=field)
    if not 8 <= len(url) <= MAX_URL or not _PRINTABLE.fullmatch(url):
        raise malformed
    try:
        parts = urlsplit(url)
        port = parts.port
        host = (parts.hostname or "").rstrip(".")
        host = host if host.isascii() else host.encode("idna").decode("ascii")
    except (ValueError, UnicodeError) as error:
        raise malformed from error
    if parts.scheme not in {"https", "http"}:
        raise AddressRefused("address_scheme", _("The address must begin with https://."), field=field)
    if not _HOST.fullmatch(host) or "@" in parts.netloc or "#" in url:
        raise malformed
    port = port if port is not None else {"https": 443, "http": 80}[parts.scheme]
    # Nothing that speaks mail, shell or file protocols is to be reached, not even to be greeted.
    if port not in {80, 443} and port < 1024:
        raise AddressRefused("address_port", _("This port is not for web servers."), field=field)
    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
    if parts.query:
        path += "?" + quote(parts.query, safe="/%:@!$&'()*+,;=~-._?")
    return parts.scheme, host, port, path


def _resolve(host: str, port: int, field: str | None) -> list[_Address]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise AddressRefused("address_unknown", _("There is no server of this name."), field=field) from error
    # A zone ("fe80::1%eth0") belongs to link-local addresses, which are refused anyway.
    return list(dict.fromkeys(ipaddress.ip_address(str(entry[4][0]).partition("%")[0]) for entry in found))


def _judge(address: _Address, *, scheme: str, port: int, field: str | None) -> None:
    """Refuse an address that is not for the outside world."""
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    refused = AddressRefused(
        "address_private", _("This address lies inside a private network and may not be called."), field=field
    )
    if address.is_link_local or address.is_multicast or address.is_unspecified:
        raise refused
    if any(address in network for network in _allowed()):
        if port == settings.ENVIRONMENT.port and address.is_loopback:
            raise AddressRefused("address_own", _("This is the address of this server itself."), field=field)
        return
    if scheme != "https":
        raise AddressRefused("address_scheme", _("The address must begin with https://."), field=field)
    wrapped = isinstance(address, ipaddress.IPv6Address) and (
        address.is_site_local or any(address in network for network in _WRAPPED)
    )
    if not address.is_global or address.is_reserved or wrapped:
        raise refused
    if address in _own_addresses():
        raise AddressRefused("address_own", _("This is the address of this server itself."), field=field)


def _allowed() -> list[ipaddress.IPv4Network | ipaddress.IPv6Network]:
    return [ipaddress.ip_network(text) for text in settings.OUTBOUND_ALLOW]


def _own_names() -> list[str]:
    """Names under which this server answers; those of the machine itself are judged by their addresses."""
    names = {*settings.ALLOWED_HOSTS, urlsplit(settings.BASE_URL).hostname or ""}
    return [name for name in names if name not in {"", "*", "localhost", "127.0.0.1", "[::1]", "::1"}]


def _is_own_name(host: str) -> bool:
    return validate_host(host, _own_names())


def _own_addresses() -> set[_Address]:
    """What the public name of this server resolves to: another name for the same machine is no way in, either."""
    host = urlsplit(settings.BASE_URL).hostname or ""
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return set()
    return {ipaddress.ip_address(str(entry[4][0]).partition("%")[0]) for entry in found}
