"""Where mail connections may go (reliability B44: "test the connection" must be no port scanner).

Whoever may set up a mailbox chooses a host and a port that this server then connects to, from inside the shop's
network. The rule, the same for saving, testing, reading and sending:

- Only the usual mail ports. So a mailbox cannot be used to look which other services answer here.
- Private and loopback addresses are allowed on these ports: many shops have their mail server in the next room, and
  what one learns there is whether a mail server answers.
- Another port only for hosts that the operator lists in HALKHATA_MAIL_PRIVATE_HOSTS.
- Link-local addresses (among them the metadata services of cloud providers), multicast and unspecified addresses never.

The address that is connected to is the one that was checked: a name is resolved once, at connect time, so that a name
server cannot answer first with a harmless and then with another address.
"""

import ipaddress
import socket

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from halkhata.foundation.core.errors import DomainError

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
USUAL_PORTS: dict[str, tuple[int, ...]] = {"imap": (143, 993), "smtp": (25, 465, 587, 2525)}
# Metadata services that do not lie in a link-local network.
_METADATA = {ipaddress.ip_address(one) for one in ("fd00:ec2::254", "100.100.100.200", "168.63.129.16")}
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


class TargetRefused(OSError):
    """We do not connect there. ``code`` is ``address_refused`` or ``port_refused``."""

    def __init__(self, code: str, where: str) -> None:
        super().__init__(f"{code}: {where}")
        self.code = code


def check_target(host: str, port: int, side: str) -> None:
    """Check host and port of a mailbox before it is saved. ``side`` is "imap" or "smtp"; no host is no target.

    Raises DomainError ``bad_host``, ``address_refused`` or ``port_refused`` for the field it concerns.
    """
    if not host:
        return
    if any(letter.isspace() or letter in "/\\@?#%" or ord(letter) < 33 for letter in host):
        raise DomainError(
            "bad_host", _("Write the bare name of the server, for instance mail.example.com."), field=f"{side}_host"
        )
    literal = _literal(host)
    if literal is not None and _is_never_allowed(literal):
        raise DomainError(
            "address_refused", _("No mail server may be at this address."), field=f"{side}_host", host=host
        )
    if port in USUAL_PORTS[side] or _is_listed(host, literal):
        return
    # A name may stand for a listed address. Looked up only here, so that a form can be saved without a network.
    if literal is None and any(_is_listed(host, one) for one in _addresses(host, port)):
        return
    raise DomainError(
        "port_refused",
        _(
            "This is no usual port for mail: use %(ports)s. For another one the server must be listed in "
            "HALKHATA_MAIL_PRIVATE_HOSTS."
        )
        % {"ports": ", ".join(map(str, USUAL_PORTS[side]))},
        field=f"{side}_port",
        port=port,
    )


def open_connection(host: str, port: int, side: str, timeout: float | None) -> socket.socket:
    """A connected socket to an allowed address of ``host``. ``timeout`` in seconds, for each address.

    Raises TargetRefused when no address of the host may be connected to, else OSError of the last one tried.
    """
    last: OSError | None = None
    for family, kind, protocol, _name, where in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM):
        try:
            _refuse(host, ipaddress.ip_address(str(where[0]).partition("%")[0]), port, side)
            return _connected(family, kind, protocol, where, timeout)
        except OSError as error:
            last = error
    raise last or OSError(f"{host} has no address")


def _connected(
    family: int, kind: int, protocol: int, where: tuple[object, ...], timeout: float | None
) -> socket.socket:
    client = socket.socket(family, kind, protocol)
    try:
        client.settimeout(timeout)
        client.connect(where)
    except OSError:
        client.close()
        raise
    return client


def _refuse(host: str, address: Address, port: int, side: str) -> None:
    if _is_never_allowed(address):
        raise TargetRefused("address_refused", host)
    if port not in USUAL_PORTS[side] and not _is_listed(host, address):
        raise TargetRefused("port_refused", f"{host}:{port}")


def _literal(host: str) -> Address | None:
    try:
        return ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return None


def _addresses(host: str, port: int) -> list[Address]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return []
    return [ipaddress.ip_address(str(where[0]).partition("%")[0]) for *_rest, where in found]


def _is_never_allowed(address: Address) -> bool:
    inner = _inner(address)
    return (
        inner.is_link_local
        or inner.is_multicast
        or inner.is_unspecified
        or inner in _METADATA
        or inner == ipaddress.ip_address("255.255.255.255")
        # 0.0.0.0/8 reaches this very machine on some systems.
        or (isinstance(inner, ipaddress.IPv4Address) and int(inner) < 1 << 24)
    )


def _inner(address: Address) -> Address:
    """The IPv4 address inside an IPv6 one that only wraps it: mapped, 6to4, NAT64."""
    if isinstance(address, ipaddress.IPv6Address):
        wrapped = address.ipv4_mapped or address.sixtofour
        if wrapped is not None:
            return wrapped
        if address in _NAT64:
            return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address


def _is_listed(host: str, address: Address | None) -> bool:
    """Whether the operator named this host, its address or a network around it in HALKHATA_MAIL_PRIVATE_HOSTS."""
    for entry in settings.MAIL_PRIVATE_HOSTS:
        if entry == host.strip().rstrip(".").lower():
            return True
        if address is not None:
            try:
                if _inner(address) in ipaddress.ip_network(entry, strict=False):
                    return True
            except ValueError:
                continue
    return False
