"""A customer's own products and matters: by the code, one's own only (issue 5, part 8)."""

import re
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from halkhata.desks.disputes.models import Dispute
from halkhata.desks.returns.models import ReturnRequest
from halkhata.desks.returns.services.defaults import prepare_desk as prepare_returns
from halkhata.desks.service.models import JobBooking
from halkhata.desks.service.services.estimates import send_estimate
from halkhata.desks.service.services.lines import add_line
from halkhata.desks.service.services.states import take_step
from halkhata.desks.service.tests.conftest import (
    bike,
    catalog,
    desk,
    elsewhere,
    fridge,
    karim,
    make_job,
    rahima,
    terms,
)
from halkhata.desks.tickets.services.opening import open_ticket
from halkhata.doors.portal.models import FollowRequest
from halkhata.doors.portal.tests.following import MINE_ENTER, digest, enter, enter_mine, told_code
from halkhata.doors.portal.views import mine as mine_views
from halkhata.engines.messaging.models import TextMessage
from halkhata.engines.messaging.services.texts import words_of
from halkhata.foundation.audit.trail import SYSTEM
from halkhata.foundation.core.clock import moved_to, now
from halkhata.records.catalog.services.owners import transfer_unit
from halkhata.records.catalog.services.readings import add_reading
from halkhata.records.customers.merging.merge import merge_customers
from halkhata.records.customers.models import ContactPoint
from halkhata.records.customers.services.customers import create_customer
from halkhata.records.privacy.services.erasing import erase_person
from halkhata.records.warranty.tests.conftest import sell_unit

__all__ = ["bike", "catalog", "desk", "elsewhere", "fridge", "karim", "make_job", "rahima", "terms"]
pytestmark = pytest.mark.django_db
PHONE, OTHER = "01100000001", "01100000002"
MINE, MATTERS = "/c/mine/", "/c/mine/matters/"


@pytest.fixture
def inside(rahima):
    """A browser that has shown Rahima's code."""
    browser = Client()
    assert enter_mine(browser, PHONE)["Location"] == MINE
    return browser


def page(browser, address=MINE, language="en"):
    return browser.get(address, {"lang": language}).content.decode()


def unit_page(unit):
    return f"/c/mine/units/{unit.number}/"


# ---------------------------------------------------------------- the way in
def test_phone_and_code_lead_to_the_own_products(inside, fridge):
    text = page(inside)
    assert "Fridge 220" in text
    assert "SN-0001" in text
    assert "In warranty" in text
    assert "<script" not in text


def test_code_says_what_it_is_for_and_the_second_one_too(rahima):
    browser = Client()
    browser.post(MINE_ENTER, {"phone": PHONE, "lang": "en"})
    from halkhata.doors.portal.services.telling import look_and_tell

    look_and_tell(FollowRequest.objects.get().pk)
    assert "to see your products and matters" in words_of(TextMessage.objects.get())
    assert "Show my products" in browser.get("/c/follow/code/?lang=en").content.decode()
    with moved_to(now() + timedelta(seconds=70)):
        browser.post("/c/follow/code/again/")
        assert set(FollowRequest.objects.values_list("wants", flat=True)) == {"mine"}


def test_number_that_nobody_has_is_answered_alike(rahima):
    def walk(phone):
        browser = Client()
        answers = [browser.post(MINE_ENTER, {"phone": phone, "lang": "en"}), browser.get("/c/follow/code/?lang=en")]
        return [(one.status_code, re.sub(r'token" value="[^"]+"', "", one.content.decode())) for one in answers]

    assert walk(PHONE) == walk("01100000777")


def test_without_a_session_every_page_leads_to_the_way_in(fridge, rahima):
    before = digest()
    for address in (MINE, MATTERS, unit_page(fridge), f"{unit_page(fridge)}card.pdf", f"{unit_page(fridge)}book/"):
        assert Client().get(address)["Location"] == MINE_ENTER
    assert Client().post(f"{unit_page(fridge)}book/", {"complaint": "x"})["Location"] == MINE_ENTER
    assert Client().post("/c/mine/add/", {"serial": "SN-0001"})["Location"] == MINE_ENTER
    assert digest() == before


def test_session_ends_after_half_an_hour_and_says_so(inside):
    with moved_to(now() + timedelta(minutes=31)):
        answer = inside.get(MINE)
        assert answer["Location"] == f"{MINE_ENTER}?said=over"
        assert "Your half hour is over" in inside.get(f"{MINE_ENTER}?said=over&lang=en").content.decode()


def test_too_many_codes_for_a_number_are_refused(rahima):
    for number in range(4):
        with moved_to(now() + timedelta(minutes=2 * number)):
            answer = Client().post(MINE_ENTER, {"phone": PHONE, "lang": "en"})
    assert (answer.status_code, int(answer["Retry-After"]) > 0) == (429, True)


# ---------------------------------------------------------------- nobody else's
def test_phone_of_two_people_opens_nobodys_products(catalog, fridge, rahima):
    create_customer(actor=catalog.seller, name_en="Selim", phones=[PHONE], confirm_duplicate="His mother's phone")
    browser = Client()
    enter_mine(browser, PHONE)
    before = digest()
    for address in (MINE, MATTERS, unit_page(fridge), f"{unit_page(fridge)}card.pdf"):
        answer = browser.get(address, {"lang": "en"})
        assert (answer.status_code, "We must know who you are" in answer.content.decode()) == (403, True)
        assert "SN-0001" not in answer.content.decode()
    assert browser.post(f"{unit_page(fridge)}book/", {"complaint": "x"}).status_code == 403
    assert digest() == before


def test_number_of_a_complaint_opens_the_products_of_that_one_person(catalog, fridge, rahima, shop):
    selim = create_customer(
        actor=catalog.seller, name_en="Selim", phones=[PHONE], confirm_duplicate="His mother's phone"
    )
    sell_unit(catalog, selim, serial="SN-SELIM")
    ticket = open_ticket(
        actor=shop.agent, subject="It hums", description="It hums", customer=rahima, channel="phone",
        branch=shop.branch, team=shop.team, owner=shop.agent, acknowledge=False,
    )  # fmt: skip
    browser = Client()
    enter(browser, ticket.number, PHONE)
    text = page(browser)
    assert "SN-0001" in text
    assert "SN-SELIM" not in text


def test_others_unit_job_and_return_answer_as_nothing(inside, catalog, karim, make_job, desk):
    foreign = sell_unit(catalog, karim, serial="SN-KARIM")
    job = make_job(foreign, customer=karim)
    addresses = (
        unit_page(foreign), f"{unit_page(foreign)}card.pdf", f"{unit_page(foreign)}book/",
        f"/c/mine/jobs/{job.number}/", f"/c/disputes/new/{job.number}/", "/c/mine/units/U-999999/",
        "/c/mine/jobs/J-999999/", "/c/disputes/new/E-999999/", "/c/mine/units/%3Cb%3E/",
    )  # fmt: skip
    before = digest()
    for address in addresses:
        answer = inside.get(address, {"lang": "en"})
        assert (answer.status_code, "SN-KARIM" in answer.content.decode()) == (404, False), address
    assert inside.post("/c/mine/bookings/V-1/withdraw/").status_code == 404
    assert "SN-KARIM" not in page(inside) + page(inside, MATTERS)
    assert digest() == before


def test_unit_handed_over_is_the_new_owners_and_earlier_repairs_stay_the_earlier_ones(
    inside, fridge, karim, make_job, rahima, desk
):
    job = make_job(fridge)
    take_step(actor=desk.advisor, job=job, state="diagnosed", diagnosis="A secret fault")
    transfer_unit(actor=SYSTEM, unit=fridge, to=karim, on=date(2026, 11, 1), consent="Signed letter")
    assert inside.get(unit_page(fridge)).status_code == 404
    # The own repair is still there to be followed.
    assert "A secret fault" in page(inside, f"/c/mine/jobs/{job.number}/")
    other = Client()
    enter_mine(other, OTHER)
    text = page(other, unit_page(fridge)) + page(other) + page(other, MATTERS)
    assert "SN-0001" in text
    assert job.number not in text
    assert other.get(f"/c/mine/jobs/{job.number}/").status_code == 404


def test_merged_customer_sees_everything_of_both_rows(catalog, fridge, rahima, karim, shop):
    sell_unit(catalog, karim, serial="SN-2")
    merge_customers(actor=SYSTEM, survivor=karim, merged=rahima, reason="The same person")
    browser = Client()
    enter_mine(browser, PHONE)
    text = page(browser)
    assert "SN-0001" in text
    assert "SN-2" in text


def test_erased_customer_is_out_at_once(inside, rahima):
    erase_person(actor=None, customer=rahima)
    assert inside.get(MINE)["Location"].startswith(MINE_ENTER)
    browser = Client()
    browser.post(MINE_ENTER, {"phone": PHONE})
    assert told_code() == ""


def test_number_taken_from_the_card_ends_the_session(inside, rahima):
    ContactPoint.objects.filter(customer=rahima).delete()
    assert inside.get(MINE)["Location"].startswith(MINE_ENTER)


# ---------------------------------------------------------------- what stands there
@pytest.mark.parametrize("language", ["en", "bn"])
def test_unit_page_tells_covers_coupons_and_reading(inside, bike, language):
    add_reading(actor=SYSTEM, unit=bike, value=12_400, read_on=date(2026, 11, 1), source="counter")
    text = page(inside, unit_page(bike), language)
    wanted = {
        "en": ("Whole bike", "Battery", "12,400", "Free services", "12-03-2027"),
        "bn": ("পুরো গাড়ি", "ব্যাটারি", "১২,৪০০", "১২-০৩-২০২৭"),
    }[language]
    for one in wanted:
        assert one in text, one


def test_list_says_how_many_free_services_are_left(inside, bike):
    with moved_to(now().replace(year=2026, month=4, day=10)):
        browser = Client()
        enter_mine(browser, PHONE)
        assert "2 free services left" in page(browser)


def test_amber_and_red_are_said_in_words_with_the_rule(inside, fridge):
    with moved_to(now().replace(year=2027, month=5, day=1)):
        browser = Client()
        enter_mine(browser, PHONE)
        text = page(browser)
        assert "In warranty, look closer" in text
        assert "Still covered: Compressor" in text


def test_card_is_a_pdf_and_limited(inside, fridge, monkeypatch):
    answer = inside.get(f"{unit_page(fridge)}card.pdf")
    assert (answer["Content-Type"], answer.content[:5], answer["Cache-Control"]) == (
        "application/pdf", b"%PDF-", "no-store",
    )  # fmt: skip
    monkeypatch.setattr(mine_views, "MOST_PDFS", 0)
    refused = inside.get(f"{unit_page(fridge)}card.pdf")
    assert (refused.status_code, int(refused["Retry-After"]) > 0) == (429, True)


def test_repair_tells_state_promise_part_and_estimate(inside, make_job, fridge, desk):
    job = make_job(fridge, promised_for=now() + timedelta(days=2), accessories=["charger"])
    take_step(actor=desk.advisor, job=job, state="diagnosed", diagnosis="The seal is torn")
    add_line(
        actor=desk.advisor, job=job, kind="part", text="Seal", unit_price=Decimal(100), payer="customer", rule="Torn"
    )
    send_estimate(actor=desk.advisor, job=job)
    text = page(inside, f"/c/mine/jobs/{job.number}/")
    for one in ("We wait for your answer to the estimate", "Promised for", "The seal is torn", "charger", "/c/jobs/"):
        assert one in text, one
    assert "Advisor" not in text
    assert f"Answer {job.number}" in page(inside, MATTERS)
    assert "It is with us" in page(inside)


def test_matters_hold_complaint_repair_return_dispute_and_visit(inside, make_job, fridge, rahima, shop, desk):
    make_job(fridge)
    open_ticket(
        actor=shop.agent, subject="It hums", description="It hums", customer=rahima, channel="phone",
        branch=shop.branch, team=shop.team, owner=shop.agent, acknowledge=False,
    )  # fmt: skip
    text = page(inside, MATTERS)
    assert "K-1001" in text
    assert "J-1001" in text
    # The one code opens the complaint, too.
    assert inside.get("/c/t/K-1001/").status_code == 200
    sent = {
        "statement": "It came back broken", "ground": "repair_quality", "wish": "repair",
        "cause_on": (now() - timedelta(days=1)).date().isoformat(),
    }  # fmt: skip
    assert "About J-1001" in page(inside, "/c/disputes/new/J-1001/")
    made = inside.post("/c/disputes/new/J-1001/", sent)
    dispute = Dispute.objects.get()
    assert (dispute.about.number, dispute.unit, dispute.customer, dispute.by_customer) == (
        "J-1001", fridge, rahima, True,
    )  # fmt: skip
    assert "It came back broken" in inside.get(made["Location"]).content.decode()
    assert dispute.number in page(inside, MATTERS)


# ---------------------------------------------------------------- serial numbers
def test_own_serial_leads_to_its_page_and_any_other_to_the_bill(inside, catalog, karim, fridge):
    sell_unit(catalog, karim, serial="SN-KARIM")
    own = inside.post("/c/mine/add/", {"serial": "sn 0001"})
    assert own["Location"] == f"{unit_page(fridge)}?said=known"
    places = [inside.post("/c/mine/add/", {"serial": serial})["Location"] for serial in ("SN-KARIM", "SN-NOBODY")]
    assert places == [f"/c/warranty/register/?serial={serial}" for serial in ("SN-KARIM", "SN-NOBODY")]
    form = inside.get(places[1], {"lang": "en", "serial": "SN-NOBODY"}).content.decode()
    assert 'value="SN-NOBODY"' in form
    assert 'value="+8801100000001"' in form
    assert 'value="Rahima Test"' in form
    for wrong in ("", "--"):
        assert inside.post("/c/mine/add/", {"serial": wrong, "lang": "en"}).status_code == 422


def test_bill_sent_in_the_session_needs_no_second_code_and_waits_unverified(inside, rahima):
    from halkhata.doors.portal.tests.test_warranty_pages import form_of
    from halkhata.records.warranty.models import Registration

    sent = form_of(inside, phone=PHONE, serial="ELSE-77")
    answer = inside.post("/c/warranty/register/", sent)
    assert answer["Location"] == "/c/mine/?said=registered"
    row = Registration.objects.get()
    assert (row.state, row.phone_confirmed_at is not None) == ("unverified", True)
    text = page(inside)
    assert "ELSE-77" in text
    assert "not checked yet" in text


def test_bill_for_another_phone_still_asks_for_its_code(inside, rahima, karim):
    from halkhata.doors.portal.tests.test_warranty_pages import form_of

    answer = inside.post("/c/warranty/register/", form_of(inside, phone=OTHER, serial="ELSE-78"))
    assert answer["Location"] == "/c/follow/code/"
    assert "ELSE-78" not in page(inside)


# ---------------------------------------------------------------- returns
@pytest.fixture
def policy(catalog):
    """The shop takes goods back."""
    prepare_returns()


def test_return_asked_in_the_session_needs_no_second_code(inside, fridge, rahima, policy):
    form = inside.get("/c/returns/new/", {"lang": "en", "number": "SN-0001"}).content.decode()
    assert 'value="+8801100000001"' in form
    sent = {"number": "SN-0001", "phone": PHONE, "reason_code": "defect", "note": "It hums"}
    answer = inside.post("/c/returns/new/", sent)
    made = ReturnRequest.objects.get()
    assert (made.unit, made.customer) == (fridge, rahima)
    assert answer["Location"].startswith("/c/returns/")
    assert inside.post("/c/returns/new/", sent)["Location"].startswith("/c/returns/")
    assert ReturnRequest.objects.count() == 1
    text = inside.get(answer["Location"], {"lang": "en"}).content.decode()
    assert f"/c/disputes/new/{made.number}/" in text
    assert f"/c/disputes/new/{made.number}/" not in Client().get(answer["Location"]).content.decode()
    assert made.number in page(inside, MATTERS)
    assert f"Your return {made.number}" in page(inside, unit_page(fridge))
    assert inside.get(f"/c/disputes/new/{made.number}/").status_code == 200


def test_return_of_anothers_unit_in_the_session_goes_the_usual_way(inside, catalog, karim):
    sell_unit(catalog, karim, serial="SN-KARIM")
    sent = {"number": "SN-KARIM", "phone": PHONE, "reason_code": "defect"}
    assert inside.post("/c/returns/new/", sent)["Location"] == "/c/returns/code/"
    assert not ReturnRequest.objects.exists()


# ---------------------------------------------------------------- light and steady
def test_pages_are_light(inside, catalog, rahima, desk, make_job):
    for number in range(10):
        sell_unit(catalog, rahima, catalog.bike, serial=f"BK{number}")
    unit = sell_unit(catalog, rahima, serial="SN-L")
    job = make_job(unit)
    for address in (MINE, MATTERS, unit_page(unit), f"/c/mine/jobs/{job.number}/", MINE_ENTER):
        # The style sheet is 12 kB: together they stay below 60.
        assert len(inside.get(address, {"lang": "bn"}).content) < 45_000, address


@pytest.mark.parametrize("address", [MINE, MATTERS])
def test_page_asks_no_more_for_more_rows(inside, catalog, rahima, make_job, address):
    def count():
        with CaptureQueriesContext(connection) as caught:
            inside.get(address)
        return len(caught)

    make_job(sell_unit(catalog, rahima, serial="SN-A"))
    count()
    few = count()
    for number in range(4):
        make_job(sell_unit(catalog, rahima, serial=f"SN-B{number}"))
    assert count() == few


def test_no_booking_is_left_by_reading(inside, fridge):
    before = JobBooking.objects.count()
    for address in (MINE, unit_page(fridge), f"{unit_page(fridge)}book/", MATTERS):
        assert inside.get(address).status_code == 200
    assert JobBooking.objects.count() == before
