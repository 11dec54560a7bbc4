"""Pictures of a supervisor's and an agent's day for docs/tutorials/a-day-at-the-desk.md; called by screenshots.py."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PIL import Image

DESK, PHONE = (1280, 800), (390, 844)


class Day:
    """One person's browser window: goes to a page, waits until it stands, and takes its picture."""

    def __init__(self, browser: Any, base_url: str, folder: Path) -> None:
        self.browser, self.base_url, self.folder = browser, base_url, folder
        self.taken = 0

    def window(self, language: str, size: tuple[int, int] = DESK, theme: str = "light") -> Any:
        """A page of a new window in this language."""
        context = self.browser.new_context(
            viewport={"width": size[0], "height": size[1]}, color_scheme=theme, timezone_id="Asia/Dhaka",
            locale="bn-BD" if language == "bn" else "en-GB",
        )  # fmt: skip
        context.set_default_timeout(120_000)
        context.add_cookies([{"name": "language", "value": language, "url": self.base_url}])
        return context.new_page()

    def go(self, page: Any, path: str) -> None:
        """Open an address and wait for the parts that come after the page."""
        page.goto(self.base_url + path, timeout=120_000)
        page.wait_for_selector(".hk-later, .htmx-request", state="detached")

    def take(self, page: Any, name: str) -> None:
        """Write docs/screenshots/day-NAME.png in 128 colours."""
        page.evaluate("document.fonts.ready.then(() => true)")
        picture = self.folder / f"day-{name}.png"
        page.screenshot(path=str(picture))
        Image.open(picture).convert("RGB").quantize(128).save(picture, optimize=True)
        self.taken += 1


def supervisor(day: Day, page: Any) -> None:
    """The red board, why it is late, mail that may be forged, channels, the report and the rows behind it."""
    day.go(page, "/work/red-board/")
    day.take(page, "red-board")
    page.locator("[data-dialog=why-late]").first.click()
    page.locator("#why-late select[name=reason]").wait_for()
    day.take(page, "why-late")
    page.keyboard.press("Escape")
    day.go(page, "/messages/quarantine/")
    letter = page.locator("main td a[href^='/messages/quarantine/']").first
    if letter.count():
        day.go(page, letter.get_attribute("href"))
    day.take(page, "quarantine")
    day.go(page, "/reports/promises/")
    day.take(page, "promises")
    day.go(page, page.locator("main table a[href*='state=breached']").first.get_attribute("href"))
    day.take(page, "broken-promises")


def agent(day: Day, page: Any) -> None:
    """By keys alone: the queue, a ready-made answer, the call, a new ticket, today."""
    day.go(page, "/work/queue/")
    page.keyboard.press("j")
    page.keyboard.press("j")
    day.take(page, "queue")
    day.go(page, "/work/queue/?channel=email&kind=complaint")
    page.keyboard.press("j")
    day.go(page, page.evaluate("document.activeElement.getAttribute('href')"))
    page.keyboard.press("r")
    page.keyboard.type("/")
    page.locator("#hk-pick li").first.wait_for()
    page.wait_for_timeout(1000)  # the page moves until the whole list is in sight
    day.take(page, "ready-answer")
    page.keyboard.press("Escape")
    page.keyboard.press("Backspace")
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    day.take(page, "keys")
    page.keyboard.press("Escape")
    page.keyboard.press("c")
    page.wait_for_url("**/tickets/new/")
    day.take(page, "new-ticket")
    day.go(page, "/work/today/")
    day.take(page, "today")


def take_day(browser: Any, base_url: str, folder: Path, sign_in: Callable[[Any, str], None]) -> int:
    """All pictures of both days. ``sign_in(page, user name)`` signs in. Returns how many were taken."""
    day = Day(browser, base_url, folder)
    page = day.window("bn")
    sign_in(page, "manager")
    supervisor(day, page)
    page = day.window("bn", PHONE, "dark")
    sign_in(page, "manager")
    day.go(page, "/work/red-board/?view=unconfirmed")
    day.take(page, "red-board-phone")
    page = day.window("en")
    sign_in(page, "agent")
    # Whose language is set is asked before the browser's.
    page.locator(".hk-top .hk-lang button[lang=en]").click()
    page.wait_for_selector("html[lang=en]")
    agent(day, page)
    page = day.window("bn", PHONE)
    day.go(page, "/c/complaint/")
    day.take(page, "complaint-form")
    return day.taken
