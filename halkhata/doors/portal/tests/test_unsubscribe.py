"""Saying no by the header of a mail, as mail programs do: a real server takes the mail, a real POST goes back (B.3)."""

import re
import urllib.error
import urllib.parse
import urllib.request
from datetime import timedelta

import pytest
from django.test import Client

from halkhata.engines.messaging.models import Delivery
from halkhata.engines.messaging.services.automatic import send_automatic
from halkhata.engines.messaging.services.defaults import create_default_templates
from halkhata.engines.messaging.services.sending import send_one
from halkhata.engines.messaging.tests.checked_mail import MAIL, PHONE, agree, make_customer, make_item, put_mail
from halkhata.engines.messaging.tests.mails import make_mailbox
from halkhata.foundation.core.clock import moved_to, now
from halkhata.records.customers.merging.merge import merge_customers
from halkhata.records.privacy.models import ConsentEvent, DoNotContact
from halkhata.records.privacy.services.consents import record_consent
from halkhata.records.privacy.services.contacting import may_contact
from halkhata.records.privacy.services.erasing import erase_person
from halkhata.records.privacy.services.links import preference_token, unsubscribe_token

BASE = "https://shop.example.com"
ONE_CLICK = {"List-Unsubscribe": "One-Click"}
pytestmark = pytest.mark.django_db


@pytest.fixture
def customer(shop, settings):
    settings.BASE_URL = BASE
    return make_customer(shop)


def token_for(customer, purpose="marketing", address=MAIL):
    return unsubscribe_token(customer_id=customer.pk, channel="email", purpose=purpose, address=address)


def press(token, **values):
    """As a mail provider does: no cookie, no sign-in, no token of a form, checks on."""
    return Client(enforce_csrf_checks=True).post(f"/c/unsubscribe/{token}/", values or ONE_CLICK)


@pytest.mark.django_db(transaction=True)
def test_mail_arrives_with_the_headers_and_one_real_press_ends_it(shop, customer, smtp_server, live_server):
    make_mailbox(shop, smtp_host=smtp_server.host, smtp_port=smtp_server.port)
    # Noon in Dhaka, later than everything that was said.
    item, noon = make_item(shop, customer), (now() + timedelta(days=1)).replace(hour=6, minute=0)
    with moved_to(noon):
        first, second = put_mail(item, "m:1"), put_mail(item, "m:2")
        assert send_one(first.pk) == "sent"
    mail = smtp_server.wait_for(1)[0].message
    header = str(mail["List-Unsubscribe"])
    assert re.fullmatch(rf"<{BASE}/c/unsubscribe/[^<>\s,]+/>", header)
    assert str(mail["List-Unsubscribe-Post"]) == "List-Unsubscribe=One-Click"
    url = header.strip("<>")
    # What is not ASCII or too long for a line would be encoded, and no program would know it again.
    assert f"List-Unsubscribe: {header}".encode() in smtp_server.messages[0].raw
    assert url in mail.get_body(("plain",)).get_content()
    here = url.replace(BASE, live_server.url)

    def go(data=None, **headers):
        request = urllib.request.Request(here, data=data, headers=headers)
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.status, answer.headers, answer.read().decode(), answer.url

    # A scanner opens the link: nothing happens.
    status, headers, page, _url = go()
    assert (status, "Set-Cookie" in headers) == (200, False)
    assert "Send me no more of these" in page
    assert 'lang="en"' in page
    assert may_contact(customer, "marketing", "email", address=MAIL)
    # The mail program presses: 200 at once, no redirect, no cookie.
    body = urllib.parse.urlencode(ONE_CLICK).encode()
    status, headers, _page, landed = go(body, **{"Content-Type": "application/x-www-form-urlencoded"})
    assert (status, landed, "Set-Cookie" in headers) == (200, here, False)
    assert not may_contact(customer, "marketing", "email", address=MAIL)
    # What stood in line does not leave any more.
    with moved_to(noon):
        assert send_one(second.pk) == "blocked"
    assert Delivery.objects.get(cause="m:2").block_reason == "withdrawn"
    assert len(smtp_server.messages) == 1


@pytest.mark.django_db(transaction=True)
def test_press_as_multipart_form_counts_the_same(customer, live_server):
    """RFC 8058 section 3.2 allows both."""
    body = b'--b\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--b--\r\n'
    request = urllib.request.Request(
        f"{live_server.url}/c/unsubscribe/{token_for(customer)}/", data=body,
        headers={"Content-Type": "multipart/form-data; boundary=b"},
    )  # fmt: skip
    with urllib.request.urlopen(request, timeout=20) as answer:
        assert answer.status == 200
    assert not may_contact(customer, "marketing", "email", address=MAIL)


def test_own_matter_carries_no_such_header(shop, customer, smtp_server):
    create_default_templates()
    make_mailbox(shop, smtp_host=smtp_server.host, smtp_port=smtp_server.port)
    assert send_one(send_automatic(item=make_item(shop, customer), code="received", cause="own").pk) == "sent"
    mail = smtp_server.wait_for(1)[0].message
    assert mail["List-Unsubscribe"] is mail["List-Unsubscribe-Post"] is None
    assert "/c/unsubscribe/" not in mail.get_body(("plain",)).get_content()


def test_no_stands_in_the_ledger_with_its_evidence_and_a_second_press_adds_nothing(customer):
    token = token_for(customer)
    assert [press(token).status_code for _ in range(3)] == [200, 200, 200]
    event = ConsentEvent.objects.get(act="withdrawn")
    stop = DoNotContact.objects.get()
    assert (event.purpose, event.channel, event.source) == ("marketing", "email", "link")
    assert event.proof == f"one-click {stop.digest[:12]}"
    assert (stop.purpose, stop.channel, stop.reason, stop.source) == ("marketing", "email", "objection", "link")


def test_no_is_to_one_purpose_and_one_way(customer):
    press(token_for(customer))
    assert not may_contact(customer, "marketing", "email")
    assert may_contact(customer, "survey", "email")
    assert may_contact(customer, "marketing", "sms", address=PHONE)
    assert may_contact(customer, "service", "email")


def test_looking_and_a_post_that_says_nothing_change_nothing(customer):
    token, browser = token_for(customer), Client(enforce_csrf_checks=True)
    for answer in (browser.get(f"/c/unsubscribe/{token}/"), browser.head(f"/c/unsubscribe/{token}/")):
        assert (answer.status_code, answer["Cache-Control"], answer["Referrer-Policy"]) == (
            200,
            "no-store",
            "no-referrer",
        )
    assert press(token, other="x").status_code == 200
    assert not ConsentEvent.objects.filter(act="withdrawn").exists()
    assert not DoNotContact.objects.exists()


def test_page_speaks_the_customers_language_and_leads_to_all_preferences(customer):
    customer.language = "bn"
    customer.save(update_fields=["language"])
    page = Client().get(f"/c/unsubscribe/{token_for(customer)}/").content.decode()
    assert 'lang="bn"' in page
    link = re.search(r'href="(/c/preferences/[^"]+)"', page).group(1)
    assert Client().get(link.replace("&amp;", "&")).status_code == 200
    assert press(token_for(customer), stop="1").status_code == 200
    assert ConsentEvent.objects.get(act="withdrawn").proof.startswith("link ")


def test_link_of_a_mail_from_years_ago_works(customer):
    with moved_to(now() - timedelta(days=3650)):
        token = token_for(customer)
    assert press(token).status_code == 200
    assert not may_contact(customer, "marketing", "email")


def test_link_holds_after_a_merge_and_for_who_was_erased(shop, customer):
    token = token_for(customer)
    survivor = make_customer(shop, mail="other@example.com", phone="+8801100000033")
    merge_customers(actor=shop.owner, survivor=survivor, merged=customer)
    assert press(token).status_code == 200
    assert not may_contact(survivor, "marketing", "email", address=MAIL)
    late = token_for(survivor, address="other@example.com")
    erase_person(actor=shop.owner, customer=survivor)
    assert press(late).status_code == 200
    assert DoNotContact.objects.filter(purpose="marketing").count() == 2


def test_new_yes_takes_it_back_and_the_old_mail_says_no_again(customer):
    token = token_for(customer)
    press(token)
    agree(customer)
    assert may_contact(customer, "marketing", "email", address=MAIL)
    press(token)
    assert not may_contact(customer, "marketing", "email", address=MAIL)


def test_address_that_was_not_signed_for_this_is_none(customer):
    token = token_for(customer)
    others = [
        "x", token[:-1], f"{token}x", token.swapcase(),
        preference_token(customer_id=customer.pk, channel="email", address=MAIL),
        unsubscribe_token(customer_id=customer.pk, channel="email", purpose="service", address=MAIL),
    ]  # fmt: skip
    answers = [press(other) for other in others]
    assert {answer.status_code for answer in answers} == {404}
    assert not DoNotContact.objects.exists()
    # An address for the one opens nothing of the other.
    assert Client().post(f"/c/preferences/{token}/", ONE_CLICK).status_code == 404
    # Who exists and who does not cannot be told apart.
    unknown = unsubscribe_token(customer_id=10**9, channel="email", purpose="marketing", address="a@example.com")
    known = unsubscribe_token(customer_id=customer.pk, channel="email", purpose="marketing", address="b@example.com")
    pages = [Client().get(f"/c/unsubscribe/{one}/?lang=en").content.decode() for one in (unknown, known)]
    bare = [re.sub(r"/c/(unsubscribe|preferences)/[^/?]+", "", page) for page in pages]
    assert bare[0] == bare[1]


def test_guessing_is_slowed_down_and_a_real_press_never_is(customer):
    codes = [press(f"guess-{number}").status_code for number in range(62)]
    assert codes == [404] * 60 + [429] * 2
    assert press(token_for(customer)).status_code == 200
    assert not may_contact(customer, "marketing", "email")


def test_old_mails_with_the_address_of_all_preferences_still_say_no(customer):
    token = preference_token(customer_id=customer.pk, channel="email", address=MAIL)
    assert Client(enforce_csrf_checks=True).post(f"/c/preferences/{token}/", ONE_CLICK).status_code == 200
    assert not may_contact(customer, "marketing", "email")


def test_staff_who_write_down_a_yes_do_not_undo_the_stop_of_another_address(shop, customer):
    press(token_for(customer, address="former@example.com"))
    record_consent(
        actor=shop.agent, customer=customer, purpose="marketing", channel="email", act="granted", source="import"
    )
    assert not may_contact(customer, "marketing", "email", address="former@example.com")
