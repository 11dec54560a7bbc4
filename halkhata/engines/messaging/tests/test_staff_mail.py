"""Mail to staff about their accounts, over a real SMTP server."""

import re

import pytest
from django.test import Client

from halkhata.engines.messaging.models import Delivery, Message
from halkhata.engines.messaging.services import staff_mail
from halkhata.engines.messaging.tests.mails import make_mailbox
from halkhata.foundation.accounts.models import AccessLink, User
from halkhata.foundation.accounts.services.reset_by_mail import mail_link_to
from halkhata.foundation.core.jobs.worker import run_until_quiet


def test_forgotten_password_comes_by_mail_and_the_link_works(shop, smtp_server):
    make_mailbox(shop, smtp_host=smtp_server.host, smtp_port=smtp_server.port)
    User.objects.filter(pk=shop.agent.pk).update(language="bn", name_bn="রফি")
    assert Client().post("/sign-in/forgotten/", {"who": "rafi"}).status_code == 200
    run_until_quiet()
    (received,) = smtp_server.wait_for(1)
    mail = received.message
    assert (str(mail["To"]), str(mail["Auto-Submitted"])) == ("rafi@example.com", "auto-generated")
    address = re.search(r"http\S+", mail.get_body().get_content()).group(0)
    client = Client()
    client.get(address[address.index("/sign-in/") :])
    new = "six other plain words"
    client.post("/sign-in/new-password/", {"new_password": new, "repeated": new})
    assert User.objects.get(pk=shop.agent.pk).check_password(new)
    # It belongs to no ticket and stands in no outbox: it carries a secret.
    assert (Delivery.objects.count(), Message.objects.count()) == (0, 0)


def test_link_that_could_not_be_sent_neither_lives_nor_counts(shop):
    make_mailbox(shop)
    for _ in range(4):
        with pytest.raises(OSError):
            mail_link_to("rafi")
    assert AccessLink.objects.count() == 0


def test_demo_mailbox_and_one_without_a_server_cannot_send(shop):
    assert not staff_mail.can_send()
    make_mailbox(shop, smtp_host="")
    assert not staff_mail.can_send()
    make_mailbox(shop, address="demo@example.com", is_default=False, is_demo=True)
    assert not staff_mail.can_send()
