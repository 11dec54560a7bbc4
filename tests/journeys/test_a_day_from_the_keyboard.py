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

    def holds() -> bool:
        try:
            return bool(page.evaluate(expression))
        except Exception as error:  # the page is just being left: ask the next one
            if "Execution context was destroyed" in str(error):
                return False
            raise

    wait_until(holds, seconds=30, what=expression)


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


def press_bengali(page: Any, code: str, letter: str) -> None:
    """A key as a computer with a Bengali keyboard reports it: another letter, the same place."""
    page.evaluate(
        "([code, key]) => document.activeElement.dispatchEvent("
        "new KeyboardEvent('keydown', {code, key, bubbles: true, cancelable: true}))",
        [code, letter],
    )


def test_keys_answer_while_a_bengali_keyboard_is_on_and_new_work_is_one_press_away(
    live_demo_app: LiveApp, new_page: Any
) -> None:
    page = new_page()
    sign_in(page, live_demo_app, "bn")
    page.goto(f"{live_demo_app.base_url}/work/queue/?kind=complaint")
    press_bengali(page, "KeyJ", "জ")
    assert focused(page, ".hk-list-title a")
    page.goto(page.evaluate("document.activeElement.href"))
    # The call: its form is open or opens, and has the cursor; a second press does not close it.
    for _ in range(2):
        press_bengali(page, "KeyT", "ট")
        settled(page, "document.activeElement?.closest('#call') !== null && document.querySelector('#call').open")
        press(page, "Escape")
    # The telephone rings: a new ticket from wherever one is.
    press_bengali(page, "KeyC", "চ")
    page.wait_for_url("**/tickets/new/")
    # In a field the letters are letters.
    page.locator("main textarea").first.focus()
    press_bengali(page, "KeyQ", "ঙ")
    assert page.url.endswith("/tickets/new/")
    assert page.problems == []


def test_present_choice_and_page_are_in_sight_and_the_dialog_has_the_cursor(
    live_demo_app: LiveApp, new_page: Any
) -> None:
    page = new_page()
    sign_in(page, live_demo_app, "bn")
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{live_demo_app.base_url}/work/red-board/?view=unconfirmed")
    chip = page.locator(".hk-chip[aria-current]").bounding_box()
    assert chip["x"] >= 0
    assert chip["x"] + chip["width"] <= 390
    page.set_viewport_size({"width": 1280, "height": 600})
    page.goto(f"{live_demo_app.base_url}/settings/")
    link = page.locator(".hk-side-link[aria-current]").bounding_box()
    assert link["y"] >= 0
    assert link["y"] + link["height"] <= 600
    assert page.evaluate("scrollY") == 0
    page.goto(f"{live_demo_app.base_url}/work/red-board/")
    page.locator("[data-dialog=why-late]").first.click()
    settled(page, "document.activeElement?.matches('#why-late select[name=reason]')")
    assert page.problems == []
