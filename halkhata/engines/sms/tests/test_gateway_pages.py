"""Pages of gateways: who sees them, what they keep secret, a try, the balance told once, the list on paper."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from halkhata.desks.tickets.services.opening import open_ticket
from halkhata.engines.messaging.services.text_sending import send_text_now
from halkhata.engines.sms.models import Gateway, SmsDelivery
from halkhata.engines.sms.services.access import secrets_of
from halkhata.engines.sms.services.balances import ask_balances, write_balance
from halkhata.engines.sms.tests.gateway_shop import (
    E164,
    PHONE,
    fake,
    make_gateway,
    template_gateway,
    text_for,
    ticket,
    with_options,
)
from halkhata.engines.work.models import Notification
from halkhata.foundation.audit.models import AuditEntry
from halkhata.foundation.core.errors import DomainError
from halkhata.records.customers.services.customers import create_customer
from tests.support.fixtures_shop import make_role, make_user

__all__ = ["fake", "template_gateway", "ticket"]
pytestmark = pytest.mark.django_db


def typed(fake, **values):
    return {
        "name": "Alpha", "branch": "", "is_active": "on", "sender_name": "PADMA", "base_url": fake.url,
        "balance_limit": "৫০", "api_key": "k3y-of-ours", **values,
    }  # fmt: skip


def test_owner_sets_a_gateway_up_and_its_secret_is_never_shown_again(shop, fake, client_as):
    client = client_as(shop.owner)
    assert client.post("/sms/new/sms_net_bd/", typed(fake, api_key="")).status_code == 422
    assert client.post("/sms/new/sms_net_bd/", typed(fake, base_url="http://10.0.0.9")).status_code == 422
    assert Gateway.objects.count() == 0
    assert client.post("/sms/new/sms_net_bd/", typed(fake)).status_code == 302
    row = Gateway.objects.get()
    assert (row.balance_limit, secrets_of(row)) == (Decimal(50), {"api_key": "k3y-of-ours"})
    page = client.get(f"/sms/{row.pk}/").content.decode()
    assert "k3y-of-ours" not in page + row.sealed + repr(list(AuditEntry.objects.values()))
    assert client.post(f"/sms/{row.pk}/", typed(fake, name="Other", api_key="")).status_code == 302
    row.refresh_from_db()
    assert (row.name, secrets_of(row)) == ("Other", {"api_key": "k3y-of-ours"})
    assert client.get("/sms/").status_code == 200
    assert "Other" in client.get("/messages/settings/sms/").content.decode()


def test_key_does_not_follow_the_address_to_another_server(shop, fake, client_as):
    client = client_as(shop.owner)
    client.post("/sms/new/sms_net_bd/", typed(fake))
    row = Gateway.objects.get()
    moved = typed(fake, base_url="http://127.0.0.1:9999", api_key="")
    answer = client.post(f"/sms/{row.pk}/", moved)
    assert answer.status_code == 422
    assert "api_key" in answer.context["form"].errors
    row.refresh_from_db()
    assert row.base_url == fake.url


def test_second_gateway_for_the_same_place_is_refused(shop, fake, template_gateway, client_as):
    answer = client_as(shop.owner).post("/sms/new/sms_net_bd/", typed(fake))
    assert (answer.status_code, Gateway.objects.count()) == (409, 1)


def test_branch_manager_sees_and_sets_up_only_the_own_branch(shop, fake, template_gateway, client_as):
    role = make_role("sms_manager", level=3, scope="branch", permissions=["settings.edit", "ticket.view"])
    client = client_as(make_user("boss", branch=shop.branch, role=role))
    assert client.get("/sms/").context["rows"] == []
    for path in ("", "secret/", "try/", "balance/"):
        answer = client.post(f"/sms/{template_gateway.pk}/{path}", {"number": PHONE, "text": "x"})
        assert answer.status_code == 404, path
    assert client.post("/sms/new/sms_net_bd/", typed(fake)).status_code == 422
    assert client.post("/sms/new/sms_net_bd/", typed(fake, branch=shop.branch.pk)).status_code == 302
    assert Gateway.objects.get(name="Alpha").branch == shop.branch
    assert fake.calls == []


def test_clerk_sees_no_gateway(shop, template_gateway, client_as):
    client = client_as(shop.agent)
    assert [client.get(path).status_code for path in ("/sms/", f"/sms/{template_gateway.pk}/")] == [403, 403]


def test_new_addresses_are_shown_once_and_the_old_ones_open_nothing(shop, template_gateway, client_as, client):
    boss = client_as(shop.owner)
    text = boss.post(f"/sms/{template_gateway.pk}/secret/").content.decode()
    old = template_gateway.hook_hash
    template_gateway.refresh_from_db()
    assert template_gateway.hook_hash != old
    assert "/report/" in text
    from halkhata.engines.sms.tests.gateway_shop import REPORT

    assert client.post(REPORT, {"id": "1"}).status_code == 404


def test_try_is_one_real_text_and_the_trail_names_no_number(shop, template_gateway, fake, client_as):
    client = client_as(shop.owner)
    path = f"/sms/{template_gateway.pk}/try/"
    assert client.post(path, {"number": "12", "text": "hello"}).status_code == 422
    assert fake.calls == []
    assert client.post(path, {"number": PHONE, "text": "hello"}).status_code == 302
    assert len(fake.sent()) == 1
    delivery = SmsDelivery.objects.get()
    assert (delivery.text, delivery.state) == (None, "accepted")
    entry = AuditEntry.objects.get(action="sms.try")
    assert PHONE[1:] not in repr(entry.__dict__)
    assert "Taken by the gateway" in client.get(f"/sms/{template_gateway.pk}/").content.decode()


def test_number_of_an_invented_person_gets_no_try(shop, template_gateway, fake, client_as):
    create_customer(actor=shop.agent, name_en="Invented", phones=[PHONE], branch=shop.branch, is_demo=True)
    answer = client_as(shop.owner).post(f"/sms/{template_gateway.pk}/try/", {"number": PHONE, "text": "hello"})
    assert (answer.status_code, fake.calls, SmsDelivery.objects.count()) == (409, [], 0)


def test_low_balance_is_told_once_until_it_has_risen(shop, template_gateway, fake):
    with_options(template_gateway, balance_url=f"{fake.url}/left", balance_place="left")
    Gateway.objects.update(balance_limit=Decimal(100))

    def told():
        return Notification.objects.filter(verb="sms.low_balance", user=shop.owner).count()

    fake.answers = [(200, '{"left":"120"}'), (200, '{"left":"99.5"}'), (200, '{"left":"40"}')]
    found = []
    for _hour in range(3):
        assert ask_balances() == 1
        found.append(told())
    assert found == [0, 1, 1]
    assert Notification.objects.filter(verb="sms.low_balance", user=shop.agent).count() == 0
    write_balance(template_gateway.pk, Decimal(500))
    write_balance(template_gateway.pk, Decimal(3))
    assert told() == 2
    template_gateway.refresh_from_db()
    assert (template_gateway.balance, template_gateway.low_since is not None) == (Decimal(3), True)


def test_list_of_texts_says_how_each_ended(shop, ticket, template_gateway, fake, client_as):
    fake.answers = [(200, '{"status":"error","why":"no such number"}')]
    send_text_now(text_for(ticket).pk)
    page = client_as(shop.agent).get("/messages/texts/?box=ended").content.decode()
    assert "Failed" in page
    assert "no such number" in page


def test_texts_that_wait_stand_on_one_sheet_of_paper_without_codes(shop, ticket, client_as):
    text_for(ticket)
    text_for(ticket, "c:1", "482913 is your code", purpose="code")
    page = client_as(shop.agent).get("/sms/waiting/print/").content.decode()
    assert "আপনার ফ্যান তৈরি।" in page
    assert "482913" not in page
    role = make_role("blind", level=1, scope="all", permissions=["ticket.view", "ticket.reply"])
    assert client_as(make_user("blind", branch=shop.branch, role=role)).get("/sms/waiting/print/").status_code == 403
    far = make_role("far", level=1, scope="own", permissions=["ticket.reply", "customer.see_private"])
    seen = client_as(make_user("far", branch=shop.branch, role=far)).get("/sms/waiting/print/").content.decode()
    assert "ফ্যান" not in seen


def test_lists_ask_the_same_for_one_row_and_for_many(shop, ticket, template_gateway, fake, client_as):
    client = client_as(shop.owner)
    text_for(ticket, "n:0")
    Gateway.objects.update(is_active=False)
    text_for(ticket, "w:0")
    paths = ("/sms/", f"/sms/{template_gateway.pk}/", "/sms/waiting/print/", "/sms/reports/")

    def queries():
        found = []
        for path in paths:
            with CaptureQueriesContext(connection) as asked:
                assert client.get(path).status_code == 200
            found.append(len(asked))
        return found

    queries()
    SmsDelivery.objects.create(gateway=template_gateway, key="k0")
    one = queries()
    for number in range(1, 12):
        make_gateway(fake.url, name=f"G{number}", is_active=False, hook=f"{number:048x}")
        SmsDelivery.objects.create(gateway=template_gateway, key=f"k{number}")
        other = open_ticket(
            actor=shop.agent, subject=f"Matter {number}", customer=ticket.customer, channel="phone", branch=shop.branch,
            owner=shop.agent,
        )  # fmt: skip
        text_for(other, f"w:{number}")
    assert queries() == one


def test_command_line_tries_and_asks(template_gateway, fake, capsys):
    from argparse import Namespace

    from halkhata.doors.cli.commands.sms import ask, send_try
    from halkhata.doors.cli.errors import CommandError

    options = Namespace(gateway="", json=True, language="en", number=PHONE, text="hello")
    assert send_try(options) == 0
    assert '"state": "accepted"' in capsys.readouterr().out
    assert E164.removeprefix("+") in fake.sent()[0].body
    assert ask(options) == 1
    with pytest.raises((CommandError, DomainError)):
        send_try(Namespace(gateway="Nobody", json=True, language="en", number=PHONE, text="hello"))
