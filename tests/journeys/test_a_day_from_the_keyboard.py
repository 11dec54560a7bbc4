"""An agent's day without a mouse, in Chromium: queue, answer, ready-made answer, note, owner, state, solution."""

import re
from typing import Any

import pytest

from tests.journeys.test_every_page_in_the_browser import sign_in
from tests.support.fixtures_process import LiveApp, wait_until

pytestmark = pytest.mark.needs_chromium


def press(page: Any, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def focused(page: Any, selector: str) -> bool:
    return page.evaluate("selector => document.activeElement?.matches(selector)", selector)


def settled(page: Any, expression: str) -> None:
    """Wait until the expression is true. ``wait_for_function`` evaluates in the page, and the page forbids that."""
    wait_until(lambda: page.evaluate(expression), seconds=30, what=expression)


def test_agent_works_through_a_day_by_keys_alone(live_demo_app: LiveApp, new_page: Any) -> None:
    page = new_page()
    sign_in(page, live_demo_app, "en")
    page.goto(f"{live_demo_app.base_url}/work/queue/?kind=complaint")
    # Down the list, up again, and into the first ticket that is there.
    press(page, "j")
    first = page.evaluate("document.activeElement.href")
    press(page, "j")
    assert page.evaluate("document.activeElement.href") != first
    press(page, "k")
    assert page.evaluate("document.activeElement.href") == first
    press(page, "Enter")
    page.wait_for_url(re.compile(r"/tickets/K-\d+/"))
    address = page.url
    # The keys are a press away.
    press(page, "?")
    assert page.locator("#hk-keys[open]").count() == 1
    press(page, "Escape")
    # A note that tells a colleague, picked from the list.
    press(page, "n")
    assert focused(page, "#compose-note-body")
    page.keyboard.type("Please look @")
    page.locator("#hk-pick [data-insert]").first.wait_for()
    name = page.locator("#hk-pick [data-insert]").first.get_attribute("data-insert")
    press(page, "Enter")
    assert page.locator("#compose-note-body").input_value() == f"Please look {name}"
    with page.expect_navigation():
        press(page, "Control+Enter")
    assert page.get_by_text("Please look", exact=False).count() >= 1
    # An answer from a ready-made one, if the customer can be written to.
    press(page, "r")
    if focused(page, "#compose-reply-body"):
        page.keyboard.type("/sorry")
        page.locator("#hk-pick [data-canned-id]").first.wait_for()
        press(page, "ArrowDown", "Enter")
        assert page.locator("#compose-reply-body").input_value().strip() not in {"", "/sorry"}
        assert page.locator("input[name=canned]").count() == 1
        with page.expect_navigation():
            press(page, "Control+Enter")
        assert page.url.split("#")[0] == address
    # The owner: the form opens and has the cursor.
    press(page, "a")
    settled(page, "document.activeElement?.name === 'owner'")
    press(page, "Escape")
    # The state: the menu opens with the cursor on its first line; arrows move, Enter does it.
    press(page, "s")
    settled(page, "document.activeElement?.matches('.hk-menu-panel button')")
    with page.expect_navigation():
        press(page, "Enter")
    # The solution: its form opens with the cursor in its first field.
    press(page, "d")
    settled(page, "document.activeElement?.closest('#resolution-form') !== null")
    press(page, "Escape")
    # On to the next, and back to the queue.
    press(page, "x")
    page.wait_for_url(lambda url: url.split("#")[0] != address)
    press(page, "q")
    page.wait_for_url(re.compile(r"/work/queue/"))
    assert page.problems == []
