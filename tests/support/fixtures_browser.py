"""Debian's Chromium, driven by Playwright."""

import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.support.requirements import chromium_path

# Without a sandbox of its own, because CI runs as root; and with nothing that looks for Google's servers.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--font-render-hinting=none",
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """A running Chromium (Playwright's Browser), shared by a file. Mark the test needs_chromium.

    Not longer: Playwright's event loop runs in this thread, and tests of other files run loops of their own.
    """
    from playwright.sync_api import sync_playwright

    path = chromium_path()
    if path is None:
        pytest.skip("needs the Debian package chromium")
    # Playwright keeps an event loop in this thread; Django would refuse the database beside it.
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, headless=True, args=FLAGS)
        yield chromium
        chromium.close()
    if before is None:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]
    else:
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = before


@pytest.fixture
def new_page(browser: Any) -> Iterator[Callable[..., Any]]:
    """``new_page(width=390, height=844, language="bn", dark=False, javascript=True)``: a page with no history.

    ``page.problems`` lists what the page's scripts complained about; a test may look at it.
    """
    contexts = []

    def make(
        *, width: int = 1280, height: int = 800, language: str = "en", dark: bool = False, javascript: bool = True
    ) -> Any:
        context = browser.new_context(
            viewport={"width": width, "height": height},
            locale="bn-BD" if language == "bn" else "en-GB",
            timezone_id="Asia/Dhaka",
            color_scheme="dark" if dark else "light",
            java_script_enabled=javascript,
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.problems = []
        page.on("pageerror", lambda error: page.problems.append(str(error)))
        page.on("console", lambda line: page.problems.append(line.text) if line.type == "error" else None)
        return page

    yield make
    for context in contexts:
        context.close()


@pytest.fixture
def page(new_page: Callable[..., Any]) -> Any:
    """One page, 1280 px wide, of an English reader."""
    return new_page()
