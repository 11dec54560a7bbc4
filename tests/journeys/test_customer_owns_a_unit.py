"""A customer with a phone and no account: products, warranty card, a visit booked, a repair followed, a return asked
for, a dispute opened, a bill sent in. In both languages, with scripts and without (issue 5, part 8)."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.test_customer_follows_a_complaint import TELL, looks_right, photo, press
from tests.journeys.test_every_page_in_the_browser import Weight
from tests.support.fixtures_process import LiveApp, wait_until

pytestmark = [pytest.mark.needs_chromium, pytest.mark.one_database]

PHONE = "০১১০০ ০০০ ০৮১"
# Pages with their style sheet, in kilobytes over the wire.
MOST_KB = 60
SET_UP = """
from datetime import timedelta
from decimal import Decimal
from tests.support.fixtures_shop import make_shop
from halkhata.desks.returns.services.defaults import prepare_desk as prepare_returns
from halkhata.desks.service.services.defaults import prepare_desk
from halkhata.desks.tickets.services.defaults import create_default_categories
from halkhata.engines.messaging.services.defaults import create_default_templates
from halkhata.foundation.audit.trail import SYSTEM
from halkhata.records.catalog.days import today
from halkhata.records.catalog.models import ProductKind
from halkhata.records.catalog.services.defaults import create_all_kinds
from halkhata.records.catalog.services.products import save_brand, save_product
from halkhata.records.catalog.services.purchases import NewLine, record_purchase
from halkhata.records.customers.services.customers import create_customer
from halkhata.records.warranty.services.publishing import Term, publish_policy
shop = make_shop()
create_default_categories(); create_default_templates(); prepare_desk(); create_all_kinds()
prepare_returns()
kind = ProductKind.objects.get(code="appliance")
brand = save_brand(actor=SYSTEM, name_en="Testa", name_bn="টেস্টা")
fridge = save_product(actor=SYSTEM, brand=brand, kind=kind, name_en="Fridge 220", name_bn="ফ্রিজ ২২০", model_code="F220")
publish_policy(actor=SYSTEM, name_en="Fridge", name_bn="ফ্রিজ", product_kind=kind, terms=[
    Term(component="all", label_en="Parts and service", label_bn="যন্ত্রাংশ ও সার্ভিস", months=12, visit=True),
    Term(component="compressor", label_en="Compressor", label_bn="কম্প্রেসর", months=120, labour=False)])
rahima = create_customer(actor=shop.owner, name_bn="রহিমা", phones=["01100000081"], branch=shop.branch)
karim = create_customer(actor=shop.owner, name_bn="করিম", phones=["01100000082"], branch=shop.branch)
for serial, whose in (("SN-0001", rahima), ("SN-KARIM", karim)):
    record_purchase(actor=SYSTEM, customer=whose, branch=shop.branch, bought_on=today() - timedelta(days=2), memo="M-1",
                    lines=[NewLine(product=fridge, identifiers={"serial": serial}, unit_price=Decimal("42000.00"))])
"""
CONFIRM = """
from halkhata.desks.service.models import JobBooking
from halkhata.desks.service.services.bookings import confirm_booking
from halkhata.foundation.accounts.models import User
confirm_booking(actor=User.objects.get(username="owner"), booking=JobBooking.objects.get(), note="১১টার আগে আসুন।")
"""
TAKE_IN = """
from datetime import timedelta
from halkhata.desks.service.models import JobBooking
from halkhata.desks.service.services.opening import open_job
from halkhata.foundation.accounts.models import User
from halkhata.foundation.core.clock import now
booking = JobBooking.objects.select_related("unit", "customer", "branch").get()
open_job(actor=User.objects.get(username="owner"), unit=booking.unit, customer=booking.customer, branch=booking.branch,
         complaint=booking.complaint, promised_for=now() + timedelta(days=2))
"""
TODAY = "from halkhata.records.catalog.days import today; print(today())"
FACTS = """
import json
from halkhata.desks.disputes.models import Dispute
from halkhata.desks.returns.models import ReturnRequest
from halkhata.desks.service.models import JobBooking, JobPhoto
from halkhata.records.warranty.models import Registration
print(json.dumps({"bookings": list(JobBooking.objects.values_list("state", flat=True)),
                  "photos": JobPhoto.objects.count(),
                  "returns": list(ReturnRequest.objects.values_list("customer__name_bn", flat=True)),
                  "disputes": list(Dispute.objects.values_list("about__number", flat=True)),
                  "papers": list(Registration.objects.filter(serial="ELSE-77").values_list("state", flat=True))}))
"""


@pytest.mark.parametrize(("language", "javascript"), [("bn", False), ("en", True), ("bn", True), ("en", False)])
def test_customer_looks_books_follows_returns_disputes_and_registers(
    make_app: Any, new_page: Any, tmp_path: Path, language: str, javascript: bool
) -> None:
    app: LiveApp = make_app()
    app.shell(SET_UP)
    app.start()
    page = new_page(width=390, height=844, language=language, javascript=javascript)
    weight, weighed = Weight(page), {}
    page.goto(f"{app.base_url}/c/?lang={language}")
    page.locator("a[href^='/c/mine/']").first.click()
    assert page.url.startswith(f"{app.base_url}/c/mine/enter/")
    trouble = looks_right(page, app, "enter")
    page.locator("[name=phone]").fill(PHONE)
    press(page, "form")
    wait_until(lambda: app.shell(TELL).strip(), seconds=60, what="the code")
    page.locator("[name=code]").fill(app.shell(TELL).strip())
    weight.take()
    press(page, "form[action='/c/follow/code/']")
    assert page.url == f"{app.base_url}/c/mine/"
    page.wait_for_timeout(300)
    weighed["products"] = weight.take()
    assert page.locator("html").get_attribute("lang") == language
    assert "SN-0001" in page.content()
    assert "SN-KARIM" not in page.content()
    trouble += looks_right(page, app, "products")

    # One product: what is covered, and the card as PDF.
    page.locator("h2 a[href^='/c/mine/units/']").click()
    page.wait_for_timeout(300)
    weighed["product"] = weight.take()
    assert {"bn": "কম্প্রেসর", "en": "Compressor"}[language] in page.content()
    trouble += looks_right(page, app, "product")
    where = page.url
    address = page.locator("a[href$='card.pdf']").get_attribute("href")
    card = page.context.request.get(f"{app.base_url}{address}")
    assert (card.status, card.headers["content-type"], card.body()[:5]) == (200, "application/pdf", b"%PDF-")

    # A visit: first without a day, then with one; the desk confirms it.
    page.locator("a[href$='/book/']").click()
    trouble += looks_right(page, app, "booking")
    page.locator("[name=complaint]").fill("ফ্রিজ ঠান্ডা হয় না")
    page.locator("[name=photos]").set_input_files([photo(tmp_path, "ফ্রিজ.jpg", (10, 0, 0))])
    press(page, "form[enctype]")
    assert page.locator("#id_wished_on_error").is_visible()
    assert page.locator("[name=complaint]").input_value() == "ফ্রিজ ঠান্ডা হয় না"
    page.locator("[name=wished_on]").select_option(index=2)
    press(page, "form[enctype]")
    assert page.url == f"{where.split('?')[0]}?said=booked"
    trouble += looks_right(page, app, "booked")
    app.shell(CONFIRM)
    page.goto(where)
    assert "১১টার আগে আসুন" in page.content() or "11" in page.content()

    # It is there: the repair is followed, and what one does not agree with is said.
    app.shell(TAKE_IN)
    page.locator("a[href='/c/mine/matters/']").click()
    page.wait_for_timeout(300)
    weight.take()
    trouble += looks_right(page, app, "matters")
    page.locator("a[href^='/c/mine/jobs/']").first.click()
    page.wait_for_timeout(300)
    weighed["repair"] = weight.take()
    trouble += looks_right(page, app, "repair")
    page.locator("a[href^='/c/disputes/new/J-']").click()
    trouble += looks_right(page, app, "dispute")
    page.locator("[name=statement]").fill("মেরামতের পরেও ঠান্ডা হয় না")
    page.locator("[name=ground]").select_option("repair_quality")
    page.locator("[name=wish]").select_option("repair")
    page.locator("[name=cause_on]").fill(app.shell(TODAY).strip())
    press(page, "form[method=post]")
    assert "/c/disputes/" in page.url

    # Giving it back: the phone stands there already, and no second code is asked for.
    page.goto(where)
    page.locator("a[href^='/c/returns/new/']").click()
    assert page.locator("[name=number]").input_value() == "SN-0001"
    page.locator("[name=reason_code]").select_option("defect")
    press(page, "form[method=post]")
    assert "/c/returns/" in page.url
    assert "code" not in page.url
    trouble += looks_right(page, app, "return")

    # Something bought elsewhere, with the bill.
    page.goto(f"{app.base_url}/c/mine/")
    page.locator("[name=serial]").fill("ELSE-77")
    press(page, "form[action='/c/mine/add/']")
    assert page.locator("[name=serial]").input_value() == "ELSE-77"
    page.locator("[name=bought_on]").fill("2026-03-12")
    page.locator("[name=photos]").set_input_files([photo(tmp_path, "বিল.jpg", (40, 0, 0))])
    press(page, "form[enctype]")
    assert page.url == f"{app.base_url}/c/mine/?said=registered"
    assert "ELSE-77" in page.content()
    trouble += looks_right(page, app, "papers")

    facts = json.loads(app.shell(FACTS).strip().splitlines()[-1])
    assert facts == {
        "bookings": ["came"], "photos": 1, "returns": ["রহিমা"], "disputes": ["J-1001"], "papers": ["unverified"],
    }  # fmt: skip
    press(page, "form[action='/c/follow/end/']")
    page.goto(where)
    assert page.url.startswith(f"{app.base_url}/c/mine/enter/")
    assert {name: size for name, size in weighed.items() if size > MOST_KB} == {}
    # The browser itself notes the form that was sent without a day.
    assert [line for line in page.problems if "422" not in line] == []
    assert trouble == []
