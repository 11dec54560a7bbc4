"""Pages of short texts: the meter, the trial, the channel, ready texts, writing one, and the list with reasons."""

import re
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from halkhata.desks.tickets.services.opening import open_ticket
from halkhata.engines.messaging.models import PrayerTimes, ShortText, TextingSettings, TextMessage
from halkhata.engines.messaging.services.texting_settings import save_texting
from halkhata.engines.messaging.services.texts import prepare_text
from halkhata.foundation.core.clock import moved_to
from halkhata.records.customers.services.customers import create_customer
from halkhata.records.privacy.services.consents import publish_wording, record_consent
from tests.support.fixtures_shop import make_role, make_user

PHONE = "+8801100000021"
OFFER = "ঈদে সব ফ্যানে ১০% ছাড়"
DHAKA = ZoneInfo("Asia/Dhaka")
MORNING = datetime(2026, 11, 23, 10, tzinfo=DHAKA)
NIGHT = datetime(2026, 11, 23, 22, 30, tzinfo=DHAKA)
pytestmark = pytest.mark.django_db


@pytest.fixture
def ticket(shop):
    publish_wording(actor=shop.owner, purpose="marketing", text_bn="হ্যাঁ", text_en="Yes")
    customer = create_customer(actor=shop.agent, name_en="Selim Test", phones=[PHONE], branch=shop.branch)
    with moved_to(datetime(2026, 11, 1, 12, tzinfo=DHAKA)):
        record_consent(
            actor=shop.agent, customer=customer, purpose="marketing", channel="sms", act="granted", source="counter"
        )
    return open_ticket(
        actor=shop.agent, subject="The fan stopped", customer=customer, channel="phone", branch=shop.branch,
        team=shop.team, owner=shop.agent, kind="question",
    )  # fmt: skip


def offer(item, cause="o:1", text=OFFER):
    return prepare_text(item=item, channel="sms", to_address=PHONE, text=text, cause=cause, purpose="offer")


def words(page):
    return " ".join(re.sub(r"<[^>]+>", " ", page.content.decode()).split())


# The meter


def test_meter_counts_without_scripts_and_keeps_nothing(shop, client_as):
    save_texting(actor=shop.owner, price=Decimal("0.35"))
    client = client_as(shop.owner)
    url = "/messages/settings/sms/texts/new/"
    assert "0 parts · Tk 0 · 160 more fit" in words(client.get(url))
    page = client.post(url, {"name": "Eid", "purpose": "offer", "language": "bn", "text": "ক" * 135, "count": "1"})
    assert page.status_code == 200
    assert "3 parts · Tk 1.05 · 66 more fit into the last part" in words(page)
    assert 'data-price="0.3500"' in page.content.decode()
    assert 'data-money="Tk {}"' in page.content.decode()
    assert not ShortText.objects.exists()


def test_meter_speaks_the_readers_language_and_digits(shop, client_as):
    save_texting(actor=shop.owner, price=Decimal("0.35"))
    page = client_as(shop.owner, language="bn").get("/messages/settings/sms/texts/new/").content.decode()
    assert 'data-money="৳{}"' in page


def test_meter_shows_no_price_while_none_is_set(shop, client_as):
    page = client_as(shop.owner).get("/messages/settings/sms/texts/new/").content.decode()
    assert "data-sms-meter" in page
    assert "data-price" not in page


def test_ready_made_answers_have_a_meter_that_keeps_nothing(shop, client_as):
    page = client_as(shop.owner).post("/tickets/canned/new/", {"title_en": "x", "text_en": "a" * 161, "count": "1"})
    assert page.status_code == 200
    assert "2 parts" in words(page)


# The trial


def try_it(client, **values):
    return client.post("/messages/settings/sms/try/", {"number": PHONE, "purpose": "offer", "text": OFFER, **values})


def test_trial_says_that_it_may_go_and_what_it_costs(shop, ticket, client_as):
    save_texting(actor=shop.owner, price=Decimal("0.35"))
    with moved_to(MORNING):
        page = words(try_it(client_as(shop.owner)))
    assert "It may go now" in page
    assert "1 · Tk 0.35" in page
    assert "Selim Test" in page
    assert "100 of 100; 80 are asked for" in page
    assert not TextMessage.objects.exists()


def test_trial_says_why_not_and_when(shop, ticket, client_as):
    client = client_as(shop.owner)
    with moved_to(NIGHT):
        page = words(try_it(client))
    assert "It would be held" in page
    assert "Outside the hours for offers" in page
    assert "24 November 2026" in page
    with moved_to(MORNING):
        assert "must be in Bengali letters" in words(try_it(client, text="Eid offer"))
        assert "The customer has not agreed" in words(try_it(client, number="+8801100000099"))
        assert "It may go now" in words(try_it(client, text="Your fan is ready", purpose="notice"))
    wrong = try_it(client, number="12")
    assert (wrong.status_code, "What would happen" in words(wrong)) == (422, False)


def test_trial_names_nobody_whom_the_user_does_not_see(shop, ticket, client_as):
    role = make_role("far", level=1, scope="own", permissions=["settings.edit", "customer.view"])
    client = client_as(make_user("far", branch=shop.team.branch, role=role))
    ticket.customer.__class__.objects.update(branch=None, created_by=None)
    seen = words(try_it(client))
    assert "Selim Test" in seen  # a customer of no branch is everybody's
    from halkhata.foundation.accounts.models import Branch

    other = Branch.objects.create(name_en="Other", code="other", path="/998/")
    ticket.customer.__class__.objects.update(branch=other)
    assert "nobody you see" in words(try_it(client))


# Settings


def test_channel_is_saved_and_a_long_sender_is_refused_at_its_field(shop, client_as):
    client = client_as(shop.owner)
    url = "/messages/settings/sms/"
    page = words(client.get(url))
    assert "from 09:00 until 21:00" in page
    assert "Never from 00:00 until 06:00" in page
    assert "At most 3 a day" in page
    wrong = client.post(url, {"sender_name": "PADMA MOTORS", "version": "1"})
    assert wrong.status_code == 422
    assert "The name of the sender may have 11 letters at most." in words(wrong)
    assert not TextingSettings.objects.exists()
    saved = client.post(url, {"price": "০.৩৫", "sender_name": "PADMA", "a_day": "২", "version": "1"})
    assert saved.status_code == 302
    row = TextingSettings.objects.get()
    assert (row.price, row.sender_name, row.a_day) == (Decimal("0.35"), "PADMA", 2)
    assert 'value="0.35"' in client.get(url).content.decode()


def test_prayer_times_begin_with_the_countrys_table_and_are_saved(shop, client_as):
    client = client_as(shop.owner)
    url = f"/messages/settings/sms/prayers/{shop.branch.pk}/"
    page = client.get(url).content.decode()
    assert "04:55-05:45, 13:00-13:45, 15:35-16:20, 17:15-17:40, 18:30-19:15</textarea>" in page
    lines = {f"month_{number}": "13:00-14:00" for number in range(1, 13)}
    wrong = client.post(url, {**lines, "month_5": "noon", "version": "0"})
    assert (wrong.status_code, PrayerTimes.objects.count()) == (422, 0)
    assert client.post(url, {**lines, "friday": "12:00-14:00", "version": "0"}).status_code == 302
    row = PrayerTimes.objects.get()
    assert (row.months, row.friday) == ([[["13:00", "14:00"]]] * 12, [["12:00", "14:00"]])
    assert "own times" in words(client.get("/messages/settings/sms/"))
    assert client.get("/messages/settings/sms/prayers/999999/").status_code == 404


def test_ready_text_in_latin_letters_is_refused_as_an_offer_and_kept_as_news(shop, client_as):
    client = client_as(shop.owner)
    values = {"name": "Ready", "purpose": "offer", "language": "en", "text": "Your fan is ready", "is_active": "on"}
    wrong = client.post("/messages/settings/sms/texts/new/", values)
    assert wrong.status_code == 422
    assert "An offer to Bangladesh must be in Bengali letters." in words(wrong)
    assert client.post("/messages/settings/sms/texts/new/", {**values, "purpose": "notice"}).status_code == 302
    row = ShortText.objects.get()
    url = f"/messages/settings/sms/texts/{row.pk}/"
    assert client.post(url, {**values, "purpose": "notice", "text": "Come", "version": "1"}).status_code == 302
    stale = client.post(url, {**values, "purpose": "notice", "text": "Again", "version": "1"})
    assert (stale.status_code, ShortText.objects.get().text) == (409, "Come")
    assert "Come" in words(client.get("/messages/settings/sms/texts/"))


def test_list_of_ready_texts_costs_the_same_whatever_its_length(shop, client_as, django_assert_num_queries):
    client = client_as(shop.owner)
    ShortText.objects.create(name="A", text="x")
    client.get("/messages/settings/sms/texts/")
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as before:
        client.get("/messages/settings/sms/texts/")
    ShortText.objects.bulk_create(ShortText(name=f"N{number}", text="x") for number in range(30))
    with django_assert_num_queries(len(before)):
        client.get("/messages/settings/sms/texts/")


# Writing one, and the list


def test_text_is_written_from_the_ticket_and_a_second_press_writes_none(shop, ticket, client_as):
    client = client_as(shop.agent)
    assert f"/messages/items/{ticket.number}/text/" in client.get(f"/tickets/{ticket.number}/").content.decode()
    ready = ShortText.objects.create(name="Ready", text="আপনার ফ্যান তৈরি", purpose="notice")
    url = f"/messages/items/{ticket.number}/text/"
    page = client.get(url, {"ready": ready.pk}).content.decode()
    assert "আপনার ফ্যান তৈরি" in page
    key = re.search(r'name="key" value="([0-9a-f]{24})"', page)[1]
    values = {"number": PHONE, "purpose": "notice", "text": "আপনার ফ্যান তৈরি", "key": key}
    assert client.post(url, {**values, "count": "1"}).status_code == 200
    assert not TextMessage.objects.exists()
    for _press in range(2):
        assert client.post(url, values).status_code == 302
    message = TextMessage.objects.get()
    assert (message.state, message.purpose, message.text) == ("prepared", "notice", "আপনার ফ্যান তৈরি")
    wrong = client.post(url, {**values, "purpose": "offer", "text": "Eid offer", "key": "k"})
    assert (wrong.status_code, TextMessage.objects.count()) == (422, 1)


def test_who_sees_no_numbers_writes_no_text(shop, ticket, client_as):
    role = make_role("blind", level=1, scope="all", permissions=["ticket.view", "ticket.reply"])
    client = client_as(make_user("blind", branch=shop.branch, role=role))
    url = f"/messages/items/{ticket.number}/text/"
    assert client.get(url).status_code == 403
    assert client.post(url, {"number": PHONE, "purpose": "notice", "text": "x", "key": "k"}).status_code == 403
    assert url not in client.get(f"/tickets/{ticket.number}/").content.decode()
    assert not TextMessage.objects.exists()


def test_list_shows_what_is_held_and_refused_with_the_reason_and_the_time(shop, ticket, client_as):
    client = client_as(shop.agent)
    save_texting(actor=shop.owner, price=Decimal("0.35"))
    with moved_to(NIGHT):
        held = offer(ticket)
        offer(ticket, "o:2", text="Eid offer")
    page = words(client.get("/messages/texts/?box=held"))
    assert "Outside the hours for offers · goes at 24 November 2026" in page
    assert "1 part · Tk 0.35" in page
    refused = words(client.get("/messages/texts/?box=refused"))
    assert "An offer to this country must be in Bengali letters" in refused
    assert "Eid offer" in refused
    assert "Eid offer" not in words(client.get("/messages/texts/"))
    assert client.post(f"/messages/texts/{held.pk}/back/").status_code == 302
    assert "Nothing here" in words(client.get("/messages/texts/?box=held"))
    assert TextMessage.objects.get(pk=held.pk).state == "withdrawn"


def test_boxes_of_the_list_cost_the_same_whatever_their_length(shop, ticket, client_as, django_assert_max_num_queries):
    client = client_as(shop.agent)
    with moved_to(NIGHT):
        for number in range(60):
            offer(ticket, f"o:{number}")
    with django_assert_max_num_queries(12):
        page = client.get("/messages/texts/?box=held")
    assert page.content.decode().count("/back/") == 50


def test_settings_of_sms_are_not_for_agents(shop, ticket, client_as):
    client = client_as(shop.agent)
    for path in ("", "try/", "texts/", "texts/new/", f"prayers/{shop.branch.pk}/"):
        assert client.get(f"/messages/settings/sms/{path}").status_code == 403


def test_news_that_waits_can_be_called_sent_from_the_phone_or_by_whatsapp(shop, ticket, client_as):
    with moved_to(MORNING):
        prepare_text(item=ticket, channel="sms", to_address=PHONE, text="তৈরি & ready?", cause="n:1")
    page = client_as(shop.agent).get("/messages/texts/").content.decode()
    assert 'href="tel:+8801100000021"' in page
    written = "%E0%A6%A4%E0%A7%88%E0%A6%B0%E0%A6%BF%20%26%20ready%3F"
    assert f'href="sms:+8801100000021?body={written}"' in page
    assert f'href="https://wa.me/8801100000021?text={written}"' in page


def test_offer_is_offered_for_no_private_phone(shop, ticket, client_as):
    # Advertising from a private number is what the authority forbids; it is noted only through the gate.
    with moved_to(MORNING):
        offer(ticket)
    page = client_as(shop.agent).get("/messages/texts/").content.decode()
    assert "Sent by hand" in page
    assert "sms:+88" not in page
    assert "wa.me" not in page
