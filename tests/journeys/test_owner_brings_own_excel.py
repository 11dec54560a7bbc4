"""From an own Excel file to a clean list of customers: a new owner, in Bengali, in the browser (US-20).

Set up, upload, columns, trial, import, file of what was wrong, doubles, merge, and the whole import taken back.
"""

import csv
import io
import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.journeys.messy_list import ALIKE, BAD, PEOPLE, TWICE, messy_workbook
from tests.support.fixtures_process import LiveApp, wait_until

pytestmark = [pytest.mark.needs_chromium, pytest.mark.one_database]

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PASSWORD = "চারটি শান্ত কাগজের নৌকা"
# What the trial counts: rows of somebody new, rows of somebody met further up, rows that say too little.
NEW, REPEATED, WRONG = PEOPLE + len(ALIKE), len(TWICE), len(BAD)
BOOK = """
from halkhata.records.customers.models import *
people = Customer.objects.filter(merged_into=None)
print(people.count(), ContactPoint.objects.filter(kind="phone").count(), Address.objects.count())
"""


def nothing(_name: str) -> None:
    """Where a picture may be taken."""


def set_up(page: Any, base_url: str) -> None:
    """A first start: Bengali, the shop's other questions left as they are proposed, and an owner."""
    page.goto(base_url + "/")
    page.locator("input[name=language][value=bn]").check()
    page.locator("form[action$='/setup/language/'] button.btn-primary").click()
    for step in ("trade", "shop", "hours"):
        page.locator(f"form[action$='/setup/{step}/'] button[name=skip]").click()
    page.locator("[name=owner_name]").fill("মালিক")
    page.locator("[name=username]").fill("malik")
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("[name=repeated]").fill(PASSWORD)
    page.locator("form:has([name=password]) button.btn-primary").click()
    page.wait_for_url("**/start/")
    assert page.locator("html").get_attribute("lang") == "bn"


def bring_file(page: Any, base_url: str, seen: Callable[[str], None] = nothing) -> None:
    """From the list of customers to the trial; every column of the file was understood without a word."""
    page.goto(base_url + "/customers/")
    page.locator("main a[href='/imports/']").first.click()
    seen("import-list")
    page.locator("main a[href='/imports/new/']").first.click()
    page.locator("input[name=file]").set_input_files(
        {"name": "গ্রাহক তালিকা.xlsx", "mimeType": XLSX, "buffer": messy_workbook()}
    )
    seen("import-upload")
    page.locator("form:has(input[name=file]) button[type=submit]").click()
    page.wait_for_url(re.compile(r"/imports/\d+/columns/$"))
    seen("import-mapping")
    means = [page.locator(f"[name=column_{index}]").input_value() for index in range(6)]
    assert means == ["", "name", "phone", "line", "external_id", "note"]
    assert [page.locator(f"[name=bijoy_{index}]").is_checked() for index in (1, 3)] == [False, True]
    assert "রাজশাহী" in page.locator("main").inner_text()
    page.locator("form:has([name=known]) button[type=submit]").click()
    page.locator("form[action$='/start/']").wait_for(timeout=60_000)
    seen("import-trial")


def take_in(page: Any, seen: Callable[[str], None] = nothing) -> None:
    """The import itself, to its end."""
    page.locator("form[action$='/start/'] button").click()
    page.locator("[data-dialog=undo]").wait_for(timeout=60_000)
    seen("import-done")


def numbers(page: Any) -> list[int]:
    """The figures in the row of figures, which stand in Bengali digits."""
    return [int(text) for text in page.locator(".hk-stat-value").all_inner_texts()]


def search_doubles(page: Any, base_url: str, seen: Callable[[str], None] = nothing) -> None:
    """Have the book searched, and wait for the pair that only its sound betrays."""
    page.goto(base_url + "/customers/duplicates/")
    with page.expect_navigation():
        page.locator("form[action$='/duplicates/search/'] button").click()

    def found() -> bool:
        page.goto(base_url + "/customers/duplicates/")
        return ALIKE[0][0] in page.locator("main").inner_text()

    wait_until(found, seconds=60, what="the pair of doubles")
    seen("duplicates")


def merge_alike(page: Any, seen: Callable[[str], None] = nothing) -> None:
    """Compare the two and make one of them."""
    page.locator(".card", has_text=ALIKE[0][0]).locator("a.btn-primary").click()
    page.locator("form:has([name=other_version])").wait_for()
    seen("merge-preview")
    page.locator("form:has([name=other_version]) button.btn-primary").click()
    page.wait_for_url(re.compile(r"/customers/\d+/$"))
    seen("merged")


def test_messy_excel_becomes_a_clean_list_and_can_be_taken_back(
    live_app: LiveApp, new_page: Callable[..., Any]
) -> None:
    app = live_app
    page = new_page(language="bn")
    page.set_default_timeout(60_000)
    set_up(page, app.base_url)
    bring_file(page, app.base_url)
    assert numbers(page)[:5] == [NEW, 0, REPEATED, 0, WRONG]
    assert app.shell(BOOK).split() == ["0", "0", "0"]
    take_in(page)
    assert app.shell(BOOK).split()[0] == str(NEW)
    with page.expect_download() as download:
        page.locator("a[href$='/problems.csv']").click()
    rows = list(csv.reader(io.StringIO(download.value.path().read_bytes().decode("utf-8-sig"))))
    assert len(rows) == 1 + WRONG
    import_page = page.url
    search_doubles(page, app.base_url)
    merge_alike(page)
    assert app.shell(BOOK).split()[0] == str(NEW - 1)
    page.goto(import_page)
    page.locator("[data-dialog=undo]").click()
    page.locator("form[action$='/undo/'] button").click()
    # The two who were merged have been touched since and stay, as one; of everybody else nothing is left.
    wait_until(lambda: app.shell(BOOK).split()[0] == "1", seconds=60, what="the import being taken back")
    page.goto(import_page)
    assert page.locator(".hk-alert-warn").count() == 1
    assert page.problems == []
