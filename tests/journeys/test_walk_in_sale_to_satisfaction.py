"""From a walk-in sale to the question whether the customer is content: warranty, its SMS, the first free service."""

import datetime
from collections.abc import Iterator
from typing import Any

import pytest

from tests.journeys.after_sale import (
    LANGUAGES,
    People,
    fill,
    job_step,
    running_shop,
    sell,
    send,
    take_in,
    tick_bench,
    told,
    trouble_of,
)
from tests.support.fixtures_process import LiveApp, wait_until

pytestmark = [pytest.mark.needs_chromium, pytest.mark.one_database]

FACTS = """
from zoneinfo import ZoneInfo
unit, job = Unit.objects.get(number="%s"), ServiceJob.objects.get(number="%s")
contact = WorkItem.objects.filter(parent=job, kind="follow_up").first()
planned = contact.planned_at.astimezone(ZoneInfo("Asia/Dhaka"))
print(json.dumps({
    "registered": [one.state for one in unit.registrations.all()],
    "covers": [[c.component, str(c.starts_on), c.usage_limit] for c in unit.covers.all()],
    "coupons": [[c.number, c.state, c.job_number] for c in unit.coupons.order_by("number")],
    "lines": [[line.payer, str(line.charged)] for line in job.lines.all()],
    "contact": [planned.date().isoformat(), planned.hour, contact.owner.username],
}))
"""
CONTACT = """
print(json.dumps(WorkItem.objects.filter(parent__number="%s", kind="follow_up").exists()))
"""
DHAKA = datetime.timezone(datetime.timedelta(hours=6))


@pytest.fixture(scope="module")
def shop_app() -> Iterator[LiveApp]:
    with running_shop() as app:
        yield app


def next_working_day(day: datetime.date) -> datetime.date:
    """The shop's: every day but Friday."""
    following = day + datetime.timedelta(days=1)
    return following if following.weekday() != 4 else following + datetime.timedelta(days=1)


@pytest.mark.parametrize("language", LANGUAGES)
def test_walk_in_buys_is_told_of_the_warranty_uses_a_free_service_and_is_asked(
    shop_app: LiveApp, new_page: Any, language: str
) -> None:
    app, people = shop_app, People(shop_app, new_page, language)
    phone = "01100000231" if language == "bn" else "01100000232"
    chassis = f"WALK{language.upper()}CHASSIS1"
    unit = sell(
        people, "M150", who=phone, name="সুমন আলী", identifier_chassis=chassis,
        identifier_engine=f"WALK{language.upper()}ENGINE1",
    )  # fmt: skip

    # The text with the link to the warranty is prepared without anybody typing; staff see that nothing carries it yet.
    words = f"print(json.dumps([m.text for m in TextMessage.objects.filter(customer__units__number='{unit}')]))"
    wait_until(lambda: told(app, words), seconds=30, what="no text about the warranty")
    (text,) = told(app, words)
    assert chassis in text
    assert "/c/warranty/" in text
    page = people.at("seller", "/messages/texts/")
    assert chassis in page.locator("main").inner_text()
    customer = new_page(width=390, height=844, language=language, javascript=False)
    link = next(word for word in text.split() if "/c/warranty/" in word)
    customer.goto(f"{app.base_url}/c/warranty/{link.split('/c/warranty/')[1].rstrip('.')}")
    assert customer.locator("main").inner_text().strip() != ""

    # The first free service pays the labour of a job; nothing is left for the customer to approve.
    job = take_in(people, unit, complaint="প্রথম ফ্রি সার্ভিস", reading="৫২০")
    page = people("advisor")
    page.locator("#diagnose textarea").fill("সব ঠিক আছে")
    assert send(page, "#diagnose") == 200
    line = f"form[action='/jobs/{job}/lines/']"
    fill(page, line, kind="labour", text="প্রথম সার্ভিস", unit_price="৩৫০", payer="coupon")
    page.locator(f"{line} [name=coupon]").evaluate("one => { one.selectedIndex = 1 }")
    assert send(page, line, "button.btn-primary") == 200, trouble_of(page)
    job_step(page, "working")
    tick_bench(page)
    job_step(page, "tested")
    job_step(page, "ready")
    handover = f"form[action='/jobs/{job}/handover/']"
    fill(page, handover, how="signature", taken_by="সুমন আলী", typed_name="সুমন আলী")
    assert send(page, handover) == 200, trouble_of(page)

    wait_until(lambda: told(app, CONTACT % job), seconds=30, what="nobody is to ask the customer")
    today = datetime.datetime.now(DHAKA).date()
    assert told(app, FACTS % (unit, job)) == {
        "registered": ["verified"], "covers": [["all", today.isoformat(), 30000]],
        "coupons": [[1, "used", job], [2, "due", ""]], "lines": [["coupon", "0.00"]],
        "contact": [next_working_day(today).isoformat(), 10, f"advisor-{language}"],
    }  # fmt: skip
    assert people.problems() == []
