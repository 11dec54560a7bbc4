"""Pictures of the main pages in both languages, on a phone and a desk, light and dark: ``make screenshots``.

Starts a shop with demo data of its own; writes docs/screenshots/<page>-<language>-<size>-<theme>.png.
"""

import argparse
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from PIL import Image  # noqa: E402

from scripts.day_pictures import take_day  # noqa: E402
from tests.support.fixtures_browser import FLAGS  # noqa: E402
from tests.support.fixtures_process import LiveApp, make_live_app  # noqa: E402
from tests.support.requirements import chromium_path  # noqa: E402

SIZES = {"phone": (390, 844), "desk": (1280, 800)}
PAGES = {
    "home": "/",
    "queue": "/work/queue/",
    "today": "/work/today/",
    "customers": "/customers/",
    "doubles": "/customers/duplicates/",
    "quarantine": "/messages/quarantine/",
    "settings": "/settings/",
}
# A page that is reached through the first link of another one.
FIRST_LINKS = {
    "ticket": ("/work/queue/?channel=email", "a[href^='/tickets/K-'], a[href^='/work/K-']"),
    "customer": ("/customers/", "main td a[href^='/customers/']"),
    "unit": ("/units/?state=sold", "main td a[href^='/units/']"),
    "job": ("/jobs/", "main a[href^='/jobs/J-']"),
    "dispute": ("/disputes/", "main a[href^='/disputes/D-']"),
    "import-trial": ("/imports/", "main td a[href^='/imports/']"),
}
OPEN_PAGES = {"complaint-form": "/c/complaint/", "sign-in": "/sign-in/"}
# An owner's own list in its trial, and two who may be one person: both of the messy list that the journeys bring.
BOOK = """
from halkhata.foundation.accounts.models import User
from halkhata.records.customers.merging.proposals import begin_search, search_slice
from halkhata.records.customers.services.customers import create_customer
from halkhata.records.imports.services.beginning import begin_check, receive_file, set_mapping
from halkhata.records.imports.services.stepping import work_on
from tests.journeys.messy_list import ALIKE, messy_workbook
owner = User.objects.get(username={user!r})
run = receive_file(actor=owner, target="customers", name="খাতা ২০২৬.xlsx", chunks=[messy_workbook()])
run = set_mapping(actor=owner, run=run, mapping={{int(key): code for key, code in run.mapping.items()}},
                  options=run.options, bijoy=run.layout["bijoy"])
begin_check(actor=owner, run=run)
while work_on(run.pk, seconds=1.0):
    pass
for name, phone in ALIKE:
    create_customer(actor=owner, name_bn=name if name[0] > "z" else "", name_en=name if name[0] < "z" else "",
                    phones=[phone], branch=owner.branch, confirm_duplicate="picture", is_demo=True)
search = begin_search(whole_book=True)
while search_slice(search, seconds=5.0):
    pass
"""


def sign_in(page: Any, app: LiveApp, user: str, password: str) -> None:
    """Sign in through the form, as a person does."""
    page.goto(f"{app.base_url}/sign-in/")
    page.fill("input[name=username]", user)
    page.fill("input[name=password]", password)
    page.press("input[name=password]", "Enter")
    page.wait_for_url(lambda url: "/sign-in/" not in url)


def owner_of(app: LiveApp) -> tuple[str, str]:
    """User name and password of the demo's first sign-in."""
    printed = app.shell(
        "from halkhata.doors.cli.demo_data import demo_sign_ins\n"
        "entry = demo_sign_ins()[0]\n"
        "print(entry['username'], entry['password'], sep='\\t')"
    )
    user, password = printed.strip().split("\t")
    return user, password


def take_all(browser: Any, app: LiveApp, folder: Path, only: set[str]) -> int:
    """Take every picture, or those of the pages named in ``only``. Returns how many."""
    user, password = owner_of(app)
    app.shell(BOOK.format(user=user))
    taken = 0
    for language in ("bn", "en"):
        for size, (width, height) in SIZES.items():
            for theme in ("light", "dark"):
                context = browser.new_context(
                    viewport={"width": width, "height": height}, color_scheme=theme, timezone_id="Asia/Dhaka",
                    locale="bn-BD" if language == "bn" else "en-GB",
                )  # fmt: skip
                context.add_cookies([{"name": "language", "value": language, "url": app.base_url}])
                page = context.new_page()
                pages = {name: app.base_url + path for name, path in OPEN_PAGES.items()}
                taken += _take(page, _chosen(pages, only), folder, f"{language}-{size}-{theme}")
                sign_in(page, app, user, password)
                app.shell(
                    "from halkhata.foundation.accounts.models import User\n"
                    f"User.objects.filter(username={user!r}).update(language={language!r})"
                )
                pages = {name: app.base_url + path for name, path in PAGES.items()}
                for name, (path, link) in FIRST_LINKS.items():
                    page.goto(app.base_url + path)
                    found = page.locator(link).first
                    if found.count():
                        pages[name] = app.base_url + found.get_attribute("href")
                taken += _take(page, _chosen(pages, only), folder, f"{language}-{size}-{theme}")
                context.close()
    return taken


def _chosen(pages: dict[str, str], only: set[str]) -> dict[str, str]:
    return {name: address for name, address in pages.items() if not only or name in only}


def _take(page: Any, pages: dict[str, str], folder: Path, suffix: str) -> int:
    for name, address in pages.items():
        page.goto(address)
        # Panels that come after the page stand on the picture, too.
        page.wait_for_function("!document.querySelector('.hk-later, .htmx-request')")
        page.evaluate("document.fonts.ready.then(() => true)")
        picture = folder / f"{name}-{suffix}.png"
        page.screenshot(path=str(picture))
        # 128 colours are enough for a page and make a fifth of the file.
        Image.open(picture).convert("RGB").quantize(128).save(picture, optimize=True)
    return len(pages)


def main() -> int:
    """Returns 2 with one sentence when Chromium is missing."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output", type=Path, default=ROOT / "docs" / "screenshots")
    parser.add_argument("--only", nargs="*", default=[], help="names of pages, or “day”; all without it")
    options = parser.parse_args()
    path = chromium_path()
    if path is None:
        print("Chromium is missing: run “apt install chromium”.", file=sys.stderr)
        return 2
    from playwright.sync_api import sync_playwright

    options.output.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        app = make_live_app(Path(folder) / "app", demo=True)
        app.start(seconds=300)
        try:
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=path, headless=True, args=FLAGS)
                taken = take_all(browser, app, options.output, set(options.only))
                if not options.only or "day" in options.only:
                    _user, password = owner_of(app)
                    taken += take_day(
                        browser, app.base_url, options.output, lambda page, user: sign_in(page, app, user, password)
                    )
                browser.close()
        finally:
            app.stop()
    print(f"{taken} pictures in {options.output}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
