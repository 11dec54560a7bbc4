"""A real gateway: Kannel between us and a made-up operator. A text prepared, carried, reported; one that comes in."""

import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from halkhata.engines.messaging.models import InboundText
from halkhata.engines.messaging.services.text_sending import send_text_now
from halkhata.engines.sms.models import Gateway, SmsReport
from halkhata.engines.sms.tests.gateway_shop import HOOK, make_gateway, text_for, ticket
from tests.support.fixtures_process import wait_until
from tests.support.requirements import kannel_programs

__all__ = ["ticket"]
pytestmark = [pytest.mark.needs_kannel, pytest.mark.django_db(transaction=True)]

CONFIG = """
group = core
admin-port = {admin}
admin-interface = 127.0.0.1
admin-password = nine-plain-words
smsbox-port = {box}
box-allow-ip = "127.0.0.1"
dlr-storage = internal

group = smsc
smsc = fake
smsc-id = operator
port = {operator}
connect-allow-ip = 127.0.0.1

group = smsbox
bearerbox-host = 127.0.0.1
sendsms-port = {send}
sendsms-interface = 127.0.0.1
global-sender = 09600000000

group = sendsms-user
username = padma
password = plain-words
concatenation = true
max-messages = 10

group = sms-service
keyword = default
omit-empty = true
max-messages = 0
get-url = "{shop}/sms/hooks/{hook}/message/?from=%p&to=%P&text=%b&coding=%c&id=%I"
"""


@dataclass
class Kannel:
    """Both boxes running, and where they listen."""

    send: int
    operator: int
    folder: Path

    def operator_says(self, message: str) -> subprocess.Popen[bytes]:
        """A phone in the operator's net sends one text, and takes what comes for it until it is ended."""
        program = str(kannel_programs()[2])
        return subprocess.Popen(
            [program, "-H", "127.0.0.1", "-r", str(self.operator), "-m", "1", message],
            stdout=subprocess.DEVNULL, stderr=(self.folder / "operator.log").open("wb"),
        )  # fmt: skip


def free_ports(count: int) -> list[int]:
    sockets = [socket.socket() for _number in range(count)]
    for one in sockets:
        one.bind(("127.0.0.1", 0))
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


def listens(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture
def kannel(tmp_path: Path, live_server: Any) -> Iterator[Kannel]:
    """Kannel, told that the shop is the live server of the test."""
    admin, box, operator, send = free_ports(4)
    config = tmp_path / "kannel.conf"
    config.write_text(
        CONFIG.format(admin=admin, box=box, operator=operator, send=send, shop=live_server.url, hook=HOOK)
    )
    bearerbox, smsbox, _fake = kannel_programs()
    running = []
    for program, port in ((bearerbox, box), (smsbox, send)):
        log = (tmp_path / f"{Path(str(program)).name}.log").open("wb")
        running.append(subprocess.Popen([str(program), str(config)], stdout=log, stderr=log))
        wait_until(lambda port=port: listens(port), 120, f"{program} does not listen")
    yield Kannel(send=send, operator=operator, folder=tmp_path)
    for process in reversed(running):
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@pytest.fixture
def shop_with_kannel(kannel: Kannel, live_server: Any, settings: Any) -> Gateway:
    settings.OUTBOUND_ALLOW = ["127.0.0.1/32"]
    settings.BASE_URL = live_server.url
    gateway = make_gateway(
        "", "kannel", options={"username": "padma"}, secrets={"password": "plain-words"}, sender_name="PADMA"
    )
    gateway.base_url = f"http://127.0.0.1:{kannel.send}/cgi-bin/sendsms"
    gateway.save()
    return gateway


def test_text_goes_over_kannel_to_the_operator_and_its_report_says_delivered(ticket, kannel, shop_with_kannel):
    phone = kannel.operator_says("8801100000031 09600000000 ucs2 " + "".join(
        f"%{byte:02X}" for byte in "ফ্যান আবার বন্ধ".encode("utf-16-be")))  # fmt: skip
    try:
        wait_until(InboundText.objects.exists, 90, "nothing came in")
        message = text_for(ticket, text="আপনার ফ্যান তৈরি। ফোন করুন।")
        assert send_text_now(message.pk) in {"sent", "delivered"}

        def arrived() -> bool:
            message.refresh_from_db()
            return bool(message.state == "delivered")

        wait_until(arrived, 90, "no report came")
    finally:
        time.sleep(0.5)
        phone.terminate()
        phone.wait()
    assert message.sms_delivery.state == "delivered"
    assert SmsReport.objects.get().state == "taken"
    said = (kannel.folder / "operator.log").read_text(errors="replace")
    assert "Got message 1: <PADMA +8801100000031 ucs-2 %09%86%09%AA%09%A8%09%BE%09%B0" in said
    came = InboundText.objects.get()
    assert came.source == f"sms:{shop_with_kannel.pk}"
    assert "ফ্যান আবার বন্ধ" in {str(value) for value in InboundText.objects.values().get().values()}


def test_kannel_with_a_wrong_password_says_so(ticket, kannel, shop_with_kannel):
    from halkhata.engines.sms.services.access import seal_secrets

    Gateway.objects.update(sealed=seal_secrets({"password": "wrong"}))
    with pytest.raises(OSError, match="try later"):
        send_text_now(text_for(ticket).pk)
    shop_with_kannel.refresh_from_db()
    assert (shop_with_kannel.last_fault, "Authorization failed" in shop_with_kannel.last_said) == ("access", True)
