"""The guarded way out: what may be called, and that the connection goes where the check looked (B40-B47)."""

import datetime
import ipaddress
import socket
import ssl
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from halkhata.foundation.core import outbound_http
from halkhata.foundation.core.outbound_http import AddressRefused, NoAnswer, check_address, send

PUBLIC = "93.184.215.14"


def resolver(*answers):
    """A name server of the test's own: each look-up gives the next answer, the last one for ever."""
    queue = list(answers)

    def look_up(host, port, *args, **kwargs):
        try:
            ipaddress.ip_address(host)
            found = [host]
        except ValueError:
            own = ["127.0.0.1"] if host == "localhost" else None
            found = own or (queue.pop(0) if len(queue) > 1 else queue[0])
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in found]

    return look_up


def refused(url):
    with pytest.raises(AddressRefused) as caught:
        check_address(url)
    return caught.value.code


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "127.8.8.8", "0.0.0.0", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1", "100.64.0.1",
     "169.254.169.254", "192.0.0.1", "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255", "[::1]", "[::]",
     "[fe80::1]", "[fc00::1]", "[fd12:3456::1]", "[fec0::1]", "[ff02::1]", "[::ffff:127.0.0.1]", "[::ffff:10.0.0.1]",
     "[::127.0.0.1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "[2001:0:7f00:1::]", "[2001:db8::1]"],
)  # fmt: skip
def test_private_addresses_are_refused(address):
    assert refused(f"https://{address}/hook") == "address_private"


@pytest.mark.parametrize(
    "name", ["localhost", "localhost.", "LOCALHOST", "2130706433", "0x7f000001", "127.1", "0177.0.0.1"]
)
def test_names_of_this_machine_in_any_spelling_are_refused(name):
    assert refused(f"https://{name}/hook") in {"address_private", "address_own", "address_malformed"}


@pytest.mark.parametrize(
    ("url", "code"),
    [
        (f"http://{PUBLIC}/hook", "address_scheme"),
        (f"ftp://{PUBLIC}/hook", "address_scheme"),
        ("file:///etc/passwd", "address_scheme"),
        ("javascript:alert(1)", "address_scheme"),
        ("gopher://example.com/", "address_scheme"),
        ("https://", "address_malformed"),
        ("https:///path", "address_malformed"),
        (f"https://user:secret@{PUBLIC}/", "address_malformed"),
        (f"https://{PUBLIC}/#part", "address_malformed"),
        (f"https://{PUBLIC}:99999/", "address_malformed"),
        (f"https://{PUBLIC}:25/", "address_port"),
        (f"https://{PUBLIC}:22/", "address_port"),
        (f"https://{PUBLIC}/a b", "address_malformed"),
        (f"https://{PUBLIC}/a\r\nX-Bad: 1", "address_malformed"),
        (f"https://{PUBLIC}\\@10.0.0.1/", "address_malformed"),
        (f"https://{PUBLIC}/" + "x" * 600, "address_malformed"),
    ],
)
def test_addresses_that_are_none_or_of_another_kind_are_refused(url, code):
    assert refused(url) == code


def test_public_address_by_https_is_taken():
    found = check_address(f"https://{PUBLIC}:8443/hook?x=1")
    assert (found.scheme, found.port, found.path, found.addresses) == ("https", 8443, "/hook?x=1", (PUBLIC,))


def test_one_private_address_among_public_ones_is_enough_to_refuse(monkeypatch):
    monkeypatch.setattr(socket, "getaddrinfo", resolver([PUBLIC, "10.0.0.1"]))
    assert refused("https://mixed.test/hook") == "address_private"


def test_name_that_leads_nowhere_is_refused(monkeypatch):
    def nothing(*args, **kwargs):
        raise socket.gaierror("no such name")

    monkeypatch.setattr(socket, "getaddrinfo", nothing)
    assert refused("https://nowhere.invalid/hook") == "address_unknown"


def test_own_public_name_and_another_name_of_the_same_machine_are_refused(monkeypatch, settings):
    settings.BASE_URL = "https://crm.example.com"
    settings.ALLOWED_HOSTS = ["crm.example.com", ".shop.example.com"]
    monkeypatch.setattr(socket, "getaddrinfo", resolver([PUBLIC]))
    assert refused("https://crm.example.com/api/") == "address_own"
    assert refused("https://CRM.example.com.:8443/") == "address_own"
    assert refused("https://a.shop.example.com/") == "address_own"
    assert refused("https://alias.test/") == "address_own"


def test_allowed_network_of_the_shop_may_be_called_by_plain_http_but_not_link_local(settings):
    settings.OUTBOUND_ALLOW = ["192.168.1.0/24", "169.254.0.0/16"]
    assert check_address("http://192.168.1.20:8080/hook").port == 8080
    assert refused("http://192.168.2.20:8080/hook") == "address_scheme"
    assert refused("https://192.168.2.20:8080/hook") == "address_private"
    assert refused("http://169.254.169.254/latest/meta-data/") == "address_private"


def test_own_port_on_this_machine_is_refused_even_where_the_machine_is_allowed(settings):
    settings.OUTBOUND_ALLOW = ["127.0.0.0/8"]
    assert refused(f"http://127.0.0.1:{settings.ENVIRONMENT.port}/") == "address_own"


# ---------------------------------------------------------------- with a real server
class Receiver:
    """A web server on this machine that notes what it gets."""

    def __init__(self, context=None):
        self.seen = []
        self.answer = lambda handler: self.reply(handler, 200, b"ok")
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                outer.seen.append((self.path, dict(self.headers), body))
                outer.answer(self)

            do_GET = do_POST

            def log_message(self, *args):
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        if context:
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.port = self.server.server_port
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @staticmethod
    def reply(handler, status, body, **headers):
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    def close(self):
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def receiver(settings):
    settings.OUTBOUND_ALLOW = ["127.0.0.1/32"]
    server = Receiver()
    yield server
    server.close()


def test_answer_comes_back_and_the_request_is_what_was_asked(receiver):
    answer = send("POST", f"http://127.0.0.1:{receiver.port}/hook?a=1", headers={"X-One": "1"}, body=b"{}")
    assert (answer.status, answer.body) == (200, b"ok")
    ((path, headers, body),) = receiver.seen
    assert (path, body, headers["X-One"]) == ("/hook?a=1", b"{}", "1")
    assert headers["Host"] == f"127.0.0.1:{receiver.port}"


def test_redirect_is_not_followed(receiver):
    receiver.answer = lambda handler: receiver.reply(
        handler, 302, b"", Location=f"http://127.0.0.1:{receiver.port}/inside"
    )
    assert send("POST", f"http://127.0.0.1:{receiver.port}/hook", body=b"").status == 302
    assert [path for path, _headers, _body in receiver.seen] == ["/hook"]


def test_answer_is_cut_at_its_cap(receiver):
    receiver.answer = lambda handler: receiver.reply(handler, 200, b"x" * 500_000)
    assert len(send("GET", f"http://127.0.0.1:{receiver.port}/", max_answer=1000).body) == 1000


def test_server_that_drips_is_left_when_the_time_is_up(receiver):
    def drip(handler):
        handler.send_response(200)
        handler.send_header("Content-Length", "100000")
        handler.end_headers()
        for _ in range(100):
            handler.wfile.write(b"x")
            handler.wfile.flush()
            time.sleep(0.1)

    receiver.answer = drip
    begin = time.monotonic()
    with pytest.raises(NoAnswer) as caught:
        send("GET", f"http://127.0.0.1:{receiver.port}/", seconds=1.0)
    assert caught.value.code == "timeout"
    assert time.monotonic() - begin < 3


def test_server_that_is_not_there_is_no_connection(settings):
    settings.OUTBOUND_ALLOW = ["127.0.0.1/32"]
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(NoAnswer) as caught:
        send("GET", f"http://127.0.0.1:{port}/")
    assert caught.value.code == "no_connection"


def test_name_that_is_moved_inside_between_check_and_call_is_refused_at_the_call(monkeypatch):
    monkeypatch.setattr(socket, "getaddrinfo", resolver([PUBLIC], ["127.0.0.1"]))
    check_address("https://rebind.test/hook")  # when it was saved
    with pytest.raises(AddressRefused):
        send("POST", "https://rebind.test/hook", body=b"")


def test_connection_goes_to_the_checked_address_and_the_name_is_not_looked_up_again(monkeypatch, receiver, settings):
    """The resolver answers once; a second look-up (rebinding) would lead elsewhere and must not happen."""
    asked = []

    def once(host, port, *args, **kwargs):
        asked.append(host)
        address = (
            "127.0.0.1" if host in {"pinned.test", "127.0.0.1"} and asked.count("pinned.test") <= 1 else "10.9.9.9"
        )
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    monkeypatch.setattr(socket, "getaddrinfo", once)
    answer = send("POST", f"http://pinned.test:{receiver.port}/hook", body=b"")
    assert answer.status == 200
    assert receiver.seen[0][1]["Host"] == f"pinned.test:{receiver.port}"
    assert asked.count("pinned.test") == 1


def test_twin_that_looks_the_name_up_again_is_led_astray(monkeypatch, receiver, settings):
    """The guard off: connecting by name instead of the checked address asks a second time and goes elsewhere."""
    asked = []

    def rebinding(host, port, *args, **kwargs):
        asked.append(host)
        if host == "pinned.test" and asked.count(host) > 1:
            raise AssertionError("led astray")
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

    monkeypatch.setattr(socket, "getaddrinfo", rebinding)
    honest = outbound_http.Destination
    monkeypatch.setattr(
        outbound_http, "Destination", lambda **values: honest(**{**values, "addresses": (values["host"],)})
    )
    with pytest.raises(AssertionError, match="led astray"):
        send("POST", f"http://pinned.test:{receiver.port}/hook", body=b"")


# ---------------------------------------------------------------- TLS
def _certificate(folder, name):
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    at = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(at - datetime.timedelta(days=1))
        .not_valid_after(at + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = folder / "server.pem"
    file.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    return file


@pytest.fixture
def tls(tmp_path, settings, monkeypatch):
    settings.OUTBOUND_ALLOW = ["127.0.0.1/32"]
    file = _certificate(tmp_path, "hooks.test")
    names = []
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    context.sni_callback = lambda sock, name, ctx: names.append(name)
    server = Receiver(context)
    monkeypatch.setattr(socket, "getaddrinfo", resolver(["127.0.0.1"]))
    server.file, server.names = file, names
    yield server
    server.close()


def test_tls_keeps_the_name_although_the_connection_goes_to_the_address(tls, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(tls.file))
    assert send("POST", f"https://hooks.test:{tls.port}/hook", body=b"").status == 200
    assert tls.names == ["hooks.test"]
    assert tls.seen[0][1]["Host"] == f"hooks.test:{tls.port}"


@pytest.mark.parametrize(("trusted", "name"), [(False, "hooks.test"), (True, "other.test")])
def test_certificate_that_is_not_trusted_or_of_another_name_ends_the_call(tls, monkeypatch, trusted, name):
    if trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(tls.file))
    with pytest.raises(NoAnswer) as caught:
        send("POST", f"https://{name}:{tls.port}/hook", body=b"")
    assert caught.value.code == "tls"
    assert tls.seen == []
