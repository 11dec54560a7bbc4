"""One serial number from the sale to the settled dispute: at the end its page tells all of it, in order."""

import datetime
from collections.abc import Iterator
from typing import Any

import pytest

from halkhata.foundation.core.formatting import format_date, format_ref
from tests.journeys.after_sale import (
    LANGUAGES,
    People,
    ask_return,
    dispute_step,
    fill,
    job_step,
    last_code,
    life_of,
    open_dispute,
    return_step,
    running_shop,
    sell,
    send,
    take_in,
    tick_bench,
    tick_return,
    told,
    trouble_of,
)
from tests.support.fixtures_process import LiveApp

pytestmark = [pytest.mark.needs_chromium, pytest.mark.one_database]


APPROVED = {"en": "You have approved this estimate", "bn": "আপনি এই হিসাবে রাজি হয়েছেন"}


@pytest.fixture(scope="module")
def shop_app() -> Iterator[LiveApp]:
    with running_shop() as app:
        yield app


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_of_a_unit_tells_sale_repair_return_and_dispute_in_order(
    shop_app: LiveApp, new_page: Any, language: str
) -> None:
    app, people = shop_app, People(shop_app, new_page, language)
    serial, phone = f"LIFE-{language}-1", "01100000201" if language == "bn" else "01100000202"
    unit = sell(people, "F220", who=phone, name="রহিমা বেগম", identifier_serial=serial)

    # The job card, gate to gate.
    job = take_in(people, unit, complaint="দরজা বন্ধ হয় না")
    page = people("advisor")
    page.locator("#diagnose textarea").fill("কব্জা ভাঙা")
    assert send(page, "#diagnose") == 200
    fill(page, f"form[action='/jobs/{job}/lines/']", kind="labour", text="কব্জা বদলানো", unit_price="৮০০")
    assert send(page, f"form[action='/jobs/{job}/lines/']", "button.btn-primary") == 200, trouble_of(page)
    assert send(page, f"form[action='/jobs/{job}/estimate/']") == 200, trouble_of(page)

    # The customer answers by the link, with the code.
    customer = new_page(width=390, height=844, language=language, javascript=False)
    customer.goto(f"{page.locator('#id_link').input_value()}?lang={language}")
    assert send(customer, "form[action*='/code/']") == 200
    code = last_code(app)
    wrong = "000000" if code != "000000" else "111111"
    fill(customer, "form[action$='#answer']", code=wrong, answer="yes", name="রহিমা")
    assert send(customer, "form[action$='#answer']") == 422
    fill(customer, "form[action$='#answer']", code=code, answer="yes")
    assert send(customer, "form[action$='#answer']") == 200
    assert customer.locator("#answer h2").inner_text() == APPROVED[language]

    # Repaired, tested, fetched with the code that came to the phone; the gate pass is a paper.
    page = people.at("advisor", f"/jobs/{job}/")
    if page.locator("button[value=working]").count():
        job_step(page, "working")
    tick_bench(page)
    job_step(page, "tested")
    job_step(page, "ready")
    assert send(page, f"form[action='/jobs/{job}/code/']") == 200, trouble_of(page)
    handover = f"form[action='/jobs/{job}/handover/']"
    fill(page, handover, how="code", typed_code=last_code(app), taken_by="রহিমা বেগম")
    assert send(page, handover) == 200, trouble_of(page)
    gate_pass = page.context.request.get(f"{app.base_url}/jobs/{job}/gate-pass.pdf")
    assert gate_pass.body()[:5] == b"%PDF-"

    # It fails again: given back, looked at, the money goes back less a fee.
    back = ask_return(people, unit, reason_code="defect", note="আবার নষ্ট", wish="refund", paid_method="cash")
    return_step(people, back, "approve")
    return_step(people, back, "receive", serial=serial.lower())
    return_step(people, back, "begin")
    tick_return(people("manager"))
    return_step(people, back, "inspect", grade="b")
    return_step(people, back, "decide", result="refund", fee="১,৫০০", note="ব্যবহারের দাগ")
    return_step(people, back, "settle")

    # The fee is argued about and settled by an offer; no panel has to sit.
    dispute = open_dispute(
        people, back, ground="price_or_bill", statement="১৫০০ টাকা কেন কাটা হলো?", wish="part_refund",
        cause_on=datetime.date.today().isoformat(), channel="phone",
    )  # fmt: skip
    dispute_step(people, dispute, "begin")
    soon = (datetime.datetime.now() + datetime.timedelta(days=5)).isoformat()[:16]
    dispute_step(
        people, dispute, "offer", remedy="part_refund", text="১,০০০ টাকা ফেরত দেব।", amount="১০০০", valid_until=soon
    )
    page = dispute_step(people, dispute, "offer-answer", accepts="yes", note="রাজি")
    remedy = page.locator("a[href*='/remedy-done/']").get_attribute("href")
    dispute_step(people, dispute, remedy.split(f"{dispute}/")[1].rstrip("/"), note="নগদ দেওয়া হয়েছে")
    dispute_step(people, dispute, "tell", how="phone", text="টাকা দেওয়া হয়েছে", is_outcome=True)
    dispute_step(people, dispute, "close")

    return_step(people, back, "close")
    sale, numbers = told(app, SALE % unit), {"job": job, "back": back, "dispute": dispute}
    until = told(app, UNTIL % unit)
    assert life_of(people, unit) == LIFE[language](sale=sale, until=until, **numbers)
    assert people.problems() == []


def in_english(*, sale: str, until: str, job: str, back: str, dispute: str) -> list[str]:
    """The life of the unit as an English reader sees it."""
    day = datetime.date.fromisoformat(until)
    return [
        "Written down", f"Sold with {sale}", f"Warranty began, until {day.day} {day:%b %Y}",
        *(f"{job}: {step}" for step in (
            "Taken in", "Fault found", "Waiting for the customer's approval", "Fault found", "estimate 1 was approved",
            "Being repaired", "Tested", "Ready for the customer", "Handed over",
        )),
        f"Return {back}: Requested", f"Return {back}: Approved", "Sold → Given back", f"Return {back}: Received",
        f"Return {back}: Decided (Money back)", "Warranty ended",
        f"Dispute {dispute} was opened", f"Evidence is gathered in dispute {dispute}",
        f"Dispute {dispute} was settled by an offer", f"Dispute {dispute} was closed",
        f"Return {back}: Closed (Money back)",
    ]  # fmt: skip


def in_bengali(*, sale: str, until: str, job: str, back: str, dispute: str) -> list[str]:
    """The same as a Bengali reader sees it."""
    sale, job, back, dispute = (
        format_ref(number, language="bn", digits="bengali") for number in (sale, job, back, dispute)
    )
    day = format_date(datetime.date.fromisoformat(until), language="bn", digits="bengali", style="short")
    return [
        "লেখা হয়েছে", f"বিক্রি হয়েছে, {sale}", f"ওয়ারেন্টি শুরু, {day} পর্যন্ত",
        *(f"{job}: {step}" for step in (
            "নেওয়া হয়েছে", "ত্রুটি পাওয়া গেছে", "গ্রাহকের অনুমতির অপেক্ষায়", "ত্রুটি পাওয়া গেছে", "১ নম্বর হিসাব অনুমোদিত",
            "মেরামত চলছে", "পরীক্ষা করা হয়েছে", "গ্রাহকের জন্য তৈরি", "গ্রাহকের হাতে দেওয়া",
        )),
        f"ফেরত {back}: চাওয়া হয়েছে", f"ফেরত {back}: অনুমোদিত", "বিক্রি হয়েছে → ফেরত এসেছে", f"ফেরত {back}: পাওয়া গেছে",
        f"ফেরত {back}: সিদ্ধান্ত হয়েছে (টাকা ফেরত)", "ওয়ারেন্টি শেষ", f"বিরোধ {dispute} খোলা হয়েছে",
        f"বিরোধ {dispute}: প্রমাণ জোগাড় হচ্ছে", f"বিরোধ {dispute} প্রস্তাবে মিটেছে",
        f"বিরোধ {dispute} বন্ধ হয়েছে", f"ফেরত {back}: বন্ধ (টাকা ফেরত)",
    ]  # fmt: skip


LIFE = {"en": in_english, "bn": in_bengali}
SALE = """
print(json.dumps(PurchaseLine.objects.get(unit__number="%s").purchase.number))
"""
UNTIL = """
print(json.dumps(str(Cover.objects.get(unit__number="%s").ends_on)))
"""
