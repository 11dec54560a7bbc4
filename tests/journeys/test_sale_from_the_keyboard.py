"""A sale at the counter without a mouse, in Chromium: customer, product, numbers, price; then the unit's page."""

import re
from typing import Any

import pytest

from tests.journeys.test_every_page_in_the_browser import sign_in
from tests.support.fixtures_process import LiveApp, wait_until

pytestmark = [pytest.mark.needs_chromium, pytest.mark.one_database]


def test_sale_is_recorded_by_keys_alone(live_demo_app: LiveApp, new_page: Any) -> None:
    page = new_page()
    sign_in(page, live_demo_app, "en")
    page.goto(f"{live_demo_app.base_url}/units/sale/")
    # The cursor stands in the first field.
    assert page.evaluate("document.activeElement.name") == "who"
    page.keyboard.type("01199112233")
    page.keyboard.press("Tab")
    page.locator("#sale-customer .hk-help").wait_for()
    assert "Md Karim Sardar" in page.locator("#sale-customer").inner_text()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.name") == "product"
    page.keyboard.type("JH125")
    page.keyboard.press("Tab")
    # The product's own fields come, and the cursor with them.
    wait_until(
        lambda: page.evaluate("document.activeElement?.name") == "identifier_chassis", seconds=20, what="first number"
    )
    page.keyboard.type("key-০০০১")
    page.keyboard.press("Tab")
    page.keyboard.type("KEYENG1")
    assert page.locator("[name=price]").input_value() == "145000.00"
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert re.search(r"/units/U-\d+/$", page.url)
    text = page.locator("main").inner_text()
    assert "KEY-0001" in text
    assert "Md Karim Sardar" in text


def test_sale_and_unit_fit_a_phone(live_demo_app: LiveApp, new_page: Any) -> None:
    page = new_page()
    sign_in(page, live_demo_app, "bn")
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{live_demo_app.base_url}/units/")
    unit = page.locator(".hk-list-title a").first.get_attribute("href")
    for path in ("/units/", "/units/sale/?product=X7", "/units/sales/", unit, "/units/settings/kinds/phone/"):
        page.goto(f"{live_demo_app.base_url}{path}")
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), path
