"""What goes wrong at a counter every day: each time a clear word, a way out, and nothing changed in the books."""

import datetime
from collections.abc import Iterator
from typing import Any

import pytest

from tests.journeys.after_sale import (
    LANGUAGES,
    People,
    ask_return,
    fill,
    return_step,
    running_shop,
    sell,
    send,
    told,
    trouble_of,
)
from tests.support.fixtures_process import LiveApp

pytestmark = [pytest.mark.needs_chromium, pytest.mark.one_database]

DIGEST = """
import hashlib
from halkhata.foundation.audit.models import AuditEntry
from halkhata.records.stock.models import Movement
rows = [list(model.objects.order_by("pk").values_list()) for model in (
    Unit, UnitIdentifier, UnitLife, Purchase, PurchaseLine, Ownership, Customer, Cover, Coupon, Registration, Movement,
    WorkItem, ReturnRequest, ServiceJob, AuditEntry)]
print(json.dumps(hashlib.sha256(str(rows).encode()).hexdigest()))
"""
ELSEWHERE = """
from decimal import Decimal
from halkhata.foundation.accounts.models import Branch, Role
from halkhata.foundation.accounts.services.branches import create_branch
from halkhata.records.catalog.days import today
from halkhata.records.catalog.services.purchases import NewLine, record_purchase
from halkhata.records.customers.services.customers import create_customer
from tests.support.fixtures_shop import make_user
branch = create_branch(actor=None, name_en="Elsewhere %s")
seller = make_user("elsewhere-%s", branch=branch, role=Role.objects.get(code="front_desk"))
buyer = create_customer(actor=seller, name_bn="অন্য ক্রেতা", phones=["%s"])
record_purchase(actor=seller, customer=buyer, branch=branch, bought_on=today(), lines=[NewLine(
    product=Product.objects.get(model_code="F220"), identifiers={"serial": "%s"}, unit_price=Decimal(12500))])
print("null")
"""


@pytest.fixture(scope="module")
def shop_app() -> Iterator[LiveApp]:
    with running_shop() as app:
        yield app


@pytest.fixture(params=LANGUAGES)
def counter(request: pytest.FixtureRequest, shop_app: LiveApp, new_page: Any) -> People:
    """The people of the shop, in one language."""
    return People(shop_app, new_page, request.param)


def phone_of(people: People, number: int) -> str:
    """A phone number nobody else has."""
    return f"01100000{3 if people.language == 'bn' else 4}{number:02d}"


def test_unknown_serial_number_leads_on_everywhere(counter: People) -> None:
    people = counter
    people("seller")
    before = told(people.app, DIGEST)
    for path, ways in (
        ("/jobs/new/?q=ZZZ-404", None), ("/warranty/?q=ZZZ-404", "/warranty/register/"),
        ("/returns/new/?find=ZZZ-404", None),
    ):  # fmt: skip
        page = people.at("seller", path)
        assert WORDS[people.language][path] in page.locator("main").inner_text(), path
        if ways is not None:
            assert page.locator(f"main a[href='{ways}']").count() > 0
        assert page.locator("main form input[name=q], main form input[name=find]").first.input_value() == "ZZZ-404"
    assert told(people.app, DIGEST) == before
    assert people.problems() == []


def test_a_used_free_service_is_refused_with_the_day_it_was_used(counter: People) -> None:
    people, tag = counter, counter.language.upper()
    unit = sell(
        people, "M150", who=phone_of(people, 1), name="রাজু", identifier_chassis=f"USED{tag}1",
        identifier_engine=f"USEDENGINE{tag}1",
    )  # fmt: skip
    pk = told(people.app, f"print(json.dumps(Coupon.objects.get(unit__number='{unit}', number=1).pk))")
    first, second = (people.at(who, f"/warranty/coupons/{pk}/use/") for who in ("advisor", "manager"))
    for page, wanted in ((first, 200), (second, 409)):
        before = told(people.app, DIGEST)
        fill(page, "main form[method=post]", reading="৫০০")
        assert send(page, "main form[method=post]") == wanted, trouble_of(page)
    assert WORDS[people.language]["coupon"] in trouble_of(second)
    page = people.at("advisor", f"/warranty/coupons/{pk}/use/")
    assert WORDS[people.language]["coupon"] in page.locator("main").inner_text()
    assert page.locator("main form[method=post]").count() == 0
    assert told(people.app, DIGEST) == before
    assert people.problems() == []


def test_a_return_after_the_days_is_refused_with_the_way_to_goodwill(counter: People) -> None:
    people = counter
    bought = (datetime.date.today() - datetime.timedelta(days=60)).isoformat()
    unit = sell(
        people, "F220", who=phone_of(people, 2), name="শিউলি", identifier_serial=f"LATE-{people.language}",
        bought_on=bought,
    )  # fmt: skip
    before = told(people.app, DIGEST)
    page = people.at("seller", f"/returns/new/?unit={unit}")
    form = "form[action='/returns/new/']"
    fill(page, form, reason_code="changed_mind", note="রং পছন্দ হয়নি")
    assert send(page, form) == 422
    assert WORDS[people.language]["window"] in trouble_of(page)
    assert page.locator("[name=against_rules]").count() == 1
    assert page.locator(f"{form} [name=note]").input_value() == "রং পছন্দ হয়নি"
    assert told(people.app, DIGEST) == before
    assert people.problems() == []


def test_a_wrong_imei_is_asked_about_once_and_never_a_dead_end(counter: People) -> None:
    people = counter
    people("seller")
    before = told(people.app, DIGEST)
    imei = "353879234252634" if people.language == "bn" else "490154203237519"
    page = people.at("seller", "/units/sale/?product=P12")
    form = "form[action='/units/sale/']"
    fill(page, form, who=phone_of(people, 3), also="জসিম", identifier_imei1=imei)
    assert send(page, form, "button.btn-primary") == 422
    assert WORDS[people.language]["imei"] in page.locator("main").inner_text()
    assert told(people.app, DIGEST) == before
    fill(page, form, confirmed=True)
    assert send(page, form, "button.btn-primary") == 200, trouble_of(page)
    assert "/units/U-" in page.url
    assert people.problems() == []


def test_a_unit_sold_elsewhere_is_not_taken_back_here(counter: People) -> None:
    people, serial = counter, f"ELSE-{counter.language}"
    people("seller")
    told(people.app, ELSEWHERE % (people.language, people.language, phone_of(people, 4), serial))
    before = told(people.app, DIGEST)
    page = people.at("seller", f"/returns/new/?find={serial}")
    assert WORDS[people.language]["elsewhere"] in page.locator("main").inner_text()
    assert page.locator("main a[href*='line=']").count() == 0
    assert told(people.app, DIGEST) == before
    assert people.problems() == []


def test_goods_are_received_once_however_often_the_form_is_sent(counter: People) -> None:
    people, serial = counter, f"TWICE-{counter.language}"
    unit = sell(people, "F220", who=phone_of(people, 5), name="লিটন", identifier_serial=serial)
    back = ask_return(people, unit, reason_code="defect", note="শব্দ করে", wish="repair")
    return_step(people, back, "approve")
    form = f"form[action='/returns/{back}/receive/']"
    first, second = people.at("manager", f"/returns/{back}/"), people.at("seller", f"/returns/{back}/")
    # Another number than the approved one is no receipt.
    before = told(people.app, DIGEST)
    fill(first, form, **{"receive-serial": "OTHER-1"})
    assert send(first, form) == 422
    assert told(people.app, DIGEST) == before
    fill(first, form, **{"receive-serial": serial})
    assert send(first, form) == 200, trouble_of(first)
    before = told(people.app, DIGEST)
    fill(second, form, **{"receive-serial": serial})
    assert send(second, form) == 409
    assert WORDS[people.language]["received"] in trouble_of(second)
    assert second.locator(form).count() == 0
    assert told(people.app, DIGEST) == before
    assert people.problems() == []


WORDS: dict[str, dict[str, str]] = {
    "en": {
        "/jobs/new/?q=ZZZ-404": "No such unit is known.",
        "/warranty/?q=ZZZ-404": "Nothing is known under this number.",
        "/returns/new/?find=ZZZ-404": "This was not sold here, as far as the books know",
        "coupon": "and counts once. Take the next one",
        "window": "goodwill", "imei": "This does not look like an IMEI",
        "elsewhere": "If it was bought in another branch or shop, it goes back there.",
        "received": "received already",
    },
    "bn": {
        "/jobs/new/?q=ZZZ-404": "এমন কিছু জানা নেই।", "/warranty/?q=ZZZ-404": "এই নম্বরে কিছু পাওয়া যায়নি।",
        "/returns/new/?find=ZZZ-404": "খাতা অনুযায়ী এটি এখানে বিক্রি হয়নি", "coupon": "আর একবারই",
        "window": "সৌজন্য", "imei": "এটি আইএমইআইয়ের মতো নয়",
        "elsewhere": "অন্য শাখা বা দোকানে কেনা হলে সেখানেই ফেরত যায়।",
        "received": "আগেই গ্রহণ করা হয়েছে",
    },
}  # fmt: skip
