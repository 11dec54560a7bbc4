"""Where mail connections may go: usual ports, no metadata service, the checked address only (B44)."""

import ipaddress
import socket

import pytest
from django.urls import reverse

from halkhata.engines.messaging.models import Mailbox
from halkhata.engines.messaging.services import mail_hosts
from halkhata.engines.messaging.services.mail_hosts import TargetRefused, check_target, open_connection
from halkhata.engines.messaging.services.mailboxes import try_reading, try_sending
from halkhata.engines.messaging.tests.mails import make_mailbox
from halkhata.foundation.core.errors import DomainError

NEVER = [
    "169.254.169.254", "169.254.1.1", "fe80::1", "224.0.0.1", "ff02::1", "0.0.0.0", "::", "255.255.255.255",
    "::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe", "2002:a9fe:a9fe::1", "fd00:ec2::254", "100.100.100.200",
]  # fmt: skip


@pytest.fixture
def no_exceptions(settings):
    settings.MAIL_PRIVATE_HOSTS = ()


@pytest.fixture
def names(monkeypatch):
    """What each name leads to, and where was connected to."""
    known: dict[str, list[str]] = {}
    connected: list[tuple] = []

    def lookup(host, port, *_arguments, **_names):
        addresses = known.get(host, [host])
        try:
            found = [ipaddress.ip_address(one) for one in addresses]
        except ValueError:
            raise socket.gaierror(-2, "Name or service not known") from None
        return [
            (socket.AF_INET6 if one.version == 6 else socket.AF_INET, socket.SOCK_STREAM, 6, "", (str(one), port))
            for one in found
        ]

    monkeypatch.setattr(mail_hosts.socket, "getaddrinfo", lookup)
    monkeypatch.setattr(mail_hosts, "_connected", lambda *facts: connected.append(facts[3]) or "socket")
    return known, connected


@pytest.mark.parametrize("address", NEVER)
def test_forbidden_address_is_refused_when_saving_and_when_connecting(names, settings, address):
    """Not even the setting allows it."""
    settings.MAIL_PRIVATE_HOSTS = (address, "mail.example.com")
    known, connected = names
    with pytest.raises(DomainError) as refused:
        check_target(address, 993, "imap")
    assert (refused.value.code, refused.value.field) == ("address_refused", "imap_host")
    known["mail.example.com"] = [address]
    check_target("mail.example.com", 993, "imap")  # what a name leads to is known only when it is used
    with pytest.raises(TargetRefused) as stopped:
        open_connection("mail.example.com", 993, "imap", 5)
    assert stopped.value.code == "address_refused"
    assert connected == []


@pytest.mark.parametrize(
    ("side", "usual", "unusual"),
    [("imap", (143, 993), (25, 587, 22, 5432, 8080, 0)), ("smtp", (25, 465, 587, 2525), (143, 993, 22, 6379, 80, 0))],
)
@pytest.mark.parametrize("host", ["mail.example.com", "192.168.1.10", "127.0.0.1", "198.51.100.7", "fd12::5"])
def test_only_usual_ports_without_the_setting(no_exceptions, names, host, side, usual, unusual):
    """Private addresses are allowed: many shops have their mail server in the next room."""
    known, connected = names
    known["mail.example.com"] = ["192.168.1.10"]
    for port in usual:
        check_target(host, port, side)
        assert open_connection(host, port, side, 5) == "socket"
    assert len(connected) == len(usual)
    for port in unusual:
        with pytest.raises(DomainError) as refused:
            check_target(host, port, side)
        assert (refused.value.code, refused.value.field) == ("port_refused", f"{side}_port")
        with pytest.raises(TargetRefused):
            open_connection(host, port, side, 5)
    assert len(connected) == len(usual)


@pytest.mark.parametrize(
    ("entry", "host"),
    [
        ("192.168.1.10", "192.168.1.10"),
        ("192.168.1.0/24", "192.168.1.10"),
        ("mail.lan", "mail.lan"),
        ("mail.lan", "Mail.LAN."),
        ("192.168.1.10", "mail.lan"),
        ("192.168.1.0/24", "mail.lan"),
    ],
)
def test_listed_host_may_have_any_port(settings, names, entry, host):
    known, _connected = names
    known["mail.lan"] = known["Mail.LAN."] = ["192.168.1.10"]
    settings.MAIL_PRIVATE_HOSTS = (entry,)
    check_target(host, 1143, "imap")
    assert open_connection(host, 1143, "imap", 5) == "socket"
    for stranger in ("192.168.2.10", "other.example.com"):
        with pytest.raises(DomainError):
            check_target(stranger, 1143, "imap")


def test_name_server_that_changes_its_answer_gets_nowhere(no_exceptions, names):
    """The address that was checked is the one that is connected to; nothing is looked up a second time."""
    known, connected = names
    known["rebind.example.com"] = ["198.51.100.7"]
    check_target("rebind.example.com", 993, "imap")
    known["rebind.example.com"] = ["169.254.169.254", "198.51.100.8"]
    assert open_connection("rebind.example.com", 993, "imap", 5) == "socket"
    assert connected == [("198.51.100.8", 993)]


@pytest.mark.parametrize(
    "host", ["http://mail.example.com", "mail example.com", "a@b.example.com", "mail.example.com/x"]
)
def test_host_must_be_a_bare_name(host):
    with pytest.raises(DomainError) as refused:
        check_target(host, 993, "imap")
    assert refused.value.code == "bad_host"


def test_setting_is_a_list_of_names_addresses_and_networks(tmp_path):
    from config.environment import ConfigurationError, read_environment

    def read(value: str) -> tuple[str, ...]:
        values = {"HALKHATA_DATA_DIR": str(tmp_path), "HALKHATA_MAIL_PRIVATE_HOSTS": value}
        return read_environment(values).mail_private_hosts

    assert read("") == ()
    assert read(" Mail.LAN., 192.168.1.10,10.0.0.0/24, fd12::/16 ,") == (
        "mail.lan", "192.168.1.10", "10.0.0.0/24", "fd12::/16",
    )  # fmt: skip
    for wrong in ("10.0.0.0/240", "mail.lan:1143", "http://mail.lan"):
        with pytest.raises(ConfigurationError, match=r"HALKHATA_MAIL_PRIVATE_HOSTS has “"):
            read(f"mail.lan, {wrong}")


@pytest.mark.django_db
def test_form_says_which_field_is_refused(shop, client_as, no_exceptions):
    values = {
        "name": "Service", "address": "service@shop.example.com", "branch": shop.branch.pk, "opens_kind": "question",
        "imap_host": "169.254.169.254", "imap_port": 80, "imap_security": "none", "imap_folder": "INBOX",
        "smtp_host": "", "smtp_port": 587, "smtp_security": "starttls",
    }  # fmt: skip
    client, url = client_as(shop.owner, "en"), reverse("messaging:mailbox_new")
    response = client.post(url, values)
    assert (response.status_code, list(response.context["form"].errors)) == (422, ["imap_host"])
    response = client.post(url, {**values, "imap_host": "192.168.1.10"})
    assert (response.status_code, list(response.context["form"].errors)) == (422, ["imap_port"])
    assert "HALKHATA_MAIL_PRIVATE_HOSTS" in response.content.decode()
    assert not Mailbox.objects.exists()


@pytest.mark.django_db
def test_trial_connects_to_nothing_outside_the_rule(shop, no_exceptions):
    """A row that came in by another road, with a service that would answer: no connection is made to it."""
    with socket.create_server(("127.0.0.1", 0)) as service:
        service.settimeout(0.2)
        port = service.getsockname()[1]
        box = make_mailbox(shop, imap_host="127.0.0.1", imap_port=port, imap_security="none", smtp_port=port)
        assert (try_reading(box).code, try_sending(box).code) == ("port_refused", "port_refused")
        with pytest.raises(TimeoutError):
            service.accept()


@pytest.mark.django_db
def test_encrypted_connections_go_by_the_same_rule(shop, no_exceptions):
    with socket.create_server(("127.0.0.1", 0)) as service:
        service.settimeout(0.2)
        port = service.getsockname()[1]
        box = make_mailbox(
            shop, imap_host="127.0.0.1", imap_port=port, imap_security="tls", smtp_port=port, smtp_security="tls"
        )
        assert (try_reading(box).code, try_sending(box).code) == ("port_refused", "port_refused")
        box.imap_security = box.smtp_security = "starttls"
        assert (try_reading(box).code, try_sending(box).code) == ("port_refused", "port_refused")
        with pytest.raises(TimeoutError):
            service.accept()
