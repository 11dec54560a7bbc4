"""A phone that never worked is exchanged: the IMEIs change places in the books, the warranty goes on where it was."""

import datetime
from collections.abc import Iterator
from typing import Any

import pytest

from tests.journeys.after_sale import (
    LANGUAGES,
    People,
    ask_return,
    life_of,
    return_step,
    running_shop,
    sell,
    tick_return,
    told,
)
from tests.support.fixtures_process import LiveApp

pytestmark = [pytest.mark.needs_chromium, pytest.mark.one_database]

# The check digits fit.
IMEIS = {"bn": ("353879234252633", "490154203237518"), "en": ("356938035643809", "352099001761481")}
NEW_UNIT = """
from halkhata.foundation.accounts.models import User
from halkhata.records.catalog.services.units import create_unit
manager = User.objects.get(username="manager-%s")
unit = create_unit(actor=manager, product=Product.objects.get(model_code="P12"), identifiers={"imei1": "%s"},
                   branch=manager.branch)
print(json.dumps(unit.number))
"""
FACTS = """
def told_of(number):
    unit = Unit.objects.get(number=number)
    return [unit.state, unit.owner.name_bn if unit.owner else "",
            [[c.state, str(c.starts_on), str(c.ends_on)] for c in unit.covers.all()]]
print(json.dumps([told_of("%s"), told_of("%s")]))
"""
DIGITS = {"bn": str.maketrans("0123456789", "০১২৩৪৫৬৭৮৯"), "en": {}}


@pytest.fixture(scope="module")
def shop_app() -> Iterator[LiveApp]:
    with running_shop() as app:
        yield app


@pytest.mark.parametrize("language", LANGUAGES)
def test_phones_change_places_and_the_cover_goes_on(shop_app: LiveApp, new_page: Any, language: str) -> None:
    app, people = shop_app, People(shop_app, new_page, language)
    phone = "01100000241" if language == "bn" else "01100000242"
    first, second = IMEIS[language]
    page = people.at("seller", "/units/sale/?product=P12")
    # The register of phones is named before anything is sold (NEIR).
    assert {"en": "16002", "bn": "১৬০০২"}[language] in page.locator("#sale-fields").inner_text()
    bought = datetime.date.today() - datetime.timedelta(days=2)
    old = sell(people, "P12", who=phone, name="তানিয়া রহমান", identifier_imei1=first, bought_on=bought.isoformat())
    ends = told(app, f"print(json.dumps(str(Cover.objects.get(unit__number='{old}').ends_on)))")
    new = told(app, NEW_UNIT % (language, second))

    back = ask_return(people, old, reason_code="dead_on_arrival", note="চালুই হয় না", wish="replacement")
    return_step(people, back, "approve")
    return_step(people, back, "receive", serial=first)
    return_step(people, back, "begin")
    tick_return(people("manager"))
    return_step(people, back, "inspect", grade="b")
    return_step(people, back, "decide", result="replacement", note="প্রথম দিন থেকেই নষ্ট")
    page = return_step(people, back, "settle", replacement=second)
    assert page.locator(f"a[href='/units/{new}/']").count() == 1

    assert told(app, FACTS % (old, new)) == [
        ["replaced", "", [["moved", bought.isoformat(), ends]]],
        ["sold", "তানিয়া রহমান", [["active", bought.isoformat(), ends]]],
    ]
    # Whoever searches the old IMEI finds the phone and its story; the new one answers for the warranty.
    page = people.at("seller", f"/warranty/?q={second}")
    assert page.locator(f"main a[href='/units/{new}/']").count() > 0
    told_old, told_new = life_of(people, old), life_of(people, new)
    assert any(new[2:].translate(DIGITS[language]) in line for line in told_old)
    assert any(old[2:].translate(DIGITS[language]) in line for line in told_new)
    assert people.problems() == []
