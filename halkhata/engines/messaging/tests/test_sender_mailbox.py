"""By which of several mailboxes an answer goes out."""

from types import SimpleNamespace

import pytest

from halkhata.desks.tickets.services.opening import open_ticket
from halkhata.engines.messaging.models import Delivery, Mailbox
from halkhata.engines.messaging.services.automatic import send_automatic
from halkhata.engines.messaging.services.composing import mail_bytes
from halkhata.engines.messaging.services.conversations import send_reply
from halkhata.engines.messaging.services.defaults import create_default_templates
from halkhata.engines.messaging.services.inbound import ingest
from halkhata.engines.messaging.tests.mails import make_mailbox, raw_mail
from halkhata.engines.work.models import WorkItem
from halkhata.foundation.accounts.models import Team
from halkhata.foundation.accounts.services.branches import create_branch
from halkhata.records.customers.services.customers import create_customer

pytestmark = pytest.mark.django_db


@pytest.fixture
def house(shop):
    """Two departments of one branch with two and one mailboxes, one for the branch itself, and a default elsewhere."""
    other_branch = create_branch(actor=None, name_en="Other")
    service = Team.objects.create(code="service", name_en="Service", branch=shop.branch)
    customer = create_customer(actor=shop.owner, name_en="Rina", emails=["rina@example.com"])

    def box(name, **fields):
        values = {"name": name, "address": f"{name}@shop.example.com", "is_default": False, "team": None}
        return make_mailbox(shop, **{**values, **fields})

    return SimpleNamespace(
        shop=shop, service=service, customer=customer, other=other_branch,
        default=box("default", branch=other_branch, is_default=True),
        read_only=box("readonly", team=shop.team, smtp_host=""),
        complaints=box("complaints", team=shop.team), parts=box("parts", team=shop.team),
        repairs=box("repairs", team=service), branch=box("branch"),
    )  # fmt: skip


def _ticket(house, **fields) -> WorkItem:
    values = {"branch": house.shop.branch, "team": house.shop.team, **fields}
    return open_ticket(
        actor=house.shop.owner, subject="Fridge", customer=house.customer, channel="phone", acknowledge=False, **values
    )


def _sender(house, item) -> str:
    reply = send_reply(actor=house.shop.agent, item=item, text="We look at it.")
    assert reply.from_address == reply.delivery.mailbox.address
    return reply.delivery.mailbox.name


@pytest.mark.parametrize("name", ["complaints", "parts", "repairs", "branch", "default"])
def test_answer_goes_out_by_the_mailbox_the_mail_came_to(house, name):
    item = WorkItem.objects.get(number=ingest(raw_mail(), mailbox=getattr(house, name)).ticket)
    assert _sender(house, item) == name


@pytest.mark.parametrize("name", ["complaints", "parts", "repairs"])
def test_mail_given_by_hand_finds_its_mailbox_by_the_address(house, name):
    item = WorkItem.objects.get(number=ingest(raw_mail(to=f"{name}@shop.example.com")).ticket)
    assert item.team == getattr(house, name).team
    assert _sender(house, item) == name


def test_mailbox_the_mail_came_to_stays_when_the_ticket_changes_department(house):
    item = WorkItem.objects.get(number=ingest(raw_mail(), mailbox=house.parts).ticket)
    WorkItem.objects.filter(pk=item.pk).update(team=house.service)
    assert _sender(house, WorkItem.objects.get(pk=item.pk)) == "parts"


def test_call_is_answered_by_the_department_that_has_it_now(house):
    item = _ticket(house)
    assert _sender(house, item) == "complaints"
    WorkItem.objects.filter(pk=item.pk).update(team=house.service)
    assert _sender(house, WorkItem.objects.get(pk=item.pk)) == "repairs"


def test_department_without_a_mailbox_takes_the_branchs_and_not_another_departments(house):
    lonely = Team.objects.create(code="lonely", name_en="Lonely", branch=house.shop.branch)
    assert _sender(house, _ticket(house, team=lonely)) == "branch"


def test_branch_without_a_mailbox_takes_the_default(house):
    third = create_branch(actor=None, name_en="Third")
    lonely = Team.objects.create(code="lonely", name_en="Lonely", branch=third)
    assert _sender(house, _ticket(house, branch=third, team=lonely)) == "default"


def test_mailbox_that_only_reads_is_answered_for_by_its_department(house):
    item = WorkItem.objects.get(number=ingest(raw_mail(), mailbox=house.read_only).ticket)
    assert _sender(house, item) == "complaints"


def test_mailbox_given_up_is_answered_for_by_its_department(house):
    item = WorkItem.objects.get(number=ingest(raw_mail(), mailbox=house.parts).ticket)
    Mailbox.objects.filter(pk=house.parts.pk).update(is_active=False)
    assert _sender(house, WorkItem.objects.get(pk=item.pk)) == "complaints"


def test_customer_who_goes_on_at_another_mailbox_is_answered_from_there(house):
    item = WorkItem.objects.get(number=ingest(raw_mail(), mailbox=house.complaints).ticket)
    assert _sender(house, item) == "complaints"
    later = raw_mail("More", number=2, to="repairs@shop.example.com", in_reply_to="<mail-1@example.com>")
    assert ingest(later, mailbox=house.repairs).ticket == item.number
    assert _sender(house, item) == "repairs"


def test_automatic_message_goes_out_by_the_same_mailbox(house):
    create_default_templates()
    item = WorkItem.objects.get(number=ingest(raw_mail(), mailbox=house.repairs).ticket)
    delivery = send_automatic(item=item, code="received", cause="test")
    assert delivery.mailbox == house.repairs
    assert Delivery.objects.get(pk=delivery.pk).message.from_address == "repairs@shop.example.com"


def test_same_mail_to_two_mailboxes_opens_one_ticket(house):
    """Each mailbox gets its own copy, with other transport headers."""
    first = ingest(raw_mail(received="from a"), mailbox=house.complaints)
    second = ingest(raw_mail(received="from b"), mailbox=house.repairs)
    assert (second.outcome, second.ticket) == ("duplicate", first.ticket)
    assert WorkItem.objects.count() == 1


@pytest.mark.parametrize(("shown", "expected"), [("Spare parts", "Spare parts"), ("", "parts")])
def test_each_mailbox_writes_under_its_own_name(house, shown, expected):
    Mailbox.objects.filter(pk=house.parts.pk).update(display_name=shown)
    item = WorkItem.objects.get(number=ingest(raw_mail(), mailbox=Mailbox.objects.get(pk=house.parts.pk)).ticket)
    reply = send_reply(actor=house.shop.agent, item=item, text="We look at it.")
    assert f"From: {expected} <parts@shop.example.com>" in mail_bytes(reply.delivery).decode()
